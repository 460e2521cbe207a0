"""A token that renews itself: ahead of its end, once at a time, stored before it is used."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import anyio
import httpx
import pytest
from pydantic import SecretStr
from tests.tiny_network import TinyAdapter

from socialconnect import Post
from socialconnect.async_network import AsyncNetwork
from socialconnect.auth import FileTokenStore, MemoryTokenStore, OAuthApp, RefreshingToken, Token, TokenStore
from socialconnect.blocking import run
from socialconnect.errors import ConfigurationError, TokenExpired, TokenRevoked, UnavailableError
from socialconnect.network import Network
from socialconnect.networks.linkedin.oauth import LinkedInLogin
from socialconnect.networks.twitter.oauth import TwitterLogin
from socialconnect.testing.clock import TestClock
from socialconnect.transport.engine import AsyncHttpxTransport, HttpxTransport

APP = OAuthApp(client_id="app", client_secret=SecretStr("app-secret-1"), redirect_uri="https://app.example/back")
START = datetime(2026, 11, 24, 9, tzinfo=UTC)
USED_UP = {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}


class TokenEndpoint:
    """Refresh tokens that work once, as Twitter's do; everything else is a post that is made."""

    def __init__(self) -> None:
        self.valid = "refresh-0000"
        self.count = 0
        self.failures: list[httpx.Response | Exception] = []
        self.before: Callable[[], object] = lambda: None
        self.authorizations: list[str] = []
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/2/oauth2/token":
            self.authorizations.append(request.headers["authorization"])
            return httpx.Response(200, json={"id": "77"})
        self.before()
        with self._lock:
            if self.failures:
                failure = self.failures.pop(0)
                if isinstance(failure, Exception):
                    raise failure
                return failure
            form = parse_qs(request.content.decode())
            if form["refresh_token"] != [self.valid]:
                return httpx.Response(400, json=USED_UP)
            self.count += 1
            self.valid = f"refresh-{self.count:04}"
            return httpx.Response(
                200,
                json={
                    "token_type": "bearer",
                    "expires_in": 7200,
                    "access_token": f"access-{self.count:04}",
                    "scope": "tweet.read tweet.write offline.access",
                    "refresh_token": self.valid,
                },
            )

    def transport(self, clock: TestClock) -> HttpxTransport:
        return HttpxTransport(clock, httpx.Client(transport=httpx.MockTransport(self)))


def stored(store: TokenStore, *, minutes: float, refresh: str | None = "refresh-0000") -> None:
    """Store a token that ends so many minutes after the start."""
    token = Token(
        access_token=SecretStr("access-0000"),
        refresh_token=None if refresh is None else SecretStr(refresh),
        expires_at=START + timedelta(minutes=minutes),
    )
    assert store.swap("t", token, expected=store.load("t"))


def source(store: TokenStore, **more: timedelta) -> RefreshingToken:
    return RefreshingToken(store, "t", server=TwitterLogin(), app=APP, **more)


def access(credential: object) -> str:
    assert isinstance(credential, Token)
    return credential.access_token.get_secret_value()


def test_a_fresh_token_is_left_alone() -> None:
    """A token that is far from its end is given as it is, the same object each time."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=60)
    tokens = source(store)
    first, second = (run(tokens.credential(endpoint.transport(clock), clock)) for _ in range(2))
    assert first is second
    assert endpoint.count == 0


def test_a_token_is_refreshed_ahead_of_its_end() -> None:
    """Within the margin the token is refreshed, and the new pair is in the store."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=4)
    assert access(run(source(store).credential(endpoint.transport(clock), clock))) == "access-0001"
    kept = store.load("t")
    assert kept is not None
    assert kept.refresh_token == SecretStr("refresh-0001")
    assert kept.expires_at == START + timedelta(seconds=7200)
    assert "offline.access" in kept.scopes


def test_each_refresh_uses_the_newest_pair() -> None:
    """Rotation goes on for as long as the token is used."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=1)
    tokens = source(store)
    for number in range(1, 6):
        assert access(run(tokens.credential(endpoint.transport(clock), clock))) == f"access-{number:04}"
        clock.advance(hours=2)


def test_a_new_pair_is_stored_before_it_is_used() -> None:
    """If the store fails, the new token is used for nothing, and kept until it can be stored."""
    endpoint, clock = TokenEndpoint(), TestClock(START)

    class Failing(MemoryTokenStore):
        broken = True

        def swap(self, account: str, token: Token, *, expected: Token | None) -> bool:
            if self.broken and expected is not None:
                raise ConfigurationError("The disk is full.")
            return super().swap(account, token, expected=expected)

    store = Failing()
    stored(store, minutes=1)
    tokens = source(store)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="disk is full"):
            run(tokens.credential(endpoint.transport(clock), clock))
    store.broken = False
    assert access(run(tokens.credential(endpoint.transport(clock), clock))) == "access-0001"
    assert endpoint.count == 1


def test_a_token_that_somebody_else_renewed_is_taken() -> None:
    """When another process has refreshed, its token is read from the store, and nothing is sent."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=10)
    first, second = source(store), source(store)
    old = run(second.credential(endpoint.transport(clock), clock))
    clock.advance(minutes=8)
    new = run(first.credential(endpoint.transport(clock), clock))
    assert access(run(_renew(second, endpoint, clock, old))) == access(new)
    assert endpoint.count == 1


