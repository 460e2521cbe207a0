"""Instagram Login's dialog and token endpoints, with every variation that was seen, by Instagram's emulator."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.emulator.instagram_wire import BY_INSTAGRAM, USER, codes

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.instagram import InstagramEmulator, LoginSettings

REDIRECT = "https://my.m.redirect.net/"
SCOPES = "instagram_business_basic,instagram_business_content_publish"
AUTHORIZE = {"client_id": "990602627938098", "redirect_uri": REDIRECT, "response_type": "code", "scope": SCOPES}
EXCHANGE = "https://graph.instagram.com/access_token"
REFRESH = "https://graph.instagram.com/refresh_access_token"
TOKEN = "https://api.instagram.com/oauth/access_token"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def emulator(clock: TestClock) -> InstagramEmulator:
    return InstagramEmulator(clock=clock, app_secret="a1b2C3D4", require_proof=False)


@pytest.fixture
def client(emulator: InstagramEmulator) -> Iterator[httpx.Client]:
    with emulator.client() as made:
        yield made


def consent(client: httpx.Client, host: str = "www.instagram.com", **changed: str) -> httpx.Response:
    """Go through the dialog."""
    return client.get(f"https://{host}/oauth/authorize", params={**AUTHORIZE, **changed})


def redeem(client: httpx.Client, code: str, **changed: str) -> httpx.Response:
    """Exchange a code, as the documentation does, in a multipart form."""
    form = {
        "client_id": "990602627938098",
        "client_secret": "a1b2C3D4",
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT,
        "code": code,
        **changed,
    }
    return client.post(TOKEN, files={name: (None, value) for name, value in form.items()})


def code_of(answer: httpx.Response) -> str:
    """Give the code of a redirection, without the fragment that is appended to it."""
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


@pytest.mark.parametrize("host", ["www.instagram.com", "api.instagram.com"])
def test_the_dialog_sends_the_browser_back(client: httpx.Client, host: str) -> None:
    """Both documented addresses give a code and the state, with `#_` behind them."""
    location = consent(client, host, state="s t").headers["location"]
    assert location.startswith(f"{REDIRECT}?code=")
    assert location.endswith("&state=s+t#_")


def test_a_person_can_say_no(emulator: InstagramEmulator, client: httpx.Client) -> None:
    """A denial carries the three documented parameters and the state."""
    emulator.login_settings.denied = True
    told = parse_qs(urlsplit(consent(client, state="s").headers["location"]).query)
    assert told == {
        "error": ["access_denied"],
        "error_reason": ["user_denied"],
        "error_description": ["The user denied your request"],
        "state": ["s"],
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"scope": "business_basic"}, "Invalid scope field(s): business_basic"),
        ({"scope": "basic,instagram_business_basic"}, "Invalid scope field(s): basic"),
        ({"response_type": "token"}, "Response type must be code"),
    ],
)
def test_the_dialog_refuses_in_its_own_shape(client: httpx.Client, changed: dict[str, str], message: str) -> None:
    """Old scopes, scopes that never were and other response types are refused, not in Graph's shape."""
    answer = consent(client, **changed)
    assert answer.status_code == 400
    assert answer.json() == {"error_type": "OAuthException", "code": 400, "error_message": message}


def test_what_is_left_out_is_named(client: httpx.Client) -> None:
    """Both endpoints of Instagram Login say which field is missing; Facebook's dialog shows a page."""
    for name in AUTHORIZE:
        query = {key: value for key, value in AUTHORIZE.items() if key != name}
        answer = client.get("https://www.instagram.com/oauth/authorize", params=query)
        assert answer.json()["error_message"] == f"Missing required field {name}"
    answer = client.post(TOKEN, data={"client_id": "1", "grant_type": "authorization_code"})
    assert answer.json()["error_message"] == "Missing required field client_secret"
    page = client.get("https://www.facebook.com/v26.0/dialog/oauth")
    assert (page.status_code, page.headers["content-type"]) == (400, "text/html; charset=utf-8")


def test_older_scopes_ended_in_january_2025() -> None:
    """They are taken before that day."""
    emulator = InstagramEmulator(clock=TestClock("2025-01-26T09:00:00+00:00"))
    with emulator.client() as client:
        assert consent(client, scope="business_basic").status_code == 302


