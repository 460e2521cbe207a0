"""
What images and videos must be like.

See the specifications at
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media. What a file does
not tell (its facts are `None`) is not checked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from socialconnect.media_facts import MediaFacts
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error

__all__ = ["image_refusal", "video_failure"]

_MEBIBYTE = 1024 * 1024
LARGEST_IMAGE = 8 * _MEBIBYTE
_NARROWEST, _WIDEST = 4 / 5, 1.91
_ROUNDING = 0.01
"""How far a ratio may be off: pixels are whole."""


@dataclass(frozen=True)
class _Video:
    """What a kind of video must be like."""

    longest: float
    largest: int
    narrowest: float
    shortest: float = 3.0
    widest: float = 10.0
    columns: int = 1920


_REEL = _Video(longest=15 * 60, largest=300 * _MEBIBYTE, narrowest=0.01)
_STORY = _Video(longest=60, largest=100 * _MEBIBYTE, narrowest=0.1)
_VIDEO_TYPES = frozenset({"video/mp4", "video/quicktime", "video/x-m4v", "application/mp4"})
_CODECS = frozenset({"AVC", "HEVC"})
_SLOWEST, _FASTEST = 23.0, 60.0

UNSUPPORTED_VIDEO = 2207026


def image_refusal(facts: MediaFacts, types: frozenset[str], *, any_ratio: bool) -> GraphError | None:
    """
    Give the refusal that an image meets, if it meets one.

    Args:
        facts: What the image is.
        types: The MIME types that it may have.
        any_ratio: Whether its ratio is free, as for stories and covers.
    """
    if facts.size > LARGEST_IMAGE:
        return graph_error(36000, 2207004)
    kind = facts.type or ""
    if not kind.startswith("image/"):
        return graph_error(9004, 2207052)
    if kind not in types:
        name = kind.partition("/")[2].upper()
        text = f"The image format {name} is not supported. Supported formats are: JPEG."
        return replace(graph_error(36001, 2207005), user_message=text)
    ratio = facts.ratio
    if any_ratio or ratio is None or _NARROWEST - _ROUNDING <= ratio <= _WIDEST + _ROUNDING:
        return None
    text = (
        f"The submitted image with aspect ratio ('{facts.width}/{facts.height}',) cannot be published. Please submit "
        "an image with a valid aspect ratio."
    )
    return replace(graph_error(36003, 2207009), user_message=text)


def video_failure(facts: MediaFacts, *, story: bool) -> int | None:
    """Give the subcode with which a video's processing fails, or `None`."""
    asked = _STORY if story else _REEL
    ratio, columns = facts.ratio, facts.width or 0
    good = (
        facts.type in _VIDEO_TYPES
        and facts.size <= asked.largest
        and (facts.seconds is None or asked.shortest <= facts.seconds <= asked.longest)
        and (ratio is None or asked.narrowest <= ratio <= asked.widest)
        and columns <= asked.columns
        and (facts.frame_rate is None or _SLOWEST <= round(facts.frame_rate, 1) <= _FASTEST)
        and (facts.video_codec is None or facts.video_codec in _CODECS)
    )
    return None if good else UNSUPPORTED_VIDEO
