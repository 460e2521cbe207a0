"""Reactions: `reactions`, and the likes of the older `socialActions/{urn}/likes`."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.answers import batch, page_of
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.encoding import RestliValue
from socialconnect.testing.emulators.linkedin.errors import (
    bad_key,
    missing_parameter,
    not_found,
    unknown_finder,
    wrong_parameter,
    wrong_urn,
    wrong_value,
)
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import Reaction, State, millis
from socialconnect.testing.emulators.linkedin.wire import CreateLike, CreateReaction, validated
from socialconnect.transport.request import Response

__all__ = ["Reactions", "likes_summary", "reactions_to"]

_SORTS = ("CHRONOLOGICAL", "REVERSE_CHRONOLOGICAL", "RELEVANCE")


def reactions_to(state: State, urn: str) -> list[Reaction]:
    """Give the reactions to a post or comment, oldest first."""
    found = [one for (_, root), one in state.reactions.items() if root == urn]
    return sorted(found, key=lambda one: one.created_at)


def likes_summary(state: State, urn: str, more: int, member: str) -> JsonValue:
    """Tell how many like something: who is known to, and `more` whom nobody knows."""
    known = reactions_to(state, urn)
    total = len(known) + more
    return {
        "aggregatedTotalLikes": total,
        "likedByCurrentUser": any(one.actor == member for one in known),
        "selectedLikes": [],
        "totalLikes": total,
    }


class Reactions:
    """
    What members and pages feel about posts and comments.

    Args:
        state: Where it is kept.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, call: RestliCall, caller: Caller) -> Response:
        """`POST /rest/reactions?actor=…`: 201 with the reaction; another one of the same actor takes its place."""
        actor = call.needed("actor")
        caller.may_act_as(call, actor)
        sent = call.body if isinstance(call.body, dict) else {}
        if sent.get("reactionType") == "MAYBE":  # once a type, refused now
            raise wrong_value("/reactionType", "MAYBE")
        body = validated(sent, CreateReaction)
        reaction = self._put(actor, body.root, body.reactionType, caller, "/root")
        return json_response(201, self._view(reaction), {"x-restli-id": _urn(reaction)})

    def get(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/reactions/(actor:…,entity:…)`."""
        caller.may_read_social(call)
        found = self._find(call.key)
        if found is None:
            raise not_found()
        return json_response(200, self._view(found))

    def batch_get(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/reactions?ids=List((actor:…,entity:…),…)`."""
        caller.may_read_social(call)
        caller.need_batches(call)

        def find(key: RestliValue) -> JsonValue | None:
            found = self._find(key)
            return None if found is None else self._view(found)

        return batch(self._state.settings, call.values("ids"), find)

    def find(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/reactions/(entity:…)?q=entity&sort=(value:…)`."""
        caller.may_read_social(call)
        if call.name != "entity":
            raise unknown_finder("reactions", call.name)
        if not isinstance(call.key, dict) or not isinstance(call.key.get("entity"), str):
            raise missing_parameter("entity")
        sort = (call.record("sort") or {}).get("value", _SORTS[0])
        if sort not in _SORTS:
            raise wrong_parameter("sort")
        root, _ = self._root(str(call.key["entity"]))
        if root is None:
            raise not_found()
        found = [one for one in reactions_to(self._state, root) if self._state.settled(one.created_at)]
        if sort == "REVERSE_CHRONOLOGICAL":
            found.reverse()
        return page_of(call, [self._view(one) for one in found], tells_total=True)

    def delete(self, call: RestliCall, caller: Caller) -> Response:
        """`DELETE /rest/reactions/(actor:…,entity:…)`."""
        actor, entity = _pair(call.key)
        caller.may_act_as(call, actor)
        self._take(actor, entity)
        return Response(204, {}, b"")

    def like(self, call: RestliCall, caller: Caller) -> Response:
        """`POST …/socialActions/{urn}/likes`."""
        body = validated(call.body, CreateLike)
        caller.may_act_as(call, body.actor)
        reaction = self._put(body.actor, str(call.parents[0]), "LIKE", caller, "/object")
        return json_response(201, self._like_view(reaction), {"x-restli-id": body.actor})

    def likes(self, call: RestliCall, caller: Caller) -> Response:
        """`GET …/socialActions/{urn}/likes`."""
        caller.may_read_social(call)
        root, _ = self._root(str(call.parents[0]))
        if root is None:
            raise not_found()
        return page_of(call, [self._like_view(one) for one in reactions_to(self._state, root)], tells_total=True)

    def unlike(self, call: RestliCall, caller: Caller) -> Response:
        """`DELETE …/socialActions/{urn}/likes/{actor}`."""
        actor = str(call.key)
        caller.may_act_as(call, actor)
        self._take(actor, str(call.parents[0]))
        return Response(204, {}, b"")

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _put(self, actor: str, sent: str, kind: str, caller: Caller, path: str) -> Reaction:
        root, share = self._root(sent)
        if root is None:
            raise wrong_urn(path)
        now = self._state.now
        before = self._state.reactions.get((actor, root))
        made = Reaction(actor, caller.impersonated(actor), sent, kind, before.created_at if before else now, now)
        self._state.reactions[actor, root] = made
        if before is None and share:
            self._count(root, now, 1)
        return made

    def _take(self, actor: str, entity: str) -> None:
        root, share = self._root(entity)
        if root is None or self._state.reactions.pop((actor, root), None) is None:
            raise not_found()
        if share:
            self._count(root, self._state.now, -1)

    def _count(self, root: str, moment: datetime, more: int) -> None:
        self._state.shares[root].metrics.add(moment, "likeCount", more)

    def _root(self, urn: str) -> tuple[str | None, bool]:
        """Give the first URN of a post or comment, and whether it is a post."""
        share = self._state.share(urn)
        if share is not None:
            return share.urn, True
        comment = self._state.comment(urn)
        return (comment.urn if comment is not None else None), False

    def _find(self, key: RestliValue | None) -> Reaction | None:
        actor, entity = _pair(key)
        root, _ = self._root(entity)
        found = self._state.reactions.get((actor, root)) if root is not None else None
        return found if found is not None and self._state.settled(found.created_at) else None

    def _view(self, one: Reaction) -> JsonValue:
        return {"id": _urn(one), "root": one.root, "reactionType": one.kind, **_stamps(one)}

    def _like_view(self, one: Reaction) -> JsonValue:
        urn = f"urn:li:like:({one.actor},{one.root})"
        return {"$URN": urn, "actor": one.actor, "object": one.root, **_stamps(one)}


def _stamps(one: Reaction) -> dict[str, JsonValue]:
    by: dict[str, JsonValue] = {"actor": one.actor}
    if one.impersonator is not None:
        by["impersonator"] = one.impersonator
    return {
        "created": {**by, "time": millis(one.created_at)},
        "lastModified": {**by, "time": millis(one.modified_at)},
    }


def _urn(one: Reaction) -> str:
    return f"urn:li:reaction:({one.actor},{one.root})"


def _pair(key: RestliValue | None) -> tuple[str, str]:
    """Read the key of a reaction, of its actor and what it is about; raises `Refused` for another."""
    if isinstance(key, dict) and set(key) == {"actor", "entity"}:
        return str(key["actor"]), str(key["entity"])
    raise bad_key()
