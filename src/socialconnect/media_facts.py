"""What a media file is, read from the file itself by libraries: never from its name."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import BinaryIO, Protocol, cast

from pydantic import BaseModel, ConfigDict

__all__ = ["MediaFacts", "can_measure_videos", "read_facts"]

_HEAD = 8192
"""Bytes of a file's beginning that are enough to tell its type."""


class MediaFacts(BaseModel):
    """
    What a media file is, read from the file itself. What cannot be read is `None`.

    A video's facts are read by MediaInfo, which comes with `pip install 'socialconnect[video]'`; without it a video has
    a type and a size only.

    Args:
        type: Its MIME type, such as `image/jpeg`; `None` if its bytes are of no known kind.
        size: Its length in bytes.
        width: Its width in pixels, as it is shown (a film turned by a quarter stands upright).
        height: Its height in pixels, as it is shown.
        seconds: How long it lasts.
        frame_rate: Frames in a second.
        bit_rate: Bits in a second, sound included.
        video_codec: How its pictures are coded, as MediaInfo calls it: `AVC` (H.264), `HEVC` (H.265), `VP9`, `AV1`.
        audio_codec: How its sound is coded, such as `AAC`; `None` also for a silent film.
        audio_rate: Samples of sound in a second.
        streamable: Whether its index stands before its pictures, so that it can be played while it is fetched.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, ignored_types=(cached_property,))

    type: str | None
    size: int
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    frame_rate: float | None = None
    bit_rate: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    audio_rate: int | None = None
    streamable: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Its width by its height."""
        return self.width / self.height if self.width and self.height else None


def can_measure_videos() -> bool:
    """Whether the library that reads a video's length and size is installed."""
    return find_spec("pymediainfo") is not None


def read_facts(open_file: Callable[[], BinaryIO]) -> MediaFacts:
    """
    Read what a file is.

    Args:
        open_file: Opens it; called as often as it has to be read.

    Raises:
        OSError: It cannot be read.
    """
    with open_file() as file:
        head = file.read(_HEAD)
        size = file.seek(0, os.SEEK_END)
    kind = _sniff(head)
    if kind is not None and kind.startswith("image/"):
        with open_file() as file:
            width, height = _image_size(file)
        return MediaFacts(type=kind, size=size, width=width, height=height)
    if kind is not None and kind.startswith("video/") and can_measure_videos():
        with open_file() as file:
            return MediaFacts.model_validate({**_video_facts(file), "type": kind, "size": size})
    return MediaFacts(type=kind, size=size)


def _sniff(head: bytes) -> str | None:
    import puremagic  # read lazily: most posts carry no media

    sniff = cast("Callable[..., str]", puremagic.from_string)  # pyright: ignore[reportUnknownMemberType]  # types its arguments only in part
    try:
        return sniff(head, mime=True) or None
    except (puremagic.PureError, ValueError):
        return None


def _image_size(file: BinaryIO) -> tuple[int | None, int | None]:
    import imagesize  # type: ignore[import-untyped]  # ships no types; loaded lazily, most posts carry no media

    measure = cast("Callable[[BinaryIO], tuple[float, float]]", imagesize.get)  # pyright: ignore[reportUnknownMemberType]  # as above
    width, height = measure(file)
    return (int(width), int(height)) if width > 0 and height > 0 else (None, None)


class _Track(Protocol):
    """What the library, which tells its types only in part, gives for each track of a film."""

    def to_data(self) -> dict[str, object]: ...


class _Read(Protocol):
    @property
    def tracks(self) -> Sequence[_Track]: ...


def _video_facts(file: BinaryIO) -> dict[str, object]:
    from pymediainfo import MediaInfo

    # Reads the file's index only, by seeking: a long film is not read through.
    read = cast("_Read", MediaInfo.parse(file))  # text comes back only where another output is asked for
    facts: dict[str, object] = {}
    for track in read.tracks:
        told = track.to_data()
        match told.get("track_type"):
            case "General":
                facts |= {"bit_rate": told.get("overall_bit_rate"), "seconds": _seconds(told.get("duration"))}
                if "isstreamable" in told:
                    facts["streamable"] = told["isstreamable"] == "Yes"
            case "Video":
                facts |= {"video_codec": told.get("format"), "frame_rate": told.get("frame_rate"), **_shown(told)}
            case "Audio":
                facts |= {"audio_codec": told.get("format"), "audio_rate": told.get("sampling_rate")}
            case _:
                pass
    return facts


def _seconds(milliseconds: object) -> float | None:
    return float(milliseconds) / 1000 if isinstance(milliseconds, int | float | str) else None


def _shown(told: dict[str, object]) -> dict[str, object]:
    """Give width and height as people see them: telephones film upright by a mark that says to turn the picture."""
    width, height = told.get("width"), told.get("height")
    turned = str(told.get("rotation", "0")).partition(".")[0] in ("90", "270")
    return {"width": height, "height": width} if turned else {"width": width, "height": height}
