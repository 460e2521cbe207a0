"""Tokens of the LinkedIn emulator, and the older paths that self-serve apps have with them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import httpx
import pytest
from tests.emulator.linkedin_api import MEMBER, PNG, client, enc, posted

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

WWW = "https://www.linkedin.com"
CLIENT = {"client_id": "CLIENT_ID", "client_secret": "CLIENT_SECRET"}
BACK = "https://app.example.com/callback"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def linkedin(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture
def member(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-member") as api:
        yield api


@pytest.fixture
def browser(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with httpx.Client(transport=linkedin.transport(), base_url=WWW) as opened:
        yield opened


def consented(browser: httpx.Client, scope: str = "openid profile", **more: str) -> httpx.QueryParams:
    query = {"response_type": "code", "client_id": "CLIENT_ID", "redirect_uri": BACK, "state": "s", "scope": scope}
    answer = browser.get("/oauth/v2/authorization", params=query | more)
    assert answer.status_code == 302, answer.text
    return httpx.URL(answer.headers["location"]).params


def exchanged(browser: httpx.Client, code: str, **more: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return browser.post("/oauth/v2/accessToken", data=form | CLIENT | more)


# ── consent ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["login", "authorize"])
def test_a_member_may_cancel(browser: httpx.Client, linkedin: LinkedInEmulator, how: str) -> None:
    """A refusal comes back in LinkedIn's own words, with the state."""
    linkedin.settings.consent = "login_cancelled" if how == "login" else "authorize_cancelled"
    back = consented(browser)
    assert (back["error"], back["state"]) == (f"user_cancelled_{how}", "s")
    assert back["error_description"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"client_id": "x"}, "Client_id doesn't match"),
        ({"redirect_uri": f"{BACK}/"}, "Redirect_uri doesn't match"),
        ({"redirect_uri": f"{BACK}#x"}, "Redirect_uri doesn't match"),
        ({"scope": "openid w_everything"}, "Invalid scope"),
    ],
)
def test_a_wrong_address_is_a_page(browser: httpx.Client, change: dict[str, str], told: str) -> None:
    """What does not fit the app is told on an HTML page with 401, not by a redirect."""
    query = {"response_type": "code", "client_id": "CLIENT_ID", "redirect_uri": BACK, "scope": "openid"}
    answer = browser.get("/oauth/v2/authorization", params=query | change)
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert told in answer.text


def test_a_redirects_query_is_kept(browser: httpx.Client) -> None:
    """The query of an address is not compared, and stays."""
    back = consented(browser, redirect_uri=f"{BACK}?tenant=1")
    assert back["tenant"] == "1"
    assert "code" in back