async def _renew(tokens: RefreshingToken, endpoint: TokenEndpoint, clock: TestClock, old: object) -> object:
    assert isinstance(old, Token)
    return await tokens.renew(endpoint.transport(clock), clock, old)


def test_a_refused_token_is_refreshed_whatever_its_end() -> None:
    """A token that the network refuses is refreshed although its time is not over."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=60)
    tokens = source(store)
    old = run(tokens.credential(endpoint.transport(clock), clock))
    assert access(run(_renew(tokens, endpoint, clock, old))) == "access-0001"
    assert access(run(tokens.credential(endpoint.transport(clock), clock))) == "access-0001"


def test_a_refused_refresh_is_revoked() -> None:
    """A refresh token that the network no longer takes means asking the user again."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=1, refresh="refresh-used")
    with pytest.raises(TokenRevoked) as caught:
        run(source(store).credential(endpoint.transport(clock), clock))
    assert "refresh-used" not in str(caught.value)
    assert "connect the account again" in str(caught.value)


def test_a_refused_refresh_looks_into_the_store_once_more() -> None:
    """A program that does not take our lock may have been faster: then its token counts."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=1, refresh="refresh-used")
    foreign = Token(access_token=SecretStr("access-foreign"), expires_at=START + timedelta(hours=2))
    endpoint.before = lambda: store.swap("t", foreign, expected=store.load("t"))
    assert access(run(source(store).credential(endpoint.transport(clock), clock))) == "access-foreign"


def test_an_account_connected_anew_meanwhile_counts() -> None:
    """A token that the application stored during a refresh is not overwritten by the refreshed one."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=1)
    anew = Token(access_token=SecretStr("access-anew"), expires_at=START + timedelta(hours=2))
    endpoint.before = lambda: store.swap("t", anew, expected=store.load("t"))
    assert access(run(source(store).credential(endpoint.transport(clock), clock))) == "access-anew"
    assert store.load("t") == anew


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("gone"), httpx.ConnectError("no"), httpx.Response(503, json={})])
def test_while_the_old_token_works_a_failed_refresh_is_no_error(failure: httpx.Response | Exception) -> None:
    """A token endpoint that is down stops nothing before the token has ended; the next call tries again."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=4)
    endpoint.failures = [failure]
    tokens = source(store)
    assert access(run(tokens.credential(endpoint.transport(clock), clock))) == "access-0000"
    assert access(run(tokens.credential(endpoint.transport(clock), clock))) == "access-0001"


def test_a_lost_refresh_never_reads_as_a_post() -> None:
    """When the token has ended, a lost answer of the token endpoint is an error by which nothing was posted."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=-1)
    endpoint.failures = [httpx.ReadTimeout("gone")]
    client = httpx.Client(transport=httpx.MockTransport(endpoint))
    network = Network.from_adapter(TinyAdapter(account="1"), token=source(store), http_client=client, clock=clock)
    with pytest.raises(UnavailableError) as caught:
        network.publish(Post("hello"))
    assert not caught.value.may_have_happened
    assert endpoint.authorizations == []


