"""
What Instagram takes, as tables, and what is wrong with a post by them.

From the page `_MEDIA` as it was in November 2026, unless another source stands with a rule.
"""

from __future__ import annotations

import re
from datetime import timedelta

from socialconnect.errors import Problem
from socialconnect.media import Image
from socialconnect.networks.instagram.options import InstagramOptions
from socialconnect.post import Post

__all__ = ["CONTAINERS", "CONTAINER_LIVES", "FIRST_WAIT", "LONGEST_WAIT", "PUBLISH_WAITS", "READY_WITHIN", "problems"]

_MEDIA = "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media"

MAX_CAPTION = 2_200
"""Characters of a caption."""
MAX_HASHTAGS = 30
"""Hashtags in a caption. One vendor reports that five are enforced by now; the page does not say so."""
MAX_MENTIONS = 20
"""Accounts mentioned in a caption. The same vendor reports three."""
MAX_ITEMS = 10
"""Media of a carousel."""
MAX_COLLABORATORS = 3
"""Accounts that a post may be shared with as its authors."""
MAX_ALT = 1_000
"""Characters; read in two public notes on Instagram's page, not in the page itself."""

CONTAINERS = 400
"""Containers that an account may make in 24 hours; by inference each item of a carousel counts, and the carousel."""

CONTAINER_LIVES = timedelta(hours=23)
"""A container dies after 24 hours; an hour less, so that one found alive can still be published."""

FIRST_WAIT, LONGEST_WAIT = 5.0, 60.0
"""Seconds between two looks at a container: integrators' practice, and the documentation's advice."""
PUBLISH_WAITS = (5.0, 10.0)
"""Seconds to wait when Instagram says of a finished container that it is not ready; short, since a lease may run."""
READY_WITHIN = 300.0
"""Seconds to wait for a container: https://developers.facebook.com/docs/instagram-platform/content-publishing."""

# Letters, digits and underscores of any script; what Instagram itself counts is not documented further.
_HASHTAG = re.compile(r"(?<![\w&])#\w+")
_MENTION = re.compile(r"(?<![\w@.])@\w[\w.]*")


def problems(post: Post) -> list[Problem]:
    """Give everything in a post that Instagram would refuse."""
    found = _caption_problems(post.text)
    if not post.media:
        found.append(_problem("media", "required", "an Instagram post needs an image"))
    if len(post.media) > MAX_ITEMS:
        message = f"a carousel holds at most {MAX_ITEMS} media"
        found.append(_problem("media", "max_items", message, MAX_ITEMS, len(post.media)))
    for index, media in enumerate(post.media):
        field = f"media[{index}]"
        if not isinstance(media, Image):
            found.append(_problem(field, "supported", "videos on Instagram are not yet supported by this version"))
        elif media.alt and len(media.alt) > MAX_ALT:
            message = f"the description is longer than {MAX_ALT} characters"
            found.append(_problem(f"{field}.alt", "max_length", message, MAX_ALT, len(media.alt)))
    if post.link is not None and post.link.url not in post.text:
        message = (
            "Instagram has no link posts: put the address into the text of a variant for instagram, and take the link"
            " away there with link=False"
        )
        found.append(_problem("link", "supported", message))
    return [*found, *_option_problems(post)]


def _caption_problems(text: str) -> list[Problem]:
    counted = (
        ("max_length", "the caption is longer than {} characters", MAX_CAPTION, len(text)),
        ("max_hashtags", "the caption has more than {} hashtags", MAX_HASHTAGS, len(_HASHTAG.findall(text))),
        ("max_mentions", "the caption has more than {} mentions", MAX_MENTIONS, len(_MENTION.findall(text))),
    )
    return [
        _problem("text", rule, message.format(limit), limit, actual)
        for rule, message, limit, actual in counted
        if actual > limit
    ]


def _option_problems(post: Post) -> list[Problem]:
    options = post.options_for(InstagramOptions)
    if options is None or len(options.collaborators) <= MAX_COLLABORATORS:
        return []
    message = f"at most {MAX_COLLABORATORS} collaborators"
    field = "options.instagram.collaborators"
    return [_problem(field, "max_items", message, MAX_COLLABORATORS, len(options.collaborators))]


def _problem(field: str, rule: str, message: str, limit: int | None = None, actual: int | None = None) -> Problem:
    return Problem(
        field=field, rule=rule, message=message, limit=limit, actual=actual, network="instagram", source=_MEDIA
    )
