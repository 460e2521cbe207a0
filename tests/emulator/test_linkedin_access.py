"""LinkedIn's published refusals, tiers and tokens, replayed against the emulator."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.emulator import linkedin_api
from tests.emulator.linkedin_api import MEMBER, PAGE, client, enc, uploaded

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

COMMENTARY = "Q3 results \\(unaudited\\) are out {hashtag|\\#|finance}"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def linkedin(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture
def page(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-organization") as api:
        yield api


@pytest.fixture
def member(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-member") as api:
        yield api


def body(commentary: str = COMMENTARY, author: str = PAGE, **fields: object) -> dict[str, object]:
    return linkedin_api.body(commentary, author, **fields)


def posted(api: httpx.Client, commentary: str = COMMENTARY, author: str = PAGE, **fields: object) -> str:
    return linkedin_api.posted(api, commentary, author, **fields)


# ── error bodies ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_revoked_and_expired_tokens(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """Each state of a token has its own code."""
    where = "/rest/posts?q=author&author=x"
    linkedin.token("AQX-organization").expires_at = clock.now()
    assert page.get(where).json() == {
        "status": 401,
        "serviceErrorCode": 65602,
        "code": "EXPIRED_ACCESS_TOKEN",
        "message": "The token used in the request has expired",
    }
    linkedin.revoke_tokens()
    assert page.get(where).json() == {
        "status": 401,
        "serviceErrorCode": 65601,
        "code": "REVOKED_ACCESS_TOKEN",
        "message": "The token used in the request has been revoked by the user",
    }
    assert page.get(where, headers={"Authorization": "Bearer x"}).json()["serviceErrorCode"] == 65600
    assert page.get(where, headers={"Authorization": "Basic x"}).json()["message"] == "Unknown authentication schema"


def test_missing_programme_and_role(page: httpx.Client, member: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Without the scope the resource is named; without the role the author is."""
    refused = member.post("/rest/posts", json=body())
    assert (refused.status_code, refused.json()) == (
        403,
        {
            "status": 403,
            "serviceErrorCode": 100,
            "code": "ACCESS_DENIED",
            "message": "Not enough permissions to access: partnerApiPostsExternal.CREATE.20260901",
        },
    )
    linkedin.state.organizations[PAGE].roles.clear()
    refused = page.post("/rest/posts", json=body())
    assert (refused.status_code, refused.json()["code"]) == (403, "ACCESS_DENIED")
    assert "[/author]" in refused.json()["message"]


