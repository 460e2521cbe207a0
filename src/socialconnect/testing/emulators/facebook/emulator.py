"""The Facebook emulator: Pages, their posts and photos, and their insights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Self, Unpack

from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential, OAuth1Credential
from socialconnect.clock import Clock
from socialconnect.testing.emulators.base import EmulatedAccount, WallPost
from socialconnect.testing.emulators.facebook import editing, insights, publishing, reading
from socialconnect.testing.emulators.facebook.state import FacebookPost, FacebookState, Performance
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.emulator import GraphEmulator
from socialconnect.testing.emulators.graph.errors import GraphError, missing
from socialconnect.testing.emulators.graph.paging import page_of
from socialconnect.testing.emulators.graph.tokens import GraphToken
from socialconnect.testing.emulators.graph.versions import EndedVersions
from socialconnect.testing.emulators.refused import Gap
from socialconnect.testing.numbers import Numbers

__all__ = ["FacebookEmulator"]

DEFAULT_PAGE = EmulatedAccount("1000", "EAAPAGE", "Example Page")
DEFAULT_USER = EmulatedAccount("99", "EAAUSER", "Example Person")

_PERMISSIONS = frozenset(
    {
        "pages_manage_posts",
        "pages_read_engagement",
        "pages_show_list",
        "pages_read_user_content",
        "pages_manage_engagement",
        "read_insights",
    }
)
_LISTS = ("feed", "posts", "published_posts", "scheduled_posts", "visitor_posts")


class FacebookEmulator(GraphEmulator):
    """
    Facebook Pages on the Graph API.

    Args:
        clock: The clock that its state lives by.
        pages: The Pages that it holds, each with its Page token; Page `1000` with `EAAPAGE` if not given.
        user: The person who manages them, with the token that lists them.
        app_secret: The app's secret; with it, proofs and exchanges are checked.
        require_proof: Whether calls need an `appsecret_proof`; they do if there is a secret, unless said otherwise.
        permissions: What every token may do at first; see `tokens` for each one.
        ended_versions: Whether a call for an ended version is forwarded, as Graph does, or refused with 2635.
        call_limit: How many calls a Page has in an hour; no limit if not given.
        read_lag: How long a new post stays out of what is read.
        insights_lag: How long a new post has no insights.
        refuse_repeats: Whether the same content twice in a row is refused, as Facebook does now and then (506).
    """

    network = "facebook"
    usage_kind = "pages"

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        pages: Sequence[EmulatedAccount] | None = None,
        user: EmulatedAccount = DEFAULT_USER,
        app_secret: str | None = None,
        require_proof: bool | None = None,
        permissions: frozenset[str] = _PERMISSIONS,
        ended_versions: EndedVersions = "forward",
        call_limit: int | None = None,
        read_lag: timedelta = timedelta(0),
        insights_lag: timedelta = timedelta(0),
        refuse_repeats: bool = False,
    ) -> None:
        super().__init__(
            clock=clock,
            app_secret=app_secret,
            require_proof=require_proof,
            ended_versions=ended_versions,
            call_limit=call_limit,
            read_lag=read_lag,
            insights_lag=insights_lag,
        )
        held = (DEFAULT_PAGE,) if pages is None else tuple(pages)
        self.user = user
        self._state = FacebookState({one.id: one for one in held}, self.readable)
        self._state.refuse_repeats = refuse_repeats
        now = self.now
        ids = frozenset(self._state.pages)
        self.tokens.add(GraphToken(user.token, "USER", user.id, ids, set(permissions), now, "facebook"))
        for page in held:
            targets = frozenset({page.id})
            self.tokens.add(GraphToken(page.token, "PAGE", page.id, targets, set(permissions), now, "facebook"))

    @classmethod
    def for_adapter(cls, adapter: Adapter, credential: Credential, clock: Clock) -> Self:
        """Make one that holds the adapter's Page and takes its credential."""
        token = "" if isinstance(credential, OAuth1Credential) else credential.access_token.get_secret_value()
        return cls(clock=clock, pages=[EmulatedAccount(adapter.account, token)])

    # ── what tests look at and set ────────────────────────────────────────────────────────────────────────────────

    @property
    def accounts(self) -> tuple[EmulatedAccount, ...]:
        """The Pages that it holds."""
        return tuple(self._state.pages.values())

    @property
    def wall(self) -> tuple[WallPost, ...]:
        """The posts that people would see now, oldest first."""
        now = self.now
        return tuple(
            WallPost(one.id, one.page, one.message, len(one.photos), one.link, one.created_time(now))
            for one in reversed(self._state.live(None, now))
        )

    @property
    def posts(self) -> tuple[FacebookPost, ...]:
        """Every post that it holds, the unseen ones too, in the order in which they were made."""
        return tuple(self._state.posts.values())

    def set_numbers(self, post_id: str, **numbers: Unpack[Numbers]) -> None:
        """Say how a post performs from now on; see `Emulator.set_numbers`."""
        likes = numbers.get("likes")
        self.set_performance(
            post_id,
            views=numbers.get("views"),
            viewers=numbers.get("reach"),
            clicks=numbers.get("clicks"),
            reactions=None if likes is None else {"like": likes},
            comments=numbers.get("comments"),
            shares=numbers.get("shares"),
        )

    def set_performance(
        self,
        post_id: str,
        *,
        views: int | None = None,
        viewers: int | None = None,
        clicks: int | None = None,
        reactions: Mapping[str, int] | None = None,
        comments: int | None = None,
        shares: int | None = None,
    ) -> None:
        """Say how a post performs from now on; what is not given stays."""
        post = self._state.posts[post_id]
        given = {
            "views": views,
            "viewers": viewers,
            "clicks": clicks,
            "reactions": None if reactions is None else dict(reactions),
            "comments": comments,
            "shares": shares,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        performance: Performance = replace(post.performance, **changes)  # type: ignore[arg-type]  # each name with its own type
        post.performance = performance

    # ── the API ───────────────────────────────────────────────────────────────────────────────────────────────────

    def route(self, call: Call) -> JsonValue:
        """Answer a call of a good token."""
        state = self._state
        match (call.method, *call.segments):
            case ("GET", "me"):
                return self._me(call)
            case ("GET", "me", "accounts"):
                return self._managed(call)
            case ("POST", page, "feed"):
                return publishing.publish_feed(state, call, page)
            case ("POST", page, "photos"):
                return publishing.publish_photo(state, call, page)
            case ("GET", page, edge) if edge in _LISTS:
                return reading.list_posts(state, call, page, edge)
            case ("GET", node, "insights"):
                if node in state.pages or node == "me":
                    return insights.page_insights(state, call, node)
                return insights.post_insights(state, call, node, self.insights_lag)
            case (_, node):
                return self._node(call, node)
            case _:
                raise self._no_edge(call)

    def _node(self, call: Call, node: str) -> JsonValue:
        state = self._state
        photo = state.photo(node, call.now)
        match call.method:
            case "GET" if node in state.pages:
                return reading.read_page(state, call, self._reachable(call, node))
            case "GET" if photo is not None:
                return reading.read_photo(state, call, photo)
            case "GET":
                return reading.read_post(state, call, node)
            case "POST" | "DELETE" if node in state.pages or photo is not None:
                raise Gap("this node")
            case "POST":
                return editing.edit_post(state, call, node)
            case "DELETE":
                return editing.delete_post(state, call, node)
            case _:
                raise Gap()

    def _reachable(self, call: Call, page: str) -> EmulatedAccount:
        if page not in call.token.targets:
            raise missing(page, call.method)
        return self._state.pages[page]

    def _no_edge(self, call: Call) -> Exception:
        """What to say of an edge that is not answered: the node is missing, or the emulator does not know."""
        known = (*self._state.pages, *self._state.posts, *self._state.photos, "me", self.user.id)
        if call.segments[0] in known:
            return Gap()
        return missing(call.segments[0], call.method)

    def _me(self, call: Call) -> JsonValue:
        if call.token.kind == "PAGE":
            return reading.read_page(self._state, call, self._state.pages[call.token.owner])
        call.parameters.only("fields")
        known = {"id": self.user.id, "name": self.user.name}
        asked = call.fields("name", "id")
        unknown = next((one.name for one in asked if one.name not in known), None)
        if unknown is not None:
            raise Gap(f"field {unknown}")
        return {one.name: known[one.name] for one in asked}

    def _managed(self, call: Call) -> JsonValue:
        if call.token.kind == "PAGE":
            raise GraphError(100, "(#100) Tried accessing nonexisting field (accounts) on node type (Page)")
        call.token.require("pages_show_list")
        call.parameters.only("fields", "limit", "after", "before", "summary")
        fields = call.fields("access_token", "category", "name", "id", "tasks")
        held = sorted((one for one in self.accounts if one.id in call.token.targets), key=_place, reverse=True)
        return page_of(held, _place, lambda page: reading.shown_page(page, fields), call)


def _place(page: EmulatedAccount) -> str:
    return page.id
