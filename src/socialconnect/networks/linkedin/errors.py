"""
From LinkedIn's error answers to error classes: one table, most specific first.

LinkedIn documents few of its errors and asks clients not to read the messages; where a status and a code do not tell,
the message does nonetheless, and what it does not tell falls to the status. Faults of the library's own request (a
missing header, a wrong method) are `RejectedError`, for LinkedIn said clearly that it did nothing.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from pydantic import ValidationError as ShapeError

from socialconnect.errors import (
    ApiRetired,
    ApiVersionRetired,
    AuthError,
    DuplicatePost,
    MediaNotReady,
    MediaRejected,
    NotFound,
    ProtocolError,
    QuotaExceeded,
    RateLimited,
    RejectedError,
    TokenExpired,
    TokenRevoked,
    UnavailableError,
)
from socialconnect.networks.linkedin.permissions import PERMISSION_RULES
from socialconnect.networks.linkedin.wire import ErrorAnswer
from socialconnect.refusal import Refusal, Rule
from socialconnect.transport.request import Response

__all__ = ["RULES", "FreshTokenRefused", "read_refusal"]

_DOCS = "https://learn.microsoft.com/en-us/linkedin"
_ERRORS = f"{_DOCS}/shared/api-guide/concepts/error-handling"
_LIMITS = f"{_DOCS}/shared/api-guide/concepts/rate-limits"
_VERSIONS = f"{_DOCS}/marketing/versioning"
_POSTS = f"{_DOCS}/marketing/community-management/shares/posts-api"
_IMAGES = f"{_DOCS}/marketing/community-management/shares/images-api"
_MIGRATION = f"{_DOCS}/marketing/integrations/community-management/contentapi-migration-guide"

_OUR_FAULT = "The request was at fault, not the post: report it, unless a proxy changes requests on their way."


class FreshTokenRefused(TokenRevoked):
    """The token is seconds old, and LinkedIn's servers do not all know of it yet: once more after a pause."""

    retryable = True

    @classmethod
    def instead_of(cls, error: TokenRevoked, *, retry_after: float) -> FreshTokenRefused:
        """Give the same refusal as one that passes."""
        made = cls(error.message)
        made.__dict__.update(error.__dict__)
        made.retry_after = retry_after
        return made


_TOKEN_RULES = (
    Rule(TokenExpired, status=401, code="EXPIRED_ACCESS_TOKEN", source=_ERRORS),
    Rule(TokenExpired, status=401, subcode="65602", source=_ERRORS),
    Rule(
        TokenRevoked,
        status=401,
        code="REVOKED_ACCESS_TOKEN",
        hint="Ask the user to connect the account again. A token that is seconds old may need a moment: try once more.",
        source=_ERRORS,
    ),
    Rule(TokenRevoked, status=401, subcode="65601", source=_ERRORS),
    Rule(TokenRevoked, status=401, code="INVALID_ACCESS_TOKEN", source=_ERRORS),
    Rule(TokenRevoked, status=401, subcode="65600", source=_ERRORS),
    Rule(AuthError, status=401, code="EMPTY_ACCESS_TOKEN", hint=_OUR_FAULT, source=_ERRORS),
    Rule(AuthError, status=401, subcode="65604", hint=_OUR_FAULT, source=_ERRORS),
    Rule(AuthError, status=401, text="Empty oauth2_access_token", hint=_OUR_FAULT, source=_ERRORS),
    Rule(AuthError, status=401, text="Unknown authentication schema", hint=_OUR_FAULT, source=_ERRORS),
)

_LIFECYCLE_RULES = (
    Rule(ApiVersionRetired, status=426, hint="Leave api_version out to use the newest.", source=_VERSIONS),
    Rule(
        ApiVersionRetired,
        status=400,
        text="Requested version",
        hint="Leave api_version out to use the newest.",
        source=_VERSIONS,
    ),
    Rule(RejectedError, status=400, code=("VERSION_MISSING", "INVALID_VERSION"), hint=_OUR_FAULT, source=_VERSIONS),
    Rule(
        ApiRetired,
        status=404,
        path="/v2/",
        text="does not exist",
        hint="The old API is closed to this app: use the versioned one, under /rest.",
        source=_MIGRATION,
    ),
    Rule(
        ApiRetired,
        status=404,
        path="/v2/",
        text="No root resource",
        hint="The old API is closed to this app: use the versioned one, under /rest.",
        source=_MIGRATION,
    ),
    Rule(
        RejectedError,
        status=404,
        text="No root resource",
        hint="The endpoint is unknown to the API version in use: leave api_version out to use the newest.",
        source=_VERSIONS,
    ),
)

_LATER = "The media file is not processed yet; nothing was posted. Try again in two minutes."

