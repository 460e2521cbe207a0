"""Connecting by OAuth 1.0a, from the first token to a post, against the emulator and by literal answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr

from socialconnect.errors import AuthError, PermissionDenied, ProtocolError, TokenRevoked, UnavailableError
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.oauth1 import AsyncOAuth1Flow, OAuth1Authorization, OAuth1Flow
from socialconnect.post import Post
from socialconnect.testing import TestClock
from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.twitter import TwitterEmulator

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

BACK = "http://127.0.0.1/callback"


def app(emulator: TwitterEmulator) -> tuple[str, SecretStr]:
    """Give the app's key pair."""
    known = emulator.oauth1_credential()
    return known.consumer_key, known.consumer_secret


def opened(emulator: TwitterEmulator, authorization: OAuth1Authorization) -> httpx.Response:
    """Open the consent page as a browser does."""
    with httpx.Client(transport=emulator.transport()) as browser:
        return browser.get(authorization.url)


def test_from_consent_to_a_post(emulator: TwitterEmulator, clock: TestClock) -> None:
    """The credential that comes of the three steps posts; the first token works once."""
    with OAuth1Flow(*app(emulator), callback=BACK, http_client=emulator.client(), clock=clock) as flow:
        authorization = flow.start()
        came_back = opened(emulator, authorization).headers["location"]
        credential = flow.finish(came_back, authorization)
        with pytest.raises(TokenRevoked):
            flow.finish(came_back, authorization)
    with Twitter(token=credential, user_id="2244994945", clock=clock, http_client=emulator.client()) as twitter:
        twitter.publish(Post("Connected"))
    assert [one.text for one in emulator.wall] == ["Connected"]


@pytest.mark.anyio
async def test_a_pin_async(emulator: TwitterEmulator, clock: TestClock) -> None:
    """Without an address to come back to, the user types a PIN."""
    async with AsyncOAuth1Flow(*app(emulator), http_client=emulator.async_client(), clock=clock) as flow:
        authorization = await flow.start()
        pin = opened(emulator, authorization).text.removeprefix("<code>").removesuffix("</code>")
        credential = await flow.finish(f" {pin}\n", authorization)
    assert credential.token.get_secret_value().startswith("2244994945-")


def test_the_user_says_no(emulator: TwitterEmulator, clock: TestClock) -> None:
    """A user who does not give access is told apart from an error."""
    emulator.settings.consent = "deny"
    with OAuth1Flow(*app(emulator), callback=BACK, http_client=emulator.client(), clock=clock) as flow:
        authorization = flow.start()
        with pytest.raises(PermissionDenied, match="did not give access"):
            flow.finish(opened(emulator, authorization).headers["location"], authorization)


@pytest.mark.parametrize("answer", [f"{BACK}?oauth_token=other&oauth_verifier=v", BACK, f"{BACK}?denied=other"])
def test_a_forged_answer(emulator: TwitterEmulator, clock: TestClock, answer: str) -> None:
    """An answer that is not about this authorisation is not used."""
    with OAuth1Flow(*app(emulator), callback=BACK, http_client=emulator.client(), clock=clock) as flow:
        authorization = flow.start()
        sent = len(emulator.requests)
        with pytest.raises(AuthError, match="does not belong"):
            flow.finish(answer, authorization)
    assert len(emulator.requests) == sent


def test_an_app_that_is_not_accepted(emulator: TwitterEmulator, clock: TestClock) -> None:
    """A wrong secret is told as the app's, and stands in no message."""
    key, _ = app(emulator)
    flow = OAuth1Flow(key, SecretStr("WRONG-SECRET"), callback=BACK, http_client=emulator.client(), clock=clock)
    with flow, pytest.raises(PermissionDenied) as caught:
        flow.start()
    assert "key and secret" in str(caught.value)
    assert "WRONG-SECRET" not in f"{caught.value} {caught.value.answer} {flow!r}"


def test_a_lost_answer_claims_nothing(emulator: TwitterEmulator, clock: TestClock) -> None:
    """Nobody sees a token: a lost answer is no doubt about a post."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path="request_token"))
    with (
        OAuth1Flow(*app(emulator), callback=BACK, http_client=emulator.client(), clock=clock) as flow,
        pytest.raises(UnavailableError) as caught,
    ):
        flow.start()
    assert not caught.value.may_have_happened


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<html>", ProtocolError),
        ("oauth_token=T&oauth_token_secret=S&oauth_callback_confirmed=false", AuthError),
    ],
)
def test_an_odd_answer(script: Script, clock: TestClock, body: str, error: type[Exception]) -> None:
    """An answer without a token, or one that does not confirm the callback, is refused."""
    script.add(200, body)
    flow = OAuth1Flow("KEY", SecretStr("SECRET"), callback=BACK, http_client=script.client(), clock=clock)
    with flow, pytest.raises(error):
        flow.start()


def test_the_first_step_on_the_wire(script: Script, clock: TestClock) -> None:
    """The callback is part of what is signed, and no token stands in the header yet."""
    script.add(200, "oauth_token=T1&oauth_token_secret=S1&oauth_callback_confirmed=true")
    with OAuth1Flow("KEY", SecretStr("SECRET"), callback=BACK, http_client=script.client(), clock=clock) as flow:
        authorization = flow.start()
    (sent,) = script.requests
    assert (sent.method, str(sent.url)) == ("POST", "https://api.x.com/oauth/request_token")
    header = sent.headers["authorization"]
    assert 'oauth_callback="http%3A%2F%2F127.0.0.1%2Fcallback"' in header
    assert "oauth_token=" not in header
    assert authorization.url == "https://api.x.com/oauth/authorize?oauth_token=T1"
    assert "S1" not in repr(authorization)
