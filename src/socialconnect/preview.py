"""The exact requests that a publish would send, with nothing sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue

from socialconnect.transport.offline import OfflineTransport
from socialconnect.transport.redaction import Redactor
from socialconnect.transport.request import FileSlice, Request, Response

__all__ = ["PreparedRequest", "RecordingTransport"]

T = TypeVar("T")


class PreparedRequest(BaseModel):
    """
    One request as it would be sent.

    Args:
        method: The HTTP method.
        url: The whole address, secrets masked.
        headers: The headers, secrets masked.
        json_body: The body, if it is JSON.
        form: The body, if it is a form; a file stands as its name and length.
        content: The body, if it is raw bytes: their number, not the bytes.
        visible: Whether this is the request that people would see the effect of.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    method: str
    url: str
    headers: Mapping[str, str]
    json_body: JsonValue = None
    form: Mapping[str, str] | None = None
    content: str | None = None
    visible: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


class RecordingTransport(OfflineTransport):
    """
    A transport that sends nothing: it keeps each request, and lets an emulator give the answers that later steps need.

    Args:
        answer: The emulator's function from request to response.
    """

    def __init__(self, answer: Callable[[Request, Mapping[str, str]], Response]) -> None:
        self._answer = answer
        self.sent: list[tuple[Request, dict[str, str]]] = []

    async def send(self, request: Request, headers: dict[str, str], timeout: float) -> Response:
        """Keep the request and give the emulator's answer."""
        self.sent.append((request, headers))
        return self._answer(request, headers)

    def prepared(self, redactor: Redactor) -> list[PreparedRequest]:
        """Give what was kept, masked."""
        return [_prepared(request, headers, redactor) for request, headers in self.sent]


def _prepared(request: Request, headers: Mapping[str, str], redactor: Redactor) -> PreparedRequest:
    content = request.content
    form = None if request.form is None else {name: redactor.field(name, one) for name, one in request.form.items()}
    for part in request.files:
        form = {**(form or {}), part.name: f"<{part.filename}: {_length(part.content)} bytes>"}
    return PreparedRequest(
        method=request.method,
        url=redactor.text(request.full_url),
        headers=redactor.headers(headers),
        json_body=redactor.json(request.json),
        form=form,
        content=None if content is None else f"{_length(content)} bytes",
        visible=request.effect.value == "visible",
    )


def _length(content: bytes | FileSlice) -> int:
    return content.length if isinstance(content, FileSlice) else len(content)
