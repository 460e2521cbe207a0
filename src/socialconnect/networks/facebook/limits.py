"""
What Facebook takes, as tables, and what is wrong with a post by them; the files themselves in `media_limits.py`.

Meta's pages as they were in November 2026, each named where a rule of its stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from socialconnect.errors import Problem
from socialconnect.media import Image, Video
from socialconnect.networks.facebook import media_limits
from socialconnect.networks.facebook.content import OPTIONS_BY_KIND, Kind, kind_of, options_told
from socialconnect.networks.facebook.media_limits import problem, warning
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.post import Post

__all__ = ["PHOTO_LIVES", "UPLOAD_LIVES", "plan_problems", "problems", "schedule_problems"]

_POSTS = "https://developers.facebook.com/docs/pages-api/posts"
_STORIES = "https://developers.facebook.com/docs/page-stories-api"
_REELS = "https://developers.facebook.com/docs/video-api/guides/reels-publishing/"
_SCHEMA = "https://pypi.org/project/facebook-business/"

MAX_MESSAGE = 63_206
"""Characters. Not in Meta's documentation; what integrators check."""

MAX_IMAGES = 10
"""How many photos in one post integrators found reliable; the hard limit is not documented."""

MAX_PRESET_TEXT = 130
"""About how many characters a coloured background takes, as integrators found."""

SOONEST = timedelta(minutes=10)
LATEST = timedelta(days=30)
"""How far ahead the page publishes by itself: https://developers.facebook.com/docs/pages-api/posts."""

RELIABLY_SOONEST = timedelta(minutes=20)
RELIABLY_LATEST = timedelta(days=29)
"""What integrators found to be taken for certain."""

LAST_MOVE = timedelta(minutes=3)
"""How long before its time a plan can no longer be moved."""

REELS_A_DAY = 30
"""Reels that software may publish on a page in 24 hours, by the guide to reels."""

PHOTO_LIVES = timedelta(hours=23)
"""How long an uploaded photo can still be attached: a temporary one is deleted after about a day."""

UPLOAD_LIVES = timedelta(hours=23)
"""How long an upload is taken to live; Meta prints no time, and keeps other uploads for a day."""

LONGEST_PART = 32 * 1024 * 1024
"""Bytes of a video that are held in memory at most, however long a part Facebook asks for."""

PART_ATTEMPTS = 5
"""How often Facebook may ask for another part than the one that it was sent."""

SESSIONS = 2
"""How many uploads are begun where the network no longer keeps the first."""

FIRST_WAIT, LONGEST_WAIT, READY_WITHIN = 2.0, 30.0, 300.0
"""Seconds between looks at a video that is processed, and how long it is waited for."""

LOOK_WAITS = (0.0, 2.0, 5.0, 10.0)
"""Seconds before each look for a video whose finish was not answered."""


def problems(post: Post) -> list[Problem]:
    """Give everything in a post that a page would refuse, and what its author should know."""
    kind = kind_of(post)
    found: list[Problem] = []
    shown = post.text.strip() or post.link or post.media or _option(post, "place")
    if post.options and not shown:  # a post without options as well is empty on every network
        found.append(problem("text", "not_empty", "a page post needs text, a link, a photo, a video or a place"))
    if len(post.text) > MAX_MESSAGE:
        message = f"the text is longer than {MAX_MESSAGE} characters"
        found.append(problem("text", "max_length", message, MAX_MESSAGE, len(post.text)))
    found += _number_problems(post, kind)
    for index, media in enumerate(post.media):
        if isinstance(media, Image):
            found += media_limits.image_problems(media, f"media[{index}]")
        elif isinstance(media, Video):
            found += media_limits.video_problems(media, f"media[{index}]", kind)
    if kind in (Kind.PHOTO_STORY, Kind.VIDEO_STORY):
        found += _story_problems(post)
    return [*found, *_link_problems(post), *_option_problems(post, kind)]


def _number_problems(post: Post, kind: Kind) -> list[Problem]:
    count = len(post.media)
    films = sum(isinstance(one, Video) for one in post.media)
    if kind is Kind.REEL and (count, films) != (1, 1):
        return [problem("media", "reel", "a reel is one video", 1, count, _REELS)]
    if kind in (Kind.PHOTO_STORY, Kind.VIDEO_STORY) and count != 1:
        return [problem("media", "story", "a story is one photo or one video", 1, count, _STORIES)]
    if films and count > 1:
        message = "Facebook attaches only photos to one post: publish a video by itself"
        return [problem("media", "max_items", message, 1, count, _POSTS)]
    if count > MAX_IMAGES:
        message = f"more than {MAX_IMAGES} photos in one post are not reliable on Facebook"
        return [warning("media", "max_items", message, MAX_IMAGES, count)]
    return []


