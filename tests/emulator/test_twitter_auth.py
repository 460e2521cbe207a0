"""Tokens on the Twitter emulator: OAuth 2.0 in all its grants, OAuth 1.0a in three steps, and scopes."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import requests
from requests_oauthlib import OAuth1Session  # type: ignore[import-untyped]  # ships no types
from tests.emulator.twitter_calls import USER, client

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.testing.emulators.twitter.auth import signature

BACK = "http://127.0.0.1/callback"
APP = httpx.BasicAuth("CLIENT_ID", "CLIENT_SECRET")
CONSENT = {
    "response_type": "code",
    "client_id": "CLIENT_ID",
    "redirect_uri": BACK,
    "scope": "tweet.read users.read offline.access",
    "state": "s",
    "code_challenge": "plainly",
    "code_challenge_method": "plain",
}
EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token": f"{USER}-OAUTH1",
    "subject_token_type": "urn:x:params:oauth:token-type:oauth1_token",
    "oauth_token_secret": f"{USER}-OAUTH1-SECRET",
}


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def twitter(clock: TestClock) -> TwitterEmulator:
    return TwitterEmulator(clock=clock)


@pytest.fixture
def api(twitter: TwitterEmulator) -> Iterator[httpx.Client]:
    with client(twitter) as api:
        yield api


def consented(api: httpx.Client, **changes: str) -> dict[str, list[str]]:
    """Ask for consent, and give what comes back to the app."""
    answer = api.get("https://x.com/i/oauth2/authorize", params={**CONSENT, **changes})
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["location"]).query)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "S512"}, "invalid_request"),
        ({"state": "x" * 501}, "invalid_request"),
        ({"scope": "tweet.shout"}, "invalid_scope"),
    ],
)
def test_consent_that_is_asked_for_wrongly_comes_back_as_an_error(
    api: httpx.Client, changes: dict[str, str], error: str
) -> None:
    """The app is told, at its own address."""
    assert consented(api, **changes)["error"] == [error]


def test_a_user_may_decline(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A refusal comes back with the state; an address that is not registered gets nothing."""
    twitter.settings.consent = "deny"
    assert consented(api) == {"state": ["s"], "error": ["access_denied"]}
    stray = api.get("https://x.com/i/oauth2/authorize", params={**CONSENT, "redirect_uri": "http://127.0.0.1/other"})
    assert stray.status_code == 400


