"""
The error answers of the LinkedIn API, in its own words. Bodies as public reports and the documentation show them.

See https://learn.microsoft.com/en-us/linkedin/marketing/error-responses; `refusals` has each of them by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.refused import Refused

__all__ = ["access_denied", "classic", "detailed", "no_programme", "not_found", "schema_faults"]

_RESTLI = {"x-restli-error-response": "true", "x-restli-gateway-error": "false"}
_GATEWAY = {"x-restli-error-response": "true", "x-restli-gateway-error": "true"}
_BAD_REQUEST = "com.linkedin.common.error.BadRequest"
_SEE_DETAILS = "Please see errorDetails for more information."


def classic(
    status: int, message: str, *, code: str | None = None, service: int | None = None, gateway: bool = False
) -> Refused:
    """Refuse with a message, and a code or a service error code where LinkedIn gives one."""
    body: dict[str, JsonValue] = {"status": status}
    if service is not None:
        body["serviceErrorCode"] = service
    if code is not None:
        body["code"] = code
    body["message"] = message
    return Refused(json_response(status, body, _GATEWAY if gateway else _RESTLI))


def detailed(status: int, code: str, message: str, *, description: str, field: str | None = None) -> Refused:
    """Refuse with what is wrong in the input."""
    where: dict[str, JsonValue] = {} if field is None else {"inputPath": {"fieldPath": field}}
    error: dict[str, JsonValue] = {"description": description, "input": where, "code": code}
    return _with_details(status, message, [error], code if status == 400 else None)


def _with_details(status: int, message: str, errors: Sequence[JsonValue], code: str | None = None) -> Refused:
    body: dict[str, JsonValue] = {
        "errorDetailType": _BAD_REQUEST,
        "message": message,
        "errorDetails": {"inputErrors": [*errors]},
        "status": status,
    }
    if code is not None:
        body["code"] = code
    return Refused(json_response(status, body, _RESTLI))


def duplicate_of(urn: str) -> Refused:
    """Refuse a post that was made a short while ago."""
    told = f"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of {urn}"
    return detailed(422, "DUPLICATE_POST", told, description="Duplicate post is detected")


# ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def invalid_field(code: str, field: str, message: str) -> Refused:
    """Refuse the value of a field with 400."""
    return detailed(400, code, message, description=message, field=field)


def missing_field(field: str) -> Refused:
    """Refuse for want of a field that is needed because of what the others say."""
    return invalid_field("MISSING_FIELD", field, f"{field} is a required field and is missing")


def wrong_value(field: str, value: object) -> Refused:
    """Refuse a value that a field cannot have."""
    return invalid_field("INVALID_VALUE_FOR_FIELD", field, f"{field} cannot be set to {value}")


def wrong_urn_type(field: str, value: str, *kinds: str) -> Refused:
    """Refuse a URN of another kind."""
    return invalid_field("INVALID_URN_TYPE", field, f"{field} value {value} must be a {' or '.join(kinds)} URN")


def wrong_urn(field: str) -> Refused:
    """Refuse a URN that names nothing."""
    return invalid_field("INVALID_URN_ID", field, "The URN ID provided is invalid")


def too_long(field: str, length: int, longest: int) -> Refused:
    """Refuse a text for its length."""
    message = f"{field} length {length} can't exceeded maximum {longest} length"
    return detailed(400, "FIELD_LENGTH_TOO_LONG", message, description=f"{field} is too long", field=field)


def many(refusals: Sequence[tuple[str, str, str]]) -> Refused:
    """Refuse several fields at once: each with its code, its path and its message."""
    errors: list[JsonValue] = [
        {"description": message, "input": {"inputPath": {"fieldPath": field}}, "code": code}
        for code, field, message in refusals
    ]
    told = f"Multiple errors occurred during the input validation. {_SEE_DETAILS}"
    return _with_details(400, told, errors, "MULTIPLE_VALIDATIONS_FAILED")


def schema_faults(*faults: str) -> Refused:
    """Refuse a body that does not fit the resource's schema, one line for each fault."""
    return classic(422, "\n".join(f"ERROR :: {one}" for one in faults))


