"""The flows against the emulators' own token endpoints: consent, code, token, a call with it, refresh."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr

from socialconnect import LinkedIn, Twitter
from socialconnect.auth import MemoryTokenStore, OAuthApp, OAuthFlow, RefreshingToken, Token
from socialconnect.errors import ConfigurationError, RejectedError, TokenRevoked
from socialconnect.networks.facebook.oauth import FacebookLogin
from socialconnect.networks.instagram.oauth import InstagramLogin
from socialconnect.networks.linkedin.oauth import LinkedInLogin
from socialconnect.networks.twitter.oauth import TwitterLogin
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Emulator
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.graph.tokens import APP_ID
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.twitter import TwitterEmulator

BACK = "https://app.example.com/callback"


def _consented(emulator: Emulator, url: str) -> str:
    """Open the consent page as a browser does, and give the address that it leads to."""
    with httpx.Client(transport=emulator.transport()) as browser:
        answer = browser.get(url)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def test_twitter_from_consent_to_a_post_and_beyond() -> None:
    """A token from the flow posts; after its end it is refreshed by itself; its refresh token works once."""
    clock = TestClock()
    emulator = TwitterEmulator(clock=clock)
    app = OAuthApp(
        client_id="CLIENT_ID", client_secret=SecretStr("CLIENT_SECRET"), redirect_uri="http://127.0.0.1/callback"
    )
    server, store = TwitterLogin(), MemoryTokenStore()
    with OAuthFlow(server, app, http_client=emulator.client(), clock=clock) as flow:
        authorization = flow.start()
        came_back = _consented(emulator, authorization.url)
        token = flow.finish(came_back, authorization)
        with pytest.raises(RejectedError, match="authorization code"):
            flow.finish(came_back, authorization)
    store.swap("twitter", token, expected=None)
    source = RefreshingToken(store, "twitter", server=server, app=app)
    network = Twitter(token=source, http_client=emulator.client(), clock=clock)
    network.request("GET", "/2/users/me")
    clock.advance(hours=3)
    network.request("GET", "/2/users/me")
    renewed = store.load("twitter")
    assert renewed is not None
    assert renewed.refresh_token != token.refresh_token
    # A copy of the first pair, as a second program without the store would have it.
    stale = MemoryTokenStore()
    stale.swap("twitter", token, expected=None)
    late = RefreshingToken(stale, "twitter", server=server, app=app)
    with pytest.raises(TokenRevoked):
        Twitter(token=late, http_client=emulator.client(), clock=clock).request("GET", "/2/users/me")


def test_linkedin_from_consent_to_a_call() -> None:
    """A token from LinkedIn's flow is taken by its API; a code is used once."""
    clock = TestClock()
    emulator = LinkedInEmulator(clock=clock)
    app = OAuthApp(client_id="CLIENT_ID", client_secret=SecretStr("CLIENT_SECRET"), redirect_uri=BACK)
    with OAuthFlow(LinkedInLogin(), app, http_client=emulator.client(), clock=clock) as flow:
        authorization = flow.start()
        came_back = _consented(emulator, authorization.url)
        token = flow.finish(came_back, authorization)
        with pytest.raises(RejectedError):
            flow.finish(came_back, authorization)
    author = emulator.accounts[0].id
    network = LinkedIn(author=author, token=token, http_client=emulator.client(), clock=clock)
    assert isinstance(network.posts(limit=1), list)


@pytest.mark.parametrize("name", ["facebook", "instagram"])
def test_meta_from_code_to_a_long_lived_token(name: str) -> None:
    """A code becomes a token of about 60 days; a used code and a wrong secret are told apart."""
    clock = TestClock()
    emulator = FacebookEmulator(clock=clock) if name == "facebook" else InstagramEmulator(clock=clock)
    server = FacebookLogin(clock=clock) if name == "facebook" else InstagramLogin()
    app = OAuthApp(client_id=APP_ID, client_secret=SecretStr("app-secret-1"), redirect_uri=BACK)
    code = emulator.issue_code(emulator.accounts[0].token, BACK)
    with OAuthFlow(server, app, http_client=emulator.client(), clock=clock) as flow:
        authorization = flow.start()
        came_back = f"{BACK}?code={code}&state={authorization.state}#_"
        token = flow.finish(came_back, authorization)
        assert isinstance(token, Token)
        assert token.expires_at is not None
        assert (token.expires_at - clock.now()).days == 60
        with pytest.raises(RejectedError):
            flow.finish(came_back, authorization)


def test_a_wrong_secret_is_a_fault_of_the_set_up() -> None:
    """Twitter's answer to a wrong secret points at the app, not at the user."""
    clock = TestClock()
    emulator = TwitterEmulator(clock=clock)
    app = OAuthApp(client_id="CLIENT_ID", client_secret=SecretStr("wrong"), redirect_uri="http://127.0.0.1/callback")
    with OAuthFlow(TwitterLogin(), app, http_client=emulator.client(), clock=clock) as flow:
        authorization = flow.start()
        with pytest.raises(ConfigurationError, match="authorization header"):
            flow.finish(_consented(emulator, authorization.url), authorization)
