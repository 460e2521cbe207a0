"""What Facebook takes of photos and videos, found in the files themselves before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from socialconnect.errors import Problem
from socialconnect.media import Image, MediaFacts, Video
from socialconnect.networks.facebook.content import Kind

__all__ = ["image_problems", "problem", "video_problems", "warning"]

_PHOTOS = "https://developers.facebook.com/docs/page-stories-api"
_REELS = "https://developers.facebook.com/docs/video-api/guides/reels-publishing/"

IMAGE_TYPES = frozenset({"image/jpeg", "image/bmp", "image/x-ms-bmp", "image/png", "image/gif", "image/tiff"})
"""https://developers.facebook.com/docs/page-stories-api; WebP is not listed."""

MAX_IMAGE = 10 * 1000 * 1000
"""Bytes, by the same page. Error texts in some languages still say 4 MB."""

MAX_PNG = 1000 * 1000
"""Bytes of a PNG that the same page recommends."""

MAX_VIDEO, LONGEST_VIDEO = 10 * 1000**3, 4 * 60 * 60
"""Bytes and seconds of a video post. Not read in a document of Meta's, so only warned of."""

LONGEST_STORY = 60
"""Seconds: https://developers.facebook.com/docs/page-stories-api."""


@dataclass(frozen=True)
class ReelLimits:
    """The guide's table for reels: https://developers.facebook.com/docs/video-api/guides/reels-publishing/."""

    types: frozenset[str] = frozenset({"video/mp4"})
    seconds: tuple[float, float] = (3, 90)
    frames: tuple[float, float] = (24, 60)
    width: int = 540
    height: int = 960
    ratio: tuple[float, float] = (9 / 16, 16 / 9)
    video_codecs: frozenset[str] = frozenset({"AVC", "HEVC", "VP9", "AV1"})
    audio_codecs: frozenset[str] = frozenset({"AAC"})
    audio_rate: int = 48_000


REEL = ReelLimits()

_TOLERANCE = 0.05
"""Seconds, frames, and parts of a ratio within which a measurement is taken to be the limit itself."""


def image_problems(image: Image, field: str) -> list[Problem]:
    """Give what is wrong with a photo for a page."""
    facts = image.facts
    if facts is None or facts.type is None or not facts.type.startswith("image/"):
        return []  # given by URL, or told already
    found: list[Problem] = []
    if facts.type not in IMAGE_TYPES:
        message = "Facebook takes photos as JPEG, PNG, GIF, BMP or TIFF"
        found.append(problem(field, "media_type", message, ", ".join(sorted(IMAGE_TYPES)), facts.type, _PHOTOS))
    if facts.size > MAX_IMAGE:
        message = f"the photo is larger than {MAX_IMAGE // 1_000_000} MB"
        found.append(problem(field, "max_size", message, MAX_IMAGE, facts.size, _PHOTOS))
    elif facts.type == "image/png" and facts.size > MAX_PNG:
        message = "Facebook recommends PNG photos up to 1 MB: a larger one may look blurred"
        found.append(warning(field, "recommended_size", message, MAX_PNG, facts.size))
    return found


def video_problems(video: Video, field: str, kind: Kind) -> list[Problem]:
    """Give what is wrong with a video for this kind of post."""
    found: list[Problem] = []
    for name, given in (("thumbnail", video.thumbnail), ("subtitles", video.subtitles), ("alt", video.alt)):
        if given:
            message = f"a video's {name} is not sent to Facebook: add it there"
            found.append(warning(f"{field}.{name}", "not_used", message))
    if video.title and kind is Kind.VIDEO_STORY:
        found.append(warning(f"{field}.title", "not_used", "a story shows no title"))
    if video.url is not None and (urlsplit(video.url).hostname or "").endswith("fbcdn.net"):
        message = "Facebook does not fetch a video from its own delivery network: give the file, or another address"
        found.append(problem(f"{field}.url", "media_source", message, None, urlsplit(video.url).hostname, _REELS))
    facts = video.facts
    if facts is None or not (facts.type or "").startswith("video/"):
        return found  # given by URL, or told already
    match kind:
        case Kind.REEL:
            return [*found, *_reel_problems(facts, field)]
        case Kind.VIDEO_STORY:
            if facts.seconds is not None and facts.seconds > LONGEST_STORY + _TOLERANCE:
                message = f"a story's video lasts {LONGEST_STORY} seconds at most"
                found.append(problem(field, "max_seconds", message, LONGEST_STORY, facts.seconds, _PHOTOS))
            return found
        case _:
            return [*found, *_post_problems(facts, field)]


