"""What the wire makes of answers and lost answers: what is sent again, and what never is."""

from __future__ import annotations

import warnings

import httpx
import pytest
from tests.tiny_network import TOKEN, Script, TinyAdapter, async_tiny, ok, refused, tiny

from socialconnect import Image, Post
from socialconnect.auth.tokens import Credential, Token
from socialconnect.clock import Clock
from socialconnect.errors import (
    ConfigurationError,
    DuplicatePost,
    NotSent,
    OutcomeUnknown,
    ProtocolError,
    RateLimited,
    RejectedError,
    SocialConnectError,
    TokenExpired,
    TokenRevoked,
    UnavailableError,
)
from socialconnect.network import Network
from socialconnect.testing.clock import TestClock
from socialconnect.transport import engine
from socialconnect.transport.engine import Transport
from socialconnect.transport.request import Effect, Request
from socialconnect.transport.retry import RetryPolicy

PNG = Image(b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0\0\0\1\0\0\0\1\x08\x02\0\0\0" + b"\0" * 20)
LOST = httpx.ReadTimeout("gone")
NEVER_SENT = httpx.ConnectError("no route")


def test_a_read_that_lost_its_answer_is_repeated() -> None:
    """A read is asked again, since it changes nothing."""
    script = Script(LOST, LOST, httpx.Response(200, json={"id": "0"}))
    assert len(list(tiny(script).fetch_metrics(["1"]))) == 1
    assert len(script.requests) == 3


def test_a_read_that_stays_lost_is_unavailable() -> None:
    """A lost read never reads as if something may have been done."""
    script = Script(LOST)
    with pytest.raises(UnavailableError) as caught:
        tiny(script).fetch_metrics(["1"])
    assert not caught.value.may_have_happened
    assert len(script.requests) == 3


def test_an_upload_that_lost_its_answer_is_repeated() -> None:
    """What nobody sees is sent again: a second upload is a harmless orphan."""
    script = Script(LOST, ok())
    tiny(script).publish(Post("hello", media=[PNG]))
    assert script.paths == ["/upload", "/upload", "/posts"]


@pytest.mark.parametrize("answer", [LOST, refused(500), refused(503), httpx.Response(502, html="<html>")])
def test_a_visible_request_whose_fate_is_open_is_never_repeated(answer: httpx.Response | Exception) -> None:
    """A lost answer and a broken server leave the post's fate open: one request, and it is said."""
    script = Script(answer)
    with pytest.raises(OutcomeUnknown) as caught:
        tiny(script).publish(Post("hello"))
    assert script.paths == ["/posts"]
    assert caught.value.may_have_happened
    assert (caught.value.network, caught.value.account, caught.value.operation) == ("tiny", "1", "publish")


def test_the_cause_of_the_doubt_is_kept() -> None:
    """An unclear answer to a visible request carries what the network answered."""
    with pytest.raises(OutcomeUnknown) as caught:
        tiny(Script(refused(503, "down"))).publish(Post("hello"))
    assert isinstance(caught.value.__cause__, UnavailableError)
    assert (caught.value.status, caught.value.code) == (503, "down")


def test_a_visible_request_that_never_left_is_repeated() -> None:
    """What never left may be sent again, visible or not."""
    script = Script(NEVER_SENT, NEVER_SENT, ok())
    assert tiny(script).publish(Post("hello")).id == "77"
    with pytest.raises(NotSent):
        tiny(Script(NEVER_SENT)).publish(Post("hello"))


def test_a_duplicate_of_what_was_sent_before_may_be_it() -> None:
    """After an earlier attempt the duplicate may be its own post; on the first one it is somebody else's."""
    for answers, may_have_happened in (
        ((refused(409, "duplicate"),), False),
        ((refused(429), refused(409, "duplicate")), True),
    ):
        with pytest.raises(DuplicatePost) as caught:
            tiny(Script(*answers)).publish(Post("hello"))
        assert caught.value.may_have_happened is may_have_happened


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"data": {}}', b'{"id"', b"\xff"])
def test_an_answer_that_is_not_understood(body: bytes) -> None:
    """A success that cannot be read leaves a post's fate open; elsewhere it is a `ProtocolError`."""
    with pytest.raises(OutcomeUnknown) as caught:
        tiny(Script(httpx.Response(200, content=body))).publish(Post("hello"))
    assert isinstance(caught.value.__cause__, ProtocolError)
    with pytest.raises(ProtocolError):
        tiny(Script(httpx.Response(200, content=body))).fetch_metrics(["1"])


def test_an_answer_that_is_too_long_leaves_the_fate_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A post may be live even if the answer to it was too long to read."""
    monkeypatch.setattr(engine, "MAX_ANSWER", 10)
    with pytest.raises(OutcomeUnknown):
        tiny(Script(httpx.Response(200, content=b"x" * 100))).publish(Post("hello"))
    with pytest.raises(ProtocolError):
        tiny(Script(httpx.Response(200, content=b"x" * 100))).fetch_metrics(["1"])


def test_a_redirect_of_a_visible_request_leaves_the_fate_open() -> None:
    """A redirect is no verdict: it is not followed, and not taken for a refusal."""
    script = Script(httpx.Response(307, headers={"location": "https://evil.example/"}, json={}))
    with pytest.raises(OutcomeUnknown):
        tiny(script).publish(Post("hello"))
    assert len(script.requests) == 1


def test_unreadable_rate_headers_hide_nothing() -> None:
    """A post that was made is made, whatever the rate-limit headers hold."""
    assert tiny(Script(ok(**{"x-left": "a few"}))).publish(Post("hello")).id == "77"


@pytest.mark.parametrize("body", [b"", b"<html>denied</html>", b"[1]", b'"no"'])
def test_a_refusal_in_no_known_shape_is_a_refusal(body: bytes) -> None:
    """A refusal whose body nobody foresaw is judged by its status."""
    with pytest.raises(RejectedError) as caught:
        tiny(Script(httpx.Response(400, content=body))).publish(Post("hello"))
    assert caught.value.status == 400


# ── waiting ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_servers_word_on_waiting_is_obeyed() -> None:
    """A rate limit's own number of seconds is waited, not ours."""
    clock = TestClock()
    script = Script(refused(429, retry_after="7"), refused(429, retry_after="9"), ok())
    tiny(script, clock=clock).publish(Post("hello"))
    assert clock.slept == [7.0, 9.0]


def test_a_wait_that_is_too_long_is_the_callers() -> None:
    """A network that asks for more than `longest_wait` gets no second attempt, and the caller the number."""
    clock = TestClock()
    script = Script(refused(429, retry_after="61"))
    with pytest.raises(RateLimited) as caught:
        tiny(script, clock=clock).publish(Post("hello"))
    assert caught.value.retry_after == 61
    assert clock.slept == []
    assert len(script.requests) == 1


def test_a_long_wait_after_a_short_one_is_the_callers_too() -> None:
    """Each answer's own word counts, not the first one's."""
    clock = TestClock()
    with pytest.raises(RateLimited) as caught:
        tiny(Script(refused(429, retry_after="1"), refused(429, retry_after="600")), clock=clock).publish(Post("hi"))
    assert (clock.slept, caught.value.retry_after) == ([1.0], 600)


def test_attempts_are_limited() -> None:
    """The number of requests is `attempts`, the first included; the last failure is raised."""
    for attempts in (1, 2, 5):
        script = Script(refused(503))
        with pytest.raises(UnavailableError):
            tiny(script, retry=RetryPolicy(attempts=attempts)).fetch_metrics(["1"])
        assert len(script.requests) == attempts


def test_pacing_waits_before_the_limit_is_hit() -> None:
    """When the headers say that nothing is left, the next request waits for the window's end."""
    clock = TestClock("2026-11-24T09:29:50+00:00")
    network = tiny(Script(ok(**{"x-left": "0"})), clock=clock)
    network.publish(Post("one"))
    assert [one.remaining for one in network.rate_limits()] == [0]
    network.publish(Post("two"))
    assert clock.slept == [10.0]


def test_pacing_refuses_a_wait_that_is_too_long() -> None:
    """A window that opens too late is told at once, with nothing sent."""
    script = Script(ok(**{"x-left": "0"}))
    network = tiny(script, clock=TestClock("2026-11-24T09:00:00+00:00"))
    network.publish(Post("one"))
    with pytest.raises(RateLimited, match="nothing was sent") as caught:
        network.publish(Post("two"))
    assert caught.value.retry_after == 1800
    assert len(script.requests) == 1


def test_pacing_is_by_what_is_counted() -> None:
    """A used-up window of one kind of request does not hold up another kind."""
    script = Script(ok(**{"x-left": "0"}), httpx.Response(200, json={"id": "0"}))
    network = tiny(script)
    network.publish(Post("one"))
    network.fetch_metrics(["1"])
    assert script.paths == ["/posts", "/metrics"]


def test_timeouts_by_what_a_request_does() -> None:
    """A request that people see has a timeout of its own; giving up early leaves its outcome unknown."""
    script = Script(ok())
    tiny(script, timeout=5, publish_timeout=50).publish(Post("hello", media=[PNG]))
    assert [one.extensions["timeout"]["read"] for one in script.requests] == [5, 50]


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Renewing:
    """A token source that counts, and has a newer token as often as asked."""

    def __init__(self, renewals: int = 1) -> None:
        self.now = 0
        self.left = renewals

    async def credential(self, transport: Transport, clock: Clock) -> Credential:
        return Token.model_validate({"access_token": f"token-number-{self.now}"})

    async def renew(self, transport: Transport, clock: Clock, rejected: Credential) -> Credential | None:
        if not self.left:
            return None
        self.left -= 1
        self.now += 1
        return await self.credential(transport, clock)


def _with_source(script: Script, source: Renewing) -> Network:
    client = httpx.Client(transport=httpx.MockTransport(script))
    return Network.from_adapter(TinyAdapter(account="1"), token=source, http_client=client, clock=TestClock())


def test_a_refused_token_is_renewed_once() -> None:
    """An expired token is renewed and the request sent again, a visible one too: it was refused."""
    script = Script(refused(401, "expired"), ok())
    _with_source(script, Renewing()).publish(Post("hello"))
    assert [one.headers["authorization"] for one in script.requests] == [
        "Bearer token-number-0",
        "Bearer token-number-1",
    ]


def test_a_token_is_not_renewed_for_ever() -> None:
    """A network that refuses the new token too is believed: it is not old, it is revoked."""
    script = Script(refused(401, "expired"))
    with pytest.raises(TokenRevoked):
        _with_source(script, Renewing(renewals=9)).publish(Post("hello"))
    assert len(script.requests) == 2


def test_without_a_newer_token_the_refusal_stands() -> None:
    """A token that the caller renews is refused once, and the refusal told."""
    script = Script(refused(401, "expired"))
    with pytest.raises(TokenExpired):
        tiny(script).publish(Post("hello"))
    assert len(script.requests) == 1


def test_after_a_renewal_a_failure_is_retried() -> None:
    """Renewing a token does not use up the attempts that a busy network gets."""
    script = Script(refused(401, "expired"), refused(429, retry_after="1"), ok())
    assert _with_source(script, Renewing()).publish(Post("hello")).id == "77"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://api.tiny.example/",
        "https://api.tiny.example.evil.example/",
        "https://api.tiny.example@evil.example/",
        "https://evil.example/https://api.tiny.example/",
    ],
)
def test_a_token_goes_to_its_network_alone(url: str) -> None:
    """An address elsewhere, wherever it came from, gets no token and no request."""
    script = Script(ok())
    network = tiny(script)
    request = Request("GET", url, Effect.READ)
    from socialconnect.blocking import run

    with pytest.raises(ConfigurationError, match="not sent to"):
        run(network.operations.adapter.wire.call(request, lambda response: response))
    assert script.requests == []


