"""
Twitter's limits, each with the page that tells it; the pages as they were in November 2026.

Prices and dates are not here: they belong to the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

__all__ = ["TEXT", "VIDEO", "TextRules", "VideoRules"]


@dataclass(frozen=True, slots=True)
class TextRules:
    """
    How a text is counted; the published configuration of twitter-text.

    Args:
        version: The configuration's version.
        longest: The weighted length that every account may post.
        longest_premium: What an account with X Premium may post.
        scale: What one unit of length weighs.
        default_weight: What a character outside of `ranges` weighs, and an emoji sequence.
        url_length: The length that every address counts.
        ranges: First and last code point, and the weight of each between.
        longest_url: How long an address may be, scheme counted again, to be taken for one.
        longest_label: How long a part of its host may be, in ASCII.
        longest_short_slug: How long what follows `t.co/` may be.
        cashtags: How many cashtags a post may hold.
    """

    version: int
    longest: int
    longest_premium: int
    scale: int
    default_weight: int
    url_length: int
    ranges: tuple[tuple[int, int, int], ...]
    longest_url: int = 4096
    longest_label: int = 63
    longest_short_slug: int = 40
    cashtags: int = 1


TEXT = TextRules(
    version=3,
    longest=280,
    longest_premium=25_000,
    scale=100,
    default_weight=200,
    url_length=23,
    ranges=((0, 4351, 100), (8192, 8205, 100), (8208, 8223, 100), (8242, 8247, 100)),
)
"""
https://github.com/twitter/twitter-text/blob/master/config/v3.json; the premium length and the cashtags from
https://docs.x.com/changelog and https://docs.x.com/x-api/posts/manage-tweets/introduction
"""

TEXT_SOURCE = "https://docs.x.com/fundamentals/counting-characters"
POSTS_SOURCE = "https://docs.x.com/x-api/posts/manage-tweets/introduction"
CREATE_SOURCE = "https://docs.x.com/x-api/posts/create-post"
MEDIA_SOURCE = "https://docs.x.com/x-api/media/quickstart/best-practices"
UPLOAD_SOURCE = "https://docs.x.com/x-api/media/quickstart/media-upload-chunked"
SPEC_SOURCE = "https://docs.x.com/openapi.json"
EDIT_SOURCE = "https://docs.x.com/x-api/fundamentals/edit-posts"

MAX_IMAGES = 4
"""Images in one post; or one GIF, or one video: `CREATE_SOURCE`."""
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")
"""What the upload of images takes: `MEDIA_SOURCE`, as the next. GIFs have an upload of their own."""
IMAGE_BYTES = 5 * 1024 * 1024
"""Bytes of an image."""
IMAGE_SIDE = (4, 8192)
"""Pixels of each side, least and most; told by third parties only, so it is a warning."""
ALT_TEXT = 1000
"""Characters of the description of an image or a GIF: `MEDIA_SOURCE`."""

GIF_TYPE = "image/gif"
GIF_BYTES = 15 * 1024 * 1024
"""Bytes of a GIF: `MEDIA_SOURCE`, as the next three."""
GIF_SIDES = (1280, 1080)
"""Pixels, width and height at most."""
GIF_FRAMES = 350
"""Frames of a GIF at most."""
GIF_PIXELS = 300_000_000
"""Pixels of all its frames together at most."""

VIDEO_TYPES = ("video/mp4", "video/quicktime", "video/webm", "video/mp2t")
"""What the upload of videos takes: X's OpenAPI document. The page of limits names H.264 with AAC alone."""