def test_spaces_part_scopes_too(emulator: InstagramEmulator, client: httpx.Client) -> None:
    """The token may do what was asked for, and no more."""
    code = code_of(consent(client, scope="instagram_business_basic instagram_business_manage_comments"))
    (given,) = redeem(client, code).json()["data"]
    assert given["permissions"] == "instagram_business_basic,instagram_business_manage_comments"
    answer = client.post(f"{BY_INSTAGRAM}/{USER}/media?access_token={given['access_token']}", json={})
    assert codes(answer) == (10, None)


def test_the_answer_to_a_code_has_three_shapes(emulator: InstagramEmulator, client: httpx.Client) -> None:
    """A list of one with a text, as is documented; a flat object; and a flat object with a list."""
    documented = redeem(client, code_of(consent(client))).json()
    assert set(documented) == {"data"}
    (given,) = documented["data"]
    assert (given["user_id"], given["permissions"]) == (USER, SCOPES)
    assert "expires_in" not in given
    emulator.login_settings.answer = "flat"
    assert redeem(client, code_of(consent(client))).json()["permissions"] == SCOPES
    emulator.login_settings.answer = "flat_list"
    assert redeem(client, code_of(consent(client))).json()["permissions"] == SCOPES.split(",")


def test_the_user_id_may_be_the_apps(emulator: InstagramEmulator, client: httpx.Client) -> None:
    """Then only /me tells the account's id, and its `id` is the one that was given."""
    emulator.login_settings.scoped_user_id = True
    (given,) = redeem(client, code_of(consent(client))).json()["data"]
    assert given["user_id"] != USER
    query = {"fields": "user_id,username", "access_token": given["access_token"]}
    told = client.get(f"{BY_INSTAGRAM}/me", params=query).json()
    assert (told["user_id"], told["id"]) == (USER, given["user_id"])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"client_secret": "wrong"}, "Error validating client secret."),
        ({"grant_type": "password"}, "Invalid grant_type"),
        ({"redirect_uri": REDIRECT[:-1]}, "redirect_uri"),
        ({"code": "nonsense"}, "code"),
    ],
)
def test_a_code_is_redeemed_by_the_rules(client: httpx.Client, changed: dict[str, str], message: str) -> None:
    """Secret, grant type, redirect and code have to be right; what is wrong is told in the endpoint's own shape."""
    answer = redeem(client, **{"code": code_of(consent(client)), **changed})
    assert answer.status_code == 400
    assert set(answer.json()) == {"error_type", "code", "error_message"}
    assert message in answer.json()["error_message"]


def test_a_code_is_good_once_and_for_a_while(client: httpx.Client, clock: TestClock) -> None:
    """A second use and a late use are refused."""
    code = code_of(consent(client))
    assert redeem(client, code).status_code == 200
    assert "has been used" in redeem(client, code).json()["error_message"]
    late = code_of(consent(client))
    clock.advance(hours=1)
    assert "has expired" in redeem(client, late).json()["error_message"]


def test_tokens_grow_old_and_are_renewed(client: httpx.Client, clock: TestClock) -> None:
    """An hour's token becomes one of 60 days, which is refreshed after a day, never exchanged, and ends at last."""
    (given,) = redeem(client, code_of(consent(client))).json()["data"]
    exchange = {"grant_type": "ig_exchange_token", "client_secret": "a1b2C3D4", "access_token": given["access_token"]}
    long = client.get(EXCHANGE, params=exchange).json()
    assert (long["token_type"], long["expires_in"]) == ("bearer", 5_184_000)
    assert codes(client.get(EXCHANGE, params={**exchange, "access_token": long["access_token"]})) == (100, None)
    refresh = {"grant_type": "ig_refresh_token", "access_token": long["access_token"]}
    assert codes(client.get(REFRESH, params=refresh)) == (100, None)
    clock.advance(days=2)
    assert codes(client.get(EXCHANGE, params=exchange)) == (190, 463)
    kept = client.get(REFRESH, params=refresh).json()
    assert (kept["access_token"], kept["permissions"]) == (long["access_token"], SCOPES)
    clock.advance(days=60)
    assert codes(client.get(REFRESH, params=refresh)) == (190, 463)