# ── what is told ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_errors_never_hold_the_token() -> None:
    """A network that repeats the token in its refusal does not get it into any error."""
    answer = refused(400, message=f"bad token {TOKEN}")
    with pytest.raises(RejectedError) as caught:
        tiny(Script(answer)).publish(Post("hello"))
    error = caught.value
    for told in (str(error), repr(error), repr(error.args), error.answer or "", repr(error.__dict__)):
        assert TOKEN not in told
    assert "***" in str(error)


def test_pydantics_text_never_carries_the_answer() -> None:
    """A shape error tells places, never values, and pydantic's own error does not travel along."""
    from pydantic import BaseModel

    class Shape(BaseModel):
        access: int

    from socialconnect.blocking import run

    network = tiny(Script(httpx.Response(200, json={"access": "PAGE-SECRET-123"})))
    request = Request("GET", "https://api.tiny.example/", Effect.READ)
    with pytest.raises(ProtocolError, match="access") as caught:
        run(network.operations.adapter.wire.call(request, lambda response: response.into(Shape)))
    chain: list[BaseException] = []
    error: BaseException | None = caught.value
    while error is not None:
        chain.append(error)
        error = error.__cause__ or error.__context__
    assert all("PAGE-SECRET-123" not in str(one) for one in chain)


# ── both faces ────────────────────────────────────────────────────────────────────────────────────────────────────────

