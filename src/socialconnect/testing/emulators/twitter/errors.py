"""The error answers of the X API, in its own words. Bodies as public reports show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.refused import Refused
from socialconnect.transport.request import Response

__all__ = ["ads_error", "blank", "forbidden", "invalid", "legacy", "oauth_error", "problem", "unauthorized"]

LEGACY_TYPE = "https://api.twitter.com/2/problems/"
TYPE = "https://api.x.com/2/problems/"
_INVALID = {"title": "Invalid Request", "detail": "One or more parameters to your request was invalid."}


def problem(status: int, body: Mapping[str, JsonValue], headers: Mapping[str, str] | None = None) -> Refused:
    """Refuse with this body."""
    return Refused(json_response(status, dict(body), headers))


def invalid(*messages: str, parameters: Mapping[str, Sequence[str]] | None = None) -> Refused:
    """Refuse with 400 and one message for each fault."""
    named: dict[str, JsonValue] = {}
    if parameters is not None:
        named["parameters"] = {name: [*values] for name, values in parameters.items()}
    errors: list[JsonValue] = [{**named, "message": message} for message in messages]
    return problem(400, {"errors": errors, **_INVALID, "type": f"{LEGACY_TYPE}invalid-request"})


def invalid_parameter(parameter: str, value: str, message: str) -> Refused:
    """Refuse a query parameter with 400 in the flat form of spec 2.167."""
    body = {"title": "Invalid Request", "detail": message, "parameter": parameter, "value": value}
    return problem(400, {**body, "type": f"{TYPE}invalid-request"})


def blank(status: int, title: str) -> Refused:
    """Refuse with a status and no more than its title."""
    return problem(status, {"title": title, "detail": title, "type": "about:blank", "status": status})


def legacy(status: int, code: int, message: str, headers: Mapping[str, str] | None = None) -> Refused:
    """Refuse in the form of version 1.1."""
    return problem(status, {"errors": [{"code": code, "message": message}]}, headers)


def no_such_path() -> Refused:
    """Refuse a path that X does not have: nothing but the status."""
    return Refused(Response(404, {}, b""))


def unauthorized() -> Refused:
    """Refuse the credential."""
    return problem(401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"})


def forbidden(detail: str = "Forbidden") -> Refused:
    """Refuse with 403 and this reason; a missing scope has none."""
    return problem(403, {"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403})


def unsupported_authentication(sent: str, supported: str) -> Refused:
    """Refuse the kind of credential."""
    detail = (
        f"Authenticating with {sent} is forbidden for this endpoint.  Supported authentication types are [{supported}]."
    )
    kind = f"{LEGACY_TYPE}unsupported-authentication"
    return problem(403, {"title": "Unsupported Authentication", "detail": detail, "type": kind, "status": 403})


def suspended() -> Refused:
    """Refuse a user whose account is suspended."""
    detail = "Your account is suspended and is not permitted to access this feature."
    kind = f"{LEGACY_TYPE}user-suspended"
    return problem(403, {"title": "Forbidden", "detail": detail, "type": kind, "status": 403})


def not_enrolled() -> Refused:
    """Refuse an app that is attached to no project."""
    return problem(
        403,
        {
            "client_id": "27988566",
            "detail": "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from "
            "a Twitter developer App that is attached to a Project. You can create a project via the developer portal.",
            "registration_url": "https://developer.twitter.com/en/docs/projects/overview",
            "title": "Client Forbidden",
            "required_enrollment": "Appropriate Level of API Access",
            "reason": "client-not-enrolled",
            "type": f"{LEGACY_TYPE}client-forbidden",
        },
    )


def subset_only() -> Refused:
    """Refuse an endpoint that is not part of the app's access level."""
    message = (
        "You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, "
        "oauth) only. If you need access to this endpoint, you may need a different access level. You can learn more "
        "here: https://developer.x.com/en/portal/product"
    )
    return problem(403, {"errors": [{"message": message, "code": 453}]})


def credits_depleted(*, older_body: bool) -> Refused:
    """Refuse for want of credits."""
    if not older_body:
        kind = f"{TYPE}credits-depleted"
        return problem(402, {"detail": "credits depleted", "status": 402, "title": "Payment Required", "type": kind})
    account = 2051096097834344448
    detail = f"Your enrolled account [{account}] does not have any credits to fulfill this request."
    kind = f"{LEGACY_TYPE}credits"
    return problem(402, {"account_id": account, "title": "CreditsDepleted", "detail": detail, "type": kind})


def spend_cap_reached() -> Refused:
    """Refuse because the billing cycle's own spending limit is reached."""
    detail = "Your monthly spend cap has been reached."
    return problem(403, {"title": "SpendCapReached", "detail": detail, "type": f"{TYPE}spend-cap-reached"})


def usage_capped(product: str = "standard-basic") -> Refused:
    """Refuse because the month's posts or post reads are used up."""
    return problem(
        429,
        {
            "account_id": 1234567890,
            "product_name": product,
            "title": "UsageCapExceeded",
            "period": "Monthly",
            "scope": "Product",
            "detail": "Usage cap exceeded: Monthly product cap",
            "type": f"{LEGACY_TYPE}usage-capped",
        },
    )


def rate_limited(headers: Mapping[str, str]) -> Refused:
    """Refuse for too many requests in the window."""
    return legacy(429, 88, "Rate limit exceeded", headers)


def oauth_error(status: int, error: str, description: str) -> Refused:
    """Refuse at the token endpoint."""
    return problem(status, {"error": error, "error_description": description})


def ads_error(
    status: int, code: str, message: str, *, parameter: str = "", value: str = "", params: JsonValue = None
) -> Refused:
    """Refuse in the Ads API's form."""
    body: dict[str, JsonValue] = {"code": code, "message": message}
    if parameter:
        body |= {"parameter": parameter, "details": "", "value": value}
    return problem(status, {"errors": [body], "request": {"params": params or {}}})
