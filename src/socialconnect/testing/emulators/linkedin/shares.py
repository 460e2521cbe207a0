"""Posts: `/rest/posts`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.content import check_commentary, check_content
from socialconnect.testing.emulators.linkedin.errors import (
    access_denied,
    bad_syntax,
    classic,
    duplicate_of,
    invalid_field,
    no_programme,
    not_found,
    schema_faults,
)
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import Share, State, millis
from socialconnect.testing.emulators.linkedin.wire import CreateShare, PatchBody, validated
from socialconnect.transport.request import Response

__all__ = ["Shares"]

_UPDATABLE = frozenset(
    {
        "commentary",
        "lifecycleState",
        "contentLandingPage",
        "contentCallToActionLabel",
        "adContext",
        "reshareContext",
    }
)
_MANDATORY = frozenset({"author", "commentary", "visibility", "distribution", "lifecycleState"})


class Shares:
    """
    The posts resource.

    Args:
        state: Where posts are.
        count_post: Counts a post against the member's day; refuses one too many.
    """

    def __init__(self, state: State, count_post: Callable[[Caller], None]) -> None:
        self._state = state
        self._count_post = count_post

    def create(self, call: RestliCall, caller: Caller) -> Response:
        """`POST /rest/posts`: 201 with the id in a header and no body."""
        sent = call.body if isinstance(call.body, dict) else {}
        if isinstance(sent.get("author"), str):
            caller.may_write_as(call, str(sent["author"]))
        body = validated(sent, CreateShare)
        share = self._made(body, sent)
        self._check_duplicate(share)
        self._count_post(caller)
        self._state.shares[share.urn] = share
        headers = {"x-restli-id": share.urn, "location": f"/posts/{share.urn.replace(':', '%3A')}"}
        return Response(201, headers if self._state.settings.tells_id else {}, b"")

    def get(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/posts/{urn}`."""
        share = self._known(call, caller)
        if share is None or not self._readable(share, call):
            raise not_found()
        return json_response(200, self._view(share))

    def batch_get(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/posts?ids=List(…)`: not in the development tier."""
        caller.need_programme(call)
        if self._state.settings.tier == "development":
            raise no_programme(call.resource, call.method, caller.version)
        results: dict[str, JsonValue] = {}
        errors: dict[str, JsonValue] = {}
        for urn in call.texts("ids"):
            share = self._state.shares.get(urn)
            if share is not None:
                caller.may_read_of(call, share.author)
            if share is not None and self._readable(share, call):
                results[urn] = self._view(share)
            else:
                errors[urn] = {"status": 404, "message": "Could not find entity"}
        statuses: dict[str, JsonValue] = dict.fromkeys(errors, 404)
        return json_response(200, {"results": results, "statuses": statuses, "errors": errors})

    def find(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/posts?q=author`."""
        author = call.text("author")
        if call.name != "author":
            raise bad_syntax(f"Finder {call.name} is not defined for resource posts")
        if author is None:
            raise bad_syntax("Query parameter author is required")
        caller.may_read_of(call, author)
        start, size = _number(call, "start", 0), _number(call, "count", 10)
        if size > 100:
            raise bad_syntax("Query parameter count must be at most 100")
        found = [one for one in self._state.shares.values() if one.author == author and self._readable(one, call)]
        by = call.text("sortBy") or "LAST_MODIFIED"
        if by not in ("LAST_MODIFIED", "CREATED"):
            raise bad_syntax(f"Query parameter sortBy has the invalid value {by}")
        newest = sorted(
            found, key=lambda one: (one.modified_at if by == "LAST_MODIFIED" else one.created_at, one.urn), reverse=True
        )
        elements: list[JsonValue] = [self._view(one) for one in newest[start : start + size]]
        paging: JsonValue = {"start": start, "count": size, "links": []}
        return json_response(200, {"paging": paging, "elements": elements})

    def update(self, call: RestliCall, caller: Caller) -> Response:
        """`POST /rest/posts/{urn}` with a patch."""
        share = self._owned(call, caller)
        if share is None:
            raise not_found()
        patch = validated(call.body, PatchBody).patch
        faults = [f"/{name} :: field may not be updated" for name in sorted(set(patch.set) - _UPDATABLE)]
        faults += [f"/{name} :: field may not be deleted" for name in sorted(_MANDATORY & set(patch.delete))]
        if faults:
            raise schema_faults(*faults)
        if "commentary" in patch.set:
            commentary = patch.set["commentary"]
            if not isinstance(commentary, str):
                raise schema_faults(f"/commentary :: {commentary} cannot be coerced to String")
            little = check_commentary(commentary, self._state)
            share.commentary, share.text = little.stored, little.text
        if patch.set.get("lifecycleState") == "PUBLISHED" and share.state != "PUBLISHED":
            share.state, share.published_at = "PUBLISHED", self._state.now
        for name, value in patch.set.items():
            share.fields[name] = value
        for name in patch.delete:
            share.fields.pop(name, None)
        share.edited, share.modified_at = True, self._state.now
        return Response(204, {}, b"")

    def delete(self, call: RestliCall, caller: Caller) -> Response:
        """`DELETE /rest/posts/{urn}`: 204 also when it is gone already."""
        share = self._owned(call, caller)
        if share is not None:
            share.deleted = True
        return Response(204, {}, b"")

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _made(self, body: CreateShare, sent: dict[str, JsonValue]) -> Share:
        self._check_state(body)
        little = check_commentary(body.commentary, self._state)
        assets, link = check_content(body.content, body.author, self._state) if body.content else ([], None)
        if not little.text and body.content is None and body.reshareContext is None:
            raise classic(422, "/commentary must not be empty", code="UNPROCESSABLE_ENTITY")
        parent = self._parent(body)
        now = self._state.now
        several = body.content is not None and body.content.multiImage is not None
        video = any(one.startswith("urn:li:video:") for one in assets)
        return Share(
            urn=f"urn:li:{'ugcPost' if several or video else 'share'}:{self._state.new_number()}",
            author=body.author,
            commentary=little.stored,
            text=little.text,
            fields=dict(sent),
            state=body.lifecycleState,
            created_at=now,
            published_at=now if body.lifecycleState == "PUBLISHED" else None,
            modified_at=now,
            assets=assets,
            link=link,
            parent=parent,
        )

    def _check_state(self, body: CreateShare) -> None:
        draft = body.lifecycleState == "DRAFT" and self._state.settings.accept_drafts
        if body.lifecycleState != "PUBLISHED" and not draft:
            told = f"/lifecycleState has the invalid value {body.lifecycleState}"
            raise invalid_field("INVALID_VALUE_FOR_FIELD", "/lifecycleState", told)
        if body.author.startswith("urn:li:organization:") and body.visibility == "CONNECTIONS":
            told = "/visibility has the invalid value CONNECTIONS"
            raise invalid_field("INVALID_VALUE_FOR_FIELD", "/visibility", told)

    def _parent(self, body: CreateShare) -> str | None:
        if body.reshareContext is None:
            return None
        if body.content is not None:
            told = "/content and /reshareContext cannot be given together"
            raise invalid_field("MULTIPLE_VALIDATIONS_FAILED", "/content", told)
        parent = self._state.shares.get(body.reshareContext.parent)
        known = parent is not None and not parent.deleted
        if not known and not self._state.settings.unknown_parents:
            raise invalid_field("INVALID_URN_ID", "/reshareContext/parent", "/reshareContext/parent does not exist")
        if parent is not None and parent.fields.get("isReshareDisabledByAuthor"):
            raise access_denied("Resharing is disabled by the author of the parent")
        return body.reshareContext.parent

    def _check_duplicate(self, share: Share) -> None:
        since = share.created_at - timedelta(seconds=self._state.settings.duplicate_window)
        for one in self._state.shares.values():
            if one.created_at > since and _key(one) == _key(share):
                raise duplicate_of(one.urn)

    def _known(self, call: RestliCall, caller: Caller) -> Share | None:
        share = self._state.shares.get(str(call.key))
        caller.need_programme(call)
        if share is not None:
            caller.may_read_of(call, share.author)
        return share

    def _owned(self, call: RestliCall, caller: Caller) -> Share | None:
        share = self._state.shares.get(str(call.key))
        if share is not None:
            caller.may_write_as(call, share.author)
        return None if share is None or share.deleted else share

    def _readable(self, share: Share, call: RestliCall) -> bool:
        context = call.text("viewContext") or "READER"
        if context not in ("READER", "AUTHOR"):
            raise bad_syntax(f"Query parameter viewContext has the invalid value {context}")
        settled = share.created_at + timedelta(seconds=self._state.settings.read_lag) <= self._state.now
        seen = context == "AUTHOR" or self._state.lifecycle(share) == "PUBLISHED"
        return not share.deleted and settled and seen

    def _view(self, share: Share) -> dict[str, JsonValue]:
        view: dict[str, JsonValue] = {"id": share.urn, **share.fields}
        view["commentary"] = share.commentary
        view["lifecycleState"] = self._state.lifecycle(share)
        view.setdefault("isReshareDisabledByAuthor", False)
        if share.edited:
            view["lifecycleStateInfo"] = {"isEditedByAuthor": True}
        view["createdAt"] = millis(share.created_at)
        if share.published_at is not None:
            view["publishedAt"] = millis(share.published_at)
        view["lastModifiedAt"] = millis(share.modified_at)
        return view


def _key(share: Share) -> tuple[str, str, str]:
    """What makes another post a duplicate."""
    content = cast("dict[str, JsonValue]", share.fields.get("content") or {})
    carried = share.assets or [share.link or "", str(content.get("poll", "")), str(content.get("reference", ""))]
    return share.author, share.commentary, "|".join([*carried, share.parent or ""])


def _number(call: RestliCall, name: str, default: int) -> int:
    text = call.text(name)
    if text is None:
        return default
    if not text.isdecimal():
        raise bad_syntax(f"Query parameter {name} has the invalid value {text}")
    return int(text)