# ── access ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def no_programme(resource: str, method: str, version: str) -> Refused:
    """Refuse for want of a scope or of the programme that gives it."""
    parts = resource.split("/")
    suffix = f"{version[:6]}01" if version else "NO_VERSION"
    name = "".join(one[:1].upper() + one[1:] for one in parts)
    shown = f"partnerApi{name}{'External' if resource == 'posts' else ''}" if version else ".".join(parts)
    told = f"Not enough permissions to access: {shown}.{method}.{suffix}"
    return classic(403, told, code="ACCESS_DENIED", service=100)


def access_denied(message: str = "Insufficient permissions to perform the requested action") -> Refused:
    """Refuse a member who has not the role."""
    return classic(403, message, code="ACCESS_DENIED")


def unpermitted(*fields: str, where: str = "REQUEST_BODY") -> Refused:
    """Refuse fields that the caller may not use."""
    shown = f"Data Processing Exception while processing fields [{', '.join(fields)}]"
    told = f"Unpermitted fields present in {where}: {shown}"
    return classic(403, told, code="ACCESS_DENIED", service=100)


def media_forbidden(kind: str) -> Refused:
    """Refuse media that belongs to somebody else."""
    told = f"Accessing this {kind} resource is forbidden. Please check your permissions for this resource"
    return classic(403, told)


def not_found(message: str = "Could not find entity") -> Refused:
    """Say that there is no such thing."""
    return classic(404, message, code="NOT_FOUND")


def no_resource(name: str) -> Refused:
    """Say that the version has no such resource."""
    return classic(404, f"No root resource defined for path '/{name}'")


# ── protocol ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def bad_syntax(message: str) -> Refused:
    """Refuse what is no Rest.li."""
    return classic(400, message)


def bad_query() -> Refused:
    """Refuse a query that cannot be read."""
    return classic(400, "Invalid query parameters passed to request", code="ILLEGAL_ARGUMENT")


def bad_key() -> Refused:
    """Refuse a path whose key cannot be read, such as one with a raw colon."""
    return classic(400, "Syntax exception in path variables", code="ILLEGAL_ARGUMENT")


def missing_parameter(name: str) -> Refused:
    """Refuse a query for want of a parameter."""
    return classic(400, f"Parameter '{name}' is required")


def wrong_parameter(name: str) -> Refused:
    """Refuse the value of a query parameter."""
    described = "Invalid value for param; wrong type or other syntax error"
    return detailed(400, "PARAM_INVALID", f"Invalid param. {_SEE_DETAILS}", description=described, field=name)


def unknown_parameters(*names: str) -> Refused:
    """Refuse query parameters that the resource does not have."""
    errors: list[JsonValue] = [
        {"input": {"inputPath": {"fieldPath": one}}, "code": "QUERY_PARAM_NOT_ALLOWED"} for one in names
    ]
    told = "Invalid param." if len(names) == 1 else "Multiple errors occurred during param validation."
    return _with_details(400, f"{told} {_SEE_DETAILS}", errors)


def unknown_finder(resource: str, name: str) -> Refused:
    """Refuse a finder that the resource does not have."""
    return bad_syntax(f"Finder method '{name}' not supported on resource '{resource}'")


def unsupported_method(resource: str, method: str) -> Refused:
    """Refuse a Rest.li method that the resource does not have."""
    return classic(405, f"Method '{method.lower()}' not supported on resource '{resource}'")


def oauth_error(status: int, error: str, description: str, headers: Mapping[str, str] | None = None) -> Refused:
    """Refuse at the token endpoint."""
    return Refused(json_response(status, {"error": error, "error_description": description}, headers))
