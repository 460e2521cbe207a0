"""What is wrong with a post's media for Instagram, by the files themselves."""

from __future__ import annotations

from collections.abc import Iterator

from socialconnect.errors import Problem
from socialconnect.media import Image, MediaFacts, Video
from socialconnect.networks.instagram import limits
from socialconnect.networks.instagram.content import Kind
from socialconnect.networks.instagram.limits import FilmLimits
from socialconnect.networks.instagram.told import problem, too_much, warning

__all__ = ["image_problems", "video_problems"]

_FILES = {"reel": limits.REEL, "story": limits.STORY}
_BY_ADDRESS = "Instagram takes images by a public address only: give a URL"


def image_problems(media: Image, field: str, kind: Kind, *, uploads: bool) -> Iterator[Problem]:
    """Say what is wrong with an image. Without uploads, that it is a file was told before."""
    if media.url is None and uploads:
        yield problem(field, "media_source", _BY_ADDRESS)
    if media.alt and kind == "story":
        yield warning(f"{field}.alt", "left_out", "Instagram takes no description of a story's image: it is left out")
    elif media.alt:
        yield from too_much(
            f"{field}.alt", "max_length", "the description has {} characters", limits.MAX_ALT, media.alt
        )


def video_problems(media: Video, field: str, kind: Kind, *, uploads: bool) -> Iterator[Problem]:
    """Say what is wrong with a film."""
    if media.url is None and not uploads:
        message = (
            "with Instagram Login films are taken by a public address only; with Facebook Login a file can be uploaded"
        )
        yield warning(field, "login", message)
    yield from _beside(media, field, kind)
    facts = media.facts if media.url is None and uploads else None
    if facts is not None and (facts.type or "").startswith("video/"):
        yield from _length(facts, field, _FILES.get(kind))
        yield from _coding(facts, field)


def _beside(media: Video, field: str, kind: Kind) -> Iterator[Problem]:
    """Say what belongs to a film and has no place on Instagram."""
    for part in ("alt", "title", "subtitles"):
        if getattr(media, part):
            yield warning(f"{field}.{part}", "left_out", f"Instagram takes no {part} of a video: it is left out")
    if media.thumbnail is None:
        return
    if kind != "reel":
        message = "Instagram takes a picture for a reel only: it is left out"
        yield warning(f"{field}.thumbnail", "left_out", message)
    elif media.thumbnail.url is None:
        yield problem(f"{field}.thumbnail", "media_source", _BY_ADDRESS)


def _length(facts: MediaFacts, field: str, wanted: FilmLimits | None) -> Iterator[Problem]:
    if wanted is None:
        return  # for a film in a carousel no limits are written down
    what = wanted.what
    if facts.size > wanted.size:
        message = f"{what} has at most {wanted.size // 1024 // 1024} MB"
        yield problem(field, "max_size", message, f"{wanted.size} bytes", f"{facts.size} bytes")
    if facts.seconds is not None and facts.seconds > wanted.longest:
        message = f"{what} lasts at most {wanted.longest:g} seconds"
        yield problem(field, "max_duration", message, f"{wanted.longest:g} s", f"{facts.seconds:g} s")
    if facts.seconds is not None and facts.seconds < wanted.shortest:
        message = f"{what} lasts at least {wanted.shortest:g} seconds"
        yield problem(field, "min_duration", message, f"{wanted.shortest:g} s", f"{facts.seconds:g} s")


def _coding(facts: MediaFacts, field: str) -> Iterator[Problem]:
    if facts.type not in limits.FILM_TYPES:
        message = "Instagram takes MP4 and MOV"
        yield problem(field, "media_type", message, ", ".join(limits.FILM_TYPES), facts.type)
    if facts.video_codec is not None and facts.video_codec not in limits.FILM_CODECS:
        message = "Instagram takes H.264 and H.265"
        yield problem(field, "video_codec", message, ", ".join(limits.FILM_CODECS), facts.video_codec)
    if facts.audio_codec is not None and not facts.audio_codec.startswith(limits.AUDIO_CODEC):
        yield problem(field, "audio_codec", "Instagram takes AAC sound", limits.AUDIO_CODEC, facts.audio_codec)
    measured = (
        ("frame_rate", "the frame rate, in frames a second", facts.frame_rate, *limits.FRAME_RATES),
        ("ratio", "the width by the height", facts.ratio, *limits.RATIOS),
        ("max_width", "the width, in pixels", facts.width, 0, limits.MAX_WIDTH),
        ("max_bit_rate", "the bits a second", facts.bit_rate, 0, limits.MAX_BIT_RATE),
        ("max_audio_rate", "the samples of sound a second", facts.audio_rate, 0, limits.MAX_AUDIO_RATE),
    )
    for rule, what, actual, least, most in measured:
        if actual is not None and not least <= actual <= most:
            bounds = f"at most {most:,.10g}" if least == 0 else f"{least:g} to {most:g}"
            yield problem(field, rule, f"{what}: {bounds}", bounds, round(actual, 3))
    if facts.streamable is False:
        message = "the file's index stands behind its pictures: Instagram asks for it in front (moov first)"
        yield warning(field, "streamable", message)
