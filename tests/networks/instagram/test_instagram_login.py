"""Connecting an account by Instagram Login: every shape that its answers are seen in."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import JsonValue, SecretStr

from socialconnect.auth import OAuthApp, OAuthFlow
from socialconnect.auth.flows import start_authorization
from socialconnect.errors import ConfigurationError, ProtocolError, RejectedError
from socialconnect.networks.instagram.oauth import InstagramLogin, scopes_for
from socialconnect.testing.clock import TestClock

APP = OAuthApp(client_id="990", client_secret=SecretStr("s3cret"), redirect_uri="https://example.com/back")
LONG: JsonValue = {"access_token": "IGLONG", "token_type": "bearer", "expires_in": 5184000}


def test_the_consent_page() -> None:
    """Scopes are joined by commas; what was asked for besides goes along, and nothing else."""
    plain = parse_qs(urlsplit(start_authorization(InstagramLogin(), APP).url).query)
    assert plain["scope"] == [",".join(scopes_for("instagram", "publish", "metrics"))]
    assert set(plain) == {"response_type", "client_id", "redirect_uri", "scope", "state"}
    server = InstagramLogin(scopes=scopes_for("instagram", "comments"), facebook_too=False, ask_again=True)
    told = parse_qs(urlsplit(start_authorization(server, APP).url).query)
    assert (told["enable_fb_login"], told["force_reauth"]) == (["0"], ["true"])


@pytest.mark.parametrize(
    ("answer", "scopes"),
    [
        (
            {"data": [{"access_token": "IGSHORT", "user_id": "1020", "permissions": "a,b"}]},
            {"a", "b"},
        ),
        ({"access_token": "IGSHORT", "user_id": 1020, "permissions": ["a", "b"]}, {"a", "b"}),
        ({"access_token": "IGSHORT", "user_id": 1020}, set()),
    ],
    ids=["documented", "flat", "bare"],
)
def test_a_code_becomes_a_token_of_sixty_days(answer: JsonValue, scopes: set[str]) -> None:
    """Whatever the shape: the token of an hour is exchanged at once, and what it may do is kept."""
    sent: list[httpx.Request] = []

    def answers(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=answer if request.method == "POST" else LONG)

    clock = TestClock()
    client = httpx.Client(transport=httpx.MockTransport(answers))
    with OAuthFlow(InstagramLogin(), APP, http_client=client, clock=clock) as flow:
        begun = flow.start()
        token = flow.finish(f"https://example.com/back?code=C0DE&state={begun.state}#_", begun)
    assert token.access_token.get_secret_value() == "IGLONG"
    assert token.expires_at == clock.now() + timedelta(days=60)
    assert token.scopes == scopes
    form = parse_qs(sent[0].content.decode())
    assert (form["code"], form["grant_type"]) == (["C0DE"], ["authorization_code"])
    assert sent[1].url.params["grant_type"] == "ig_exchange_token"


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (
            {"error_type": "OAuthException", "code": 400, "error_message": "Invalid scope field(s): basic"},
            ConfigurationError,
        ),
        (
            {"error": {"message": "This authorization code has been used.", "code": 100, "error_subcode": 36009}},
            RejectedError,
        ),
        (
            {
                "error_type": "OAuthException",
                "code": 400,
                "error_message": "Matching code was not found or was already used, authorization code",
            },
            RejectedError,
        ),
    ],
    ids=["scope", "graph", "flat"],
)
def test_a_refused_code(told: JsonValue, error: type[Exception]) -> None:
    """Both shapes of an error are read, and no secret is told."""
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(400, content=json.dumps(told))))
    with OAuthFlow(InstagramLogin(), APP, http_client=client, clock=TestClock()) as flow:
        begun = flow.start()
        with pytest.raises(error) as caught:
            flow.finish(f"https://example.com/back?code=C0DE&state={begun.state}#_", begun)
    assert "s3cret" not in str(caught.value)


def test_a_token_answer_of_another_shape_is_not_guessed_at() -> None:
    """An answer without a token is not understood, and nothing of it is repeated."""
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"token": "IGSECRET"})))
    with OAuthFlow(InstagramLogin(), APP, http_client=client, clock=TestClock()) as flow:
        begun = flow.start()
        with pytest.raises(ProtocolError) as caught:
            flow.finish(f"https://example.com/back?code=C0DE&state={begun.state}", begun)
    assert "IGSECRET" not in str(caught.value)