_MEDIA_RULES = (
    Rule(MediaNotReady, code="MEDIA_ASSET_WAITING_UPLOAD", hint=_LATER, retry_after=120.0, source=_IMAGES),
    Rule(MediaNotReady, status=(400, 422), text="still processing", hint=_LATER, retry_after=120.0, source=_IMAGES),
    Rule(MediaNotReady, code="EXPIRED_UPLOAD_URL", hint="Publish again: the file is then uploaded anew."),
    Rule(MediaRejected, code=("MEDIA_ASSET_PROCESSING_FAILED", "UPDATING_ASSET_FAILED"), source=_IMAGES),
    Rule(MediaRejected, status=(413, 415), hint="Use a smaller file, or another type.", source=_IMAGES),
)

_POST_RULES = (
    Rule(
        DuplicatePost,
        code="DUPLICATE_POST",
        hint="See whether the named post is live; otherwise change the text, or wait ten minutes.",
        source=_POSTS,
    ),
    Rule(
        DuplicatePost,
        status=(400, 409, 422),
        text="duplicate",
        hint="See whether the named post is live; otherwise change the text, or wait ten minutes.",
        source=_POSTS,
    ),
    Rule(
        RejectedError,
        status=(400, 422),
        code=(
            "MISSING_FIELD",
            "INVALID_URN_TYPE",
            "INVALID_URN_ID",
            "INVALID_VALUE_FOR_FIELD",
            "INVALID_VALUE_BLANK_FIELD",
            "FIELD_LENGTH_TOO_LONG",
            "MULTIPLE_VALIDATIONS_FAILED",
            "INVALID_VIDEO_ID",
            "INVALID_URL",
            "INVALID_CALL_TO_ACTION",
        ),
        hint="Mend what the message names.",
        source=_POSTS,
    ),
    Rule(RejectedError, status=(400, 422), text="ERROR ::", hint=_OUR_FAULT, source=_ERRORS),
    Rule(RejectedError, status=422, hint="Mend what the message names.", source=_POSTS),
    Rule(RejectedError, status=400, hint=_OUR_FAULT, source=_ERRORS),
    Rule(NotFound, status=404, hint="It may be deleted, or not for this token to see.", source=_ERRORS),
    Rule(RejectedError, status=(405, 411, 412, 414), hint=_OUR_FAULT, source=_ERRORS),
)

_LIMIT_RULES = (
    Rule(
        QuotaExceeded,
        status=429,
        text="share limit has been reached for unverified members",
        hint="The member should verify their identity on LinkedIn; posting goes on the next day.",
        source=_LIMITS,
    ),
    Rule(
        QuotaExceeded,
        status=429,
        text="DAY limit",
        hint="The allowance of the app or the member begins anew at midnight UTC.",
        source=_LIMITS,
    ),
    Rule(RateLimited, status=429, subcode="101", source=_LIMITS),
    Rule(RateLimited, status=429, code="TOO_MANY_REQUESTS", retry_after=60.0, source=_LIMITS),
    Rule(RateLimited, status=429, source=_LIMITS),
)

_OUTAGE_RULES = (
    Rule(UnavailableError, status=(408, 504), source=_ERRORS),
    Rule(UnavailableError, status=409, hint="Another write was under way.", source=_ERRORS),
    Rule(UnavailableError, status=(500, 502, 503), source=_ERRORS),
    Rule(ProtocolError, status=501, source=_ERRORS),
)

RULES = (
    *_TOKEN_RULES,
    *PERMISSION_RULES,
    *_LIFECYCLE_RULES,
    *_MEDIA_RULES,
    *_POST_RULES,
    *_LIMIT_RULES,
    *_OUTAGE_RULES,
)
"""From LinkedIn's answers to error classes, most specific first."""


def read_refusal(response: Response, *, path: str, now: datetime) -> Refusal:
    """
    Read an error answer; one from LinkedIn's gateway may be HTML or empty.

    Args:
        response: The answer.
        path: The path that was asked for.
        now: The time, for a `Retry-After` that is given as a date.
    """
    headers = response.headers
    try:
        body = response.into(ErrorAnswer)
    except ShapeError:
        body = ErrorAnswer()
    inputs = body.inputErrors
    return Refusal(
        status=response.status,
        code=body.code or next((one.code for one in inputs if one.code), None),
        subcode=None if body.serviceErrorCode is None else str(body.serviceErrorCode),
        message=_message(body),
        request_id=headers.get("x-li-uuid") or headers.get("x-li-request-id"),
        retry_after=_retry_after(headers.get("retry-after"), now),
        path=path,
    )


def _message(body: ErrorAnswer) -> str:
    told = [body.message or ""]
    for one in body.inputErrors:
        field = one.input.inputPath.fieldPath if one.input and one.input.inputPath else None
        parts = [part for part in (field, one.description) if part]
        if one.description and not any(all(part in said for part in parts) for said in told):
            told.append(one.description if field and field in one.description else ": ".join(parts))
    return "; ".join(one for one in told if one)


def _retry_after(value: str | None, now: datetime) -> float | None:
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):
        return None
