"""The first comment, by the account itself, below its own post."""

from __future__ import annotations

from pydantic import JsonValue
from pydantic import ValidationError as ShapeError

from socialconnect.auth.tokens import Token
from socialconnect.errors import OutcomeUnknown, PermissionDenied, SocialConnectError
from socialconnect.networks.linkedin import limits, little_text, restli
from socialconnect.networks.linkedin.api import LinkedInApi
from socialconnect.networks.linkedin.scopes import scopes_for
from socialconnect.networks.linkedin.wire import CommentElement, CommentsAnswer, NewComment
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["comment", "need_scope"]

_VERSIONED = "/rest/socialActions"
_OLD = "/v2/socialActions"
"""Where a self-serve token may comment; the versioned API asks it for the programme."""


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
    url = api.url("api", f"{path}/{restli.encode(post_id)}/comments")
    request = restli.reading(url, {}, method="GET_ALL", limit_key=f"GET {path}")
    try:
        found = (await api.wire.call(request, lambda response: response.into(CommentsAnswer))).elements
    except SocialConnectError:
        return None  # nothing is known beyond what was known
    shown = (text, little_text.read(text))  # whether it is read back as it was sent, or as people see it, is not told
    ours = [one.name for one in found if one.actor == api.account and one.message.text in shown]
    return ours[0] if len(ours) == 1 else None
