"""
Media files: where their bytes are, and what they are by their own content.

A file's type is found from its first bytes and an image's size from its header, by libraries, never from its name.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, Self, cast
from urllib.parse import urlsplit

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, model_validator

from socialconnect.errors import Problem

__all__ = ["Image", "Media", "MediaFacts", "Video"]

_HEAD = 8192
"""Bytes of a file's beginning that are enough to tell its type."""

MediaSource = str | os.PathLike[str] | bytes | BinaryIO


class MediaFacts(BaseModel):
    """
    What a media file is, read from the file itself.

    Args:
        type: Its MIME type, such as `image/jpeg`; `None` if its bytes are of no known kind.
        size: Its length in bytes.
        width: Its width in pixels, for images.
        height: Its height in pixels, for images.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    type: str | None
    size: int
    width: int | None = None
    height: int | None = None


class _MediaFile(BaseModel):
    """What images and videos share: exactly one of `path`, `url` and `content` says where the bytes are."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", ignored_types=(cached_property,))

    path: Path | None = None
    url: str | None = None
    content: Base64Bytes | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.path, self.url, self.content)) != 1:
            raise ValueError("give exactly one of path, url and content")
        if self.url is not None and urlsplit(self.url).scheme not in {"http", "https"}:
            raise ValueError("the address of a media file must begin with http:// or https://")
        return self

    @cached_property
    def facts(self) -> MediaFacts | None:
        """
        What the file is; `None` for media given by URL, which the library does not fetch.

        Read once and kept.

        Raises:
            OSError: The file cannot be read.
        """
        if self.url is not None:
            return None
        with self.open() as file:
            head = file.read(_HEAD)
            size = file.seek(0, os.SEEK_END)
        kind = _sniff(head)
        width, height = self._image_size() if kind is not None and kind.startswith("image/") else (None, None)
        return MediaFacts(type=kind, size=size, width=width, height=height)

    def open(self) -> BinaryIO:
        """Open the file's bytes for reading. Not for media given by URL."""
        if self.content is not None:
            return io.BytesIO(self.content)
        if self.path is not None:
            return self.path.open("rb")
        raise ValueError("media given by URL is fetched by the network, not by the library")

    def chunks(self, size: int, *, start: int = 0) -> Iterator[bytes]:
        """Give the file's bytes from `start` in pieces of `size`; the last may be shorter."""
        with self.open() as file:
            file.seek(start)
            while piece := file.read(size):
                yield piece

    def problems(self, field: str) -> list[Problem]:
        """Say what is wrong with the file for any network: missing, unreadable, empty, of the wrong kind."""
        wanted = str(self.kind)  # type: ignore[attr-defined]  # each subclass has its own literal kind
        try:
            facts = self.facts
        except OSError as error:
            reason = error.strerror or type(error).__name__
            return [
                Problem(
                    field=field, rule="readable", message=f"cannot read {self.path}: {reason}", actual=str(self.path)
                )
            ]
        if facts is None:
            return []
        if facts.size == 0:
            return [Problem(field=field, rule="not_empty", message="the file is empty", limit=1, actual=0)]
        if facts.type is None or not facts.type.startswith(f"{wanted}/"):
            found = facts.type or "of no known type"
            message = f"this is not {'an image' if wanted == 'image' else 'a video'}: the file's content is {found}"
            return [Problem(field=field, rule="media_type", message=message, limit=f"{wanted}/*", actual=facts.type)]
        return []

    def _image_size(self) -> tuple[int | None, int | None]:
        import imagesize  # type: ignore[import-untyped]  # ships no types; loaded lazily, most posts carry no media

        measure = cast("Callable[[BinaryIO], tuple[float, float]]", imagesize.get)  # pyright: ignore[reportUnknownMemberType]  # as above
        with self.open() as file:
            width, height = measure(file)
        return (int(width), int(height)) if width > 0 and height > 0 else (None, None)


def _source_fields(source: MediaSource | None) -> dict[str, object]:
    """Turn what a caller gives as the source into the one field that holds it."""
    if source is None:
        return {}
    if isinstance(source, bytes):
        return {"content": _encoded(source)}
    if isinstance(source, str) and urlsplit(source).scheme in {"http", "https"}:
        return {"url": source}
    if isinstance(source, str | os.PathLike):
        return {"path": Path(source)}
    return {"content": _encoded(source.read())}


def _encoded(content: bytes) -> bytes:
    import base64

    return base64.b64encode(content)  # Base64Bytes decodes what it is given


class Image(_MediaFile):
    """
    A picture.

    Args:
        source: A path, the bytes, a binary file object (read at once), or an `http(s)` address where the network
            fetches media itself (Instagram, Facebook).
        alt: A description for people who cannot see it. Limits differ by network and are checked by `validate`.

    Raises:
        pydantic.ValidationError: More or less than one source was given.
    """

    kind: Literal["image"] = "image"
    alt: str | None = None

    def __init__(self, source: MediaSource | None = None, /, *, alt: str | None = None, **data: object) -> None:
        BaseModel.__init__(self, **{**_source_fields(source), "alt": alt, **data})


class Video(_MediaFile):
    """
    A film.

    Args:
        source: As for `Image`. Give a path for a large file: it is then streamed, never held in memory.
        alt: A description for people who cannot see it, where the network takes one.
        title: Its title, where the network shows one.
    """

    kind: Literal["video"] = "video"
    alt: str | None = None
    title: str | None = None

    def __init__(
        self,
        source: MediaSource | None = None,
        /,
        *,
        alt: str | None = None,
        title: str | None = None,
        **data: object,
    ) -> None:
        BaseModel.__init__(self, **{**_source_fields(source), "alt": alt, "title": title, **data})


Media = Annotated[Image | Video, Field(discriminator="kind")]
"""An image or a video."""


def _sniff(head: bytes) -> str | None:
    import puremagic  # read lazily: most posts carry no media

    sniff = cast("Callable[..., str]", puremagic.from_string)  # pyright: ignore[reportUnknownMemberType]  # types its arguments only in part
    try:
        return sniff(head, mime=True) or None
    except (puremagic.PureError, ValueError):
        return None
