"""Publishing: everything is uploaded first, then the posts go out, each one visible request."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Token
from socialconnect.errors import PermissionDenied
from socialconnect.journal import Journal, post_id_of
from socialconnect.networks.twitter.limits import CREATE_KEY, SPEC_SOURCE
from socialconnect.networks.twitter.media import upload_media
from socialconnect.networks.twitter.options import NO_OPTIONS, TwitterOptions
from socialconnect.networks.twitter.parsing import address
from socialconnect.networks.twitter.validation import composed
from socialconnect.networks.twitter.wire import Created, create_body
from socialconnect.post import Post, PublishedPost
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["publish"]


async def publish(adapter: Adapter, post: Post, journal: Journal) -> PublishedPost:
    """
    Publish a post, and its thread: each further post answers the one before.

    All media are uploaded before the first post is visible, so that a file that Twitter refuses leaves no half thread.
    What is live already needs no media any more.
    """
    parts = {"publish": post, **{f"thread[{index}]": part for index, part in enumerate(post.thread)}}
    waiting = [step for step in parts if await journal.recorded(step) is None]
    if any(parts[step].media for step in waiting):
        await _require(adapter, "media.write", "tweet.write")
    media: list[list[str]] = []
    for step, part in parts.items():
        place = "" if part is post else f"{step}."
        media.append(await upload_media(adapter, part, journal, place) if step in waiting else [])
    head = await _create(adapter, "publish", post, media[0], journal)
    thread: list[PublishedPost] = []
    for index, part in enumerate(post.thread):
        before = thread[-1] if thread else head
        thread.append(await _create(adapter, f"thread[{index}]", part, media[index + 1], journal, reply_to=before.id))
    return head.model_copy(update={"thread": tuple(thread)}) if thread else head


async def _require(adapter: Adapter, *scopes: str) -> None:
    """
    Refuse a token that is known to lack a scope before anything is uploaded: Twitter would only say "Forbidden".

    Raises:
        PermissionDenied: It lacks one.
    """
    credential = await adapter.wire.credential()
    if not isinstance(credential, Token) or not credential.scopes:
        return
    if missing := tuple(scope for scope in scopes if scope not in credential.scopes):
        told = " and ".join(missing)
        raise PermissionDenied(
            f"The token was not given {told}, which a post with media needs; nothing was sent.",
            missing=missing,
            hint=f"Connect the account again and ask for {told}.",
            docs=SPEC_SOURCE,
        )


async def _create(
    adapter: Adapter, step: str, post: Post, media_ids: list[str], journal: Journal, *, reply_to: str | None = None
) -> PublishedPost:
    options = post.options_for(TwitterOptions) or NO_OPTIONS
    request = Request(
        "POST",
        adapter.url("api", "/2/tweets"),
        Effect.VISIBLE,
        json=create_body(composed(post), media_ids, options, poll=post.poll, reply_to=reply_to),
        limit_key=CREATE_KEY,
    )

    async def create() -> JsonValue:
        return await adapter.wire.call(request, _created)

    result = await journal.visible(step, create)
    post_id = post_id_of(result)
    text = result.get("text") if isinstance(result, dict) else None  # what a person settled is the id alone
    return PublishedPost(
        network=adapter.network,
        account=adapter.account,
        id=post_id,
        url=address(post_id),
        text=text if isinstance(text, str) else None,
        media_count=len(post.media),
        parent=reply_to or options.reply_to,
        data={"media_ids": list(media_ids)} if media_ids else {},
    )


def _created(response: Response) -> JsonValue:
    created = response.into(Created).data
    return {"id": created.id, "text": created.text}