@dataclass(frozen=True, slots=True)
class VideoRules:
    """
    What a video may be: `MEDIA_SOURCE`.

    Args:
        largest: Bytes that nobody may pass; what the upload's own schema takes.
        shortest: Seconds at least.
        usual: Bytes and seconds of an account without X Premium.
        premium: The same of one with it.
        smallest: Pixels of each side at least.
        sides: Pixels of the longer and the shorter side; the page also tells of 1080p for subscribers.
        frame_rate: Frames in a second at most.
        ratio: Width by height, least and most.
        audio: How its sound is coded.
    """

    largest: int = 16 * 1024**3
    shortest: float = 0.5
    usual: tuple[int, int] = (8 * 1024**3, 20 * 60)
    premium: tuple[int, int] = (16 * 1024**3, 125 * 60)
    smallest: int = 32
    sides: tuple[int, int] = (1280, 1024)
    frame_rate: float = 60.0
    ratio: tuple[float, float] = (1 / 3, 3.0)
    audio: str = "AAC"


VIDEO = VideoRules()

SUBTITLE_LANGUAGE = r"[A-Z]{2}"
"""What a language's code looks like to Twitter: X's OpenAPI document."""

SEGMENT_BYTES = 4 * 1024 * 1024
"""Bytes of one part of an upload: what X's own client sends."""
MOST_SEGMENTS = 1000
"""Parts of one upload: their index has three digits. `UPLOAD_SOURCE`"""
SEGMENTS_AT_ONCE = 4
"""Parts on their way at the same time; each is in memory while it is."""

MEDIA_LIFE = timedelta(hours=23)
"""How long an uploaded file can be counted on: the pages promise a day, less an hour for what comes after."""

FIRST_PAUSE = 1
"""Seconds before an upload's state is asked for, where Twitter does not say; doubled for each time."""
LONGEST_PAUSE = 30
"""Seconds between two looks at an upload at most."""
LONGEST_PROCESSING = 120
"""Seconds that an image is waited for at most."""
LONGEST_VIDEO_PROCESSING = 1800
"""Seconds that a GIF or a video is waited for at most; the next try goes on with the same upload."""
NEXT_LOOK = 60.0
"""Seconds after which it is worth another try, when processing takes longer than that."""

POLL_OPTIONS = (2, 4)
"""Options of a poll, least and most: `CREATE_SOURCE`, as the next two."""
POLL_OPTION = 25
"""Characters of one option."""
POLL_MINUTES = (5, 10_080)
"""How long a poll may last."""

POST_ID = r"[0-9]{1,19}"
"""What a post's id looks like, as a regular expression: X's OpenAPI document."""
METRICS_BATCH = 100
"""Posts in one look-up by ids, whose numbers come with them."""
ANALYTICS_DAYS = 30
"""Days back that analytics are asked for. How far back Twitter keeps them is not documented."""
PAGE = (5, 100)
"""Posts on one page of a timeline, least and most."""

METRICS_SOURCE = "https://docs.x.com/x-api/fundamentals/metrics"
ADS_SOURCE = "https://docs.x.com/x-ads-api/creatives/reference"
FURTHEST_PLAN_DAYS = 365
"""Days ahead that the Ads API plans a post: `ADS_SOURCE`."""
CHANGES_SOURCE = "https://docs.x.com/changelog"

CREATE_KEY = "POST /2/tweets"
"""The name of the limit on posting, as in `Request.limit_key`."""

QUARTER = timedelta(minutes=15)
CALLS_A_QUARTER: Mapping[str, int] = MappingProxyType(
    {
        CREATE_KEY: 100,
        "DELETE /2/tweets/:id": 50,
        "GET /2/tweets": 5_000,
        "GET /2/users/:id/tweets": 900,
        "GET /2/users/me": 75,
        "GET /2/tweets/analytics": 300,
        "POST /2/media/upload": 500,
        "GET /2/media/upload": 1_000,
        "POST /2/media/upload/initialize": 1_875,
        "POST /2/media/upload/append": 1_875,
        "POST /2/media/upload/finalize": 1_875,
        "POST /2/media/metadata": 500,
        "POST /2/media/subtitles": 100,
    }
)
"""
Calls that a user may make in a quarter of an hour, by the name of the limit; counted where an answer does not tell.
https://docs.x.com/x-api/fundamentals/rate-limits, where an app's limits stand too, which one account cannot count.
"""
