"""The error answers of the LinkedIn API, in its own words. Bodies as public reports and the documentation show them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.refused import Refused

__all__ = ["access_denied", "classic", "detailed", "no_programme", "not_found", "schema_faults"]

_RESTLI = {"x-restli-error-response": "true", "x-restli-gateway-error": "false"}
_GATEWAY = {"x-restli-error-response": "true", "x-restli-gateway-error": "true"}
_BAD_REQUEST = "com.linkedin.common.error.BadRequest"


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
    """Refuse with the list of what is wrong in the input."""
    where: dict[str, JsonValue] = {} if field is None else {"inputPath": {"fieldPath": field}}
    error: dict[str, JsonValue] = {"description": description, "input": where, "code": code}
    body: dict[str, JsonValue] = {
        "errorDetailType": _BAD_REQUEST,
        "message": message,
        "errorDetails": {"inputErrors": [error]},
        "status": status,
    }
    if status == 400:
        body["code"] = code
    return Refused(json_response(status, body, _RESTLI))


def duplicate_of(urn: str) -> Refused:
    """Refuse a post that was made a short while ago."""
    told = f"com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of {urn}"
    return detailed(422, "DUPLICATE_POST", told, description="Duplicate post is detected")


def invalid_field(code: str, field: str, message: str) -> Refused:
    """Refuse the value of a field with 400."""
    return detailed(400, code, message, description=message, field=field)


def schema_faults(*faults: str) -> Refused:
    """Refuse a body that does not fit the resource's schema, one line for each fault."""
    return classic(422, "\n".join(f"ERROR :: {one}" for one in faults))


def no_programme(resource: str, method: str, version: str) -> Refused:
    """Refuse for want of a scope or of the programme that gives it."""
    name = f"partnerApi{resource[:1].upper()}{resource[1:]}{'External' if resource == 'posts' else ''}"
    told = f"Not enough permissions to access: {name}.{method}.{version}01"
    return classic(403, told, code="ACCESS_DENIED", service=100)


def access_denied(message: str = "Insufficient permissions to perform the requested action") -> Refused:
    """Refuse a member who has not the role."""
    return classic(403, message, code="ACCESS_DENIED")


def media_forbidden(kind: str) -> Refused:
    """Refuse media that belongs to somebody else."""
    told = f"Accessing this {kind} resource is forbidden. Please check your permissions for this resource"
    return classic(403, told)


def not_found(message: str = "Could not find entity") -> Refused:
    """Say that there is no such thing."""
    return classic(404, message, code="NOT_FOUND")


def bad_syntax(message: str) -> Refused:
    """Refuse what is no Rest.li."""
    return classic(400, message)


def oauth_error(status: int, error: str, description: str, headers: Mapping[str, str] | None = None) -> Refused:
    """Refuse at the token endpoint."""
    return Refused(json_response(status, {"error": error, "error_description": description}, headers))
