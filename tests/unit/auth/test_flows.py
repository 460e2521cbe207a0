"""Connecting an account on each network: the consent page, the code that comes back, the token."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from socialconnect.auth import AsyncOAuthFlow, Authorization, AuthorizationServer, OAuthApp, OAuthFlow, Token
from socialconnect.errors import (
    AuthError,
    ConfigurationError,
    PermissionDenied,
    RateLimited,
    RejectedError,
    SocialConnectError,
    UnavailableError,
    UnsupportedFeature,
)
from socialconnect.networks.facebook.oauth import FacebookLogin
from socialconnect.networks.instagram.oauth import FACEBOOK_LOGIN_SCOPES, InstagramLogin
from socialconnect.networks.linkedin.oauth import LinkedInLogin
from socialconnect.networks.twitter.oauth import TwitterLogin
from socialconnect.testing.clock import TestClock

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
APP = OAuthApp(client_id="app-1", client_secret=SecretStr("app-secret-1"), redirect_uri="https://app.example/back?to=1")
PUBLIC = OAuthApp(client_id="app-1", redirect_uri="http://127.0.0.1:8080/back")


def servers() -> list[AuthorizationServer]:
    return [TwitterLogin(), LinkedInLogin(), FacebookLogin(api_version="v26.0"), InstagramLogin()]


class Endpoint:
    """Answers in order, and keeps what was asked."""

    def __init__(self, *answers: tuple[int, object]) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        status, body = self._answers.pop(0)
        if isinstance(body, str):
            return httpx.Response(status, html=body)
        return httpx.Response(status, json=body)

    def flow(self, server: AuthorizationServer, app: OAuthApp = APP) -> OAuthFlow:
        client = httpx.Client(transport=httpx.MockTransport(self))
        return OAuthFlow(server, app, http_client=client, clock=TestClock(START))

    def form(self, index: int = 0) -> dict[str, str]:
        return {name: one[0] for name, one in parse_qs(self.requests[index].content.decode()).items()}

    def query(self, index: int = 0) -> dict[str, str]:
        return dict(self.requests[index].url.params)


def back(authorization: Authorization, more: str = "code=the-code-123") -> str:
    return f"https://app.example/back?to=1&state={authorization.state}&{more}"


def asked(authorization: Authorization) -> dict[str, str]:
    return {name: one[0] for name, one in parse_qs(urlsplit(authorization.url).query).items()}


# ── the consent page ──────────────────────────────────────────────────────────────────────────────────────────────────

PAGES = {
    "twitter": ("https://x.com/i/oauth2/authorize", "tweet.read tweet.write users.read media.write offline.access"),
    "linkedin": (
        "https://www.linkedin.com/oauth/v2/authorization",
        "w_organization_social r_organization_social rw_organization_admin",
    ),
    "facebook": (
        "https://www.facebook.com/v26.0/dialog/oauth",
        "pages_show_list,pages_manage_posts,pages_read_engagement,read_insights",
    ),
    "instagram": (
        "https://www.instagram.com/oauth/authorize",
        "instagram_business_basic,instagram_business_content_publish,instagram_business_manage_insights",
    ),
}


@pytest.mark.parametrize("server", servers(), ids=lambda one: one.network)
def test_the_consent_page(server: AuthorizationServer) -> None:
    """Each network's page is asked in its own way, with a state, and nothing is sent."""
    endpoint = Endpoint()
    authorization = endpoint.flow(server).start()
    address, scopes = PAGES[server.network]
    assert authorization.url.startswith(f"{address}?")
    fields = asked(authorization)
    assert fields["scope"] == scopes
    assert fields["state"] == authorization.state
    assert (fields["client_id"], fields["response_type"]) == ("app-1", "code")
    assert fields["redirect_uri"] == APP.redirect_uri
    assert "+" not in authorization.url
    assert endpoint.requests == []


def test_each_authorization_is_its_own() -> None:
    """State and proof key are new each time, and long enough not to be guessed."""
    flow = Endpoint().flow(TwitterLogin())
    first, second = flow.start(), flow.start()
    assert first.state != second.state
    assert first.code_verifier != second.code_verifier
    assert len(first.state) >= 30
    assert first.code_verifier is not None
    assert 43 <= len(first.code_verifier.get_secret_value()) <= 128


def test_the_proof_key() -> None:
    """Twitter is given the hash of the proof key; the key itself is never shown."""
    authorization = Endpoint().flow(TwitterLogin()).start()
    assert authorization.code_verifier is not None
    verifier = authorization.code_verifier.get_secret_value()
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert asked(authorization)["code_challenge"] == hashed
    assert asked(authorization)["code_challenge_method"] == "S256"
    assert verifier not in repr(authorization)