ANSWERS: dict[str, list[httpx.Response | Exception]] = {
    "made": [ok()],
    "lost": [LOST],
    "not sent, then made": [NEVER_SENT, ok()],
    "throttled, then made": [refused(429, retry_after="3"), ok()],
    "throttled for long": [refused(429, retry_after="999")],
    "refused": [refused(400, "bad")],
    "paywalled": [refused(402)],
    "broken": [refused(500)],
    "garbled": [httpx.Response(200, content=b"?")],
}


@pytest.mark.anyio
@pytest.mark.parametrize("name", sorted(ANSWERS))
async def test_async_does_as_blocking_does(name: str) -> None:
    """For every answer both faces send the same requests, wait the same and end the same."""

    def ended(done: object) -> str:
        return f"{done!r}" if not isinstance(done, SocialConnectError) else f"{type(done).__name__}: {done}"

    first, second = Script(*ANSWERS[name]), Script(*ANSWERS[name])
    clocks = TestClock(), TestClock()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            blocking: object = tiny(first, clock=clocks[0]).publish(Post("hello"))
        except SocialConnectError as error:
            blocking = error
        async with httpx.AsyncClient(transport=httpx.MockTransport(second)) as client:
            try:
                awaited: object = await async_tiny(client, clock=clocks[1]).publish(Post("hello"))
            except SocialConnectError as error:
                awaited = error
    assert ended(blocking) == ended(awaited)
    assert first.paths == second.paths
    assert clocks[0].slept == pytest.approx(clocks[1].slept, rel=0.3)
