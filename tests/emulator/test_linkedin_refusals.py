"""Every refusal that is known of LinkedIn, on demand from the emulator, and by itself where a request deserves it."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.emulator.linkedin_api import MEMBER, PAGE, PARTIAL, body, client, enc, posted

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.linkedin.refusals import REFUSALS

# The bodies that the public sources show, by the names of the refusals.
SHOWN: dict[str, dict[str, object]] = {
    "revoked_token": {
        "status": 401,
        "serviceErrorCode": 65601,
        "code": "REVOKED_ACCESS_TOKEN",
        "message": "The token used in the request has been revoked by the user",
    },
    "expired_token": {
        "status": 401,
        "serviceErrorCode": 65602,
        "code": "EXPIRED_ACCESS_TOKEN",
        "message": "The token used in the request has expired",
    },
    "empty_token_documented": {"status": 401, "serviceErrorCode": 401, "message": "Empty oauth2_access_token"},
    "no_programme": {
        "status": 403,
        "serviceErrorCode": 100,
        "code": "ACCESS_DENIED",
        "message": "Not enough permissions to access: partnerApiPostsExternal.CREATE.20260901",
    },
    "empty_owner": {"message": "", "status": 403},
    "image_forbidden": {
        "message": "Accessing this image resource is forbidden. Please check your permissions for this resource",
        "status": 403,
    },
    "duplicate": {
        "errorDetailType": "com.linkedin.common.error.BadRequest",
        "message": "com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of "
        "urn:li:share:7266012345678901248",
        "errorDetails": {
            "inputErrors": [{"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}]
        },
        "status": 422,
    },
    "version_retired": {
        "status": 426,
        "code": "NONEXISTENT_VERSION",
        "message": "Requested version 20250901 is not active",
    },
    "version_missing": {
        "status": 400,
        "code": "VERSION_MISSING",
        "message": "A version must be present. Please specify a version by adding the Linkedin-Version header.",
    },
    "throttled": {
        "serviceErrorCode": 101,
        "message": "Resource level throttle limit for calls to this resource is reached.",
        "status": 429,
    },
    "too_long": {
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
    "unknown_field": {"message": "ERROR :: /foo :: unrecognized field found but not allowed", "status": 422},
    "bad_client": {"error": "invalid_client", "error_description": "Client authentication failed"},
}
STATUSES = {
    "invalid_token": 401, "unknown_scheme": 401, "code_not_found": 401, "bad_redirect": 400, "no_role": 403,
    "wrong_author": 403, "missing_field": 400, "wrong_urn_type": 400, "wrong_urn": 400, "wrong_value": 400,
    "blank_field": 400, "several_fields": 400, "media_waiting": 400, "media_processing": 422, "expired_upload": 400,
    "media_failed": 400, "asset_not_updated": 400, "media_too_large": 413, "media_type": 415, "not_found": 404,
    "no_resource": 404, "legacy_path": 404, "method": 405, "no_length": 411, "precondition": 412, "long_uri": 414,
    "timeout": 408, "gateway_timeout": 504, "conflict": 409, "unprocessable": 422, "application_day": 429,
    "member_day": 429, "too_many": 429, "unverified_member": 429, "internal": 500, "internal_short": 500,
    "not_implemented": 501, "maintenance": 503, "unavailable": 503, "version_retired_400": 400, "version_invalid": 400,
    "created_without_id": 201, "html": 502, "empty": 502, "invalid_video": 400, "invalid_url": 400,
    "invalid_call_to_action": 400,
}  # fmt: skip


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


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_bodies_are_those_that_were_seen(page: httpx.Client, linkedin: LinkedInEmulator, name: str) -> None:
    """A refusal on demand has the very body that a public source shows, and the post is not made."""
    linkedin.refuse(name, method="POST", path="/rest/posts")
    answer = page.post("/rest/posts", json=body("Post"))
    assert answer.json() == SHOWN[name]
    assert answer.status_code == SHOWN[name].get("status", 401)
    assert linkedin.wall == ()
    posted(page, "Post")


@pytest.mark.parametrize("name", sorted(STATUSES))
def test_every_row_has_its_status(page: httpx.Client, linkedin: LinkedInEmulator, name: str) -> None:
    """Each refusal that is known can be asked for, as often as wanted and after as many calls."""
    linkedin.refuse(name, times=2, after=1)
    where = f"/rest/posts?q=author&author={enc(PAGE)}"
    assert [page.get(where).status_code for _ in range(4)] == [200, STATUSES[name], STATUSES[name], 200]


def test_a_refusal_that_is_not_known(linkedin: LinkedInEmulator) -> None:
    """A misspelt refusal is an error of the test."""
    with pytest.raises(KeyError):
        linkedin.refuse("duplicates")
    assert all(one.response.status >= 201 for one in REFUSALS.values())


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"author": "urn:li:image:1"}, "INVALID_URN_TYPE", "/author"),
        ({"visibility": "CONNECTIONS"}, "INVALID_VALUE_FOR_FIELD", "/visibility"),
        ({"visibility": "CONTAINER"}, "MISSING_FIELD", "/container"),
        ({"lifecycleState": "PUBLISH_REQUESTED"}, "INVALID_VALUE_FOR_FIELD", "/lifecycleState"),
        ({"contentLandingPage": "example.com"}, "INVALID_URL", "/contentLandingPage"),
        ({"contentCallToActionLabel": "GO"}, "INVALID_CALL_TO_ACTION", "/contentCallToActionLabel"),
        ({"reshareContext": {"parent": "urn:li:image:1"}}, "INVALID_URN_TYPE", "/reshareContext/parent"),
        ({"content": {"reference": {"id": "42"}}}, "INVALID_URN_ID", "/content/reference/id"),
        (
            {"content": {"article": {"source": "https://x.example", "title": " "}}},
            "INVALID_VALUE_BLANK_FIELD",
            "/content/article/title",
        ),
        (
            {"content": {"carousel": {"cards": []}}},
            "INVALID_VALUE_FOR_FIELD",
            "/content/carousel",
        ),
    ],
)
def test_values_are_refused_by_name(page: httpx.Client, change: dict[str, object], code: str, field: str) -> None:
    """A value that a field cannot have is refused with its code and its path."""
    answer = page.post("/rest/posts", json=body("x") | change)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["errorDetails"]["inputErrors"][0]["input"]["inputPath"]["fieldPath"] == field


def test_several_faults_are_told_together(page: httpx.Client) -> None:
    """Faults of several fields come in one refusal, each with its path."""
    poll = {"question": "x" * 141, "options": [{"text": "y" * 31}], "settings": {"duration": "ONE_DAY"}}
    told = page.post("/rest/posts", json=body("x", content={"poll": poll})).json()
    assert (told["status"], told["code"]) == (400, "MULTIPLE_VALIDATIONS_FAILED")
    assert [one["code"] for one in told["errorDetails"]["inputErrors"]] == [
        "FIELD_LENGTH_TOO_LONG",
        "INVALID_VALUE_FOR_FIELD",
        "FIELD_LENGTH_TOO_LONG",
    ]


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            {"foo": 1, "distribution": {"feedDistribution": "ALL"}, "commentary": 5},
            {
                "ERROR :: /foo :: unrecognized field found but not allowed",
                'ERROR :: /distribution/feedDistribution :: "ALL" is not an enum symbol',
                "ERROR :: /commentary :: 5 cannot be coerced to String",
            },
        ),
        (
            {"createdAt": 1, "reshareContext": {"parent": "urn:li:share:1", "root": "urn:li:share:1"}},
            {
                "ERROR :: /createdAt :: ReadOnly field present in a create request",
                "ERROR :: /reshareContext/root :: ReadOnly field present in a create request",
            },
        ),
        (
            {"content": {"multiImage": {"images": [{"id": "a", "title": "b"}]}}},
            {"ERROR :: /content/multiImage/images/0/title :: unrecognized field found but not allowed"},
        ),
    ],
)
def test_one_line_for_each_fault_of_the_schema(page: httpx.Client, change: dict[str, object], lines: set[str]) -> None:
    """What the schema does not allow is told line by line."""
    answer = page.post("/rest/posts", json=body("x") | change)
    assert answer.status_code == 422
    assert set(answer.json()["message"].splitlines()) == lines


def test_a_duplicate_may_name_a_ghost(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """The refusal may name a post that nobody can read, another one each time, as was reported."""
    urn = posted(page, "Post")
    linkedin.settings.duplicate_names_ghost = True
    told = [page.post("/rest/posts", json=body("Post")).json()["message"].rpartition(" ")[2] for _ in range(2)]
    assert urn not in told
    assert len(set(told)) == 2
    assert page.get(f"/rest/posts/{enc(told[0])}").status_code == 404


def test_what_makes_a_duplicate(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """The same text is a duplicate for the same author, with the same content; not so with another link."""
    link = {"article": {"source": "https://example.com/a", "title": "A"}}
    posted(page, "Post")
    posted(page, "Post", content=link)
    assert page.post("/rest/posts", json=body("Post", content=link)).status_code == 422
    posted(page, "Post", content={"article": {"source": "https://example.com/b", "title": "A"}})
    with client(linkedin, "AQX-member") as member:
        posted(member, "Post", MEMBER)


def test_advertisements_need_their_scope(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """The context of an advertisement is refused without the scope; with it cards are taken."""
    context = {"dscName": "Spring", "dscStatus": "ACTIVE", "dscAdAccount": "urn:li:sponsoredAccount:1"}
    refused = page.post("/rest/posts", json=body("x", adContext=context))
    assert refused.status_code == 403
    assert "[/adContext]" in refused.json()["message"]
    linkedin.token("AQX-organization").scopes |= {"rw_ads"}
    where = f"/rest/posts/{enc(posted(page, 'x', adContext=context))}"
    patch = {"patch": {"adContext": {"$set": {"dscName": "Summer"}}, "$set": {"commentary": "z"}}}
    assert page.post(where, json=patch, headers=PARTIAL).status_code == 204
    changed = page.get(where).json()
    assert (changed["adContext"], changed["commentary"]) == ({**context, "dscName": "Summer"}, "z")
    linkedin.token("AQX-organization").scopes -= {"rw_ads"}
    assert page.post(where, json=patch, headers=PARTIAL).status_code == 403
    linkedin.token("AQX-organization").scopes |= {"rw_ads"}
    images: dict[str, object] = {"multiImage": {"images": []}}
    assert page.post("/rest/posts", json=body("y", adContext=context, content=images)).status_code == 400


def test_texts_over_the_limit_may_be_cut(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A text over the limit may be cut without a word, as one client reports."""
    linkedin.settings.too_long = "truncate"
    posted(page, "x" * 3100)
    assert len(linkedin.wall[0].text) == 3000