def test_the_app_may_have_fewer_scopes(browser: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A scope that the app does not have refuses the whole request."""
    linkedin.app.scopes = frozenset({"openid"})
    assert consented(browser)["error"] == "unauthorized_scope_error"
    assert "code" in consented(browser, "openid")


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_documented_answer_and_its_variants(browser: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """An app that is no partner gets a token and no more; the type and the separator are as a test wants them."""
    issued = exchanged(browser, consented(browser)["code"]).json()
    assert set(issued) == {"access_token", "expires_in", "scope"}
    assert issued["scope"] == "openid,profile"
    linkedin.settings.token_type, linkedin.settings.scope_separator = "Bearer", " "
    issued = exchanged(browser, consented(browser)["code"]).json()
    assert (issued["token_type"], issued["scope"]) == ("Bearer", "openid profile")


def test_a_code_lives_for_thirty_minutes(browser: httpx.Client, clock: TestClock) -> None:
    """A code that is too old is refused as a used one is."""
    code = consented(browser)["code"]
    clock.advance(minutes=30)
    late = exchanged(browser, code)
    assert (late.status_code, late.json()["error"]) == (400, "invalid_redirect_uri")


def test_a_token_ends_after_sixty_days(browser: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """An access token is taken to its end and not after it."""
    issued = exchanged(browser, consented(browser)["code"]).json()["access_token"]
    with client(linkedin, issued) as api:
        clock.advance(days=60, seconds=-1)
        assert api.get("/v2/userinfo").status_code == 200
        clock.advance(1)
        assert api.get("/v2/userinfo").json()["code"] == "EXPIRED_ACCESS_TOKEN"


def refreshed(browser: httpx.Client, token: str) -> httpx.Response:
    return browser.post("/oauth/v2/accessToken", data={"grant_type": "refresh_token", "refresh_token": token} | CLIENT)


def test_a_refresh_token_ends_a_year_after_consent(
    browser: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock
) -> None:
    """Refreshing does not lengthen a refresh token's life."""
    linkedin.settings.refresh_tokens = True
    token = exchanged(browser, consented(browser)["code"]).json()["refresh_token"]
    clock.advance(days=364)
    assert refreshed(browser, token).json()["refresh_token_expires_in"] == 86_400
    clock.advance(days=1)
    ended = refreshed(browser, token)
    assert (ended.status_code, ended.json()["error_description"]) == (400, "The provided refresh token is invalid")


def test_refresh_tokens_may_rotate(browser: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """With rotation a refresh token works once, and the next one ends when the first would have."""
    linkedin.settings.refresh_tokens = linkedin.settings.rotates_refresh_tokens = True
    first = exchanged(browser, consented(browser)["code"]).json()["refresh_token"]
    clock.advance(days=1)
    second = refreshed(browser, first).json()
    assert second["refresh_token"] != first
    assert second["refresh_token_expires_in"] == 364 * 86_400
    assert refreshed(browser, first).status_code == 400
    assert refreshed(browser, second["refresh_token"]).status_code == 200


def test_an_app_has_tokens_of_its_own_if_it_may(browser: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Tokens without a member are off at first, and open nothing that a member's scopes open."""
    form = {"grant_type": "client_credentials"} | CLIENT
    refused = browser.post("/oauth/v2/accessToken", data=form)
    assert (refused.status_code, refused.json()["error"]) == (401, "access_denied")
    linkedin.settings.application_tokens = True
    token = browser.post("/oauth/v2/accessToken", data=form).json()["access_token"]
    told = browser.post("/oauth/v2/introspectToken", data={"token": token} | CLIENT).json()
    assert (told["auth_type"], told["active"]) == ("2L", True)
    with client(linkedin, token) as api:
        assert api.get("/v2/userinfo").status_code == 403


def test_introspection(browser: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """A token's state, and when consent was given and the token made, in seconds."""
    linkedin.settings.refresh_tokens = True
    start = int(clock.now().timestamp())
    issued = exchanged(browser, consented(browser)["code"]).json()
    clock.advance(100)
    renewed = refreshed(browser, issued["refresh_token"]).json()["access_token"]

    def told(token: str) -> dict[str, object]:
        found: dict[str, object] = browser.post("/oauth/v2/introspectToken", data={"token": token} | CLIENT).json()
        return found

    assert told(renewed) == {
        "active": True,
        "client_id": "CLIENT_ID",
        "authorized_at": start,
        "created_at": start + 100,
        "status": "active",
        "scope": "openid,profile",
        "auth_type": "3L",
        "expires_at": start + 100 + 5_184_000,
    }
    assert told("nobody") == {"active": False}
    browser.post("/oauth/v2/revoke", data={"token": renewed} | CLIENT)
    assert (told(renewed)["status"], told(renewed)["active"]) == ("revoked", False)
    clock.advance(days=60)
    assert told(issued["access_token"])["status"] == "expired"
    assert browser.post("/oauth/v2/introspectToken", data={"token": renewed}).status_code == 400


def test_native_apps_prove_themselves_without_a_secret(browser: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """PKCE has its own address, is off at first, goes back to this machine alone, and needs the verifier."""
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    here = "http://127.0.0.1:8123/callback"
    query = {
        "response_type": "code",
        "client_id": "CLIENT_ID",
        "redirect_uri": here,
        "scope": "openid",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    where = "/oauth/native-pkce/authorization"
    assert browser.get(where, params=query).status_code == 401
    linkedin.settings.native_apps = True
    assert browser.get(where, params=query | {"redirect_uri": BACK}).status_code == 401
    assert browser.get(where, params=query | {"redirect_uri": f"{here}#x"}).status_code == 401
    assert browser.get(where, params=query | {"code_challenge_method": "plain"}).status_code == 401

    def code() -> str:
        return httpx.URL(browser.get(where, params=query).headers["location"]).params["code"]

    form = {"grant_type": "authorization_code", "redirect_uri": here, "client_id": "CLIENT_ID"}
    wrong = browser.post("/oauth/v2/accessToken", data=form | {"code": code(), "code_verifier": "x"})
    assert wrong.json()["error"] == "invalid_redirect_uri"
    right = browser.post("/oauth/v2/accessToken", data=form | {"code": code(), "code_verifier": verifier})
    assert right.status_code == 200


def test_discovery(browser: httpx.Client) -> None:
    """OpenID Connect's document names the endpoints."""
    told = browser.get("/oauth/.well-known/openid-configuration").json()
    assert (told["issuer"], told["subject_types_supported"]) == (f"{WWW}/oauth", ["pairwise"])


def test_a_test_makes_tokens(linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """A token with any scopes and any end is there as soon as a test adds it."""
    linkedin.add_token("AQX-short", "urn:li:person:short", {"openid", "email"}, expires_at=clock.now())
    linkedin.add_token("AQX-mail", "urn:li:person:short", {"openid", "email"})
    with client(linkedin, "AQX-short") as api:
        assert api.get("/v2/userinfo").json()["code"] == "EXPIRED_ACCESS_TOKEN"
        told = api.get("/v2/userinfo", headers={"Authorization": "Bearer AQX-mail"}).json()
        assert told == {"sub": "short", "email": "member@example.com", "email_verified": True}
    with httpx.Client(transport=linkedin.transport()) as bare:
        assert bare.get("https://api.linkedin.com/v2/userinfo").json()["code"] == "EMPTY_ACCESS_TOKEN"


# ── who the caller is ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_lite_profile(member: httpx.Client) -> None:
    """The lite profile is on both paths; a token without its scope is refused by name."""
    for where in ("/v2/me", "/rest/me"):
        assert member.get(where).json()["localizedLastName"] == "Example"
    refused = member.get("/v2/me", headers={"Authorization": "Bearer AQX-organization"})
    assert refused.json()["message"] == "Not enough permissions to access: me.GET.NO_VERSION"
    size = member.get(f"/rest/connections/{enc(MEMBER)}")
    assert size.json() == {"firstDegreeSize": 0}


def test_pages_by_role_and_by_name(linkedin: LinkedInEmulator) -> None:
    """Roles are found by member and by page, with and without a filter; pages by number and by name."""
    linkedin.set_role("urn:li:person:other", "urn:li:organization:5515715", "ANALYST")
    with client(linkedin, "AQX-organization") as api:
        by_page = "/rest/organizationAcls?q=organization&organization=urn%3Ali%3Aorganization%3A5515715"
        assert [one["role"] for one in api.get(by_page).json()["elements"]] == ["ADMINISTRATOR", "ANALYST"]
        assert len(api.get(f"{by_page}&role=ANALYST").json()["elements"]) == 1
        assert api.get("/rest/organizationAcls?q=roleAssignee&state=REQUESTED").json()["elements"] == []
        assert api.get("/rest/organizationAcls?q=roleAssignee&role=KING").status_code == 400
        (found,) = api.get("/rest/organizations?q=vanityName&vanityName=brand").json()["elements"]
        assert found["id"] == 5_515_715
        batch = api.get("/rest/organizations?ids=List(5515715,1)").json()
        assert list(batch["results"]) == ["5515715"]
        assert batch["statuses"] == {"1": 404}
        assert api.get("/rest/organizations/brand").status_code == 400


# ── the older paths ───────────────────────────────────────────────────────────────────────────────────────────────────


def ugc_post(text: str, category: str = "NONE", **media: object) -> dict[str, object]:
    content: dict[str, object] = {"shareCommentary": {"text": text}, "shareMediaCategory": category}
    if media:
        content["media"] = [{"status": "READY", **media}]
    return {
        "author": MEMBER,
        "lifecycleState": "PUBLISHED",
        "specificContent": {"com.linkedin.ugc.ShareContent": content},
        "visibility": {"com.linkedin.ugc.MemberNetworkVisibility": "PUBLIC"},
    }


def test_self_serve_apps_post_by_the_older_path(clock: TestClock) -> None:
    """Text as it is written, a link, and an image that was registered before; a repetition is refused."""
    linkedin = LinkedInEmulator(clock=clock, tier="self_serve")
    with client(linkedin, "AQX-member") as api:
        made = api.post("/v2/ugcPosts", json=ugc_post("Hello (all)"))
        assert made.status_code == 201
        assert made.headers["x-restli-id"] == made.json()["id"]
        link = {"originalUrl": "https://example.com/a", "title": {"text": "A"}, "description": {"text": "About"}}
        assert api.post("/v2/ugcPosts", json=ugc_post("Link", "ARTICLE", **link)).status_code == 201
        request = {
            "recipes": ["urn:li:digitalmediaRecipe:feedshare-image"],
            "owner": MEMBER,
            "serviceRelationships": [{"relationshipType": "OWNER", "identifier": "urn:li:userGeneratedContent"}],
        }
        registered = api.post("/v2/assets?action=registerUpload", json={"registerUploadRequest": request}).json()
        value = registered["value"]
        (upload,) = value["uploadMechanism"].values()
        early = api.post("/v2/ugcPosts", json=ugc_post("Image", "IMAGE", media=value["asset"]))
        assert early.status_code == 400
        assert api.put(upload["uploadUrl"], content=PNG).status_code == 201
        state = api.get(f"/v2/assets/{value['asset'].rpartition(':')[2]}").json()
        assert state["recipes"][0]["status"] == "AVAILABLE"
        assert api.post("/v2/ugcPosts", json=ugc_post("Image", "IMAGE", media=value["asset"])).status_code == 201
        assert api.post("/v2/ugcPosts", json=ugc_post("Hello (all)")).status_code == 422
        assert api.delete(f"/v2/ugcPosts/{enc(made.json()['id'])}").status_code == 204
        assert api.get("/v2/ugcPosts/x").status_code == 405
        assert posted(api, "The newer path", MEMBER)
    assert [(one.text, one.media, one.link) for one in linkedin.wall] == [
        ("Link", 0, "https://example.com/a"),
        ("Image", 1, None),
        ("The newer path", 0, None),
    ]
