"""
Whether a first comment is there whose answer was lost: it is below its post, and the account's own.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments and
https://developers.facebook.com/docs/instagram-api/reference/ig-media (`comments_count`), read on 2026-11-24. That
comments are left out below media with an age limit is integrators' word, unverified: so absence says something only
where as many are shown as are counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from socialconnect.adapter import Seen
from socialconnect.networks.instagram.wire import CommentAuthor, CommentCount, CommentList
from socialconnect.networks.meta.adapter import GraphAdapter, next_page
from socialconnect.post import PublishedPost

__all__ = ["look_for_comment"]

_FIELDS = "id,text,user,from,replies{id}"
_PAGE = "50"
_PAGES = 5
"""How many pages are read: the newest come first, and the comment is one of the oldest."""


async def look_for_comment(adapter: GraphAdapter, media_id: str, text: str) -> Seen:
    """Look below a post for the account's own comment."""
    # Before the list: a comment that comes in between is then shown and not counted, which does no harm.
    counted = (await adapter.get(media_id, query={"fields": "comments_count"}, model=CommentCount)).comments_count
    following: Mapping[str, str] | None = {"fields": _FIELDS, "limit": _PAGE}
    shown, unsigned = 0, False
    for _ in range(_PAGES):
        if following is None:
            break
        asked = following
        page = await adapter.get(media_id, "comments", query=asked, model=CommentList)
        for one in page.data:
            shown += 1 + len(one.replies.data)
            if (one.text or "").split() != text.split():
                continue
            if adapter.account in (_id(one.user), _id(one.author)):
                return Seen(_read(adapter, media_id, one.id, text))
            # `user` is told of the account's own comments alone; by another id than expected it may be its own.
            unsigned = unsigned or one.user is not None or one.author is None
        following = next_page(page.paging)
        if following == asked:  # it leads to itself: where the list ends is not known
            return Seen()
    return Seen(whole=following is None and not unsigned and counted is not None and shown >= counted)


def _id(author: CommentAuthor | None) -> str | None:
    return None if author is None else author.id


def _read(adapter: GraphAdapter, media_id: str, comment_id: str, text: str) -> PublishedPost:
    return PublishedPost(
        network=adapter.network, account=adapter.account, id=comment_id, text=text, parent=media_id, media_count=0
    )
