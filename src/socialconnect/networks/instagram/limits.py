"""
What Instagram takes, as tables.

From the page `MEDIA` as it was in November 2026, unless another source stands with a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

__all__ = [
    "CLOCKS_APART",
    "CONTAINERS",
    "CONTAINER_LIVES",
    "FIRST_WAIT",
    "LONGEST_WAIT",
    "LOOK_WAITS",
    "PUBLISHES_AT_LEAST",
    "PUBLISH_WAITS",
    "READY_WITHIN",
    "REEL",
    "STORY",
    "FilmLimits",
]

MEDIA = "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media"
PUBLISHING = "https://developers.facebook.com/docs/instagram-platform/content-publishing"
COMMENTS = "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments"
SCHEMA = "https://github.com/facebook/facebook-business-sdk-codegen/blob/main/api_specs/specs/IGUser.json"
VENDOR = "https://www.ayrshare.com/docs"

# ── the caption and what goes with it ────────────────────────────────────────────────────────────────────────────────

MAX_CAPTION = 2_200
"""Characters of a caption."""
MAX_HASHTAGS, ADVISED_HASHTAGS = 30, 5
"""Hashtags in a caption. The second number is what one vendor reports as enforced; Instagram's page does not say so."""
MAX_MENTIONS, ADVISED_MENTIONS = 20, 3
"""Accounts mentioned in a caption; the second number as above."""
MAX_ITEMS = 10
"""Media of a carousel."""
MAX_COLLABORATORS = 3
"""Accounts that a post may be shared with as its authors."""
MAX_USER_TAGS = 20
"""People tagged in one medium."""
MAX_PRODUCT_TAGS = 5
"""Products tagged in one medium."""
MAX_SPONSORS = 2
"""Brands that pay for a post: the page `PUBLISHING`."""
MAX_ALT = 1_000
"""Characters; read in two public notes on Instagram's page, not in the page itself."""
ADVISED_COMMENT, ADVISED_COMMENT_HASHTAGS = 300, 4
"""Characters and hashtags of a comment; not verified, so only told."""

# ── films ────────────────────────────────────────────────────────────────────────────────────────────────────────────

_MB = 1024 * 1024


@dataclass(frozen=True)
class FilmLimits:
    """
    What a film must be.

    Args:
        what: What the film is, in words.
        shortest: Seconds that it lasts at least.
        longest: Seconds that it lasts at most.
        size: Its most bytes.
    """

    what: str
    shortest: float
    longest: float
    size: int


REEL = FilmLimits("a reel", 3, 15 * 60, 300 * _MB)
"""The size is read in two public notes on Instagram's page; an older copy of it says 1 GB."""
STORY = FilmLimits("a story's video", 3, 60, 100 * _MB)

FILM_TYPES = ("video/mp4", "video/quicktime")
FILM_CODECS = ("AVC", "HEVC")
FRAME_RATES = (23.0, 60.0)
RATIOS = (0.01, 10.0)
MAX_WIDTH = 1_920
MAX_BIT_RATE = 25_000_000
AUDIO_CODEC, MAX_AUDIO_RATE = "AAC", 48_000

# ── allowances ───────────────────────────────────────────────────────────────────────────────────────────────────────

CONTAINERS = 400
"""Containers that an account may make in 24 hours; by inference each item of a carousel counts, and the carousel."""
PUBLISHES_AT_LEAST = 50
"""Publishes in 24 hours to plan for: the smaller number of Instagram's pages (one says 100, two say 50)."""
CONTAINER_LIVES = timedelta(hours=23)
"""A container dies after 24 hours; an hour less, so that one found alive can still be published."""

# ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────────

FIRST_WAIT, LONGEST_WAIT = 5.0, 60.0
"""Seconds between two looks at a container: integrators' practice, and the documentation's advice."""
PUBLISH_WAITS = (5.0, 10.0)
"""Seconds to wait when Instagram says of a finished container that it is not ready; short, since a lease may run."""
LOOK_WAITS = (5.0, 10.0)
"""Seconds between looks for what became of a publish whose answer was lost; short, since a lease may run."""
READY_WITHIN = 300.0
"""Seconds to wait for a container: the page `PUBLISHING`."""
CLOCKS_APART = timedelta(minutes=2)
"""How far Instagram's clock may be from this machine's, when a post is looked for by its time."""
