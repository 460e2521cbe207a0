"""
Twitter's limits, each with the page that tells it; the pages as they were in November 2026.

Prices and dates are not here: they belong to the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

__all__ = [
    "ALT_TEXT",
    "IMAGE_BYTES",
    "IMAGE_SIDE",
    "IMAGE_TYPES",
    "MAX_IMAGES",
    "MEDIA_LIFE",
    "METRICS_BATCH",
    "PAGE",
    "POST_ID",
    "TEXT",
    "TextRules",
]


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

MAX_IMAGES = 4
"""Images in one post: `CREATE_SOURCE`."""
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")
"""What the upload of images takes: `MEDIA_SOURCE`, as the next. GIFs have an upload of their own."""
IMAGE_BYTES = 5 * 1024 * 1024
"""Bytes of an image."""
IMAGE_SIDE = (4, 8192)
"""Pixels of each side, least and most; told by third parties only, so it is a warning."""
ALT_TEXT = 1000
"""Characters of an image's description: `MEDIA_SOURCE`."""

MEDIA_LIFE = timedelta(hours=23)
"""How long an uploaded file can be counted on: the pages promise a day, less an hour for what comes after."""

POST_ID = r"[0-9]{1,19}"
"""What a post's id looks like, as a regular expression: X's OpenAPI document."""
METRICS_BATCH = 100
"""Posts in one look-up by ids, whose numbers come with them."""
PAGE = (5, 100)
"""Posts on one page of a timeline, least and most."""

LONGEST_PROCESSING = 120
"""Seconds that an image is waited for at most."""

ADS_SOURCE = "https://docs.x.com/x-ads-api/creatives/reference"
FURTHEST_PLAN_DAYS = 365
"""Days ahead that the Ads API plans a post: `ADS_SOURCE`."""
CHANGES_SOURCE = "https://docs.x.com/changelog"

CREATE_KEY = "POST /2/tweets"
"""The name of the limit on posting, as in `Request.limit_key`."""
