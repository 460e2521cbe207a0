"""Reading posts, and looking for one whose answer was lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

from socialconnect.networks.linkedin import limits, little_text, restli
from socialconnect.networks.linkedin.api import LinkedInApi
from socialconnect.networks.linkedin.restli import RestliValue
from socialconnect.networks.linkedin.wire import PostElement, PostsAnswer
from socialconnect.post import PublishedPost
from socialconnect.transport.request import Response

__all__ = ["carried_by", "find_by_media", "published", "read_posts"]

_NOT_LIVE = ("DRAFT", "PUBLISH_FAILED")


async def read_posts(api: LinkedInApi, since: datetime | None, limit: int) -> list[PublishedPost]:
    """Give the account's posts, newest first, no older than `since`."""
    found: list[PublishedPost] = []
    start, count = 0, max(1, min(limit, limits.PAGE))
    while len(found) < limit:
        page = [_read(api, one) for one in await _page(api, start, count)]
        recent = [one for one in page if one is None or since is None or not _older(one, since)]
        found += [one for one in recent if one is not None]
        start += count
        if len(page) < count or not recent:
            break
    # The order of pages is LinkedIn's word alone; within what was read it is made sure of.
    found.sort(key=_age, reverse=True)
    return found[:limit]


async def find_by_media(api: LinkedInApi, urns: Sequence[str]) -> str | None:
    """
    Give the id of the account's live post that carries one of these files, or `None` if none of the newest does.

    A file that was uploaded for one post is in no other: where it is found, the post is certain.
    """
    for element in await _page(api, 0, limits.LOOK):
        post = PostElement.model_validate(element)
        if post.lifecycleState not in _NOT_LIVE and not post.content.urns.isdisjoint(urns):
            return restli.decode_id(post.id)
    return None


def carried_by(post: PublishedPost) -> frozenset[str]:
    """Name what a post that was read carries besides its text, as `content.carried` does."""
    content = post.data.get("content")
    if not isinstance(content, dict):
        return frozenset()
    media = content.get("media")
    urn = media.get("id") if isinstance(media, dict) else None
    kinds = {
        "multiImage": "image",
        "media": urn.split(":")[2] if isinstance(urn, str) and urn.count(":") > 2 else "media",
    }
    return frozenset(kinds.get(name, name) for name in content)


def published(api: LinkedInApi, post_id: str, **known: object) -> PublishedPost:
    """Give a post by its id and what is known of it."""
    url = f"https://www.linkedin.com/feed/update/{post_id}/"
    fields = {"network": api.network, "account": api.account, "id": post_id, "url": url}
    return PublishedPost.model_validate({**fields, **known})


async def _page(api: LinkedInApi, start: int, count: int) -> tuple[dict[str, JsonValue], ...]:
    query: dict[str, RestliValue] = {"q": "author", "author": api.account}
    query |= {"start": start, "count": count, "sortBy": "CREATED"}
    return await api.find("/rest/posts", query, _elements)


def _elements(response: Response) -> tuple[dict[str, JsonValue], ...]:
    elements = response.into(PostsAnswer).elements
    for one in elements:
        PostElement.model_validate(one)  # here, where a shape that is not understood becomes our own error
    return elements


def _read(api: LinkedInApi, element: dict[str, JsonValue]) -> PublishedPost | None:
    """Read a post; `None` for one that people cannot see."""
    post = PostElement.model_validate(element)
    if post.lifecycleState in _NOT_LIVE:
        return None
    at = post.publishedAt or post.createdAt
    return published(
        api,
        restli.decode_id(post.id),
        text=None if post.commentary is None else little_text.read(post.commentary),
        created_at=None if at is None else datetime.fromtimestamp(at / 1000, UTC),
        media_count=post.content.media_count,
        parent=post.reshareContext.parent if post.reshareContext else None,
        data=element,
    )


def _age(post: PublishedPost) -> tuple[datetime, str]:
    # Ids of shares and ugcPosts count up together, so their numbers order what appeared at one moment.
    return post.created_at or datetime.max.replace(tzinfo=UTC), post.id.rpartition(":")[2].zfill(20)


def _older(post: PublishedPost, since: datetime) -> bool:
    return post.created_at is not None and post.created_at < since
