"""
Every refusal that is known of LinkedIn, by name, for tests to ask for: `LinkedInEmulator.refuse("duplicate")`.

Most of them the emulator also gives by itself, when a request deserves them.
"""

from __future__ import annotations

from collections.abc import Mapping

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.errors import (
    access_denied,
    bad_key,
    bad_query,
    classic,
    detailed,
    duplicate_of,
    invalid_field,
    many,
    media_forbidden,
    missing_parameter,
    no_programme,
    no_resource,
    not_found,
    oauth_error,
    schema_faults,
    too_long,
    unknown_parameters,
    unpermitted,
)
from socialconnect.testing.emulators.refused import Refused
from socialconnect.transport.request import Response

__all__ = ["REFUSALS"]

_POST = "urn:li:share:7266012345678901248"
_REVOKED = "The token used in the request has been revoked by the user"
_VERSION = "A version must be present. Please specify a version by adding the Linkedin-Version header."
_THROTTLE = "Resource level throttle"
_RESOURCE = "calls to this resource"


def _plain(status: int, content: bytes, kind: str) -> Refused:
    return Refused(Response(status, {"content-type": kind}, content))


def _field(code: str, field: str, message: str) -> Refused:
    return invalid_field(code, field, message)


_TOKENS = {
    "empty_token": classic(401, "Empty oauth2_access_token", code="EMPTY_ACCESS_TOKEN", service=65604),
    "empty_token_documented": classic(401, "Empty oauth2_access_token", service=401),
    "invalid_token": classic(401, "Invalid access token", code="INVALID_ACCESS_TOKEN", service=65600),
    "revoked_token": classic(401, _REVOKED, code="REVOKED_ACCESS_TOKEN", service=65601),
    "expired_token": classic(
        401, "The token used in the request has expired", code="EXPIRED_ACCESS_TOKEN", service=65602
    ),
    "unknown_scheme": classic(401, "Unknown authentication schema"),
    "code_not_found": oauth_error(
        401, "invalid_request", "Unable to retrieve access token: authorization code not found"
    ),
    "parameter_missing": oauth_error(400, "invalid_request", 'A required parameter "code" is missing'),
    "bad_redirect": oauth_error(
        400,
        "invalid_redirect_uri",
        "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or "
        "authorization code expired. Or external member binding exists",
    ),
    "bad_client": oauth_error(401, "invalid_client", "Client authentication failed"),
    "bad_refresh_token": oauth_error(400, "invalid_request", "The provided refresh token is invalid"),
    "invalid_grant": oauth_error(400, "invalid_grant", "The provided refresh token is invalid"),
}
_ACCESS = {
    "no_programme": no_programme("posts", "CREATE", "202609"),
    "no_permission": classic(403, "Not enough permissions to access: me.GET.NO_VERSION", service=100),
    "no_role": access_denied(),
    "wrong_author": access_denied(
        "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [/author]"
    ),
    "unpermitted_field": unpermitted("/content"),
    "empty_owner": classic(403, ""),
    "image_forbidden": media_forbidden("image"),
    "video_forbidden": media_forbidden("video"),
}
_FIELDS = {
    "missing_field": _field("MISSING_FIELD", "/author", "/author is a required field and is missing"),
    "wrong_urn_type": _field("INVALID_URN_TYPE", "/author", "/author value urn:li:image:1 must be a person URN"),
    "wrong_urn": _field("INVALID_URN_ID", "/author", "The URN ID provided is invalid"),
    "wrong_value": _field("INVALID_VALUE_FOR_FIELD", "/lifecycleState", "/lifecycleState cannot be set to DRAFT"),
    "blank_field": _field("INVALID_VALUE_BLANK_FIELD", "/commentary", "/commentary cannot be blank"),
    "too_long": too_long("/commentary", 3120, 3000),
    "several_fields": many(
        [
            ("MISSING_FIELD", "/content/article/title", "/content/article/title is a required field and is missing"),
            ("INVALID_URL", "/content/article/source", "/content/article/source value x is not a valid URL"),
        ]
    ),
    "invalid_url": _field("INVALID_URL", "/content/article/source", "/content/article/source is not a valid URL"),
    "invalid_call_to_action": _field("INVALID_CALL_TO_ACTION", "/contentCallToActionLabel", "GO is no call to action"),
    "unknown_field": schema_faults("/foo :: unrecognized field found but not allowed"),
    "wrong_type": schema_faults("/commentary :: 1 cannot be coerced to String"),
    "unprocessable": classic(422, "/commentary must not be empty", code="UNPROCESSABLE_ENTITY"),
    "duplicate": duplicate_of(_POST),
    "conflict": classic(409, "Write Conflict", code="CONFLICT"),
    "conflict_duplicate": classic(409, f"Content is a duplicate of {_POST}", code="CONFLICT"),
}
_MEDIA = {
    "invalid_video": _field("INVALID_VIDEO_ID", "/content/media/id", "This Video ID is invalid"),
    "expired_upload": _field("EXPIRED_UPLOAD_URL", "/uploadUrl", "The Video upload Url is expired"),
    "media_waiting": _field("MEDIA_ASSET_WAITING_UPLOAD", "/content/media/id", "Media asset is waiting upload"),
    "media_processing": classic(422, "The video is still processing"),
    "media_failed": _field("MEDIA_ASSET_PROCESSING_FAILED", "/content/media/id", "Media asset failed processing"),
    "asset_not_updated": detailed(
        400,
        "UPDATING_ASSET_FAILED",
        "The uploaded parts do not match the upload",
        description="The uploaded parts do not match the upload",
    ),
    "media_too_large": classic(413, "Request entity too large", code="REQUEST_ENTITY_TOO_LARGE"),
    "media_type": classic(415, "Unsupported media type", code="UNSUPPORTED_MEDIA_TYPE"),
}
_PROTOCOL = {
    "version_missing": classic(400, _VERSION, code="VERSION_MISSING", gateway=True),
    "version_missing_reworded": classic(
        400, _VERSION.replace("Linkedin", "LinkedIn"), code="VERSION_MISSING", gateway=True
    ),
    "version_invalid": classic(400, "Invalid version 2025-04", code="INVALID_VERSION", gateway=True),
    "version_retired": classic(
        426, "Requested version 20250901 is not active", code="NONEXISTENT_VERSION", gateway=True
    ),
    "version_retired_400": classic(400, "Requested version 20250901 is not supported", gateway=True),
    "bad_query": bad_query(),
    "bad_key": bad_key(),
    "parameter_required": missing_parameter("author"),
    "unknown_parameter": unknown_parameters("foo"),
    "not_found": not_found(),
    "no_resource": no_resource("memberCreatorPostAnalytics"),
    "legacy_path": classic(404, "Resource ugcPosts does not exist", code="NOT_FOUND"),
    "method": classic(405, "Method PUT is not allowed here"),
    "no_length": classic(411, "A content length is required"),
    "precondition": classic(412, "Precondition failed"),
    "long_uri": classic(414, "URI is too long"),
}
_LIMITS = {
    "throttled": classic(429, f"{_THROTTLE} limit for {_RESOURCE} is reached.", service=101),
    "application_day": classic(429, f"{_THROTTLE} APPLICATION DAY limit for {_RESOURCE} is reached.", service=101),
    "member_day": classic(429, f"{_THROTTLE} MEMBER DAY limit for {_RESOURCE} is reached.", service=101),
    "too_many": classic(429, "Too many requests", code="TOO_MANY_REQUESTS"),
    "comment_throttled": classic(
        429, "Comment create throttled: creation rate limit exceeded for member", code="TOO_MANY_REQUESTS"
    ),
    "unverified_member": classic(429, "share limit has been reached for unverified members"),
}
_DOWN = {
    "timeout": classic(408, "Request timed out", code="TIMEOUT"),
    "gateway_timeout": classic(504, "Request timed out", code="TIMEOUT", gateway=True),
    "internal": classic(500, "Internal server error", code="INTERNAL_SERVER_ERROR"),
    "internal_short": classic(500, "Internal server error", code="INTERNAL_ERROR"),
    "not_implemented": classic(501, "Not implemented", code="NOT_IMPLEMENTED"),
    "maintenance": classic(503, "Under maintenance", code="UNDER_MAINTENANCE"),
    "unavailable": classic(503, "Service unavailable", code="SERVICE_UNAVAILABLE"),
    "html": _plain(502, b"<!DOCTYPE html><html><body>Bad Gateway</body></html>", "text/html; charset=utf-8"),
    "empty": _plain(502, b"", "application/json"),
    "first_api": Refused(
        json_response(
            410,
            {
                "errorCode": 0,
                "message": "This resource is no longer available under v1 APIs",
                "requestId": "0JKL1EWY4X",
                "status": 410,
                "timestamp": 1556712000000,
            },
        )
    ),
    "created_without_id": _plain(201, b"", "application/json"),
}
REFUSALS: Mapping[str, Refused] = {**_TOKENS, **_ACCESS, **_FIELDS, **_MEDIA, **_PROTOCOL, **_LIMITS, **_DOWN}
"""Each refusal by its name; the last one is none, but as hard to live with: a post whose id is not told."""