def test_scopes_of_ones_own() -> None:
    """The application may ask for other scopes, such as for Instagram accounts by Facebook Login."""
    authorization = Endpoint().flow(FacebookLogin(scopes=FACEBOOK_LOGIN_SCOPES, api_version="v26.0")).start()
    assert asked(authorization)["scope"].startswith("instagram_basic,")


def test_the_newest_version_unless_said_otherwise() -> None:
    """Facebook's addresses carry the newest live version of the clock's day."""
    server = FacebookLogin(clock=TestClock("2026-11-24"))
    assert f"/{server.api_version}/dialog/oauth" in Endpoint().flow(server).start().url


# ── the address at which the user comes back ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("answer", ["", "?code=x", "?code=x&state=forged", "?code=x&state="])
def test_a_forged_answer(answer: str) -> None:
    """A code that came with another state, or none, is not exchanged."""
    endpoint = Endpoint()
    flow = endpoint.flow(TwitterLogin())
    with pytest.raises(AuthError, match="state differs"):
        flow.finish(f"https://app.example/back{answer}", flow.start())
    assert endpoint.requests == []


@pytest.mark.parametrize(
    ("server", "answer"),
    [
        (TwitterLogin(), "error=access_denied"),
        (FacebookLogin(api_version="v26.0"), "error_reason=user_denied&error=access_denied&error_description=No"),
        (LinkedInLogin(), "error=user_cancelled_login&error_description=The+user+cancelled"),
        (LinkedInLogin(), "error=user_cancelled_authorize"),
    ],
)
def test_a_user_who_says_no(server: AuthorizationServer, answer: str) -> None:
    """A refusal by the user is told apart from a fault of the app."""
    endpoint = Endpoint()
    flow = endpoint.flow(server)
    authorization = flow.start()
    with pytest.raises(PermissionDenied, match="did not give access"):
        flow.finish(back(authorization, answer), authorization)
    assert endpoint.requests == []


def test_scopes_that_the_app_may_not_ask_for() -> None:
    """A network that refuses to ask the user means a fault of the app's set-up."""
    flow = Endpoint().flow(LinkedInLogin())
    authorization = flow.start()
    answer = "error=unauthorized_scope_error&error_description=Scope+%22rw_organization_admin%22+is+not+authorized"
    with pytest.raises(ConfigurationError, match="rw_organization_admin"):
        flow.finish(back(authorization, answer), authorization)


def test_an_answer_without_a_code() -> None:
    """An address with the right state and no code says so."""
    flow = Endpoint().flow(TwitterLogin())
    authorization = flow.start()
    with pytest.raises(AuthError, match="no code"):
        flow.finish(back(authorization, "x=1"), authorization)


# ── from the code to the token ────────────────────────────────────────────────────────────────────────────────────────

TWITTER_TOKEN = {
    "token_type": "bearer",
    "expires_in": 7200,
    "access_token": "dHdpdHRlci1hY2Nlc3M6MTow",
    "scope": "tweet.read tweet.write users.read offline.access",
    "refresh_token": "dHdpdHRlci1yZWZyZXNoOjE6MA",
}


def test_twitter_with_a_secret() -> None:
    """A confidential app names itself by Basic, and the proof key goes with the code."""
    endpoint = Endpoint((200, TWITTER_TOKEN))
    flow = endpoint.flow(TwitterLogin())
    authorization = flow.start()
    token = flow.finish(back(authorization), authorization)
    sent = endpoint.requests[0]
    assert (sent.method, str(sent.url)) == ("POST", "https://api.x.com/2/oauth2/token")
    assert sent.headers["authorization"] == f"Basic {base64.b64encode(b'app-1:app-secret-1').decode()}"
    assert authorization.code_verifier is not None
    assert endpoint.form() == {
        "grant_type": "authorization_code",
        "code": "the-code-123",
        "redirect_uri": APP.redirect_uri,
        "code_verifier": authorization.code_verifier.get_secret_value(),
    }
    assert token.access_token.get_secret_value() == TWITTER_TOKEN["access_token"]
    assert token.refresh_token is not None
    assert token.expires_at == START + timedelta(hours=2)
    assert token.scopes == {"tweet.read", "tweet.write", "users.read", "offline.access"}


def test_twitter_without_a_secret() -> None:
    """A public app names itself in the form."""
    endpoint = Endpoint((200, TWITTER_TOKEN))
    flow = endpoint.flow(TwitterLogin(), PUBLIC)
    authorization = flow.start()
    flow.finish(back(authorization), authorization)
    assert endpoint.form()["client_id"] == "app-1"
    assert "authorization" not in endpoint.requests[0].headers


