"""
Every error of the X API that is known, by name, for tests that want one on demand.

`E1` to `E19` are bodies as public reports show them; `code-…` are those of version 1.1, which its gateways still give;
the other names are problem types, sentences, HTTP statuses, and with `oauth-` and `ads-` the errors of those endpoints.
Sources: https://docs.x.com/x-api/fundamentals/response-codes-and-errors,
https://docs.x.com/x-ads-api/fundamentals/error-codes-and-responses, https://docs.x.com/openapi.json.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter import errors
from socialconnect.testing.emulators.twitter.errors import LEGACY_TYPE, TYPE, forbidden, invalid, problem
from socialconnect.transport.request import Response

__all__ = ["ERROR_ROWS", "error_row"]

_MEDIA = {"media.media_ids": ["1993000000000000001"]}
_POST = "1993000000000000101"
_SENTENCES = {
    "reply-not-allowed": "Reply to this conversation is not allowed because you have not been mentioned or otherwise "
    "engaged by the author of the post you are replying to.",
    "quote-not-allowed": "Quoting this post is not allowed because you have not been mentioned or otherwise engaged by "
    "the author of the post you are quoting.",
    "not-permitted": "You are not permitted to perform this action.",
    "video-too-long": "This user is not allowed to post a video longer than 20 minutes.",
    "one-cashtag": "You are not permitted to create a post with more than the maximum of one cashtag.",
    "invalid-url": "The Tweet contains an invalid URL.",
    "feature-not-permitted": "Your account is not permitted to access this feature.",
    "not-your-post": "You are not authorized to delete this Tweet.",
}
_LEGACY = {
    32: (401, "Could not authenticate you."),
    34: (404, "Sorry, that page does not exist."),
    64: (403, "Your account is suspended and is not permitted to access this feature."),
    68: (410, "The Twitter REST API v1 is no longer active. Please migrate to API v1.1."),
    88: (429, "Rate limit exceeded"),
    89: (401, "Invalid or expired token."),
    99: (403, "Unable to verify your credentials."),
    135: (401, "Timestamp out of bounds."),
    144: (404, "No status found with that ID."),
    170: (403, "Missing required parameter: status."),
    179: (403, "Sorry, you are not authorized to see this status."),
    185: (403, "User is over daily status update limit."),
    186: (403, "Tweet needs to be a bit shorter."),
    187: (403, "Status is a duplicate."),
    215: (400, "Bad Authentication data."),
    220: (403, "Your credentials do not allow access to this resource."),
    226: (403, "This request looks like it might be automated. To protect our users from spam and other malicious "
          "activity, we can't complete this action right now. Please try again later."),
    251: (410, "This endpoint has been retired and should not be used."),
    261: (403, "Application cannot perform write actions."),
    324: (400, "The validation of media ids failed."),
    326: (403, "To protect our users from spam and other malicious activity, this account is temporarily locked. "
          "Please log in to https://x.com to unlock your account."),
    385: (403, "You attempted to reply to a Tweet that is deleted or not visible to you."),
    386: (403, "The Tweet exceeds the number of allowed attachment types."),
    416: (401, "Invalid / suspended application"),
}  # fmt: skip
_STATUSES = {
    401: "Unauthorized", 409: "Conflict", 410: "Gone", 413: "Payload Too Large", 429: "Too Many Requests",
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip
_OAUTH = {
    "oauth-invalid-token": (400, "invalid_request", "Value passed for the token was invalid."),
    "oauth-invalid-code": (400, "invalid_request", "Value passed for the authorization code was invalid."),
    "oauth-invalid-request": (400, "invalid_request", "Missing required parameter [grant_type]."),
    "oauth-invalid-grant": (400, "invalid_grant", "The provided token was not accepted."),
    "oauth-invalid-scope": (400, "invalid_scope", "The requested scope is not part of the grant."),
    "oauth-invalid-client": (400, "invalid_client", "Client authentication failed."),
    "oauth-unauthorized-client": (401, "unauthorized_client", "Missing valid authorization header"),
    "oauth-rate-limited": (429, "rate_limited", "Too many requests."),
    "oauth-unavailable": (503, "temporarily_unavailable", "Try again later."),
}
_ADS = {
    400: "DUPLICATE_TWEET EXCLUSIVE_PARAMETERS FEATURE_NOT_AVAILABLE ILLEGAL_CHARACTERS INCLUSIVE_PARAMETERS "
    "INVALID_MEDIA INVALID_MEDIA_ID INVALID_PARAMETER INVALID_TIME_WINDOW INVALID_TWEET INVALID_USER INVALID_USER_ID "
    "MISSING_PARAMETER REQUEST_TOO_COMPLEX SCHEDULED_TWEET_LIMIT_EXCEEDED TWEET_CANNOT_BE_BLANK UNKNOWN_CARD_TYPE",
    401: "UNAUTHORIZED_ACCESS",
    403: "ACCOUNT_LOCKED_OUT ACCOUNT_NOT_FOUND ACTION_NOT_ALLOWED CURRENT_USER_SUSPENDED GENERIC_TWEET_ERROR "
    "MALWARE_STATUS READONLY_CLIENT_APPLICATION TWEET_IS_SPAM UNAUTHORIZED_CLIENT_APPLICATION USER_NOT_FOUND",
    404: "ACCOUNT_MEDIA_NOT_FOUND CARD_NOT_FOUND MEDIA_NOT_FOUND NOT_FOUND PROMOTABLE_USER_NOT_FOUND ROUTE_NOT_FOUND "
    "TWEET_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    408: "CANCELLED_REQUEST",
    423: "LOCK_ACQUISITION_TIMEOUT",
    429: "TOO_MANY_REQUESTS TWEET_RATE_LIMIT_EXCEEDED",
    500: "INTERNAL_ERROR",
    503: "OVER_CAPACITY SERVICE_UNAVAILABLE",
}
_SLUGS: dict[str, tuple[int, str, dict[str, JsonValue]]] = {
    "resource-not-found": (
        404, "Not Found Error",
        {"parameter": "id", "value": _POST, "resource_type": "tweet", "resource_id": _POST,
         "detail": f"Could not find tweet with id: [{_POST}]."},
    ),
    "resource-unavailable": (
        404, "Resource Unavailable Error",
        {"parameter": "id", "resource_type": "tweet", "resource_id": _POST, "detail": "This resource is unavailable."},
    ),
    "not-authorized-for-resource": (
        403, "Authorization Error",
        {"parameter": "id", "value": _POST, "resource_type": "tweet", "resource_id": _POST, "section": "data",
         "detail": f"Sorry, you are not authorized to see the Tweet with id: [{_POST}]."},
    ),
    "not-authorized-for-field": (
        403, "Field Authorization Error",
        {"field": "non_public_metrics.impression_count", "resource_type": "tweet", "section": "data",
         "detail": "Sorry, you are not authorized to access 'non_public_metrics.impression_count' on the Tweet."},
    ),
    "field-unauthorized": (
        403, "Field Authorization Error",
        {"field": "non_public_metrics", "resource_type": "tweet", "section": "data",
         "detail": "Sorry, you are not authorized to access 'non_public_metrics'."},
    ),
    "field-hydration-failure": (
        200, "Field Hydration Failure", {"field": "public_metrics", "detail": "The field could not be read."},
    ),
    "disallowed-resource": (
        403, "Disallowed Resource", {"resource_type": "tweet", "resource_id": _POST, "section": "data",
                                     "detail": "This resource may not be read."},
    ),
    "oauth1-permissions": (
        403, "Forbidden",
        {"status": 403, "detail": "Your client app is not configured with the appropriate oauth1 app permissions for "
         "this endpoint."},
    ),
    "rate-limit-exceeded": (429, "Rate Limit Exceeded", {"detail": "Rate limit exceeded"}),
    "conflict": (409, "Conflict", {"detail": "The request conflicts with the state of the resource."}),
    "internal-error": (500, "Internal Server Error", {"detail": "Something went wrong.", "status": 500}),
    "client-disconnected": (400, "Client Disconnected", {"detail": "The client disconnected."}),
    "operational-disconnect": (
        503, "operational-disconnect",
        {"disconnect_type": "OperationalDisconnect", "detail": "This stream has been disconnected for operational "
         "reasons."},
    ),
    "streaming-connection": (
        429, "ConnectionException",
        {"connection_issue": "TooManyConnections", "detail": "This stream is currently at the maximum allowed "
         "connection limit."},
    ),
    "rule-cap": (422, "RulesCapExceeded", {"detail": "The number of rules is at its limit."}),
    "invalid-rules": (400, "InvalidRules", {"detail": "A rule is not valid."}),
    "duplicate-rules": (400, "DuplicateRule", {"value": "cat", "detail": "The rule exists already."}),
    "noncompliant-rules": (400, "NoncompliantRules", {"detail": "A rule breaks the developer policy."}),
}  # fmt: skip
_ALSO = {
    "duplicate": "E2",
    "credits": "E3",
    "credits-depleted": "E3b",
    "client-forbidden": "E4",
    "usage-capped": "E6",
    "media-ids-invalid": "E8",
    "unsupported-authentication": "E9",
    "spend-cap-reached": "E10",
    "invalid-request": "E15",
    "missing-scope": "E18",
    "media-not-found": "E19",
}
"""Other names of some."""


def _partial() -> Refused:
    """E14: private counts that the caller may not see, beside the post, in a 200."""
    field = "non_public_metrics.impression_count"
    unseen: JsonValue = {
        "resource_type": "tweet",
        "field": field,
        "parameter": "ids",
        "resource_id": _POST,
        "title": "Field Authorization Error",
        "section": "data",
        "detail": f"Sorry, you are not authorized to access '{field}' on the Tweet with ids : [{_POST}].",
        "value": _POST,
        "type": f"{LEGACY_TYPE}not-authorized-for-field",
    }
    return problem(200, {"data": [{"id": _POST, "text": "Release day"}], "errors": [unseen]})


def _unknown_parameter() -> Refused:
    known = "ids,expansions,tweet.fields,media.fields,poll.fields,place.fields,user.fields"
    message = f"The query parameter [post.fields] is not one of [{known}]"
    return invalid(message, parameters={"post.fields": ["public_metrics"]})


def _unknown_key() -> Refused:
    return invalid("$.foo: is not defined in the schema and the schema does not allow additional properties")


def _official_client() -> Refused:
    body = {"client_id": "27988566", "title": "Client Forbidden", "reason": "official-client-forbidden"}
    detail = "This endpoint may not be used by this client."
    return problem(403, {**body, "detail": detail, "type": f"{LEGACY_TYPE}client-forbidden"})


def _app_only() -> Refused:
    return errors.unsupported_authentication(
        "OAuth 2.0 Application-Only", "OAuth 1.0a User Context, OAuth 2.0 User Context"
    )


def _slug(slug: str) -> Refused:
    status, title, more = _SLUGS[slug]
    return problem(status, {"title": title, **more, "type": f"{LEGACY_TYPE}{slug}"})


def _page(status: int) -> Refused:
    page = b"<!DOCTYPE html><html><head><title>Twitter / ?</title></head><body>Something is broken.</body></html>"
    return Refused(Response(status, {"content-type": "text/html; charset=utf-8"}, page))


def _forbidden_spend_cap() -> Refused:
    detail = "Your monthly spend cap has been reached."
    return problem(403, {"title": "Forbidden", "detail": detail, "type": f"{TYPE}spend-cap-reached"})


_REPORTED: Mapping[str, Callable[[], Refused]] = {
    "E1": errors.unauthorized,
    "E2": lambda: forbidden("You are not allowed to create a Tweet with duplicate content."),
    "E3": lambda: errors.credits_depleted(older_body=True),
    "E3b": lambda: errors.credits_depleted(older_body=False),
    "E4": errors.not_enrolled,
    "E5": errors.subset_only,
    "E6": errors.usage_capped,
    "E7": lambda: errors.rate_limited({}),
    "E7b": lambda: errors.blank(429, "Too Many Requests"),
    "E8": lambda: invalid("Your media IDs are invalid.", parameters=_MEDIA),
    "E9": _app_only,
    "E10": errors.spend_cap_reached,
    "E10b": _forbidden_spend_cap,
    "E11": lambda: forbidden(_SENTENCES["reply-not-allowed"]),
    "E12": lambda: errors.blank(503, "Service Unavailable"),
    "E13": lambda: errors.oauth_error(400, "invalid_request", "Value passed for the token was invalid."),
    "E14": _partial,
    "E15": _unknown_key,
    "E16": _unknown_parameter,
    "E16b": lambda: errors.invalid_parameter("tweet.fields", "public_metrics", "Unknown parameter tweet.fields."),
    "E17": lambda: invalid("Requests with bodies must have content-type of application/json."),
    "E18": forbidden,
    "E19": lambda: invalid("BadRequest: Not found"),
    "official-client-forbidden": _official_client,
    "user-suspended": errors.suspended,
    "not-json": lambda: invalid("Request body is not valid JSON."),
    "404-empty": errors.no_such_path,
    "code-453": errors.subset_only,
    "code-453-v1.1": errors.subset_only,
    "503-html": lambda: _page(503),
    "404-html": lambda: _page(404),
    "unreadable-201": lambda: Refused(Response(201, {"content-type": "application/json"}, b'{"data":')),
    "201-without-id": lambda: Refused(json_response(201, {"data": {}})),
}


def _built() -> Mapping[str, Callable[[], Refused]]:
    rows = {**_REPORTED}
    rows |= {slug: rows[row] for slug, row in _ALSO.items()}
    rows |= {name: partial(forbidden, text) for name, text in _SENTENCES.items()}
    rows |= {slug: partial(_slug, slug) for slug in _SLUGS}
    rows |= {f"code-{code}": partial(errors.legacy, status, code, text) for code, (status, text) in _LEGACY.items()}
    rows |= {str(status): partial(errors.blank, status, title) for status, title in _STATUSES.items()}
    rows |= {name: partial(errors.oauth_error, *told) for name, told in _OAUTH.items()}
    for status, codes in _ADS.items():
        for code in codes.split():
            rows[f"ads-{code}"] = partial(errors.ads_error, status, code, code.replace("_", " ").capitalize())
    return rows


ERROR_ROWS: Mapping[str, Callable[[], Refused]] = _built()
"""What makes each answer."""


def error_row(name: str) -> Response:
    """
    Give an error answer by its name.

    Raises:
        KeyError: There is none of that name; it tells those that there are.
    """
    if name not in ERROR_ROWS:
        raise KeyError(f"no error is called {name!r}; there are {', '.join(ERROR_ROWS)}")
    return ERROR_ROWS[name]().response
