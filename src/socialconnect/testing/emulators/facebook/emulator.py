"""The Facebook emulator: Pages, their posts, photos, videos, reels and stories, and their insights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self, Unpack

from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential, OAuth1Credential
from socialconnect.clock import Clock
from socialconnect.testing.emulators.base import EmulatedAccount, EmulatedRequest, WallPost
from socialconnect.testing.emulators.facebook.handles import answer_upload
from socialconnect.testing.emulators.facebook.nodes import Comment, FacebookPost, Performance, Photo, Story, Video
from socialconnect.testing.emulators.facebook.reels import answer_video_upload
from socialconnect.testing.emulators.facebook.routes import Routes
from socialconnect.testing.emulators.facebook.settings import FacebookSettings
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.facebook.visibility import Visibility
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.dialog import answer_dialog
from socialconnect.testing.emulators.graph.emulator import GraphEmulator
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.tokens import GraphToken
from socialconnect.testing.emulators.graph.versions import EndedVersions
from socialconnect.testing.numbers import Numbers
from socialconnect.transport.request import Response

__all__ = ["FacebookEmulator"]

DEFAULT_PAGE = EmulatedAccount("1000", "EAAPAGE", "Example Page")
DEFAULT_USER = EmulatedAccount("99", "EAAUSER", "Example Person")
DEFAULT_BUSINESS = EmulatedAccount("500", "", "Example Business")

_PERMISSIONS = frozenset(
    {
        "business_management",
        "pages_manage_engagement",
        "pages_manage_posts",
        "pages_read_engagement",
        "pages_read_user_content",
        "pages_show_list",
        "publish_video",
        "read_insights",
    }
)


class FacebookEmulator(GraphEmulator):
    """
    Facebook Pages on the Graph API.

    Args:
        clock: The clock that its state lives by.
        pages: The Pages that it holds, each with its Page token; Page `1000` with `EAAPAGE` if not given.
        user: The person who manages them, with the token that lists them.
        business: The business that holds them, if one does.
        app_secret: The app's secret; with it, proofs and exchanges are checked.
        require_proof: Whether calls need an `appsecret_proof`; they do if there is a secret, unless said otherwise.
        permissions: What every token may do at first; see `tokens` for each one.
        ended_versions: Whether a call for an ended version is forwarded, as Graph does, or refused with 2635.
        call_limit: How many calls a Page has in an hour; no limit if not given. See `usage` for the other budgets.
        read_lag: How long what is new stays out of what is read.
        insights_lag: How long what is new has no insights.
        refuse_repeats: Whether the same content twice in a row is refused, as Facebook does now and then (506).
        processing: How long a video is processed after its upload; `None` for ever.
        settings: All that can be set besides; in place of the two before.
    """

    network = "facebook"
    usage_kind = "pages"

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        pages: Sequence[EmulatedAccount] | None = None,
        user: EmulatedAccount = DEFAULT_USER,
        business: EmulatedAccount | None = DEFAULT_BUSINESS,
        app_secret: str | None = None,
        require_proof: bool | None = None,
        permissions: frozenset[str] = _PERMISSIONS,
        ended_versions: EndedVersions = "forward",
        call_limit: int | None = None,
        read_lag: timedelta = timedelta(0),
        insights_lag: timedelta = timedelta(0),
        refuse_repeats: bool = False,
        processing: timedelta | None = timedelta(seconds=2),
        settings: FacebookSettings | None = None,
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
        self.settings = settings or FacebookSettings(refuse_repeats=refuse_repeats, processing=processing)
        """What tests may set, at any time."""
        self._state = FacebookState({one.id: one for one in held}, self.readable, self.settings)
        self._routes = Routes(self._state, user, business)
        ids = frozenset(self._state.pages)
        self.tokens.add(GraphToken(user.token, "USER", user.id, ids, set(permissions), self.now, "facebook"))
        for page in held:
            self._add_page_token(page, set(permissions))

    def _add_page_token(self, page: EmulatedAccount, permissions: set[str]) -> None:
        targets = frozenset({page.id})
        token = GraphToken(page.token, "PAGE", page.id, targets, permissions, self.now, "facebook", user=self.user.id)
        self.tokens.add(token)

    @classmethod
    def for_adapter(cls, adapter: Adapter, credential: Credential, clock: Clock) -> Self:
        """Make one that holds the adapter's Page and takes its credential; its videos are ready at once."""
        token = "" if isinstance(credential, OAuth1Credential) else credential.access_token.get_secret_value()
        return cls(clock=clock, pages=[EmulatedAccount(adapter.account, token)], processing=timedelta(0))

    # ── what tests look at and set ────────────────────────────────────────────────────────────────────────────────

    @property
    def accounts(self) -> tuple[EmulatedAccount, ...]:
        """The Pages that it holds."""
        return tuple(self._state.pages.values())

    @property
    def wall(self) -> tuple[WallPost, ...]:
        """What people would see now, oldest first: posts, videos, reels, stories, and the Pages' own comments."""
        return self._state.wall(self.now)

    @property
    def posts(self) -> tuple[FacebookPost, ...]:
        """Every post that it holds, the unseen ones too, in the order in which they were made."""
        return tuple(self._state.posts.values())

    @property
    def photos(self) -> tuple[Photo, ...]:
        """Every photo, in the order in which they came."""
        return tuple(self._state.photos.values())

    @property
    def videos(self) -> tuple[Video, ...]:
        """Every video, reel and video story, from the start of its upload on."""
        return tuple(self._state.videos.values())

    @property
    def stories(self) -> tuple[Story, ...]:
        """Every story, the archived ones too."""
        return tuple(self._state.stories.values())

    @property
    def comments(self) -> tuple[Comment, ...]:
        """Every comment that was made by a call."""
        return tuple(self._state.comments.values())

    def post_by_hand(self, message: str, *, page: str | None = None, link: str | None = None) -> FacebookPost:
        """
        Let somebody post on a Page without this API: people and lists show it, and the app cannot change it.

        Args:
            message: The text.
            page: The Page; the first one if not given.
            link: The address that it shares, if any.
        """
        on = page or next(iter(self._state.pages))
        post = self._state.add_post(on, Visibility(self.now), now=self.now, message=message, link=link)
        post.by_app = False
        return post

    def finish_processing(self, video_id: str) -> None:
        """Let the processing of a video end now, such as of one that hangs; its post goes live if it is due."""
        self._state.videos[video_id].ready_at = self.now

    def renew_page_token(self, token: str, *, page: str | None = None) -> None:
        """
        Give a Page another token, which `me/accounts` tells from now on; the old one stays as it is.

        Args:
            token: The new token, with the permissions of the old one.
            page: The Page; the first one if not given.
        """
        old = self._state.pages[page or next(iter(self._state.pages))]
        renewed = replace(old, token=token)
        self._state.pages[old.id] = renewed
        self._add_page_token(renewed, set(self.tokens[old.token].permissions))

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
        views_from_ads: int | None = None,
        views_from_followers: int | None = None,
        video_views: int | None = None,
        video_viewers: int | None = None,
        watch_time: int | None = None,
        replies: int | None = None,
    ) -> None:
        """Say how a post, a story or a video performs from now on; what is not given stays."""
        shown = self._state.posts.get(post_id) or self._state.stories.get(post_id)
        if shown is None:
            shown = self._state.posts[self._state.videos[post_id].post or ""]
        given = {
            "views": views,
            "viewers": viewers,
            "clicks": clicks,
            "reactions": None if reactions is None else dict(reactions),
            "comments": comments,
            "shares": shares,
            "views_from_ads": views_from_ads,
            "views_from_followers": views_from_followers,
            "video_views": video_views,
            "video_viewers": video_viewers,
            "watch_time": watch_time,
            "replies": replies,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        performance: Performance = replace(shown.performance, **changes)  # type: ignore[arg-type]  # each name with its own type
        shown.performance = performance

    # ── the API ───────────────────────────────────────────────────────────────────────────────────────────────────

    def route_upload(self, request: EmulatedRequest, now: datetime) -> Response | None:
        """Take the bytes of reels, stories and files for later use."""
        uploaded = answer_video_upload(self._state, request, self.tokens, now)
        return uploaded or answer_upload(self._state, request, self.tokens, now)

    def route_unversioned(self, request: EmulatedRequest, parameters: Parameters, now: datetime) -> Response | None:
        """Answer the consent dialog: the person's decision is `oauth.denied`."""
        return answer_dialog(request, parameters, self.oauth, self.tokens[self.user.token], now)

    def route(self, call: Call) -> JsonValue:
        """Answer a call of a good token."""
        return self._routes.answer(call, self.insights_lag)