def test_linkedin() -> None:
    """LinkedIn takes the secret in the form; scopes come back joined in any way."""
    body = {"access_token": "AQUvlL_DYEzvT2wz1QJiEPeLioeA", "expires_in": 5184000, "scope": "r_basicprofile,w_social"}
    endpoint = Endpoint((200, body))
    flow = endpoint.flow(LinkedInLogin())
    authorization = flow.start()
    token = flow.finish(back(authorization), authorization)
    assert str(endpoint.requests[0].url) == "https://www.linkedin.com/oauth/v2/accessToken"
    assert endpoint.form()["client_secret"] == "app-secret-1"
    assert "authorization" not in endpoint.requests[0].headers
    assert token.scopes == {"r_basicprofile", "w_social"}
    assert token.refresh_token is None
    assert token.expires_at == START + timedelta(days=60)


def test_facebook_gives_the_long_lived_token() -> None:
    """The user's token of an hour is exchanged at once for one of about 60 days."""
    short = {"access_token": "EAABshort0", "token_type": "bearer", "expires_in": 5400}
    long = {"access_token": "EAABlong00", "token_type": "bearer", "expires_in": 5183944}
    endpoint = Endpoint((200, short), (200, long))
    flow = endpoint.flow(FacebookLogin(api_version="v26.0"))
    authorization = flow.start()
    token = flow.finish(f"{back(authorization)}#_=_", authorization)
    first, second = endpoint.requests
    assert (first.method, first.url.host, first.url.path) == ("GET", "graph.facebook.com", "/v26.0/oauth/access_token")
    assert endpoint.query(0)["code"] == "the-code-123"
    assert endpoint.query(1) == {
        "grant_type": "fb_exchange_token",
        "client_id": "app-1",
        "client_secret": "app-secret-1",
        "fb_exchange_token": "EAABshort0",
    }
    assert second.url.path == first.url.path
    assert token.access_token.get_secret_value() == "EAABlong00"
    assert token.expires_at == START + timedelta(seconds=5183944)


@pytest.mark.parametrize(
    "short",
    [
        {"data": [{"access_token": "IGAAshort0", "user_id": "1020", "permissions": "instagram_business_basic,b"}]},
        {"access_token": "IGAAshort0", "user_id": 1020, "permissions": ["instagram_business_basic", "b"]},
        {"access_token": "IGAAshort0", "user_id": "1020"},
    ],
)
def test_instagram_in_all_its_shapes(short: object) -> None:
    """The short-lived answer comes flat or as a list of one; the scopes outlive the exchange."""
    long = {"access_token": "IGAAlong00", "token_type": "bearer", "expires_in": 5184000}
    endpoint = Endpoint((200, short), (200, long))
    flow = endpoint.flow(InstagramLogin())
    authorization = flow.start()
    token = flow.finish(f"{back(authorization)}#_", authorization)
    assert str(endpoint.requests[0].url) == "https://api.instagram.com/oauth/access_token"
    assert endpoint.form(0)["code"] == "the-code-123"
    assert endpoint.requests[1].url.path == "/access_token"
    assert endpoint.query(1)["grant_type"] == "ig_exchange_token"
    assert token.access_token.get_secret_value() == "IGAAlong00"
    assert token.expires_at == START + timedelta(days=60)
    assert token.scopes == ({"instagram_business_basic", "b"} if "permissions" in json.dumps(short) else set())


def test_instagram_refreshes_the_token_by_itself() -> None:
    """There is no refresh token: the access token is what gets the next one."""
    token = Token(access_token=SecretStr("IGAAlong00"))
    request = InstagramLogin().refresh(APP, token)
    assert request.full_url == (
        "https://graph.instagram.com/refresh_access_token?grant_type=ig_refresh_token&access_token=IGAAlong00"
    )


@pytest.mark.anyio
async def test_async_does_as_blocking_does() -> None:
    """The async flow sends the same and gives the same, under asyncio and trio alike."""
    endpoint = Endpoint((200, TWITTER_TOKEN), (200, {"revoked": True}))
    async with httpx.AsyncClient(transport=httpx.MockTransport(endpoint)) as client:
        async with AsyncOAuthFlow(TwitterLogin(), APP, http_client=client, clock=TestClock(START)) as flow:
            authorization = flow.start()
            token = await flow.finish(back(authorization), authorization)
            await flow.revoke(token)
        assert not client.is_closed
    assert token.expires_at == START + timedelta(hours=2)
    assert endpoint.form(1) == {"token": TWITTER_TOKEN["refresh_token"]}


