"""Posts: `/rest/posts`."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.answers import batch, page_of
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.content import Faults, check_commentary
from socialconnect.testing.emulators.linkedin.encoding import RestliValue, reduced
from socialconnect.testing.emulators.linkedin.errors import (
    not_found,
    schema_faults,
    unknown_finder,
    unpermitted,
    wrong_parameter,
)
from socialconnect.testing.emulators.linkedin.new_shares import LABELS, NewShares
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import Share, State, millis
from socialconnect.testing.emulators.linkedin.wire import CreateShare, InnerPatch, PatchBody, validated
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
_READ_ONLY = frozenset({"id", "createdAt", "lastModifiedAt", "publishedAt", "lifecycleStateInfo"})
_MANDATORY = frozenset({"author", "commentary", "visibility", "distribution", "lifecycleState"})
_SORTS = ("LAST_MODIFIED", "CREATED")
_CONTEXTS = ("READER", "AUTHOR")


class Shares:
    """
    The posts resource.

    Args:
        state: Where posts are.
        new: Makes them.
    """

    def __init__(self, state: State, new: NewShares) -> None:
        self._state = state
        self._new = new

    def create(self, call: RestliCall, caller: Caller) -> Response:
        """`POST /rest/posts`: 201 with the id in a header and no body."""
        share = self._new.made(call, caller)
        escaped = reduced(share.urn)
        shown = escaped if self._state.settings.reduces_keys else share.urn
        headers = {"x-restli-id": shown, "location": f"/posts/{escaped}"}
        return Response(201, headers if self._state.settings.tells_id else {}, b"")

    def get(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/posts/{urn}`."""
        context = _one_of(call, "viewContext", _CONTEXTS)
        caller.need_programme(call)
        share = self._state.any_share(str(call.key))
        if share is not None:
            caller.may_read_of(call, share.author)
        if share is None or not self._readable(share, context):
            raise not_found()
        return json_response(200, self._view(share, context))

    def batch_get(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/posts?ids=List(…)`: not in the development tier."""
        context = _one_of(call, "viewContext", _CONTEXTS)
        caller.need_batches(call)

        def find(key: RestliValue) -> JsonValue | None:
            share = self._state.any_share(str(key))
            if share is not None:
                caller.may_read_of(call, share.author)
            return self._view(share, context) if share is not None and self._readable(share, context) else None

        return batch(self._state.settings, list(call.texts("ids")), find)

    def find(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/posts?q=author`."""
        if call.name != "author":
            raise unknown_finder("posts", call.name)
        author, by = call.needed("author"), _one_of(call, "sortBy", _SORTS)
        context = _one_of(call, "viewContext", _CONTEXTS)
        caller.may_read_of(call, author)
        mine = [one for one in self._state.shares.values() if one.author == author and self._readable(one, context)]
        ads = call.text("isDsc") == "true"
        mine = [one for one in mine if not ads or "adContext" in one.fields]
        moments = {one.urn: one.modified_at if by == "LAST_MODIFIED" else one.created_at for one in mine}
        newest = sorted(mine, key=lambda one: (moments[one.urn], one.urn), reverse=True)
        return page_of(call, [self._view(one, context) for one in newest])

    def update(self, call: RestliCall, caller: Caller) -> Response:
        """`POST /rest/posts/{urn}` with a patch."""
        share = self._owned(call, caller)
        if share is None:
            raise not_found()
        patch = validated(call.body, PatchBody).patch
        _check_names(set(patch.set), set(patch.delete))
        _check_values(patch.set)
        sponsored = patch.adContext is not None or "adContext" in patch.set
        if sponsored and "rw_ads" not in caller.token.scopes:
            raise unpermitted("/adContext")
        before = self._current(share, "READER")
        commentary = patch.set.get("commentary")
        if isinstance(commentary, str):
            little = check_commentary(commentary, self._state)
            share.commentary, share.text = little.stored, little.text
        if patch.set.get("lifecycleState") == "PUBLISHED" and share.state != "PUBLISHED":
            share.state, share.published_at = "PUBLISHED", self._state.now
        share.before = before
        _apply(share.fields, patch)
        if patch.adContext is not None:
            context = share.fields.get("adContext")
            changed: dict[str, JsonValue] = dict(context) if isinstance(context, dict) else {}
            _apply(changed, patch.adContext)
            share.fields["adContext"] = changed
        share.edited, share.modified_at = True, self._state.now
        return Response(204, {}, b"")

    def delete(self, call: RestliCall, caller: Caller) -> Response:
        """`DELETE /rest/posts/{urn}`: 204 also when it is gone already."""
        share = self._owned(call, caller)
        if share is not None:
            share.deleted_at = self._state.now
        return Response(204, {}, b"")

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _owned(self, call: RestliCall, caller: Caller) -> Share | None:
        share = self._state.share(str(call.key))
        if share is not None:
            caller.may_write_as(call, share.author)
        return share

    def _readable(self, share: Share, context: str) -> bool:
        """Whether a reader, or with `AUTHOR` its author, may see a post by now."""
        seen = context == "AUTHOR" or self._state.lifecycle(share) == "PUBLISHED"
        gone = share.deleted_at is not None and self._state.settled(share.deleted_at)
        return seen and not gone and self._state.settled(share.created_at)

    def _view(self, share: Share, context: str) -> dict[str, JsonValue]:
        behind = share.before is not None and not self._state.settled(share.modified_at)
        return dict(share.before) if behind and share.before is not None else self._current(share, context)

    def _current(self, share: Share, context: str) -> dict[str, JsonValue]:
        lifecycle = self._state.lifecycle(share)
        view: dict[str, JsonValue] = {"id": share.urn, **share.fields}
        view |= {"commentary": share.commentary, "lifecycleState": lifecycle}
        view.setdefault("isReshareDisabledByAuthor", False)
        if share.parent is not None:
            view["reshareContext"] = {"parent": share.parent, "root": share.root or share.parent}
        info: dict[str, JsonValue] = {"isEditedByAuthor": True} if share.edited else {}
        work = {"PUBLISH_REQUESTED": "PROCESSING", "PUBLISH_FAILED": "FAILED"}.get(lifecycle)
        if work is not None and context == "AUTHOR":
            info["contentStatus"] = work
        if info:
            view["lifecycleStateInfo"] = info
        view["createdAt"] = millis(share.created_at)
        if share.published_at is not None:
            view["publishedAt"] = millis(share.published_at)
        view["lastModifiedAt"] = millis(share.modified_at)
        return view


def _one_of(call: RestliCall, name: str, values: tuple[str, ...]) -> str:
    """Read a parameter that has one of some values, the first if it is not given; raises `Refused` for another."""
    value = call.text(name) or values[0]
    if value not in values:
        raise wrong_parameter(name)
    return value


def _check_names(changed: set[str], removed: set[str]) -> None:
    faults = [f"/{name} :: {_why_not(name)}" for name in sorted((changed | removed) - _UPDATABLE)]
    faults += [f"/{name} :: cannot delete a required field" for name in sorted(_MANDATORY & removed)]
    if faults:
        raise schema_faults(*faults)


def _why_not(name: str) -> str:
    if name in _READ_ONLY:
        return "ReadOnly field present in a partial_update request"
    if name in CreateShare.model_fields:
        return "CreateOnly field present in a partial_update request"
    return "unrecognized field found but not allowed"


def _apply(fields: dict[str, JsonValue], patch: InnerPatch) -> None:
    fields |= patch.set
    for name in patch.delete:
        fields.pop(name, None)


def _check_values(changed: dict[str, JsonValue]) -> None:
    for name in ("commentary", "lifecycleState", "contentLandingPage", "contentCallToActionLabel"):
        if name in changed and not isinstance(changed[name], str):
            raise schema_faults(f"/{name} :: {changed[name]} cannot be coerced to String")
    faults = Faults()
    if changed.get("lifecycleState", "PUBLISHED") != "PUBLISHED":
        told = f"/lifecycleState cannot be set to {changed['lifecycleState']}"
        faults.add("INVALID_VALUE_FOR_FIELD", "/lifecycleState", told)
    if "contentLandingPage" in changed:
        faults.check_url("/contentLandingPage", str(changed["contentLandingPage"]))
    label = changed.get("contentCallToActionLabel", LABELS[0])
    if label not in LABELS:
        faults.add("INVALID_CALL_TO_ACTION", "/contentCallToActionLabel", f"{label} is no call to action")
    faults.settle()
