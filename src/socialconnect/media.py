"""
Media files: images, films, documents and subtitles, and where their bytes are.

What a file is, is read from the file itself by libraries (`media_facts.py`), never from its name.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, BinaryIO, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, model_validator

from socialconnect.media_facts import MediaFacts, can_measure_videos, read_facts
from socialconnect.problem import Problem

__all__ = ["Document", "Image", "Media", "MediaFacts", "MediaFile", "Subtitles", "Video"]

MediaSource = str | os.PathLike[str] | bytes | BinaryIO


class MediaFile(BaseModel):
    """What all of them share: exactly one of `path`, `url` and `content` says where the bytes are."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", ignored_types=(cached_property,))

    types: ClassVar[tuple[str, ...]] = ()
    """How the MIME types begin that the file may have; empty if any will do."""
    called: ClassVar[str] = "a file"
    """What a person calls it."""

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
        return None if self.url is not None else read_facts(self.open)

    def open(self) -> BinaryIO:
        """Open the file's bytes for reading. Not for media given by URL."""
        if self.content is not None:
            return io.BytesIO(self.content)
        if self.path is not None:
            return self.path.open("rb")
        raise ValueError("media given by URL is fetched by the network, not by the library")

    def read(self, start: int = 0, length: int | None = None) -> bytes:
        """Read the file, or a part of it; what lies behind its end is not there."""
        with self.open() as file:
            file.seek(start)
            return file.read() if length is None else file.read(length)

    def chunks(self, size: int, *, start: int = 0) -> Iterator[bytes]:
        """Give the file's bytes from `start` in pieces of `size`; the last may be shorter."""
        with self.open() as file:
            file.seek(start)
            while piece := file.read(size):
                yield piece

    def problems(self, field: str) -> list[Problem]:
        """Say what is wrong with the file for any network: missing, unreadable, empty, of the wrong kind."""
        try:
            facts = self.facts
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"cannot read {self.path}: {reason}"
            return [Problem(field=field, rule="readable", message=message, actual=str(self.path))]
        if facts is None:
            return []
        if facts.size == 0:
            return [Problem(field=field, rule="not_empty", message="the file is empty", limit=1, actual=0)]
        if self.types and not (facts.type or "").startswith(self.types):
            found = facts.type or "of no known type"
            message = f"this is not {self.called}: the file's content is {found}"
            wanted = ", ".join(f"{one}*" for one in self.types)
            return [Problem(field=field, rule="media_type", message=message, limit=wanted, actual=facts.type)]
        return []


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


class Image(MediaFile):
    """
    A picture; a moving one (GIF) too, where the network takes it.

    Args:
        source: A path, the bytes, a binary file object (read at once), or an `http(s)` address where the network
            fetches media itself (Instagram, Facebook).
        alt: A description for people who cannot see it. Limits differ by network and are checked by `validate`.

    Raises:
        pydantic.ValidationError: More or less than one source was given.
    """

    types: ClassVar[tuple[str, ...]] = ("image/",)
    called: ClassVar[str] = "an image"

    kind: Literal["image"] = "image"
    alt: str | None = None

    def __init__(self, source: MediaSource | None = None, /, *, alt: str | None = None, **data: object) -> None:
        BaseModel.__init__(self, **{**_source_fields(source), "alt": alt, **data})


class Subtitles(MediaFile):
    """
    What is said in a film, as text with times.

    Args:
        source: As for `Image`: an SRT or WebVTT file; which of them a network takes is checked by `validate`.
        language: The language's code, such as `en` or `pt-BR`.
        name: What people choose it by, such as `English`, where the network shows it.
    """

    called: ClassVar[str] = "a subtitles file"

    kind: Literal["subtitles"] = "subtitles"
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")
    name: str | None = None

    def __init__(
        self,
        source: MediaSource | None = None,
        /,
        *,
        language: str = "en",
        name: str | None = None,
        **data: object,
    ) -> None:
        BaseModel.__init__(self, **{**_source_fields(source), "language": language, "name": name, **data})


class Video(MediaFile):
    """
    A film. Its length and its size in pixels are checked with `pip install 'socialconnect[video]'`.

    Args:
        source: As for `Image`. Give a path for a large file: it is then streamed, never held in memory.
        alt: A description for people who cannot see it, where the network takes one.
        title: Its title, where the network shows one.
        thumbnail: The picture that stands for it before it plays, where the network takes one.
        subtitles: What is said in it, one file for each language, where the network takes them.
    """

    types: ClassVar[tuple[str, ...]] = ("video/",)
    called: ClassVar[str] = "a video"

    kind: Literal["video"] = "video"
    alt: str | None = None
    title: str | None = None
    thumbnail: Image | None = None
    subtitles: tuple[Subtitles, ...] = ()

    def __init__(
        self,
        source: MediaSource | None = None,
        /,
        *,
        alt: str | None = None,
        title: str | None = None,
        thumbnail: Image | None = None,
        subtitles: Sequence[Subtitles] = (),
        **data: object,
    ) -> None:
        told = {"alt": alt, "title": title, "thumbnail": thumbnail, "subtitles": subtitles}
        BaseModel.__init__(self, **{**_source_fields(source), **told, **data})

    def problems(self, field: str) -> list[Problem]:
        """Say what is wrong with the file for any network, and with what belongs to it."""
        found = super().problems(field)
        if self.thumbnail is not None:
            found += self.thumbnail.problems(f"{field}.thumbnail")
        for index, one in enumerate(self.subtitles):
            found += one.problems(f"{field}.subtitles[{index}]")
        if self.url is None and not can_measure_videos():
            message = "the video's length and size in pixels were not checked: pip install 'socialconnect[video]'"
            found.append(Problem(field=field, rule="measured", message=message, severity="warning"))
        return found


class Document(MediaFile):
    """
    A document that people leaf through, where the network shows one (LinkedIn).

    Args:
        source: As for `Image`: a PDF, or a presentation or text where the network takes it.
        title: Its title, where the network shows one.
    """

    called: ClassVar[str] = "a document"

    kind: Literal["document"] = "document"
    title: str | None = None

    def __init__(self, source: MediaSource | None = None, /, *, title: str | None = None, **data: object) -> None:
        BaseModel.__init__(self, **{**_source_fields(source), "title": title, **data})


Media = Annotated[Image | Video | Document, Field(discriminator="kind")]
"""What a post can carry."""
