"""Which of Instagram's metrics fill which of our fields, for each kind of post."""

from __future__ import annotations

from collections.abc import Mapping

from socialconnect.networks.meta.insights import Question, Wanted

__all__ = ["BY_KIND", "EVERY_KIND_BUT_STORIES", "question"]

_ALL = (
    Wanted("views", "views"),
    Wanted("reach", "reach"),
    Wanted("shares", "shares"),
    Wanted("total_interactions", "engagements"),
)
_FEED_AND_REELS = (*_ALL, Wanted("likes", "likes"), Wanted("comments", "comments"), Wanted("saved", "saves"))

EVERY_KIND_BUT_STORIES = "FEED"
"""The kind to ask for first: what it asks holds for reels too, and saves asking each post for its kind."""

BY_KIND: Mapping[str, tuple[str, tuple[Wanted, ...]]] = {
    "FEED": ("media_feed", _FEED_AND_REELS),
    "REELS": ("media_reels", _FEED_AND_REELS),
    "STORY": ("media_story", (*_ALL, Wanted("replies", "comments"))),
}
"""For each kind of post, the catalogue's level and what to ask."""

_EMPTY = (
    "The network gave nothing. It does so up to 48 hours after a post, for media inside a carousel, and for stories"
    " older than a day."
)


def question(kind: str) -> Question:
    """Give what to ask of posts of a kind; of one not known, what every kind takes."""
    level, wanted = BY_KIND.get(kind, ("media_feed", _ALL))
    return Question(wanted, level=level, when_empty=_EMPTY)