def _story_problems(post: Post) -> list[Problem]:
    told = (
        ("text", post.text.strip(), "a story shows no text: give a variant for facebook with text=''"),
        ("link", post.link, "a story takes no link: give a variant for facebook with link=False"),
        ("first_comment", post.first_comment, "a story takes no comments: give a variant with first_comment=''"),
    )
    return [problem(field, "story", message, None, None, _STORIES) for field, given, message in told if given]


def _link_problems(post: Post) -> list[Problem]:
    if post.link is None:
        return []
    found: list[Problem] = []
    if post.media and post.link.url not in post.text:
        message = "Facebook shows no link preview beside media: the address is put on a line of its own below the text"
        found.append(warning("link", "link_with_media", message))
    if not post.media and (post.link.title or post.link.description or post.link.image):
        message = "Facebook makes the link's preview from the linked page; title, description and image are not used"
        found.append(warning("link", "link_preview", message))
    return found


def _option(post: Post, name: str) -> object:
    options = post.options_for(FacebookOptions)
    return None if options is None else getattr(options, name)


def _option_problems(post: Post, kind: Kind) -> list[Problem]:
    told = options_told(post)
    found = [
        problem(
            f"options.facebook.{name}",
            "goes_with",
            f"a {kind.value} takes no {name}",
            ", ".join(sorted(OPTIONS_BY_KIND[kind])) or "no option",
            name,
            _SCHEMA,
        )
        for name in told
        if name not in OPTIONS_BY_KIND[kind]
    ]
    place = told.get("place")
    if isinstance(place, str) and not place.isdigit():
        message = "the place is a page's id, all digits"
        found.append(problem("options.facebook.place", "page_id", message, None, place))
    if "tags" in told and "place" not in told:
        found.append(warning("options.facebook.tags", "tags_with_place", "Facebook takes tags only with a place"))
    if "text_format_preset_id" in told and len(post.text) > MAX_PRESET_TEXT:
        field, message = "options.facebook.text_format_preset_id", "a coloured background takes only a short text"
        found.append(warning(field, "max_length", message, MAX_PRESET_TEXT, len(post.text)))
    return found


def plan_problems(post: Post) -> list[Problem]:
    """Give what the page itself cannot keep for later, as a draft or plan of its own."""
    found: list[Problem] = []
    if kind_of(post) in (Kind.PHOTO_STORY, Kind.VIDEO_STORY):
        message = "Facebook keeps no story for later: keep it in an outbox, which publishes it at its time"
        found.append(problem("options.facebook.format", "native", message, None, None, _STORIES))
    if post.first_comment:
        message = "Facebook keeps no first comment for later: keep the post in an outbox, which comments at its time"
        found.append(problem("first_comment", "native", message))
    return found


def schedule_problems(at: datetime, now: datetime) -> list[Problem]:
    """Give what is wrong with a time for the page's own scheduling, and what is doubtful about it."""
    told = f"{SOONEST.seconds // 60} minutes"
    if at < now + SOONEST:
        message = f"Facebook schedules no sooner than {told} from now"
        return [problem("at", "schedule_window", message, (now + SOONEST).isoformat(), at.isoformat(), _POSTS)]
    if at > now + LATEST:
        message = f"Facebook schedules no later than {LATEST.days} days from now; give the network an outbox for more"
        return [problem("at", "schedule_window", message, (now + LATEST).isoformat(), at.isoformat(), _POSTS)]
    if at < now + RELIABLY_SOONEST:
        message = f"Facebook documents {told} and has refused times closer than {RELIABLY_SOONEST.seconds // 60}"
        limit = (now + RELIABLY_SOONEST).isoformat()
    elif at > now + RELIABLY_LATEST:
        message = f"Facebook documents {LATEST.days} days and has refused times after {RELIABLY_LATEST.days}"
        limit = (now + RELIABLY_LATEST).isoformat()
    else:
        return []
    return [warning("at", "schedule_edge", message, limit, at.isoformat())]
