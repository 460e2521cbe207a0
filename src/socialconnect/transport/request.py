"""Requests and responses in our own words, so that adapters and emulators know nothing of the HTTP engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar
from urllib.parse import quote, urlencode

from pydantic import BaseModel, JsonValue

from socialconnect.media import MediaFile

__all__ = ["Effect", "FilePart", "FileSlice", "Request", "Response"]

ModelT = TypeVar("ModelT", bound=BaseModel)


class Effect(Enum):
    """What a request does to the world. It decides whether it may be sent twice."""

    READ = "read"
    """Changes nothing: may be repeated."""
    PREPARE = "prepare"
    """Changes something that nobody sees, such as an upload or a container: a second one is a harmless orphan."""
    VISIBLE = "visible"
    """Changes what people see, or a plan for it: never repeated once it may have been carried out."""


@dataclass(slots=True, frozen=True)
class FileSlice:
    """
    A part of a media file, streamed when it is sent.

    Args:
        media: The file.
        start: The first byte.
        length: How many bytes.
    """

    media: MediaFile
    start: int
    length: int


@dataclass(slots=True, frozen=True)
class FilePart:
    """
    A file in a multipart form.

    Args:
        name: The form field.
        content: The bytes, or a part of a media file, which is streamed.
        filename: The name told to the network; never a path of this machine.
        type: Its MIME type.
    """

    name: str
    content: bytes | FileSlice
    filename: str = "file"
    type: str = "application/octet-stream"


@dataclass(slots=True)
class Request:
    """
    One HTTP request, before it is signed.

    Give at most one of `json`, `form` and `content`; `form` with `files` makes a multipart form.

    Args:
        method: The HTTP method.
        url: The whole address, already encoded; from `Adapter.url`.
        effect: What it does; decides whether it may be repeated.
        query: Parameters to add to the address, encoded by percent with `%20` for a space.
        headers: Headers besides the ones that signing and the body add.
        json: A body to send as JSON.
        form: A body to send as a form.
        files: Files of a multipart form.
        content: A body of raw bytes, or a part of a media file.
        signed: Whether it carries the token.
        timeout: Seconds for this request; `None` for the network's own.
        limit_key: Which rate limit it counts against, such as `POST /2/tweets`; `*` for the account's only one.
        resend: Whether it may be sent again after a failure, where that is safe. `False` for an upload that goes on
            from where it broke: the adapter looks first how far it came.
    """

    method: str
    url: str
    effect: Effect
    query: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    json: JsonValue = None
    form: Mapping[str, str] | None = None
    files: Sequence[FilePart] = ()
    content: bytes | FileSlice | None = None
    signed: bool = True
    timeout: float | None = None
    limit_key: str = "*"
    resend: bool = True

    @property
    def full_url(self) -> str:
        """The address with its query."""
        if not self.query:
            return self.url
        joiner = "&" if "?" in self.url else "?"
        return f"{self.url}{joiner}{urlencode(self.query, quote_via=quote)}"


@dataclass(slots=True)
class Response:
    """
    One HTTP response, whole.

    Args:
        status: The HTTP status.
        headers: The headers; looked up in lower case.
        content: The body.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def json(self) -> JsonValue:
        """
        Read the body as JSON.

        Raises:
            ValueError: It is not JSON.
        """
        parsed: JsonValue = json.loads(self.content)
        return parsed

    def into(self, model: type[ModelT]) -> ModelT:
        """
        Read the body as a pydantic model.

        Raises:
            pydantic.ValidationError: It is not JSON, or not of that shape.
        """
        return model.model_validate_json(self.content)

    @property
    def text(self) -> str:
        """The body as text, with bytes that are no UTF-8 replaced."""
        return self.content.decode("utf-8", "replace")
