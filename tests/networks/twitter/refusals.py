"""Twitter's refusals by their literal bodies, and the error that each means: the shapes and the known examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import JsonValue, SecretStr

from socialconnect.auth.tokens import OAuth1Credential
from socialconnect.errors import (
    ApiPaywalled,
    ApiRetired,
    DuplicatePost,
    MediaRejected,
    OutcomeUnknown,
    PermissionDenied,
    PolicyBlocked,
    QuotaExceeded,
    RateLimited,
    RejectedError,
    SocialConnectError,
    TokenExpired,
    TokenRevoked,
    UnavailableError,
)

Body: TypeAlias = JsonValue

OAUTH1 = OAuth1Credential(
    consumer_key="KEY",
    consumer_secret=SecretStr("CONSUMER-SECRET"),
    token=SecretStr("2244994945-TOKEN"),
    token_secret=SecretStr("TOKEN-SECRET"),
)

CREATE = ("POST", "/2/tweets")
DELETE = ("DELETE", "/2/tweets/1993000000000000101")
LOOKUP = ("GET", "/2/tweets")
UPLOAD = ("POST", "/2/media/upload")
STATUS = ("GET", "/2/media/upload")
TOKEN = ("POST", "/2/oauth2/token")
OLD = ("POST", "/1.1/statuses/update.json")
ADS = ("POST", "/12/accounts/18ce54d4x5t/scheduled_tweets")


def problem(slug: str, title: str, detail: str, **more: JsonValue) -> Body:
    """Give a problem in the shape of the spec."""
    return {"type": f"https://api.twitter.com/2/problems/{slug}", "title": title, "detail": detail, **more}


def plain(status: int, title: str, detail: str) -> Body:
    """Give a problem that has no type of its own."""
    return {"title": title, "detail": detail, "type": "about:blank", "status": status}


def legacy(code: int, message: str) -> Body:
    """Give an error in the shape of v1.1."""
    return {"errors": [{"code": code, "message": message}]}


def invalid(message: str, parameters: dict[str, JsonValue] | None = None) -> Body:
    """Give an invalid request."""
    error: dict[str, JsonValue] = {"message": message, **({"parameters": parameters} if parameters else {})}
    return problem(
        "invalid-request", "Invalid Request", "One or more parameters to your request was invalid.", errors=[error]
    )


def ads(code: str, message: str = "No.") -> Body:
    """Give an error in the shape of the Ads API."""
    return {"errors": [{"code": code, "message": message, "parameter": ""}], "request": {"params": {}}}


@dataclass
class Case:
    """One refusal and the error that it means."""

    name: str
    call: tuple[str, str]
    status: int
    body: Body
    error: type[SocialConnectError]
    code: str | None = None
    says: str = ""
    hint: str | None = ""
    oauth1: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


E1 = plain(401, "Unauthorized", "Unauthorized")
E4: Body = {
    "client_id": "27988566",
    "detail": "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a"
    " Twitter developer App that is attached to a Project. You can create a project via the developer portal.",
    "registration_url": "https://developer.twitter.com/en/docs/projects/overview",
    "title": "Client Forbidden",
    "required_enrollment": "Appropriate Level of API Access",
    "reason": "client-not-enrolled",
    "type": "https://api.twitter.com/2/problems/client-forbidden",
}
E5 = legacy(
    453,
    "You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, oauth)"
    " only. If you need access to this endpoint, you may need a different access level. You can learn more here:"
    " https://developer.x.com/en/portal/product",
)
E9: Body = {
    "title": "Unsupported Authentication",
    "detail": "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication"
    " types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
    "type": "https://api.twitter.com/2/problems/unsupported-authentication",
    "status": 403,
}
HTML = "<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry.</body></html>"

EXAMPLES = (
    # ── section 11 of the sheet, E1 to E19 ────────────────────────────────────────────────────────────────────────
    Case("E1", LOOKUP, 401, E1, TokenExpired, "unauthorized", "Unauthorized", "Refresh"),
    Case("E1 oauth1", LOOKUP, 401, E1, TokenRevoked, "unauthorized", "Unauthorized", "again", oauth1=True),
    Case(
        "E2",
        CREATE,
        403,
        {
            "detail": "You are not allowed to create a Tweet with duplicate content.",
            "type": "about:blank",
            "title": "Forbidden",
            "status": 403,
        },
        DuplicatePost,
        says="duplicate content",
        hint="recent posts",
    ),
    Case(
        "E3",
        CREATE,
        402,
        {
            "account_id": 2051096097834344448,
            "title": "CreditsDepleted",
            "detail": "Your enrolled account [2051096097834344448] does not have any credits to fulfill this request.",
            "type": "https://api.twitter.com/2/problems/credits",
        },
        QuotaExceeded,
        "credits",
        "does not have any credits",
        "console.x.com",
    ),
    Case(
        "E3b",
        CREATE,
        402,
        {
            "detail": "credits depleted",
            "status": 402,
            "title": "Payment Required",
            "type": "https://api.x.com/2/problems/credits-depleted",
        },
        QuotaExceeded,
        "credits-depleted",
        "credits depleted",
        "console.x.com",
    ),
    Case("402 empty", LOOKUP, 402, None, QuotaExceeded, hint="console.x.com"),
    Case("E4", CREATE, 403, E4, ApiPaywalled, "client-forbidden.client-not-enrolled", "attached to a Project", "plan"),
    Case("E5", CREATE, 403, E5, ApiPaywalled, "453", "different access level", "plan"),
    Case("E5 on v1.1", OLD, 403, E5, ApiRetired, "453", "different access level", "/2/"),
    Case(
        "E6",
        LOOKUP,
        429,
        {
            "account_id": 1234567890,
            "product_name": "standard-basic",
            "title": "UsageCapExceeded",
            "period": "Monthly",
            "scope": "Product",
            "detail": "Usage cap exceeded: Monthly product cap",
            "type": "https://api.twitter.com/2/problems/usage-capped",
        },
        QuotaExceeded,
        "usage-capped",
        "Monthly product cap",
        "billing cycle",
    ),
    Case("E7", LOOKUP, 429, legacy(88, "Rate limit exceeded"), RateLimited, "88", "Rate limit exceeded", None),
    Case(
        "E7 other",
        LOOKUP,
        429,
        plain(429, "Too Many Requests", "Too Many Requests"),
        RateLimited,
        "too many requests",
        hint=None,
    ),
    Case(
        "E7 slug",
        CREATE,
        429,
        problem("rate-limit-exceeded", "Too Many Requests", "Too many."),
        RateLimited,
        "rate-limit-exceeded",
        hint=None,
    ),
    Case(
        "E8",
        CREATE,
        400,
        invalid("Your media IDs are invalid.", {"media.media_ids": ["1993000000000000001"]}),
        MediaRejected,
        "invalid-request",
        "Your media IDs are invalid.",
        "Upload the file again",
    ),
    Case("E9", CREATE, 403, E9, TokenExpired, "unsupported-authentication", "Application-Only", "user's token"),
    Case("E9 oauth1", CREATE, 403, E9, PermissionDenied, "unsupported-authentication", oauth1=True),
    Case(
        "E10",
        CREATE,
        403,
        {
            "title": "SpendCapReached",
            "detail": "Your monthly spend cap has been reached.",
            "type": "https://api.x.com/2/problems/spend-cap-reached",
        },
        QuotaExceeded,
        "spend-cap-reached",
        "spend cap",
        "spending limit",
    ),
    Case(
        "E11",
        CREATE,
        403,
        plain(
            403,
            "Forbidden",
            "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the"
            " author of the post you are replying to.",
        ),
        PolicyBlocked,
        says="not been mentioned",
        hint="Enterprise",
    ),
    Case(
        "E12",
        LOOKUP,
        503,
        plain(503, "Service Unavailable", "Service Unavailable"),
        UnavailableError,
        "service unavailable",
        hint=None,
    ),
    Case(
        "E12 on create",
        CREATE,
        503,
        plain(503, "Service Unavailable", "Service Unavailable"),
        OutcomeUnknown,
        "service unavailable",
        hint="Look at",
    ),
    Case(
        "E13",
        TOKEN,
        400,
        {"error": "invalid_request", "error_description": "Value passed for the token was invalid."},
        TokenRevoked,
        "invalid_request",
        "Value passed for the token was invalid.",
        "stored token pair",
    ),
    Case(
        "E15",
        CREATE,
        400,
        invalid("$.foo: is not defined in the schema and the schema does not allow additional properties"),
        RejectedError,
        "invalid-request",
        "$.foo",
        "field or value",
    ),
    Case(
        "E16",
        LOOKUP,
        400,
        invalid(
            "The query parameter [post.fields] is not one of"
            " [ids,expansions,tweet.fields,media.fields,poll.fields,place.fields,user.fields]",
            {"post.fields": ["public_metrics"]},
        ),
        RejectedError,
        "invalid-request",
        "[post.fields]",
        "field or value",
    ),
    Case(
        "E17",
        CREATE,
        400,
        invalid("Requests with bodies must have content-type of application/json."),
        RejectedError,
        "invalid-request",
        "content-type",
        "field or value",
    ),
    Case("E18", CREATE, 403, plain(403, "Forbidden", "Forbidden"), PermissionDenied, "forbidden", hint="lacks a scope"),
    Case("E18 upload", UPLOAD, 403, plain(403, "Forbidden", "Forbidden"), PermissionDenied, "forbidden", hint="media"),
    Case("E19", STATUS, 400, invalid("BadRequest: Not found"), MediaRejected, "invalid-request", hint="Upload"),
)