def test_a_token_that_cannot_be_refreshed() -> None:
    """Without a refresh token the token is used to its end, and then told to be over."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=4, refresh=None)
    tokens = source(store)
    old = run(tokens.credential(endpoint.transport(clock), clock))
    assert access(old) == "access-0000"
    assert run(_renew(tokens, endpoint, clock, old)) is None
    clock.advance(minutes=5)
    with pytest.raises(TokenExpired, match="2026-11-24"):
        run(tokens.credential(endpoint.transport(clock), clock))


def test_an_empty_store() -> None:
    """An account that was never connected is a fault of the set-up."""
    clock = TestClock(START)
    with pytest.raises(ConfigurationError, match="Connect the account first"):
        run(source(MemoryTokenStore()).credential(TokenEndpoint().transport(clock), clock))


def test_an_answer_that_is_no_token_is_told_without_it() -> None:
    """A token answer of another shape is told by its places, never by its values."""
    store, endpoint, clock = MemoryTokenStore(), TokenEndpoint(), TestClock(START)
    stored(store, minutes=-1)
    endpoint.failures = [httpx.Response(200, json={"access_token": ["sesame-0123"], "expires_in": 1})]
    with pytest.raises(Exception, match="access_token") as caught:
        run(source(store).credential(endpoint.transport(clock), clock))
    assert "sesame" not in str(caught.value)
    assert caught.value.__context__ is None


# ── one at a time ─────────────────────────────────────────────────────────────────────────────────────────────────────


class GivingWay(TestClock):
    """A clock whose wait lets the other threads run, until they say that they are done."""

    def __init__(self, start: datetime, done: threading.Event) -> None:
        super().__init__(start)
        self._done = done

    def sleep(self, seconds: float) -> None:
        self._done.wait(timeout=5)


def test_threads_refresh_once(tmp_path: Path) -> None:
    """Many threads with an ended token send one refresh, and all go on with its result."""
    done, endpoint = threading.Event(), TokenEndpoint()
    clock, store = GivingWay(START, done), FileTokenStore(tmp_path)
    stored(store, minutes=-1)
    found: list[str] = []
    # Two objects, as two workers of one program would have; both look into the same file.
    sources = source(store), source(FileTokenStore(tmp_path))

    def work(number: int) -> None:
        found.append(access(run(sources[number % 2].credential(endpoint.transport(clock), clock))))
        done.set()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["access-0001"] * 16
    assert endpoint.count == 1


@pytest.mark.anyio
async def test_tasks_refresh_once(tmp_path: Path) -> None:
    """Many tasks with an ended token send one refresh, under asyncio and trio alike."""
    endpoint, clock, store = TokenEndpoint(), TestClock(START), FileTokenStore(tmp_path)
    stored(store, minutes=-1)

    class Slow(httpx.MockTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await request.aread()
            for _ in range(20):
                await anyio.lowlevel.checkpoint()
            return endpoint(request)

    async with httpx.AsyncClient(transport=Slow(endpoint)) as client:
        tokens = source(store)
        network = AsyncNetwork.from_adapter(TinyAdapter(account="1"), token=tokens, http_client=client, clock=clock)
        async with anyio.create_task_group() as tasks:
            for _ in range(30):
                tasks.start_soon(network.publish, Post("hello"))
    assert endpoint.count == 1
    assert endpoint.authorizations == ["Bearer access-0001"] * 30


@pytest.mark.anyio
async def test_nobody_waits_while_the_old_token_works() -> None:
    """During somebody else's refresh a token that still works is used at once."""
    endpoint, clock, store = TokenEndpoint(), TestClock(START), MemoryTokenStore()
    stored(store, minutes=2)
    async with httpx.AsyncClient(transport=httpx.MockTransport(endpoint)) as client:
        with store.lock("t"):
            found = await source(store).credential(AsyncHttpxTransport(clock, client), clock)
    assert access(found) == "access-0000"
    assert clock.slept == []


def test_patience_ends() -> None:
    """Somebody who never finishes refreshing does not hold the others for ever."""
    endpoint, clock, store = TokenEndpoint(), TestClock(START), MemoryTokenStore()
    stored(store, minutes=-1)
    with store.lock("t"), pytest.raises(UnavailableError, match="Somebody else"):
        run(source(store, patience=timedelta(seconds=3)).credential(endpoint.transport(clock), clock))
    assert sum(clock.slept) == pytest.approx(3, abs=0.1)
    assert endpoint.count == 0


def test_a_preview_refreshes_nothing() -> None:
    """Looking at what would be sent sends no refresh either."""
    endpoint, clock, store = TokenEndpoint(), TestClock(START), MemoryTokenStore()
    stored(store, minutes=-1)
    client = httpx.Client(transport=httpx.MockTransport(endpoint))
    network = Network.from_adapter(TinyAdapter(account="1"), token=source(store), http_client=client, clock=clock)
    at_hand = run(network.operations.adapter.wire.credential_at_hand())
    assert access(at_hand) == "to-be-refreshed"
    assert endpoint.count == 0


def test_a_partner_of_linkedin_refreshes_with_the_secret_in_the_form() -> None:
    """LinkedIn takes the app's secret in the form, and repeats the refresh token with what is left of its life."""
    seen: list[dict[str, list[str]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(parse_qs(request.content.decode()))
        body = {
            "access_token": "BBBB2kXITHELmWblJigbHEuoFdfRhOwGA0QNnumBI8X",
            "expires_in": 5184000,
            "refresh_token": "AQWAft_WjYZKwuWXLC5hQlghgTam",
            "refresh_token_expires_in": 26438400,
        }
        return httpx.Response(200, json=body)

    store, clock = MemoryTokenStore(), TestClock(START)
    stored(store, minutes=-1)
    tokens = RefreshingToken(store, "t", server=LinkedInLogin(), app=APP)
    transport = HttpxTransport(clock, httpx.Client(transport=httpx.MockTransport(answer)))
    found = run(tokens.credential(transport, clock))
    assert isinstance(found, Token)
    assert found.refresh_expires_at == START + timedelta(seconds=26438400)
    assert seen == [
        {
            "grant_type": ["refresh_token"],
            "refresh_token": ["refresh-0000"],
            "client_id": ["app"],
            "client_secret": ["app-secret-1"],
        }
    ]
