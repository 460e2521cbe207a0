"""Plans and drafts that the page keeps: read before they are changed, since the same id is the live post's later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from socialconnect.errors import NotFound, ValidationError
from socialconnect.networks.facebook import limits
from socialconnect.networks.facebook.media_limits import problem
from socialconnect.networks.facebook.wire import PagePost, ScheduledFeed, VideoNode
from socialconnect.networks.meta.adapter import GraphAdapter, next_page
from socialconnect.post import ScheduledPost

__all__ = ["is_post", "listed", "move", "plan", "unreleased"]

_FIELDS = "id,message,scheduled_publish_time,created_time"
_PAGE_SIZE = 100


def is_post(node: str) -> bool:
    """Whether an id is a post's, which begins with its page's; else it is a video's or a story's own."""
    return "_" in node


async def unreleased(adapter: GraphAdapter, node: str) -> PagePost | VideoNode:
    """
    Read a draft or plan before it is changed or taken away: once it is live, the same id is the post's.

    Raises:
        NotFound: It is live.
    """
    if is_post(node):
        fields = {"fields": "id,message,is_published,scheduled_publish_time,attachments{media_type,url}"}
        post = await adapter.get(node, query=fields, model=PagePost)
        found: PagePost | VideoNode = post
        live = bool(post.is_published)
    else:
        video = await adapter.get(node, query={"fields": "status,published"}, model=VideoNode)
        phase = video.status.publishing_phase
        out = phase.status == "complete" and phase.publish_status in (None, "published")
        found = video
        live = bool(video.published) or (video.published is None and out)
    if live:
        raise NotFound(
            f"{node} is published already; it was left as it is.", hint="To take a live post back, use delete()."
        )
    return found


async def move(adapter: GraphAdapter, node: str, at: datetime) -> None:
    """
    Give a plan another time.

    Raises:
        ValidationError: It is too late to move it.
        NotFound: It is live.
        UnsupportedFeature: It is a reel's plan.
    """
    if not is_post(node):
        raise adapter.unsupported("moving of a reel's plan", "cancel it, and schedule the reel anew")
    found = await unreleased(adapter, node)
    due = found.scheduled_publish_time if isinstance(found, PagePost) else None
    now = adapter.wire.clock.now()
    if due is not None and datetime.fromtimestamp(due, UTC) - now < limits.LAST_MOVE:
        message = "Facebook moves no plan in the last 3 minutes before its time"
        last = (datetime.fromtimestamp(due, UTC) - limits.LAST_MOVE).isoformat()
        raise ValidationError([problem("at", "last_move", message, last, now.isoformat())])
    await adapter.change(node, {"scheduled_publish_time": int(at.timestamp())})


async def listed(adapter: GraphAdapter) -> list[ScheduledPost]:
    """Give what the page will publish, soonest first."""
    found: list[ScheduledPost] = []
    following: Mapping[str, str] | None = {"fields": _FIELDS, "limit": str(_PAGE_SIZE)}
    while following is not None:
        asked = following
        page = await adapter.get(adapter.account, "scheduled_posts", query=asked, model=ScheduledFeed)
        found += [plan(adapter, one.id, one.scheduled_publish_time, one.message) for one in page.data]
        following = next_page(page.paging)
        following = None if following == asked else following
    return sorted(found, key=lambda one: one.at or datetime.max.replace(tzinfo=UTC))


def plan(adapter: GraphAdapter, plan_id: str, at: int, text: str | None) -> ScheduledPost:
    """Give a plan of the page's own."""
    moment = datetime.fromtimestamp(at, UTC)
    return ScheduledPost(network=adapter.network, account=adapter.account, id=plan_id, at=moment, text=text)
