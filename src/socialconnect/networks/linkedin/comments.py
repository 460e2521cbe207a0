"""The first comment, by the account itself, below its own post."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue
from pydantic import ValidationError as ShapeError

from socialconnect.adapter import Seen
from socialconnect.auth.tokens import Token
from socialconnect.errors import OutcomeUnknown, PermissionDenied, SocialConnectError
from socialconnect.networks.linkedin import limits, little_text, restli
from socialconnect.networks.linkedin.api import LinkedInApi
from socialconnect.networks.linkedin.restli import RestliValue
from socialconnect.networks.linkedin.scopes import scopes_for
from socialconnect.networks.linkedin.wire import CommentElement, CommentsAnswer, NewComment
from socialconnect.post import PublishedPost
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["comment", "look_for_comment", "need_scope"]

_VERSIONED = "/rest/socialActions"
_OLD = "/v2/socialActions"
"""Where a self-serve token may comment; the versioned API asks it for the programme."""

_PAGE = 100
_PAGES = 3
"""How many pages of comments are read; the last one is known by being empty."""


async def need_scope(api: LinkedInApi) -> None:
    """
    Refuse a page's token that is known to lack the scope for comments before the post is live without its comment.

    A member's token may comment with the scope that it posts with.

    Raises:
        PermissionDenied: It lacks the scope.
    """
    credential = await api.wire.credential()
    needed = scopes_for("first_comment", is_page=api.is_page)
    known = credential.scopes if isinstance(credential, Token) else frozenset[str]()
    if not api.is_page or not known or known.issuperset(needed):
        return
    told = " and ".join(needed)
    raise PermissionDenied(
        f"The token was not given {told}, which the first comment needs; nothing was sent.",
        missing=needed,
        hint=f"Connect the account again and ask for {told}, or leave the comment out.",
        docs=limits.COMMENTS_SOURCE,
    )


async def comment(api: LinkedInApi, post_id: str, text: str) -> str:
    """
    Comment on a post, and give the comment's id.

    Raises:
        OutcomeUnknown: The answer was lost, and the post's comments do not show it.
    """
    if not api.is_page and api.is_closed(f"POST {_VERSIONED}"):
        return await _create(api, _OLD, post_id, text)
    try:
        return await _create(api, _VERSIONED, post_id, little_text.write(text))
    except PermissionDenied:
        if api.is_page:
            raise
        api.close(f"POST {_VERSIONED}")
        return await _create(api, _OLD, post_id, text)


async def _create(api: LinkedInApi, path: str, post_id: str, text: str) -> str:
    body: JsonValue = NewComment.of(api.account, post_id, text).model_dump(mode="json", exclude_none=True)
    url = api.url("api", f"{path}/{restli.encode(post_id)}/comments")
    request = Request("POST", url, Effect.VISIBLE, json=body, limit_key=f"POST {path}")
    try:
        return await api.wire.call(request, _created)
    except OutcomeUnknown:
        found = await _look(api, path, post_id, text)
        if found is None:
            raise
        return found


def _created(response: Response) -> str:
    told = response.headers.get("x-restli-id")
    try:
        name = response.into(CommentElement).name
    except ShapeError:
        name = None  # the header tells enough: the comment is there
    if not (name or told):
        raise ValueError("the answer names no comment")
    return name or restli.decode_id(told or "")


async def _look(api: LinkedInApi, path: str, post_id: str, text: str) -> str | None:
    """Look whether the comment is there: the post is new, and nobody else comments as this account."""
    try:
        found = await _read(api, path, post_id, {})
    except SocialConnectError:
        return None  # nothing is known beyond what was known
    ours = [one.name for one in found if _is_ours(api, one, text)]
    return ours[0] if len(ours) == 1 else None


async def look_for_comment(api: LinkedInApi, post_id: str, text: str) -> Seen | None:
    """
    Look below a post for the account's own comment; `None` where the token may only comment in the older way.

    https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api, read on 2026-11-24.
    """
    if api.is_closed(f"POST {_VERSIONED}"):
        return None
    for page in range(_PAGES):
        found = await _read(api, _VERSIONED, post_id, {"start": page * _PAGE, "count": _PAGE})
        ours = next((one.name for one in found if one.name and _is_ours(api, one, text)), None)
        if ours is not None:
            fields = {"network": api.network, "account": api.account, "id": ours, "text": text, "parent": post_id}
            return Seen(PublishedPost.model_validate({**fields, "media_count": 0}))
        if not found:  # a page may be short and not the last
            return Seen(whole=True)
    return Seen()


async def _read(
    api: LinkedInApi, path: str, post_id: str, where: Mapping[str, RestliValue]
) -> tuple[CommentElement, ...]:
    url = api.url("api", f"{path}/{restli.encode(post_id)}/comments")
    request = restli.reading(url, where, method="GET_ALL", limit_key=f"GET {path}")
    return (await api.wire.call(request, lambda response: response.into(CommentsAnswer))).elements


def _is_ours(api: LinkedInApi, found: CommentElement, text: str) -> bool:
    shown = (text, little_text.read(text))  # whether it is read back as it was sent, or as people see it, is not told
    return found.actor == api.account and found.message.text in shown