def test_duplicate(page: httpx.Client, clock: TestClock) -> None:
    """The same post within ten minutes is refused with the first one's URN, even if that was deleted."""
    urn = posted(page)
    page.delete(f"/rest/posts/{enc(urn)}")
    answer = page.post("/rest/posts", json=body())
    assert (answer.status_code, answer.json()) == (
        422,
        {
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": "com.linkedin.content.common.exception.BadRequestResponseException: "
            f"Content is a duplicate of {urn}",
            "errorDetails": {
                "inputErrors": [{"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}]
            },
            "status": 422,
        },
    )
    clock.advance(600)
    posted(page)


def test_versions_begin_and_end_on_the_clock(page: httpx.Client, clock: TestClock, linkedin: LinkedInEmulator) -> None:
    """A version that has ended, has not begun, or was never seen is refused; so is none at all."""
    where = f"/rest/posts?q=author&author={enc(PAGE)}"
    ended = page.get(where, headers={"LinkedIn-Version": "202509"})
    assert (ended.status_code, ended.json()) == (
        426,
        {"status": 426, "code": "NONEXISTENT_VERSION", "message": "Requested version 20250901 is not active"},
    )
    assert ended.headers["x-restli-gateway-error"] == "true"
    assert page.get(where, headers={"LinkedIn-Version": "202611"}).status_code == 426
    assert page.get(where, headers={"LinkedIn-Version": "2026-09"}).json()["code"] == "INVALID_VERSION"
    assert page.get(where, headers={"LinkedIn-Version": ""}).json() == {
        "status": 400,
        "code": "VERSION_MISSING",
        "message": "A version must be present. Please specify a version by adding the Linkedin-Version header.",
    }
    assert page.get(where).status_code == 200
    clock.set("2027-09-15")
    assert page.get(where).status_code == 426
    linkedin.settings.sunset_lag_days = 3
    assert page.get(where).status_code == 200


def test_quota(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """The member's calls of a day end at its quota, and begin anew at midnight in UTC."""
    linkedin.settings.calls_per_member = 2
    where = f"/rest/posts?q=author&author={enc(PAGE)}"
    assert [page.get(where).status_code for _ in range(3)] == [200, 200, 429]
    told = page.get(where).json()
    assert told["serviceErrorCode"] == 101
    assert "MEMBER DAY" in told["message"]
    clock.set("2026-11-25")
    assert page.get(where).status_code == 200


def test_too_long(page: httpx.Client) -> None:
    """The text that people read may have 3000 characters; escapes are not counted."""
    posted(page, "\\(" * 3000)
    answer = page.post("/rest/posts", json=body("x" * 3120))
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "status": 400,
            "code": "FIELD_LENGTH_TOO_LONG",
            "message": "/commentary length 3120 can't exceeded maximum 3000 length",
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "errorDetails": {
                "inputErrors": [
                    {
                        "description": "/commentary is too long",
                        "input": {"inputPath": {"fieldPath": "/commentary"}},
                        "code": "FIELD_LENGTH_TOO_LONG",
                    }
                ]
            },
        },
    )


def test_unescaped_text_is_cut_without_a_word(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """An unescaped reserved character cuts the text there, or is refused where the emulator is set to."""
    posted(page, "Results (unaudited) are out")
    assert linkedin.wall[0].text == "Results "
    linkedin.settings.unescaped = "refuse"
    assert page.post("/rest/posts", json=body("More (results)")).status_code == 400


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"foo": 1}, "ERROR :: /foo :: unrecognized field found but not allowed"),
        ({"visibility": "EVERYONE"}, 'ERROR :: /visibility :: "EVERYONE" is not an enum symbol'),
        ({"isReshareDisabledByAuthor": "no"}, "ERROR :: /isReshareDisabledByAuthor :: no cannot be coerced to Boolean"),
        ({"content": {}}, "ERROR :: /content :: union must hold exactly one"),
        ({"content": None}, "ERROR :: /content :: null is not allowed"),
        ({"id": "urn:li:share:1"}, "ERROR :: /id :: ReadOnly field present in a create request"),
    ],
)
def test_the_schema_is_checked(page: httpx.Client, change: dict[str, object], message: str) -> None:
    """A body that does not fit the schema is refused with 422, one line for each fault."""
    answer = page.post("/rest/posts", json=body() | change)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(message)


def test_a_missing_field_is_named(page: httpx.Client) -> None:
    """A field that is required is named."""
    sent = body()
    del sent["distribution"]
    answer = page.post("/rest/posts", json=sent)
    assert answer.json()["message"].startswith("ERROR :: /distribution :: field is required")


# ── tiers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_self_serve_posts_and_reads_nothing(clock: TestClock) -> None:
    """A self-serve app posts for its member and may neither read posts nor look at images."""
    linkedin = LinkedInEmulator(clock=clock, tier="self_serve")
    with client(linkedin, "AQX-member") as api:
        image = uploaded(api, MEMBER)
        assert api.get(f"/rest/images/{enc(image)}").status_code == 403
        urn = posted(api, "hello", MEMBER, content={"media": {"id": image}})
        refused = api.get(f"/rest/posts/{enc(urn)}")
        assert refused.status_code == 403
        assert "partnerApiPostsExternal.GET.20260901" in refused.json()["message"]
        assert api.delete(f"/rest/posts/{enc(urn)}").status_code == 204


def test_development_has_no_batch_get(clock: TestClock) -> None:
    """In the development tier posts are read one by one."""
    linkedin = LinkedInEmulator(clock=clock, tier="development")
    with client(linkedin, "AQX-organization") as api:
        urn = posted(api)
        assert api.get(f"/rest/posts/{enc(urn)}").status_code == 200
        assert api.get(f"/rest/posts?ids=List({enc(urn)})").status_code == 403