def _post_problems(facts: MediaFacts, field: str) -> list[Problem]:
    found: list[Problem] = []
    if facts.size > MAX_VIDEO:
        found.append(warning(field, "max_size", "the video is larger than 10 GB", MAX_VIDEO, facts.size))
    if facts.seconds is not None and facts.seconds > LONGEST_VIDEO:
        found.append(warning(field, "max_seconds", "the video is longer than 4 hours", LONGEST_VIDEO, facts.seconds))
    return found


def _reel_problems(facts: MediaFacts, field: str) -> list[Problem]:
    found: list[Problem] = []

    def wrong(rule: str, message: str, limit: str | float, actual: str | float) -> None:
        found.append(problem(field, rule, message, limit, actual, _REELS))

    if facts.type is not None and facts.type not in REEL.types:
        wrong("media_type", "a reel is an MP4 file", ", ".join(sorted(REEL.types)), facts.type)
    for rule, actual, (low, high), what in (
        ("seconds", facts.seconds, REEL.seconds, "lasts {} to {} seconds"),
        ("frame_rate", facts.frame_rate, REEL.frames, "has {} to {} frames a second"),
    ):
        if actual is not None and not low - _TOLERANCE <= actual <= high + _TOLERANCE:
            wrong(rule, f"a reel {what.format(low, high)}", f"{low} to {high}", actual)
    if facts.width and facts.height and (facts.width < REEL.width or facts.height < REEL.height):
        smallest = f"{REEL.width} x {REEL.height}"
        wrong("resolution", f"a reel has {smallest} pixels at least", smallest, f"{facts.width} x {facts.height}")
    if facts.video_codec is not None and facts.video_codec not in REEL.video_codecs:
        wrong(
            "video_codec", "a reel is H.264, H.265, VP9 or AV1", ", ".join(sorted(REEL.video_codecs)), facts.video_codec
        )
    if facts.audio_codec is not None and facts.audio_codec not in REEL.audio_codecs:
        wrong("audio_codec", "a reel's sound is AAC", ", ".join(sorted(REEL.audio_codecs)), facts.audio_codec)
    if facts.audio_rate is not None and facts.audio_rate != REEL.audio_rate:
        message = "Facebook asks for a reel's sound at 48 kHz"
        found.append(warning(field, "audio_rate", message, REEL.audio_rate, facts.audio_rate))
    return [*found, *_shape_problems(facts, field)]


def _shape_problems(facts: MediaFacts, field: str) -> list[Problem]:
    ratio, (upright, lying) = facts.ratio, REEL.ratio
    if ratio is None or abs(ratio - upright) <= _TOLERANCE * upright:
        return []
    told = f"{facts.width}:{facts.height}"
    if not upright * (1 - _TOLERANCE) <= ratio <= lying * (1 + _TOLERANCE):
        return [problem(field, "ratio", "a reel's shape is between 9:16 and 16:9", "9:16 to 16:9", told, _REELS)]
    return [warning(field, "ratio", "a reel is shown upright, at 9:16", "9:16", told)]


def problem(
    field: str,
    rule: str,
    message: str,
    limit: str | float | None = None,
    actual: str | float | None = None,
    source: str | None = None,
) -> Problem:
    """Give what Facebook would refuse."""
    return Problem(
        field=field, rule=rule, message=message, limit=limit, actual=actual, network="facebook", source=source
    )


def warning(
    field: str, rule: str, message: str, limit: str | float | None = None, actual: str | float | None = None
) -> Problem:
    """Give what the author should know, and what stops nothing."""
    return problem(field, rule, message, limit, actual).model_copy(update={"severity": "warning"})
