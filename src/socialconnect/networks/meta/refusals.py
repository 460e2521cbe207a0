"""Reading the Graph API's error answers, in each of its shapes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel
from pydantic import ValidationError as ShapeError

from socialconnect.networks.meta.usage import wait_told
from socialconnect.networks.meta.wire import ErrorAnswer, GraphError, LoginErrorAnswer, UploadErrorAnswer
from socialconnect.refusal import Refusal
from socialconnect.transport.request import Response

__all__ = ["read"]

ModelT = TypeVar("ModelT", bound=BaseModel)

# OAuth "Facebook Platform" "invalid_token" "Error validating access token: …"
_AUTHENTICATE = re.compile(r'^OAuth\s+"[^"]*"\s+"(?P<reason>[^"]*)"\s+"(?P<message>.*)"\s*$')
_TOKEN_CODES: Mapping[str, str] = {"invalid_token": "190"}
"""What the reasons of `www-authenticate` mean as codes."""


def read(response: Response, *, path: str, use_case: str) -> Refusal:
    """
    Read an error answer. A body that is none of the network's shapes gives a refusal without a code.

    Args:
        response: The answer.
        path: The path of the request that was refused.
        use_case: The kind of business use that the call counts as; see `usage.windows`.
    """
    wait = wait_told(response.headers, use_case)
    graph = _into(ErrorAnswer, response)
    if graph is not None:
        return _graph(graph.error, response, path, wait)
    login = _into(LoginErrorAnswer, response)
    if login is not None:
        code = None if login.code is None else str(login.code)
        return Refusal(response.status, code=code, subcode=login.error_type, message=login.error_message, path=path)
    upload = _into(UploadErrorAnswer, response)
    if upload is not None:
        debug = upload.debug_info
        return Refusal(response.status, code=debug.type, message=debug.message, transient=debug.retriable, path=path)
    return _from_headers(response, path, wait)


def _graph(error: GraphError, response: Response, path: str, wait: float | None) -> Refusal:
    told = ": ".join(part for part in (error.error_user_title, error.error_user_msg) if part)
    return Refusal(
        status=response.status,
        code=None if error.code is None else str(error.code),
        subcode=None if error.error_subcode is None else str(error.error_subcode),
        message=f"{error.message} ({told})" if told else error.message,
        request_id=error.fbtrace_id or response.headers.get("x-fb-trace-id"),
        retry_after=wait,
        transient=error.is_transient,
        path=path,
    )


def _from_headers(response: Response, path: str, wait: float | None) -> Refusal:
    found = _AUTHENTICATE.match(response.headers.get("www-authenticate", ""))
    return Refusal(
        status=response.status,
        code=_TOKEN_CODES.get(found["reason"]) if found else None,
        message=found["message"] if found else f"The network answered HTTP {response.status} without its error shape.",
        request_id=response.headers.get("x-fb-trace-id"),
        retry_after=wait,
        path=path,
    )


def _into(model: type[ModelT], response: Response) -> ModelT | None:
    try:
        return response.into(model)
    except ShapeError:
        return None
