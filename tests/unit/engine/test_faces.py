"""`Network` and `AsyncNetwork`: the same methods, and how each runs a coroutine."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable

import anyio
import httpx
import pytest
from tests.tiny_network import TOKEN, Script, TinyAdapter, async_tiny, ok, tiny

from socialconnect import AsyncNetwork, ConfigurationError, Facebook, Instagram, Network, Post
from socialconnect.auth.tokens import Credential, Token
from socialconnect.blocking import run
from socialconnect.clock import Clock, SystemClock
from socialconnect.face import AsyncSettings, Settings
from socialconnect.network import newest_version
from socialconnect.testing.clock import TestClock
from socialconnect.transport.engine import Transport

PAIRS = {"close": "aclose", "__enter__": "__aenter__", "__exit__": "__aexit__"}
"""What is called otherwise, since `async with` and `close` differ by convention."""


def _methods(kind: type) -> dict[str, object]:
    return {
        name: inspect.getattr_static(kind, name)
        for name in dir(kind)
        if (not name.startswith("_") or name in {*PAIRS, *PAIRS.values()})
        and (inspect.isfunction(inspect.getattr_static(kind, name)) or name == "from_adapter")
    }


def test_both_faces_have_the_same_methods() -> None:
    """Every method is there twice: one to call, one to await."""
    assert {PAIRS.get(name, name) for name in _methods(Network)} == set(_methods(AsyncNetwork))


@pytest.mark.parametrize("name", sorted(_methods(Network)))
def test_both_faces_take_give_and_promise_the_same(name: str) -> None:
    """Parameters, annotations and docstrings are the same, down to the settings' own kind of client."""
    blocking, awaited = getattr(Network, name), getattr(AsyncNetwork, PAIRS.get(name, name))

    def told(method: object) -> tuple[str, str | None]:
        signature = str(inspect.signature(method)).replace("Async", "")  # type: ignore[arg-type]  # a method it is
        return signature, (inspect.getdoc(method) or "").replace("Async", "")

    assert told(blocking) == told(awaited)
    assert name == "__enter__" or name == "__exit__" or inspect.getdoc(blocking)


def test_what_sends_is_awaited_and_nothing_else() -> None:
    """A method of the async face is a coroutine exactly if it may send."""
    silent = {"validate", "estimate_cost", "deprecation_status", "rate_limits", "from_adapter"}
    for name in _methods(Network):
        method = getattr(AsyncNetwork, PAIRS.get(name, name))
        assert inspect.iscoroutinefunction(method) is (name not in silent), name


def test_settings_differ_by_the_client_alone() -> None:
    """Both faces take the same settings."""
    assert set(Settings.__annotations__) == set(AsyncSettings.__annotations__)
    differing = {name for name, kind in Settings.__annotations__.items() if AsyncSettings.__annotations__[name] != kind}
    assert differing == {"http_client"}


@pytest.mark.parametrize("face", [Network, AsyncNetwork])
def test_a_face_is_abstract(face: type) -> None:
    """`Network` itself cannot be made: it has no adapter."""
    with pytest.raises(TypeError, match="abstract"):
        face()


def test_run_gives_the_result() -> None:
    """A coroutine that never suspends is run to its end, and its error is its own."""

    async def add(a: int, b: int) -> int:
        return a + b

    async def fail() -> None:
        raise KeyError("x")

    assert run(add(1, 2)) == 3
    with pytest.raises(KeyError):
        run(fail())


def test_run_refuses_to_suspend() -> None:
    """A coroutine that suspends on the blocking path is closed and reported, never left hanging."""
    cleaned: list[bool] = []

    class Suspending:
        def __await__(self):  # type: ignore[no-untyped-def]  # what an event loop would get
            yield

    async def waits() -> None:
        try:
            await Suspending()
        finally:
            cleaned.append(True)

    with pytest.raises(RuntimeError, match="suspended on the blocking path"):
        run(waits())
    assert cleaned == [True]


def test_an_async_token_source_on_the_blocking_face() -> None:
    """A token source that suspends is told apart, with nothing sent."""

    class Sleepy:
        async def credential(self, transport: Transport, clock: Clock) -> Credential:
            await _suspended()
            return Token.model_validate({"access_token": TOKEN})

        async def renew(self, transport: Transport, clock: Clock, rejected: Credential) -> Credential | None:
            return None

    script = Script(ok())
    client = httpx.Client(transport=httpx.MockTransport(script))
    network = Network.from_adapter(TinyAdapter(account="1"), token=Sleepy(), http_client=client, clock=TestClock())
    with pytest.raises(RuntimeError, match="suspended"):
        network.publish(Post("hello"))
    assert script.requests == []


def _suspended() -> Awaitable[None]:
    class Suspending:
        def __await__(self):  # type: ignore[no-untyped-def]  # what an event loop would get
            yield

    return Suspending()