def test_revoking_where_there_is_no_way() -> None:
    """Where software cannot withdraw a token, the user is told to."""
    with pytest.raises(UnsupportedFeature, match="settings of the account"):
        Endpoint().flow(LinkedInLogin()).revoke(Token(access_token=SecretStr("x-0123456")))


def test_everything_at_another_address() -> None:
    """With a base address, as for an emulator, each of a network's hosts is there."""
    server = FacebookLogin(api_version="v26.0", base_url="http://127.0.0.1:9/")
    assert Endpoint().flow(server).start().url.startswith("http://127.0.0.1:9/v26.0/dialog/oauth?")
    request = InstagramLogin(base_url="http://127.0.0.1:9").refresh(APP, Token(access_token=SecretStr("x-0123456")))
    assert request.url == "http://127.0.0.1:9/refresh_access_token"


# ── refusals, with the bodies that the networks send ──────────────────────────────────────────────────────────────────

USED_CODE = {
    "error": {
        "message": "This authorization code has been used.",
        "type": "OAuthException",
        "code": 100,
        "error_subcode": 36009,
        "fbtrace_id": "A6LJ",
    }
}
REFUSALS: list[tuple[AuthorizationServer, int, object, type[SocialConnectError]]] = [
    (
        TwitterLogin(),
        400,
        {"error": "invalid_request", "error_description": "Value passed for the authorization code was invalid."},
        RejectedError,
    ),
    (
        TwitterLogin(),
        401,
        {"error": "unauthorized_client", "error_description": "Missing valid authorization header"},
        ConfigurationError,
    ),
    (TwitterLogin(), 400, {"error": "invalid_client"}, ConfigurationError),
    (TwitterLogin(), 429, {"error": "rate_limited"}, RateLimited),
    (TwitterLogin(), 503, {"error": "temporarily_unavailable"}, UnavailableError),
    (TwitterLogin(), 502, "<html>Bad gateway</html>", UnavailableError),
    (
        LinkedInLogin(),
        401,
        {
            "error": "invalid_request",
            "error_description": "Unable to retrieve access token: authorization code not found",
        },
        RejectedError,
    ),
    (
        LinkedInLogin(),
        400,
        {"error": "invalid_request", "error_description": 'A required parameter "client_id" is missing'},
        ConfigurationError,
    ),
    (
        LinkedInLogin(),
        400,
        {
            "error": "invalid_redirect_uri",
            "error_description": "Unable to retrieve access token: appid/redirect uri/code verifier does not match "
            "authorization code. Or authorization code expired. Or external member binding exists",
        },
        RejectedError,
    ),
    (
        LinkedInLogin(),
        401,
        {"error": "invalid_client", "error_description": "Client authentication failed"},
        ConfigurationError,
    ),
    (FacebookLogin(api_version="v26.0"), 400, USED_CODE, RejectedError),
    (
        InstagramLogin(),
        400,
        {
            "error_type": "OAuthException",
            "code": 400,
            "error_message": "Invalid scope field(s): basic",
        },
        ConfigurationError,
    ),
]


@pytest.mark.parametrize(("server", "status", "body", "kind"), REFUSALS)
def test_refusals(server: AuthorizationServer, status: int, body: object, kind: type[SocialConnectError]) -> None:
    """Each network's own refusal of a code becomes the error that says what to do."""
    flow = Endpoint((status, body)).flow(server)
    authorization = flow.start()
    with pytest.raises(kind) as caught:
        flow.finish(back(authorization), authorization)
    assert type(caught.value) is kind
    assert caught.value.network == server.network
    assert caught.value.status == status
    assert kind is UnavailableError or kind is RateLimited or caught.value.hint


def test_no_refusal_shows_a_secret() -> None:
    """A server that repeats what it was sent gets no secret into an error."""
    repeated = {"error": "invalid_grant", "error_description": "the-code-123 of app-secret-1 is no good"}
    flow = Endpoint((400, repeated)).flow(LinkedInLogin())
    authorization = flow.start()
    with pytest.raises(RejectedError) as caught:
        flow.finish(back(authorization), authorization)
    for told in (str(caught.value), repr(caught.value), str(caught.value.answer)):
        assert "the-code-123" not in told
        assert "app-secret-1" not in told


def test_a_secret_that_is_missing() -> None:
    """A network that needs the app's secret says so before anything is sent."""
    endpoint = Endpoint()
    flow = endpoint.flow(LinkedInLogin(), PUBLIC)
    authorization = flow.start()
    with pytest.raises(ConfigurationError, match="client_secret"):
        flow.finish(back(authorization), authorization)
    assert endpoint.requests == []