# ── Rest.li on the wire ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_tunnelled_query_is_read(page: httpx.Client) -> None:
    """A query in a body, with its method in a header, is the query."""
    urn = posted(page)
    answer = page.post(
        "/rest/posts",
        content=f"ids=List({enc(urn)})",
        headers={
            "X-HTTP-Method-Override": "GET",
            "X-RestLi-Method": "BATCH_GET",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert list(answer.json()["results"]) == [urn]


def test_structures_need_protocol_2(page: httpx.Client) -> None:
    """Lists are read by protocol 2.0.0 alone."""
    answer = page.get("/rest/posts?ids=List(urn%3Ali%3Ashare%3A1)", headers={"X-Restli-Protocol-Version": "1.0.0"})
    assert answer.status_code == 400


def test_an_unencoded_urn_is_refused(page: httpx.Client) -> None:
    """A raw colon in a value breaks the encoding."""
    assert page.get("/rest/posts?ids=List(urn:li:share:1)").status_code == 400
    assert page.get("/rest/posts?q=author&author=urn:li:organization:5515715").status_code == 400


def test_an_over_long_query_is_refused(page: httpx.Client) -> None:
    """What is too long for an address must be tunnelled."""
    ids = ",".join(enc(f"urn:li:share:{number}") for number in range(10**18, 10**18 + 200))
    assert page.get(f"/rest/posts?ids=List({ids})").status_code == 414


def test_what_is_not_known_is_a_501(page: httpx.Client) -> None:
    """What the emulator does not know is never answered as if it worked."""
    for where in ("/rest/eventSubscriptions/x", "/rest/dmaPosts?ids=List()", "/v2/people", "/v2/me?projection=(id)"):
        answer = page.get(where)
        assert answer.status_code == 501
        assert "gap" in answer.json()


def test_superseded_paths_are_gone(page: httpx.Client) -> None:
    """The legacy posting paths are closed to an app of the Community Management API."""
    answer = page.post("/v2/ugcPosts", json={})
    assert (answer.status_code, answer.json()["message"]) == (404, "Resource ugcPosts does not exist")


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────────────────────────

CLIENT = {"client_id": "CLIENT_ID", "client_secret": "CLIENT_SECRET"}


def consent(api: httpx.Client, scope: str) -> httpx.QueryParams:
    query = {
        "response_type": "code",
        "client_id": "CLIENT_ID",
        "redirect_uri": "https://app.example.com/callback",
        "state": "s",
        "scope": scope,
    }
    answer = api.get("https://www.linkedin.com/oauth/v2/authorization", params=query)
    assert answer.status_code == 302
    return httpx.URL(answer.headers["location"]).params


def exchange(api: httpx.Client, code: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://app.example.com/callback"}
    return api.post("https://www.linkedin.com/oauth/v2/accessToken", data=form | CLIENT)


def test_code_refresh_and_introspection(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """A code gives a token once; a refresh keeps the refresh token and its end; introspection tells the state."""
    linkedin.settings.refresh_tokens = True
    code = consent(page, "openid w_member_social")["code"]
    issued = exchange(page, code).json()
    assert issued["expires_in"] == 5_184_000
    assert issued["refresh_token_expires_in"] == 31_536_000
    again = exchange(page, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_redirect_uri")
    clock.advance(days=59)
    form = {"grant_type": "refresh_token", "refresh_token": issued["refresh_token"]}
    renewed = page.post("https://www.linkedin.com/oauth/v2/accessToken", data=form | CLIENT).json()
    assert renewed["refresh_token"] == issued["refresh_token"]
    assert renewed["refresh_token_expires_in"] == 306 * 86_400
    told = page.post(
        "https://www.linkedin.com/oauth/v2/introspectToken", data={"token": renewed["access_token"]} | CLIENT
    )
    assert told.json()["status"] == "active"
    assert told.json()["scope"] == "openid,w_member_social"


def test_other_scopes_end_earlier_tokens(page: httpx.Client, member: httpx.Client) -> None:
    """A token for another set of scopes revokes the member's earlier ones."""
    assert member.get("/v2/userinfo").status_code == 200
    exchange(page, consent(page, "openid profile")["code"])
    assert member.get("/v2/userinfo").json()["code"] == "REVOKED_ACCESS_TOKEN"


def test_consent_errors(page: httpx.Client) -> None:
    """A scope that the app does not have is refused whole; a wrong redirect is an HTML page with 401."""
    assert consent(page, "openid r_member_social")["error"] == "unauthorized_scope_error"
    answer = page.get("https://www.linkedin.com/oauth/v2/authorization", params={"client_id": "CLIENT_ID"})
    assert answer.status_code == 401
    assert "Redirect_uri doesn't match" in answer.text


def test_token_endpoint_errors(page: httpx.Client) -> None:
    """A wrong secret, a missing parameter and an unknown code have their own answers."""
    where = "https://www.linkedin.com/oauth/v2/accessToken"
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    assert page.post(where, data=form | CLIENT | {"client_secret": "no"}).json()["error"] == "invalid_client"
    missing = page.post(where, data=CLIENT).json()
    assert missing["error_description"] == 'A required parameter "grant_type" is missing'
    assert page.post(where, data=form | CLIENT).json()["error_description"] == "The provided refresh token is invalid"
    unknown = exchange(page, "nonsense")
    assert unknown.status_code == 401
    assert unknown.json()["error_description"] == "Unable to retrieve access token: authorization code not found"
