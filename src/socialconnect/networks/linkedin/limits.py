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
BATCH = 50
"""Things in one batch of reading. LinkedIn prints no limit; this many keep the address short."""
LOOK = 10
"""Posts that are looked through for one whose answer was lost."""
METRICS_BATCH = 50
"""Posts in one request for statistics. LinkedIn prints no limit; this many keep the address short."""

IMAGE_BYTES = 5_000_000
"""Bytes of an image beyond which clients were refused; LinkedIn's API pages print no limit: only a warning."""
GIF_FRAMES = 250
"""Pictures in a moving GIF."""

VIDEOS_SOURCE = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/videos-api"
VIDEO_TYPE = "video/mp4"
VIDEO_SECONDS = (3, 30 * 60)
VIDEO_LEAST_BYTES = 75 * 1024
VIDEO_BYTES = 500_000_000
"""What the page recommends at most; the schema takes `VIDEO_MOST_BYTES`: what lies between is a warning."""
VIDEO_MOST_BYTES = 5_000_000_000
SUBTITLES = 1
"""Files of subtitles with a video, in SRT."""

DOCUMENTS_SOURCE = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/documents-api"
DOCUMENT_BYTES = 100_000_000
DOCUMENT_PAGES = 300

POLL_SOURCE = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/poll-post-api"
POLL_OPTIONS = (2, 4)
POLL_OPTION = 30
"""Characters of one answer. Secondary: read in notes that quote LinkedIn's page."""
POLL_QUESTION = 140
"""Characters of the question. Unverified."""
POLL_LASTS = {1: "ONE_DAY", 3: "THREE_DAYS", 7: "SEVEN_DAYS", 14: "FOURTEEN_DAYS"}
"""The days that a poll may be open, with LinkedIn's names for them."""

COMMENT = 1250
"""Characters of a comment. Unverified, LinkedIn prints none: only a warning."""
COMMENTS_SOURCE = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api"

WAITS = {
    "image": (1.0, 2.0, 4.0, 8.0, 15.0, 30.0),
    "document": (1.0, 2.0, 4.0, 8.0, 15.0, 30.0),
    "video": (2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0, 30.0, 30.0),
}
"""Seconds between looks at a file that is being processed. After the last one the caller is told to come back."""
COME_BACK = 120.0
"""Seconds after which LinkedIn's users found a slow upload to be ready."""
UPLOAD_LIVES = timedelta(days=1)
"""How long an uploaded file is relied on. LinkedIn prints no time; a day is what the other networks keep one for."""
VIDEO_SESSION_LIVES = timedelta(days=25)
"""How long a video's upload may go on: its addresses live about thirty days."""

TOKEN_LIVES = timedelta(days=60)
"""A new token's life: https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow."""
TOKEN_IS_FRESH = timedelta(seconds=60)
FRESH_TOKEN_WAIT = 5.0
"""Seconds after which a token that was refused when it was new was taken."""

UNCOUNTED = "PUT upload"
"""Uploads of bytes, which count against no allowance that is known."""
THROTTLED = 429
"""The status of an answer to too many requests."""
