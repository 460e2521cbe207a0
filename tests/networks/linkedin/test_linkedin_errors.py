"""LinkedIn's error answers, each with a body that LinkedIn was seen to send or documents, and the error it becomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue

from socialconnect import errors
from socialconnect.networks.linkedin import LinkedIn
from socialconnect.networks.linkedin.errors import RULES, read_refusal
from socialconnect.post import Post
from socialconnect.refusal import matching, to_error
from socialconnect.testing.clock import TestClock
from socialconnect.transport.request import Response
from socialconnect.transport.retry import RetryPolicy

if TYPE_CHECKING:
    from tests.networks.linkedin.conftest import Answer, Script

POSTS = "/rest/posts"
IMAGES = "/rest/images"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

DUPLICATE: JsonValue = {
    "errorDetailType": "com.linkedin.common.error.BadRequest",
    "message": "com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of "
    "urn:li:share:7266012345678901248",
    "errorDetails": {
        "inputErrors": [{"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}]
    },
    "status": 422,
}
TOO_LONG: JsonValue = {
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
}


def _said(status: int, message: str, code: str | None = None, service: int | None = None) -> JsonValue:
    body: dict[str, JsonValue] = {"status": status, "message": message}
    if code is not None:
        body["code"] = code
    if service is not None:
        body["serviceErrorCode"] = service
    return body


ACCESS = "Not enough permissions to access: partnerApi"
Case = tuple[str, int, JsonValue, type[errors.SocialConnectError]]
CASES: list[Case] = [
    (
        POSTS,
        401,
        _said(401, "The token used in the request has expired", "EXPIRED_ACCESS_TOKEN", 65602),
        errors.TokenExpired,
    ),
    (POSTS, 401, _said(401, "The token used in the request has expired", None, 65602), errors.TokenExpired),
    (
        POSTS,
        401,
        _said(401, "The token used in the request has been revoked by the user", "REVOKED_ACCESS_TOKEN", 65601),
        errors.TokenRevoked,
    ),
    (
        POSTS,
        401,
        _said(401, "The token used in the request has been revoked by the user", None, 65601),
        errors.TokenRevoked,
    ),
    (POSTS, 401, _said(401, "Invalid access token", "INVALID_ACCESS_TOKEN", 65600), errors.TokenRevoked),
    (POSTS, 401, _said(401, "Invalid access token", None, 65600), errors.TokenRevoked),
    (POSTS, 401, _said(401, "", "EMPTY_ACCESS_TOKEN", 65604), errors.AuthError),
    (POSTS, 401, _said(401, "", None, 65604), errors.AuthError),
    (POSTS, 401, _said(401, "Empty oauth2_access_token", None, 401), errors.AuthError),
    (POSTS, 401, _said(401, "Unknown authentication schema"), errors.AuthError),
    *(
        (path, 403, _said(403, f"{ACCESS}X.FINDER.20260901", "ACCESS_DENIED", 100), errors.PermissionDenied)
        for path in (
            "/rest/organizationalEntityFollowerStatistics",
            "/rest/organizationPageStatistics",
            "/rest/networkSizes",
            "/rest/videoAnalytics",
            "/rest/memberCreatorVideoAnalytics",
            "/rest/memberFollowersCount",
            "/rest/socialMetadata",
            "/rest/socialActions/urn%3Ali%3Ashare%3A1/comments",
        )
    ),
    (POSTS, 403, _said(403, f"{ACCESS}PostsExternal.CREATE.20260901", "ACCESS_DENIED", 100), errors.PermissionDenied),
    (POSTS, 403, _said(403, f"{ACCESS}PostsExternal.DELETE.20260901", "ACCESS_DENIED", 100), errors.PermissionDenied),
    (
        POSTS,
        403,
        _said(403, f"{ACCESS}PostsExternal.FINDER-author.20260901", "ACCESS_DENIED", 100),
        errors.PermissionDenied,
    ),
    (
        "/rest/reactions",
        403,
        _said(403, f"{ACCESS}Reactions.FINDER.20260901", "ACCESS_DENIED", 100),
        errors.PermissionDenied,
    ),
    (
        "/rest/organizationalEntityShareStatistics",
        403,
        _said(403, f"{ACCESS}ShareStatistics.FINDER.20260901", "ACCESS_DENIED", 100),
        errors.PermissionDenied,
    ),
    (
        "/rest/memberCreatorPostAnalytics",
        403,
        _said(403, f"{ACCESS}MemberCreatorPostAnalytics.FINDER.20260901", "ACCESS_DENIED", 100),
        errors.PermissionDenied,
    ),
    (
        POSTS,
        403,
        _said(403, "Insufficient permissions to perform the requested action", "ACCESS_DENIED"),
        errors.PermissionDenied,
    ),
    (
        POSTS,
        403,
        _said(
            403,
            "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing "
            "fields [/author]",
            "ACCESS_DENIED",
        ),
        errors.PermissionDenied,
    ),
    (IMAGES, 403, _said(403, ""), errors.PermissionDenied),
    (
        IMAGES,
        403,
        _said(403, "Accessing this image resource is forbidden. Please check your permissions for this resource"),
        errors.PermissionDenied,
    ),
    (
        "/rest/videos",
        403,
        _said(403, "Accessing this video resource is forbidden. Please check your permissions for this resource"),
        errors.PermissionDenied,
    ),
    ("/rest/organizations", 403, _said(403, "Forbidden", "ACCESS_DENIED"), errors.PermissionDenied),
    (
        POSTS,
        426,
        _said(426, "Requested version 20250901 is not active", "NONEXISTENT_VERSION"),
        errors.ApiVersionRetired,
    ),
    (POSTS, 400, _said(400, "Requested version 20250901 is not supported"), errors.ApiVersionRetired),
    (
        POSTS,
        400,
        _said(
            400,
            "A version must be present. Please specify a version by adding the Linkedin-Version header.",
            "VERSION_MISSING",
        ),
        errors.RejectedError,
    ),
    (POSTS, 400, _said(400, "", "INVALID_VERSION"), errors.RejectedError),
    ("/v2/ugcPosts", 404, _said(404, "Resource ugcPosts does not exist", None, 0), errors.ApiRetired),
    ("/v2/shares", 404, _said(404, "No root resource defined for path '/shares'"), errors.ApiRetired),
    (
        "/rest/memberCreatorPostAnalytics",
        404,
        _said(404, "No root resource defined for path '/memberCreatorPostAnalytics'"),
        errors.RejectedError,
    ),
    (POSTS, 400, _said(400, "Media asset is waiting upload", "MEDIA_ASSET_WAITING_UPLOAD"), errors.MediaNotReady),
    (POSTS, 422, _said(422, "The image is still processing"), errors.MediaNotReady),
    ("/dms-uploads/x", 400, _said(400, "The Video upload Url is expired", "EXPIRED_UPLOAD_URL"), errors.MediaNotReady),
    (POSTS, 400, _said(400, "Media asset failed processing", "MEDIA_ASSET_PROCESSING_FAILED"), errors.MediaRejected),
    (POSTS, 400, _said(400, "", "UPDATING_ASSET_FAILED"), errors.MediaRejected),
    ("/dms-uploads/x", 413, _said(413, "", "REQUEST_ENTITY_TOO_LARGE"), errors.MediaRejected),
    ("/dms-uploads/x", 415, _said(415, "", "UNSUPPORTED_MEDIA_TYPE"), errors.MediaRejected),
    (POSTS, 422, DUPLICATE, errors.DuplicatePost),
    (POSTS, 409, _said(409, "Content is a duplicate of urn:li:share:1", "CONFLICT"), errors.DuplicatePost),
    (POSTS, 400, TOO_LONG, errors.RejectedError),
    *(
        (POSTS, 400, _said(400, text, code), errors.RejectedError)
        for code, text in (
            ("MULTIPLE_VALIDATIONS_FAILED", ""),
            ("MISSING_FIELD", "/author is missing"),
            ("INVALID_URN_TYPE", ""),
            ("INVALID_URN_ID", ""),
            ("INVALID_VALUE_FOR_FIELD", "/lifecycleState is not PUBLISHED"),
            ("INVALID_VALUE_BLANK_FIELD", ""),
            ("INVALID_VIDEO_ID", "This Video ID is invalid"),
            ("INVALID_URL", ""),
            ("INVALID_CALL_TO_ACTION", ""),
        )
    ),
    (POSTS, 422, _said(422, "ERROR :: /field :: unrecognized field found but not allowed"), errors.RejectedError),
    (POSTS, 422, _said(422, "commentary must not be empty", "UNPROCESSABLE_ENTITY"), errors.RejectedError),
    (POSTS, 400, _said(400, "Invalid query parameters passed to request"), errors.RejectedError),
    (POSTS, 404, _said(404, "Could not find entity", "NOT_FOUND"), errors.NotFound),
    (POSTS, 405, _said(405, "Method not allowed"), errors.RejectedError),
    (POSTS, 411, None, errors.RejectedError),
    (POSTS, 412, _said(412, "Precondition failed"), errors.RejectedError),
    (POSTS, 414, None, errors.RejectedError),
    (POSTS, 429, _said(429, "share limit has been reached for unverified members"), errors.QuotaExceeded),
    (
        POSTS,
        429,
        _said(429, "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.", None, 101),
        errors.QuotaExceeded,
    ),
    (
        POSTS,
        429,
        _said(429, "Resource level throttle MEMBER DAY limit for calls to this resource is reached.", None, 101),
        errors.QuotaExceeded,
    ),
    (
        POSTS,
        429,
        _said(429, "Resource level throttle limit for calls to this resource is reached.", None, 101),
        errors.RateLimited,
    ),
    (POSTS, 429, _said(429, "", "TOO_MANY_REQUESTS"), errors.RateLimited),
    (POSTS, 429, None, errors.RateLimited),
    (POSTS, 408, _said(408, "", "TIMEOUT"), errors.UnavailableError),
    (POSTS, 504, _said(504, "", "TIMEOUT"), errors.UnavailableError),
    (POSTS, 409, _said(409, "Write Conflict", "CONFLICT"), errors.UnavailableError),
    (POSTS, 500, _said(500, "Internal Server Error", "INTERNAL_SERVER_ERROR"), errors.UnavailableError),
    (POSTS, 502, None, errors.UnavailableError),
    (POSTS, 503, _said(503, "", "UNDER_MAINTENANCE"), errors.UnavailableError),
    (POSTS, 501, _said(501, "", "NOT_IMPLEMENTED"), errors.ProtocolError),
]


def _response(status: int, body: JsonValue) -> Response:
    return Response(status, {}, b"" if body is None else json.dumps(body).encode())


@pytest.mark.parametrize(("path", "status", "body", "expected"), CASES)
def test_each_answer_becomes_its_error(
    path: str, status: int, body: JsonValue, expected: type[errors.SocialConnectError]
) -> None:
    """The class is exactly the one that says what the caller can do, with the facts of the answer."""
    refusal = read_refusal(_response(status, body), path=path, now=NOW)
    error = to_error(refusal, RULES, answer="")
    assert type(error) is expected
    assert error.status == status
    assert error.docs is not None or expected is errors.MediaNotReady
    assert matching(refusal, RULES) in RULES


def test_every_rule_is_reached() -> None:
    """No row of the table is dead: each decides at least one of the cases above."""
    reached = [
        matching(read_refusal(_response(status, body), path=path, now=NOW), RULES) for path, status, body, _ in CASES
    ]
    assert [rule for rule in RULES if not any(rule is one for one in reached)] == []


def test_every_refusal_that_a_caller_can_mend_has_a_hint() -> None:
    """An error without a remedy of its own in its class says what to do next."""
    named = (errors.PermissionDenied, errors.DuplicatePost, errors.ApiRetired, errors.QuotaExceeded)
    assert [rule for rule in RULES if issubclass(rule.error, named) and not rule.hint] == []


def test_the_detailed_shape_tells_field_and_code() -> None:
    """Of the detailed shape the message names every field, and the code comes from the details if it is only there."""
    told = read_refusal(_response(400, TOO_LONG), path=POSTS, now=NOW)
    assert told.message == "/commentary length 3120 can't exceeded maximum 3000 length; /commentary is too long"
    assert read_refusal(_response(422, DUPLICATE), path=POSTS, now=NOW).code == "DUPLICATE_POST"
    blank: JsonValue = {"description": "cannot be blank", "input": {"inputPath": {"fieldPath": "/commentary"}}}
    for message, whole in (
        ("Invalid", "Invalid; /commentary: cannot be blank"),
        *[("/commentary cannot be blank",) * 2],
    ):
        body: JsonValue = {"status": 400, "message": message, "errorDetails": {"inputErrors": [blank]}}
        assert read_refusal(_response(400, body), path=POSTS, now=NOW).message == whole


@pytest.mark.parametrize("details", [None, [], "?", {"inputErrors": None}, {"inputErrors": [{"input": "?"}]}])
def test_details_of_an_unknown_shape_hide_no_duplicate(details: JsonValue) -> None:
    """What is not understood of a refusal costs that part alone: the rest still says what may be done next."""
    told: dict[str, JsonValue] = {"status": 422, "code": 7, "message": "Content is a duplicate of urn:li:share:1"}
    refusal = read_refusal(_response(422, {**told, "errorDetails": details}), path=POSTS, now=NOW)
    assert (refusal.code, refusal.message) == ("7", "Content is a duplicate of urn:li:share:1")
    assert isinstance(to_error(refusal, RULES, answer=""), errors.DuplicatePost)


@pytest.mark.parametrize("content", [b"", b"<html>Bad gateway</html>", b"[]", b'{"message": 7}', b"\xff"])
def test_an_answer_that_is_no_json_is_read_by_its_status(content: bytes) -> None:
    """A gateway's HTML, an empty body and a strange one are no trouble, and no HTML stands in the message."""
    told = read_refusal(Response(502, {"x-li-uuid": "AAY="}, content), path=POSTS, now=NOW)
    assert (told.status, told.message, told.code, told.request_id) == (502, "", None, "AAY=")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("Tue, 24 Nov 2026 09:01:00 GMT", 60.0), ("Tue, 24 Nov 2026 08:00:00 GMT", 0.0), ("soon", None)],
)
def test_retry_after_is_read_in_both_forms(header: str, seconds: float | None) -> None:
    """Seconds and a date are understood; anything else is as if it were not there."""
    assert read_refusal(Response(429, {"retry-after": header}, b""), path=POSTS, now=NOW).retry_after == seconds