def test_a_public_client_sends_its_id(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """An app without a secret names itself in the form; its pair has the scopes and the life that it was given."""
    twitter.app.client_secret = None
    twitter.settings.token_seconds = 60
    form = {
        "grant_type": "authorization_code",
        "code": consented(api)["code"][0],
        "redirect_uri": BACK,
        "code_verifier": "plainly",
    }
    assert api.post("/2/oauth2/token", data=form).status_code == 400
    pair = api.post("/2/oauth2/token", data={**form, "client_id": "CLIENT_ID"}).json()
    assert (pair["token_type"], pair["expires_in"], set(pair["scope"].split())) == (
        "bearer",
        60,
        {"tweet.read", "users.read", "offline.access"},
    )
    token = bearer(pair["access_token"])
    assert api.get("/2/users/me", headers=token).status_code == 200
    refused = api.post("/2/tweets", json={"text": "x"}, headers=token)
    assert (refused.status_code, refused.json()["detail"]) == (403, "Forbidden")
    clock.advance(60)
    assert api.get("/2/users/me", headers=token).status_code == 401
    twitter.settings.expired_as_app_only = True
    assert api.get("/2/users/me", headers=token).json()["title"] == "Unsupported Authentication"
    renew = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"], "client_id": "CLIENT_ID"}
    assert api.post("/2/oauth2/token", data=renew).status_code == 200
    assert api.post("/2/oauth2/token", data=renew).json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "none"}, "invalid_request"),
        ({**EXCHANGE, "subject_token": "none"}, "invalid_grant"),
        ({**EXCHANGE, "oauth_token_secret": "none"}, "invalid_grant"),
        ({**EXCHANGE, "oauth_token_secret": ""}, "invalid_request"),
        ({**EXCHANGE, "subject_token_type": "jwt"}, "invalid_request"),
        ({**EXCHANGE, "scope": "dm.read"}, "invalid_scope"),
    ],
)
def test_the_token_endpoint_tells_what_is_wrong(api: httpx.Client, form: dict[str, str], error: str) -> None:
    """Each fault has its code."""
    answer = api.post("/2/oauth2/token", data=form or {"a": "b"}, auth=APP)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_an_oauth1_token_is_exchanged(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """The pair may do what the old token could; a repeat ends the pair before; the old token stays good."""
    first = api.post("/2/oauth2/token", data=EXCHANGE, auth=APP).json()
    assert {"tweet.write", "media.write"} <= set(first["scope"].split())
    assert first["refresh_token"]
    assert api.get("/2/users/me", headers=bearer(first["access_token"])).json()["data"]["id"] == USER
    second = api.post("/2/oauth2/token", data={**EXCHANGE, "scope": "tweet.read users.read"}, auth=APP).json()
    assert api.get("/2/users/me", headers=bearer(first["access_token"])).status_code == 401
    assert api.post("/2/tweets", json={"text": "x"}, headers=bearer(second["access_token"])).status_code == 403
    assert not twitter.grant(f"{USER}-OAUTH1").revoked


def test_the_apps_own_token(api: httpx.Client) -> None:
    """It is always the same until it is invalidated; wrong keys are code 99."""
    keys, form = httpx.BasicAuth("CONSUMER_KEY", "CONSUMER_SECRET"), {"grant_type": "client_credentials"}
    wrong = api.post("/oauth2/token", data=form, auth=APP)
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (403, 99)
    token = api.post("/oauth2/token", data=form, auth=keys).json()["access_token"]
    assert api.post("/oauth2/token", data=form, auth=keys).json() == {"token_type": "bearer", "access_token": token}
    assert api.get(f"/2/users/{USER}", headers=bearer(token)).status_code == 200
    ended = api.post("/oauth2/invalidate_token", data={"access_token": token}, auth=keys)
    assert ended.json() == {"access_token": token}
    assert api.get(f"/2/users/{USER}", headers=bearer(token)).status_code == 401


def test_a_suspended_user(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Every call of a suspended user is refused."""
    twitter.user(USER).suspended = True
    answer = api.get("/2/users/me")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "user-suspended")


# ── OAuth 1.0a ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_three_steps_lead_to_a_credential(twitter: TwitterEmulator) -> None:
    """requests-oauthlib gets a request token, sends the user for consent, and exchanges it, over loopback."""
    with serving(twitter) as url, OAuth1Session("CONSUMER_KEY", "CONSUMER_SECRET", callback_uri=BACK) as session:
        token = session.fetch_request_token(f"{url}/oauth/request_token")
        assert token["oauth_callback_confirmed"] == "true"
        consent = session.authorization_url(f"{url}/oauth/authorize")
        back = requests.get(consent, allow_redirects=False, timeout=5)
        session.parse_authorization_response(back.headers["location"])
        credential = session.fetch_access_token(f"{url}/oauth/access_token")
        assert (credential["user_id"], credential["screen_name"]) == (USER, "brand")
        made = session.post(f"{url}/2/tweets", json={"text": "signed"})
        assert (made.status_code, made.headers["x-access-level"]) == (201, "read-write")
    assert [one.text for one in twitter.wall] == ["signed"]


def test_a_pin_takes_the_place_of_an_address(twitter: TwitterEmulator) -> None:
    """Out of band the page shows a PIN; a credential that was asked for to read may not write."""
    with serving(twitter) as url, OAuth1Session("CONSUMER_KEY", "CONSUMER_SECRET", callback_uri="oob") as session:
        session.fetch_request_token(f"{url}/oauth/request_token?x_auth_access_type=read")
        page = requests.get(session.authorization_url(f"{url}/oauth/authorize"), timeout=5)
        pin = page.text.removeprefix("<code>").removesuffix("</code>")
        assert len(pin) == 7
        session.fetch_access_token(f"{url}/oauth/access_token", verifier=pin)
        assert session.get(f"{url}/2/users/me").status_code == 200


def test_wrong_steps_are_refused(twitter: TwitterEmulator) -> None:
    """An address that is not registered, a wrong secret and a wrong verifier lead nowhere."""
    with serving(twitter) as url:
        with OAuth1Session("CONSUMER_KEY", "CONSUMER_SECRET", callback_uri="http://elsewhere/") as session:
            answer = session.post(f"{url}/oauth/request_token")
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, 415)
        with OAuth1Session("CONSUMER_KEY", "wrong", callback_uri=BACK) as session:
            answer = session.post(f"{url}/oauth/request_token")
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, 32)
        assert requests.post(f"{url}/oauth/request_token", timeout=5).json()["errors"][0]["code"] == 215
        with OAuth1Session("CONSUMER_KEY", "CONSUMER_SECRET", callback_uri=BACK) as session:
            session.fetch_request_token(f"{url}/oauth/request_token")
            requests.get(session.authorization_url(f"{url}/oauth/authorize"), allow_redirects=False, timeout=5)
            session._client.client.verifier = "wrong"
            assert session.post(f"{url}/oauth/access_token").status_code == 401


def test_the_signature_of_xs_own_example() -> None:
    """The worked example of X's page on creating a signature, form and query included, gives what it prints."""
    body = b"status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    url = "https://api.x.com/1.1/statuses/update.json?include_entities=true"
    oauth = {
        "oauth_consumer_key": "xvz1evFS4wEEPTGEFPHBog",
        "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1318622958",
        "oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "oauth_version": "1.0",
    }
    signed = signature(
        EmulatedRequest("POST", url, headers, body),
        oauth,
        "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
    assert signed == "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="
