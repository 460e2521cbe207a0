"""
Whether a first comment is there whose answer was lost: it is below its post, and the page's own.

https://developers.facebook.com/docs/graph-api/reference/object/comments, read on 2026-11-24: without `filter` or
`order` some comments are left out, with them all are given that the token may see.
"""

from __future__ import annotations

from collections.abc import Mapping

from socialconnect.adapter import Seen
from socialconnect.networks.facebook.wire import CommentList
from socialconnect.networks.meta.adapter import GraphAdapter, next_page
from socialconnect.post import PublishedPost

__all__ = ["look_for_comment"]

_FIELDS = "id,message,created_time,from{id}"
_PAGE = "100"
_PAGES = 5
"""How many pages are read. The comment is among the first below its post; to say that it is missing, all are read."""


async def look_for_comment(adapter: GraphAdapter, post_id: str, text: str) -> Seen:
    """Look below a post for the page's own comment, oldest first."""
    following: Mapping[str, str] | None
    following = {"fields": _FIELDS, "filter": "stream", "order": "chronological", "limit": _PAGE}
    unsigned = False
    for _ in range(_PAGES):
        if following is None:
            break
        asked = following
        page = await adapter.get(post_id, "comments", query=asked, model=CommentList)
        for one in page.data:
            if (one.message or "").split() != text.split():
                continue
            if one.author is not None and one.author.id == adapter.account:
                return Seen(_read(adapter, post_id, one.id, text))
            # Whose it is Facebook tells only to who may know; then it may be the page's.
            unsigned = unsigned or one.author is None
        following = next_page(page.paging)
        if following == asked:  # it leads to itself: where the list ends is not known
            return Seen()
    return Seen(whole=following is None and not unsigned)


def _read(adapter: GraphAdapter, post_id: str, comment_id: str, text: str) -> PublishedPost:
    return PublishedPost(
        network=adapter.network, account=adapter.account, id=comment_id, text=text, parent=post_id, media_count=0
    )
