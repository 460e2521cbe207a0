"""
What Facebook looks at in a video, and what it says of one that it cannot use.

See https://developers.facebook.com/docs/video-api/guides/reels-publishing/ for reels, and
https://developers.facebook.com/docs/page-stories-api for stories. What cannot be read in a file is not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from socialconnect.media_facts import MediaFacts
from socialconnect.testing.emulators.facebook.nodes import Failure, VideoKind
from socialconnect.testing.emulators.graph.errors import graph_error

__all__ = ["Rule", "fault_of"]

UPLOAD_FAILED = 6000
_HOUR = 3_600


@dataclass(frozen=True)
class Rule:
    """
    One thing that a video must be.

    Args:
        subcode: The second code of the refusal.
        is_met: Whether a video is so; `None` if that cannot be told.
        message: The text of the refusal; the known one if not given.
    """

    subcode: int
    is_met: Callable[[MediaFacts], bool | None]
    message: str | None = None


def _within(value: float | None, least: float, most: float) -> bool | None:
    return None if value is None else least <= value <= most


def _is_upright(facts: MediaFacts) -> bool | None:
    """Whether it is 9:16, give or take what rounding to whole pixels makes of it."""
    return None if facts.ratio is None else abs(facts.ratio - 9 / 16) < 0.01


def _is_large(facts: MediaFacts) -> bool | None:
    if facts.width is None or facts.height is None:
        return None
    return min(facts.width, facts.height) >= 540 and max(facts.width, facts.height) >= 960


_FORMAT = Rule(1363024, lambda facts: facts.type is not None and facts.type.startswith("video/"))
_RATIO = Rule(1363040, lambda facts: _within(facts.ratio, 9 / 16 - 0.01, 16 / 9 + 0.01))
_UPRIGHT = Rule(1363040, _is_upright)
_RESOLUTION = Rule(1363127, _is_large, "Resolution too low. Video must have a minimum resolution of 540p.")
_FRAME_RATE = Rule(1363129, lambda facts: _within(facts.frame_rate, 24, 60))

_RULES: dict[VideoKind, tuple[Rule, ...]] = {
    # The limits of the length of a video are not documented in one place: 4 hours are known from its chunked upload.
    "video": (_FORMAT, Rule(1363026, lambda facts: _within(facts.seconds, 0, 4 * _HOUR))),
    "reel": (
        _FORMAT,
        Rule(1363128, lambda facts: _within(facts.seconds, 3, 90)),
        _RESOLUTION,
        _UPRIGHT,
        _FRAME_RATE,
    ),
    "story": (
        _FORMAT,
        Rule(1363128, lambda facts: _within(facts.seconds, 3, 60), "A video story lasts 3 to 60 seconds."),
        _RESOLUTION,
        _UPRIGHT,
        _FRAME_RATE,
    ),
}


def fault_of(kind: VideoKind, facts: MediaFacts) -> Failure | None:
    """Give the first thing that is wrong with a video, or `None`."""
    return next(_faults(kind, facts), None)


def _faults(kind: VideoKind, facts: MediaFacts) -> Iterator[Failure]:
    for rule in _RULES[kind]:
        if rule.is_met(facts) is False:
            error = graph_error(UPLOAD_FAILED, rule.subcode)
            yield Failure(UPLOAD_FAILED, rule.subcode, rule.message or error.message, early=True)
