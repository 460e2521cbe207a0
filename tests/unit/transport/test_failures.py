"""Every failure of the engine is sorted into "never left" or "may have been carried out"."""

from __future__ import annotations

import httpx
import pytest
from tests.tiny_network import tiny

from socialconnect import Post
from socialconnect.blocking import run
from socialconnect.errors import ConfigurationError, NotSent, OutcomeUnknown, TransportError
from socialconnect.testing.clock import TestClock
from socialconnect.transport.engine import AsyncHttpxTransport, HttpxTransport
from socialconnect.transport.request import Effect, Request

# By httpx's own documentation and source: what is raised before a byte of the request has left.
NEVER_LEFT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol"}
MAY_HAVE_LEFT = {
    "CloseError",
    "DecodingError",
    "InvalidURL",
    "LocalProtocolError",
    "ReadError",
    "ReadTimeout",
    "RemoteProtocolError",
    "RequestNotRead",
    "ResponseNotRead",
    "StreamClosed",
    "StreamConsumed",
    "TooManyRedirects",
    "WriteError",
    "WriteTimeout",
}
# Never raised themselves, or by what the transport does not call (`raise_for_status`, cookies).
NOT_RAISED = {
    "HTTPError",
    "RequestError",
    "TransportError",
    "TimeoutException",
    "NetworkError",
    "ProtocolError",
    "StreamError",
    "HTTPStatusError",
    "CookieConflict",
}


def _exceptions() -> dict[str, type[Exception]]:
    found = {name: getattr(httpx, name) for name in httpx.__all__}
    return {name: one for name, one in found.items() if isinstance(one, type) and issubclass(one, Exception)}


def _made(name: str) -> Exception:
    kind = _exceptions()[name]
    if name in {"StreamConsumed", "ResponseNotRead", "RequestNotRead", "StreamClosed"}:
        return kind()
    return kind("it broke")


def _transport(error: Exception) -> HttpxTransport:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    return HttpxTransport(TestClock(), httpx.Client(transport=httpx.MockTransport(fail)))


def _request(url: str = "https://api.example.com/posts?access_token=SECRETSECRET") -> Request:
    return Request("POST", url, Effect.VISIBLE, json={"text": "hello"})


def test_every_exception_of_the_engine_is_sorted() -> None:
    """A kind of exception that a later httpx adds must be sorted here before this passes."""
    assert set(_exceptions()) == NEVER_LEFT | MAY_HAVE_LEFT | NOT_RAISED


@pytest.mark.parametrize("name", sorted(NEVER_LEFT))
def test_never_left(name: str) -> None:
    """What is raised before a byte has left is `NotSent`: safe to repeat."""
    with pytest.raises(NotSent) as caught:
        run(_transport(_made(name)).send(_request(), {}, 30))
    assert not caught.value.may_have_happened
    assert isinstance(caught.value.__cause__, _exceptions()[name])


@pytest.mark.parametrize("name", sorted(MAY_HAVE_LEFT))
def test_may_have_left(name: str) -> None:
    """What may be raised after a byte has left is `OutcomeUnknown`, however unlikely."""
    with pytest.raises(OutcomeUnknown) as caught:
        run(_transport(_made(name)).send(_request(), {}, 30))
    assert caught.value.may_have_happened


def test_an_address_that_cannot_be_read_is_never_sent() -> None:
    """An address that is none is found before anything is sent."""
    with pytest.raises(NotSent):
        run(_transport(AssertionError("it was sent")).send(_request("https://api.example.com:port/posts"), {}, 30))


@pytest.mark.parametrize("place", ["mailto:somebody", "fb:post", "http://\x01"])
def test_a_redirect_to_nowhere_is_sent_once(place: str) -> None:
    """The engine stumbles over such an address although it follows none: the request had left by then."""
    sent: list[httpx.Request] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(302, headers={"location": place})

    network = tiny(redirect)
    with pytest.raises(OutcomeUnknown):
        network.publish(Post("hello"))
    assert len(sent) == 1


def test_the_engines_own_log_holds_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """The engine logs each call's address: what is secret in it is masked, for whoever shows the log."""
    caplog.set_level("INFO", logger="httpx")
    client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    run(HttpxTransport(TestClock(), client).send(_request(), {}, 30))
    assert "https://api.example.com/posts?access_token=***" in caplog.text
    assert "SECRETSECRET" not in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize("name", sorted(NEVER_LEFT | MAY_HAVE_LEFT))
async def test_async_sorts_alike(name: str) -> None:
    """The async transport sorts each exception as the blocking one does."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise _made(name)

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail)) as client:
        with pytest.raises(NotSent if name in NEVER_LEFT else OutcomeUnknown):
            await AsyncHttpxTransport(TestClock(), client).send(_request(), {}, 30)


def test_errors_do_not_repeat_the_query() -> None:
    """An address may carry a token in its query: no failure repeats it."""
    with pytest.raises(TransportError) as caught:
        run(
            _transport(httpx.ReadTimeout("gone: https://api.example.com/?access_token=SECRETSECRET")).send(
                _request(), {}, 30
            )
        )
    assert "SECRETSECRET" not in str(caught.value)
    assert "SECRETSECRET" not in repr(caught.value)


@pytest.mark.parametrize("token", ["SECRETSECRET\n", " SECRETSECRET", "SECRET\x00SECRET", "SECRETSECRÉT"])
def test_a_token_that_no_header_can_hold(token: str) -> None:
    """A token with a line break in it is a fault of the set-up, said without repeating the token."""
    with pytest.raises(ConfigurationError, match="Authorization") as caught:
        run(_transport(AssertionError("it was sent")).send(_request(), {"Authorization": token}, 30))
    assert "SECR" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_json_that_cannot_be_written() -> None:
    """A body that JSON has no form for is a fault of the caller's, and nothing is sent."""
    request = Request("POST", "https://api.example.com/", Effect.VISIBLE, json={"bid": float("nan")})
    with pytest.raises(ConfigurationError, match="JSON"):
        run(_transport(AssertionError("it was sent")).send(request, {}, 30))
