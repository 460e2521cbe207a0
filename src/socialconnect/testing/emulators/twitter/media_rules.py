"""
What X checks of a file: its kind by its bytes, its length, and of images, GIFs and videos what can be read of them.

Source: https://docs.x.com/x-api/media/quickstart/best-practices (text of September 2026; sides of images by reports).
"""

from __future__ import annotations

from socialconnect.media_facts import MediaFacts
from socialconnect.testing.emulators.twitter.state import Media, User

__all__ = ["LIMITS", "fits", "gif_frames", "longest_minutes", "rejection", "size_class", "sniff"]

_MEBIBYTE = 1024 * 1024
LIMITS = {"image": 5 * _MEBIBYTE, "gif": 15 * _MEBIBYTE, "video": 8 * 1024 * _MEBIBYTE, "subtitles": 5 * _MEBIBYTE}
"""The most bytes of each kind; a user who pays may upload videos of twice as much."""
_DIRECT_VIDEO = 512 * _MEBIBYTE
_MINUTES, _MINUTES_PREMIUM = 20, 125
_DIRECT_SECONDS, _DIRECT_SECONDS_PREMIUM = 140, 600
_SHORTEST = 0.5
_LONG_SIDE, _SHORT_SIDE, _LEAST_SIDE = 1280, 1024, 32
_LONG_SIDE_PREMIUM, _SHORT_SIDE_PREMIUM = 1920, 1200
_WIDEST = 3.0
_FASTEST = 60.0
_GIF_SIDES, _GIF_FRAMES, _GIF_PIXELS = (1280, 1080), 350, 300_000_000
_SIGNATURES = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypqt", 4, "video/quicktime"),
    (b"ftyp", 4, "video/mp4"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
    (b"G", 0, "video/mp2t"),
    (b"WEBVTT", 0, "text/vtt"),
    (b"\xef\xbb\xbfWEBVTT", 0, "text/vtt"),
)
_NOT_IN_POSTS = frozenset({"image/bmp", "image/tiff", "image/pjpeg"})
_INVALID, _UNSUPPORTED = "InvalidMedia", "UnsupportedMedia"

Failure = tuple[int, str, str]


def sniff(content: bytes) -> str | None:
    """Tell a file's type from its first bytes."""
    return next((kind for mark, at, kind in _SIGNATURES if content[at : at + len(mark)] == mark), None)


def size_class(category: str) -> str:
    """Give which limit on bytes holds for a category."""
    if category == "subtitles":
        return "subtitles"
    if category.endswith("gif"):
        return "gif"
    return "video" if category.endswith("video") else "image"


def largest(category: str, user: User) -> int:
    """Give the most bytes that a user may upload for a category."""
    kind = size_class(category)
    most = _DIRECT_VIDEO if category == "dm_video" else LIMITS[kind]
    return most * 2 if kind == "video" and user.premium else most


def fits(kind: str | None, category: str) -> bool:
    """Whether a type of file belongs to a category."""
    if category == "subtitles":
        return kind is None or kind.startswith("text/")
    if kind is None:
        return False
    if category.endswith("gif"):
        return kind == "image/gif"
    return kind.startswith("video/" if category.endswith("video") else "image/")


def longest_minutes(user: User) -> int:
    """Give how many minutes of video a user may post."""
    return _MINUTES_PREMIUM if user.premium else _MINUTES


def image_fault(facts: MediaFacts, sides: tuple[int, int] | None) -> str | None:
    """Say what is wrong with an image, or `None`."""
    if sides is None or not facts.width or not facts.height:
        return None
    least, most = sides
    if least <= min(facts.width, facts.height) and max(facts.width, facts.height) <= most:
        return None
    return f"Image dimensions must be >= {least}x{least} and <= {most}x{most}"


def rejection(media: Media, user: User) -> Failure | None:
    """
    Say as what failure the processing of a GIF or a video ends, or `None` if it is sound.

    Args:
        media: The file.
        user: Who uploads it.
    """
    if not fits(sniff(media.file.head), media.category):
        return 1, _INVALID, "Unsupported video format"
    facts = media.facts
    return _gif(media, facts) if media.kind == "animated_gif" else _video(media.category, facts, user)


def _gif(media: Media, facts: MediaFacts) -> Failure | None:
    if not facts.width or not facts.height:
        return None
    if facts.width > _GIF_SIDES[0] or facts.height > _GIF_SIDES[1]:
        return 1, _INVALID, f"GIF dimensions must be <= {_GIF_SIDES[0]}x{_GIF_SIDES[1]}"
    frames = gif_frames(media.file.head)
    if frames > _GIF_FRAMES or frames * facts.width * facts.height > _GIF_PIXELS:
        return 1, _INVALID, f"GIF must have at most {_GIF_FRAMES} frames and {_GIF_PIXELS} pixels"
    return None


def _video(category: str, facts: MediaFacts, user: User) -> Failure | None:
    if facts.seconds is not None:
        direct = _DIRECT_SECONDS_PREMIUM if user.premium else _DIRECT_SECONDS
        longest = direct if category == "dm_video" else 60 * longest_minutes(user)
        if facts.seconds > longest:
            return 3, _UNSUPPORTED, f"Duration too long, maximum:{longest} seconds"
        if facts.seconds < _SHORTEST:
            return 3, _UNSUPPORTED, f"Duration too short, minimum:{_SHORTEST} seconds"
    if facts.frame_rate is not None and facts.frame_rate > _FASTEST:
        return 1, _INVALID, f"Frame rate must be <= {_FASTEST:.0f} FPS"
    if facts.video_codec not in (None, "AVC") and category != "dm_video":
        return 1, _INVALID, "Unsupported video codec, expected H.264"
    if facts.audio_codec not in (None, "AAC"):
        return 1, _INVALID, "Unsupported audio codec, expected AAC"
    return _frame(facts, user)


def _frame(facts: MediaFacts, user: User) -> Failure | None:
    """Check a video's size in pixels, upright or lying."""
    if not facts.width or not facts.height:
        return None
    short, long = sorted((facts.width, facts.height))
    longest, shortest = (
        (_LONG_SIDE_PREMIUM, _SHORT_SIDE_PREMIUM) if user.premium else (_LONG_SIDE, _SHORT_SIDE)
    )  # fmt: skip
    if short < _LEAST_SIDE or long > longest or short > shortest:
        told = f"{_LEAST_SIDE}x{_LEAST_SIDE} and {longest}x{shortest}, is {facts.width}x{facts.height}"
        return 1, _INVALID, f"Video dimensions must be between {told}"
    if long / short > _WIDEST:
        return 1, _INVALID, "Aspect ratio must be between 1:3 and 3:1"
    return None


def gif_frames(content: bytes) -> int:
    """Count a GIF's frames, as far as the bytes go."""
    if len(content) < 13:
        return 0
    at = 13 + _color_table(content[10])
    frames = 0
    while at + 1 < len(content):
        mark = content[at]
        if mark == 0x21:  # an extension: a label, then blocks
            at = _after_blocks(content, at + 2)
        elif mark == 0x2C and at + 10 < len(content):  # an image: its place, perhaps colours, a code size, then blocks
            frames += 1
            at = _after_blocks(content, at + 11 + _color_table(content[at + 9]))
        else:
            break
    return frames


def _color_table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(content: bytes, at: int) -> int:
    while at < len(content) and content[at]:
        at += content[at] + 1
    return at + 1
