"""New posts: the checks that one goes through, in their order, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from pydantic import JsonValue

from socialconnect.testing.emulators.linkedin.auth import Caller, is_page
from socialconnect.testing.emulators.linkedin.content import Faults, check_commentary, check_content
from socialconnect.testing.emulators.linkedin.errors import (
    access_denied,
    classic,
    duplicate_of,
    invalid_field,
    schema_faults,
    unpermitted,
    wrong_urn,
    wrong_urn_type,
    wrong_value,
)
from socialconnect.testing.emulators.linkedin.little import LittleText
from socialconnect.testing.emulators.linkedin.quota import Quotas
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import Share, State
from socialconnect.testing.emulators.linkedin.wire import CreateShare, validated

__all__ = ["LABELS", "NewShares"]

LABELS = (
    "APPLY", "DOWNLOAD", "VIEW_QUOTE", "LEARN_MORE", "SIGN_UP", "SUBSCRIBE", "REGISTER", "JOIN", "ATTEND",
    "REQUEST_DEMO", "SEE_MORE", "BUY_NOW", "SHOP_NOW",
)  # fmt: skip
_READ_ONLY = ("id", "createdAt", "lastModifiedAt", "publishedAt", "lifecycleStateInfo")
_RESHARED = ("urn:li:share:", "urn:li:ugcPost:", "urn:li:activity:")


class NewShares:
    """
    Makes posts.

    Args:
        state: Where posts are.
        quotas: What members may post in a day.
    """

    def __init__(self, state: State, quotas: Quotas) -> None:
        self._state = state
        self._quotas = quotas

    def made(self, call: RestliCall, caller: Caller) -> Share:
        """
        Make a post of a request's body, and keep it.

        Raises:
            Refused: Something is wrong with it, or it was made a short while ago.
        """
        sent = call.body if isinstance(call.body, dict) else {}
        author = sent.get("author")
        if isinstance(author, str) and author.startswith(("urn:li:organization", "urn:li:person:")):
            caller.may_write_as(call, author)
        _check_read_only(sent)
        body = validated(sent, CreateShare)
        if body.adContext is not None and "rw_ads" not in caller.token.scopes:
            raise unpermitted("/adContext")
        share = self._built(body, sent)
        self.keep(share, caller)
        return share

    def keep(self, share: Share, caller: Caller) -> None:
        """Keep a post; raises `Refused` if it was made a short while ago, or is one too many of the day."""
        key = _key(share)
        self._check_duplicate(share, key)
        self._quotas.count_post(caller)
        self._state.shares[share.urn] = self._state.latest[key] = share

    def _built(self, body: CreateShare, sent: dict[str, JsonValue]) -> Share:
        self._check_fields(body)
        little = check_commentary(body.commentary, self._state)
        sponsored = body.adContext is not None
        assets, link = (
            check_content(body.content, body.author, self._state, sponsored=sponsored) if body.content else ([], None)
        )
        if not little.text and body.content is None and body.reshareContext is None:
            raise classic(422, "/commentary must not be empty", code="UNPROCESSABLE_ENTITY")
        parent, root = self._parent(body)
        return self._share(body, sent, little, assets, link=link, parent=parent, root=root)

    def _share(
        self,
        body: CreateShare,
        sent: dict[str, JsonValue],
        little: LittleText,
        assets: list[str],
        *,
        link: str | None,
        parent: str | None,
        root: str | None,
    ) -> Share:
        now = self._state.now
        several = body.content is not None and body.content.multiImage is not None
        video = any(one.startswith("urn:li:video:") for one in assets)
        distribution: JsonValue = body.distribution.model_dump(mode="json")
        return Share(
            urn=f"urn:li:{'ugcPost' if several or video else 'share'}:{self._state.new_number()}",
            activity=f"urn:li:activity:{self._state.new_number()}",
            author=body.author,
            commentary=little.stored,
            text=little.text,
            fields={**sent, "distribution": distribution},
            state=body.lifecycleState,
            created_at=now,
            published_at=now if body.lifecycleState == "PUBLISHED" else None,
            modified_at=now,
            assets=assets,
            link=link,
            parent=parent,
            root=root,
        )

    def _check_fields(self, body: CreateShare) -> None:
        draft = body.lifecycleState == "DRAFT" and self._state.settings.accept_drafts
        if body.lifecycleState != "PUBLISHED" and not draft:
            raise wrong_value("/lifecycleState", body.lifecycleState)
        kind, _, name = body.author.rpartition(":")
        if kind not in ("urn:li:person", "urn:li:organization", "urn:li:organizationBrand"):
            raise wrong_urn_type("/author", body.author, "person", "organization")
        if not name:
            raise wrong_urn("/author")
        faults = Faults()
        page = is_page(body.author)
        if page and body.visibility == "CONNECTIONS":
            faults.add("INVALID_VALUE_FOR_FIELD", "/visibility", "/visibility cannot be set to CONNECTIONS")
        if not page and body.distribution.targetEntities:
            told = "/distribution/targetEntities cannot be set for a member"
            faults.add("INVALID_VALUE_FOR_FIELD", "/distribution/targetEntities", told)
        if body.visibility == "CONTAINER":
            faults.check_given("/container", body.container)
        if body.contentLandingPage is not None:
            faults.check_url("/contentLandingPage", body.contentLandingPage)
        label = body.contentCallToActionLabel
        if label is not None and label not in LABELS:
            faults.add("INVALID_CALL_TO_ACTION", "/contentCallToActionLabel", f"{label} is no call to action")
        faults.settle()

    def _parent(self, body: CreateShare) -> tuple[str | None, str | None]:
        """Give the post that this one reshares, and the first one of that chain."""
        if body.reshareContext is None:
            return None, None
        sent, path = body.reshareContext.parent, "/reshareContext/parent"
        if body.content is not None:
            told = "/content and /reshareContext cannot be given together"
            raise invalid_field("INVALID_VALUE_FOR_FIELD", "/content", told)
        if not sent.startswith(_RESHARED):
            raise wrong_urn_type(path, sent, "share", "ugcPost")
        parent = self._state.share(sent)
        if parent is None:
            if not self._state.settings.unknown_parents:
                raise wrong_urn(path)
            return sent, sent
        if parent.fields.get("isReshareDisabledByAuthor"):
            raise access_denied("Resharing is disabled by the author of the parent")
        if not self._state.seen(parent) or parent.fields.get("visibility") != "PUBLIC":
            raise wrong_value(path, f"{sent}, which is not public")
        return parent.urn, parent.root or parent.urn

    def _check_duplicate(self, share: Share, key: tuple[str, ...]) -> None:
        settings = self._state.settings
        since = share.created_at - timedelta(seconds=settings.duplicate_window)
        one = self._state.latest.get(key)
        if one is not None and one.created_at > since:
            ghost = f"urn:li:share:{self._state.new_number()}"
            raise duplicate_of(ghost if settings.duplicate_names_ghost else one.urn)


def _check_read_only(sent: dict[str, JsonValue]) -> None:
    context = sent.get("reshareContext")
    given = [f"/{name}" for name in _READ_ONLY if name in sent]
    if isinstance(context, dict) and "root" in context:
        given.append("/reshareContext/root")
    if given:
        raise schema_faults(*[f"{path} :: ReadOnly field present in a create request" for path in given])


def _key(share: Share) -> tuple[str, ...]:
    """What makes another post a duplicate."""
    content = cast("dict[str, JsonValue]", share.fields.get("content") or {})
    carried = share.assets or [share.link or "", str(content.get("poll", "")), str(content.get("reference", ""))]
    return share.author, share.commentary, "|".join([*carried, share.parent or ""])