@pytest.mark.anyio
async def test_many_tasks_share_a_network() -> None:
    """An async network serves many tasks at once, under asyncio and trio alike."""
    script, made = Script(ok()), list[str]()
    async with httpx.AsyncClient(transport=httpx.MockTransport(script)) as client:
        network = async_tiny(client)

        async def publish() -> None:
            made.append((await network.publish(Post("hello"))).id)

        async with anyio.create_task_group() as tasks:
            for _ in range(50):
                tasks.start_soon(publish)
    assert made == ["77"] * 50
    assert len(script.requests) == 50


@pytest.mark.anyio
async def test_a_cancelled_publish_is_cancelled() -> None:
    """Cancelling a publish in flight raises no error of ours, and sends nothing again."""
    sent: list[str] = []

    async def hang(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.path)
        await anyio.sleep_forever()
        raise AssertionError("unreachable")

    async with httpx.AsyncClient(transport=httpx.MockTransport(hang)) as client:
        network = async_tiny(client)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(network.publish, Post("hello"))
            while not sent:
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
    assert sent == ["/posts"]


def test_with_closes_what_the_network_opened() -> None:
    """Leaving the block closes the network; the caller's own client stays open."""
    script = Script(ok())
    with tiny(script) as network:
        network.publish(Post("hello"))
    network.publish(Post("hello"))  # the client is the caller's
    assert len(script.requests) == 2


@pytest.mark.anyio
async def test_async_with() -> None:
    """The same for `async with`."""
    script = Script(ok())
    async with httpx.AsyncClient(transport=httpx.MockTransport(script)) as client:
        async with async_tiny(client) as network:
            await network.publish(Post("hello"))
        assert not client.is_closed


@pytest.mark.parametrize("token", ["", "  "])
def test_an_empty_token(token: str) -> None:
    """An empty token, as an unset variable gives it, is told before anything is sent."""
    with pytest.raises(ConfigurationError, match="empty"):
        Network.from_adapter(TinyAdapter(account="1"), token=token)


@pytest.mark.parametrize("name", ["timeout", "publish_timeout"])
def test_a_timeout_that_is_none(name: str) -> None:
    """A timeout of 0 or less is a mistake, not "no limit"."""
    with pytest.raises(ConfigurationError, match="more than 0"):
        Network.from_adapter(TinyAdapter(account="1"), token=TOKEN, **{name: 0})  # type: ignore[arg-type]  # by name


def test_a_misspelt_setting() -> None:
    """A setting that does not exist is refused with those that do, where no type checker has told it before."""
    with pytest.raises(ConfigurationError, match="no setting named timout; known are base_url, clock"):
        Network.from_adapter(TinyAdapter(account="1"), token=TOKEN, timout=5)  # type: ignore[call-arg]  # misspelt


def test_a_base_url_that_is_none() -> None:
    """A base address without http or https could never be reached, so that it is refused at once."""
    with pytest.raises(ConfigurationError, match="http or https address, not 'localhost:8701'"):
        Network.from_adapter(TinyAdapter(account="1"), token=TOKEN, base_url="localhost:8701")


def test_an_empty_account() -> None:
    """An empty id, as an unset variable gives it, would make addresses of somebody else: it is refused."""
    with pytest.raises(ConfigurationError, match="facebook is empty"):
        Facebook(page_id="", token=TOKEN)
    with pytest.raises(ConfigurationError, match="instagram is empty"):
        Instagram(user_id=" ", token=TOKEN)


def test_a_client_of_the_wrong_kind() -> None:
    """A blocking network says that it needs a blocking client, and the other way round."""
    with pytest.raises(ConfigurationError, match=r"httpx\.Client"):
        Network.from_adapter(
            TinyAdapter(account="1"),
            token=TOKEN,
            http_client=httpx.AsyncClient(),  # type: ignore[arg-type]  # the mistake under test
        )
    with pytest.raises(ConfigurationError, match=r"httpx\.AsyncClient"):
        AsyncNetwork.from_adapter(
            TinyAdapter(account="1"),
            token=TOKEN,
            http_client=httpx.Client(),  # type: ignore[arg-type]  # the mistake under test
        )


def test_the_newest_version_is_by_the_clock() -> None:
    """The version that a network asks for is the newest live one on the clock's day."""
    settings: Settings = {"clock": TestClock("2026-11-24")}
    assert newest_version(settings, "facebook", "graph").startswith("v")
    assert "lifecycle" in settings


def test_the_machines_clock() -> None:
    """The machine's clock gives aware UTC times and monotonic seconds."""
    clock = SystemClock()
    assert str(clock.now().tzinfo) == "UTC"
    assert clock.monotonic() <= clock.monotonic()
    clock.sleep(0)


@pytest.mark.anyio
async def test_the_machines_clock_waits_async() -> None:
    """The machine's clock waits under asyncio and trio alike."""
    await SystemClock().sleep_async(0)
