"""
What LinkedIn takes, and how much of it.

From the pages below as they were in November 2026. Numbers that no page prints are marked; where sources differ, the
stricter one stands.
"""

from __future__ import annotations

from datetime import timedelta

TEXT = 3000
"""Characters of a text as people read it. Printed on the ugcPosts page only; the unit (UTF-16) is our careful guess."""
TEXT_SOURCE = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/ugc-post-api"

ALT_TEXT = 4086
"""Characters of an image's alternative text."""
LINK_TITLE = 400
"""Characters of an article's title. Secondary: no document of LinkedIn's prints it."""
IMAGES = 20
"""Images in one post."""
IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif")
"""What an image may be: `IMAGES_SOURCE`."""
IMAGE_PIXELS = 36_152_320
"""An image must have fewer pixels than this."""
POSTS_SOURCE = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api"
IMAGES_SOURCE = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api"

PAGE = 100
"""Posts in one page of an author's posts."""
METRICS_BATCH = 50
"""Posts in one request for statistics. LinkedIn prints no limit; this many keep the address short."""

IMAGE_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between looks at an image that is being processed. After the last one the caller is told to come back."""
IMAGE_COME_BACK = 120.0
"""Seconds after which LinkedIn's users found a slow upload to be ready."""
UPLOAD_LIVES = timedelta(days=1)
"""How long an uploaded image is relied on. LinkedIn prints no time; a day is what the other networks keep one for."""