def test_a_refresh_may_rotate_the_token(clock: TestClock) -> None:
    """Told to, a refresh gives a new token, and the old one is refused from then on."""
    emulator = InstagramEmulator(clock=clock, login="instagram", login_settings=LoginSettings(rotates=True))
    with emulator.client() as client:
        clock.advance(days=1)
        kept = client.get(REFRESH, params={"grant_type": "ig_refresh_token", "access_token": "IGTOKEN"}).json()
        assert kept["access_token"] != "IGTOKEN"
        assert codes(client.get(f"{BY_INSTAGRAM}/me?access_token=IGTOKEN")) == (190, 467)
        assert client.get(f"{BY_INSTAGRAM}/me?access_token={kept['access_token']}").status_code == 200


def test_a_refresh_needs_the_basic_permission(emulator: InstagramEmulator, client: httpx.Client) -> None:
    """Without instagram_business_basic a token is not refreshed."""
    token = emulator.tokens["IGTOKEN"]
    token.permissions.discard("instagram_business_basic")
    assert codes(client.get(REFRESH, params={"grant_type": "ig_refresh_token", "access_token": "IGTOKEN"})) == (
        10,
        None,
    )


@pytest.mark.parametrize(("url", "grant"), [(EXCHANGE, "ig_exchange_token"), (REFRESH, "ig_refresh_token")])
def test_a_token_endpoint_needs_a_token(client: httpx.Client, url: str, grant: str) -> None:
    """Without a good token both refuse in Graph's shape, and without a grant type too."""
    assert codes(client.get(url, params={"grant_type": grant, "client_secret": "a1b2C3D4"})) == (2500, None)
    wrong = {"grant_type": grant, "client_secret": "a1b2C3D4", "access_token": "nonsense"}
    assert codes(client.get(url, params=wrong)) == (190, None)
    assert codes(client.get(url, params={"access_token": "IGTOKEN"})) == (100, None)


def test_facebook_login_leads_to_the_account_too(emulator: InstagramEmulator, client: httpx.Client) -> None:
    """Its dialog sends a code back with `#_=_` behind it, which becomes a person's token that finds the account."""
    query = {"client_id": "123", "redirect_uri": REDIRECT, "state": "s", "scope": "pages_show_list,instagram_basic"}
    dialog = "https://www.facebook.com/v26.0/dialog/oauth"
    answer = client.get(dialog, params={**query, "response_type": "code"})
    assert answer.headers["location"].endswith("&state=s#_=_")
    given = client.get(
        "https://graph.facebook.com/v26.0/oauth/access_token",
        params={
            "client_id": "123",
            "client_secret": "a1b2C3D4",
            "redirect_uri": REDIRECT,
            "code": code_of(answer),
        },
    ).json()
    assert given["token_type"] == "bearer"
    fields = {"fields": "instagram_business_account", "access_token": given["access_token"]}
    (page,) = client.get("https://graph.facebook.com/v26.0/me/accounts", params=fields).json()["data"]
    assert page["instagram_business_account"] == {"id": USER}
    edge = f"https://graph.facebook.com/v26.0/{USER}/media?access_token={given['access_token']}"
    assert codes(client.post(edge, json={})) == (10, None)
    emulator.login_settings.denied = True
    told = parse_qs(urlsplit(client.get(dialog, params=query).headers["location"]).query)
    assert (told["error"], told["error_reason"], told["state"]) == (["access_denied"], ["user_denied"], ["s"])


def test_a_token_of_either_login_knows_who_it_is_where_one_host_serves_both(emulator: InstagramEmulator) -> None:
    """Over loopback no host tells the login: an account that asks who it is asks as Instagram Login does."""
    (account,) = emulator.accounts
    local = "http://127.0.0.1:8700/v26.0"
    with emulator.client() as client:
        query = {"fields": "user_id,username,account_type", "access_token": account.token}
        told = client.get(f"{local}/me", params=query).json()
        assert (told["user_id"], told["username"]) == (account.id, account.name)
        token = {"access_token": account.token}
        assert client.get(f"{local}/{told['id']}/media", params=token).json()["data"] == []
        by_facebook = client.get("https://graph.facebook.com/v26.0/me", params=query).json()
    assert by_facebook["error"]["code"] == 100
