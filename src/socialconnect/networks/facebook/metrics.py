"""Which of Facebook's metrics fill which of our fields."""

from __future__ import annotations

from socialconnect.networks.meta.insights import Question, Wanted

__all__ = ["posts"]

# One question for each post: the public counters of reactions, comments and shares would need a second one.
_POST = (
    Wanted("post_media_view", "views"),
    Wanted("post_total_media_view_unique", "reach"),
    Wanted("post_clicks", "clicks"),
    Wanted("post_reactions_by_type_total", "likes"),
    Wanted("post_activity_by_action_type", "comments", part="comment"),
    Wanted("post_activity_by_action_type", "shares", part="share"),
)

_EMPTY = (
    "The network gave an empty list, not an error: that is how it tells that the token lacks the read_insights"
    " permission. It also keeps no numbers for pages with fewer than 100 followers."
)


def posts() -> Question:
    """Give what to ask of a page's posts."""
    return Question(_POST, level="post", when_empty=_EMPTY)