def test_a_duplicate_names_the_live_post(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """The post that LinkedIn names in its text is told as a value."""
    script.on("POST /rest/posts", answer(422, DUPLICATE))
    with pytest.raises(errors.DuplicatePost) as caught:
        linkedin.publish(Post("Launch day"))
    assert caught.value.existing == "urn:li:share:7266012345678901248"
    assert caught.value.operation == "publish"


def test_a_retired_version_is_told_with_the_newest(script: Script, clock: TestClock, answer: type[Answer]) -> None:
    """A 426 says which version was asked for and which is the newest, and is not asked again at once."""
    script.on(
        "POST /rest/posts", answer(426, _said(426, "Requested version 20250901 is not active", "NONEXISTENT_VERSION"))
    )
    with script.client() as client:
        old = LinkedIn(
            author="urn:li:organization:1", token="AQX-secret", api_version="202001", http_client=client, clock=clock
        )
        newest = LinkedIn(
            author="urn:li:organization:1", token="AQX-secret", clock=clock
        ).operations.adapter.api_version
        for _ in range(2):
            with pytest.raises(errors.ApiVersionRetired) as caught:
                old.publish(Post("Launch day"))
            assert (caught.value.version, caught.value.newest) == ("202001", newest)
    assert len(script.requests) == 1


def test_a_daily_quota_ends_at_midnight_utc(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """A day's allowance that is used up is told with the seconds to its renewal, and not tried again."""
    text = "Resource level throttle APPLICATION DAY limit for calls to this resource is reached."
    script.on("POST /rest/posts", answer(429, _said(429, text, None, 101)))
    with pytest.raises(errors.QuotaExceeded) as caught:
        linkedin.publish(Post("Launch day"))
    assert caught.value.retry_after == 15 * 3600
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("author", "missing"),
    [
        ("urn:li:organization:1", ("w_organization_social",)),
        ("urn:li:person:a", ("w_member_social",)),
    ],
)
def test_a_refusal_names_the_scope_of_this_kind_of_account(
    script: Script, clock: TestClock, answer: type[Answer], author: str, missing: tuple[str, ...]
) -> None:
    """A page's scope is told to a page, and a member's to a member."""
    script.on(
        "POST /rest/posts", answer(403, _said(403, f"{ACCESS}PostsExternal.CREATE.20260901", "ACCESS_DENIED", 100))
    )
    with script.client() as client:
        network = LinkedIn(author=author, token="AQX-secret", http_client=client, clock=clock)
        with pytest.raises(errors.PermissionDenied) as caught:
            network.publish(Post("Launch day"))
    assert caught.value.missing == missing


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, _said(500, "", "INTERNAL_SERVER_ERROR")), (504, None), (409, _said(409, "Write Conflict"))],
)
def test_a_create_whose_answer_leaves_doubt_is_not_sent_again(
    linkedin: LinkedIn, script: Script, answer: type[Answer], status: int, body: JsonValue
) -> None:
    """After a 5xx or a conflict nobody knows whether the post is live: it is told so, and sent once."""
    script.on("POST /rest/posts", answer(status, body))
    with pytest.raises(errors.OutcomeUnknown):
        linkedin.publish(Post("Launch day"))
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "headers", [{}, {"x-restli-id": ""}, {"x-restli-id": "7266012345678901248"}], ids=["none", "empty", "no URN"]
)
def test_a_create_without_an_id_is_not_sent_again(
    linkedin: LinkedIn, script: Script, answer: type[Answer], headers: dict[str, str]
) -> None:
    """A 201 that does not say which post was created is an unknown outcome with the protocol's fault inside."""
    script.on("POST /rest/posts", answer(201, headers=headers))
    with pytest.raises(errors.OutcomeUnknown) as caught:
        linkedin.publish(Post("Launch day"))
    assert isinstance(caught.value.__cause__, errors.ProtocolError)
    assert len(script.requests) == 1


def test_a_throttled_create_is_sent_again(
    script: Script, clock: TestClock, answer: type[Answer], created: Callable[[str], Answer]
) -> None:
    """A 429 did nothing: after the wait that LinkedIn asks for, the post is sent once more."""
    throttled = answer(
        429, _said(429, "Resource level throttle limit for calls to this resource is reached.", None, 101)
    )
    throttled.headers = {"retry-after": "7"}
    script.on("POST /rest/posts", throttled, created("urn:li:share:7266012345678901248"))
    with script.client() as client:
        network = LinkedIn(
            author="urn:li:person:a", token="AQX-secret", http_client=client, clock=clock, retry=RetryPolicy(attempts=2)
        )
        assert network.publish(Post("Launch day")).id == "urn:li:share:7266012345678901248"
    assert clock.slept == [7.0]


def test_no_error_holds_the_token(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Even an answer that repeats the token does not bring it into the error."""
    script.on("POST /rest/posts", answer(400, _said(400, "token AQX-a-long-secret-token is odd")))
    with pytest.raises(errors.RejectedError) as caught:
        linkedin.publish(Post("Launch day"))
    assert "AQX-a-long-secret-token" not in f"{caught.value!r} {caught.value} {vars(caught.value)}"
