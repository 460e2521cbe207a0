"""The Instagram emulator: professional accounts, their containers and media, by either login."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self, Unpack, cast

from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential, OAuth1Credential
from socialconnect.clock import Clock
from socialconnect.testing.emulators.base import EmulatedAccount, EmulatedRequest, WallPost
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.emulator import GraphEmulator
from socialconnect.testing.emulators.graph.fields import words
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.tokens import GraphToken, Login
from socialconnect.testing.emulators.graph.versions import EndedVersions
from socialconnect.testing.emulators.instagram.containers import Rules
from socialconnect.testing.emulators.instagram.hosted import HostedFiles
from socialconnect.testing.emulators.instagram.login import LoginEndpoints, LoginSettings, answer_login
from socialconnect.testing.emulators.instagram.models import Comment, Container, Media, PlannedMedia, Profile
from socialconnect.testing.emulators.instagram.publishing import Repeated
from socialconnect.testing.emulators.instagram.routes import Routes, refuse_batch
from socialconnect.testing.emulators.instagram.rules import Directory, Limits
from socialconnect.testing.emulators.instagram.state import InstagramState
from socialconnect.testing.emulators.instagram.uploads import answer_upload
from socialconnect.testing.numbers import Numbers
from socialconnect.transport.request import Response

__all__ = ["InstagramEmulator"]

DEFAULT_ACCOUNT = EmulatedAccount("17841400000000001", "IGTOKEN", "example")
DEFAULT_USER = EmulatedAccount("99", "EAAUSER", "Example Person")

_PERMISSIONS = words(
    """
    instagram_basic instagram_content_publish instagram_manage_insights instagram_manage_comments
    instagram_manage_contents pages_show_list pages_read_engagement
    instagram_business_basic instagram_business_content_publish instagram_business_manage_insights
    instagram_business_manage_comments
    """
)
"""What both logins' tokens may do: the first lines are Facebook Login's names, the last ones Instagram Login's."""

_NUMBERS = {
    **{name: name for name in ("views", "reach", "likes", "comments", "shares")},
    "saves": "saved",
    "clicks": "link_clicks",
    "engagements": "total_interactions",
}
"""What Instagram calls the numbers that `Metrics` names."""


class InstagramEmulator(GraphEmulator):
    """
    Instagram professional accounts, by Facebook Login (graph.facebook.com) and Instagram Login (graph.instagram.com).

    The host says which login's rules hold; over loopback, where one host serves both, the token does. Videos are taken
    at `/ig-api-upload/…`, as by rupload.facebook.com. Any refusal of Meta's can be had by
    `faults.add(graph_fault(code, subcode))`, and any of the upload host's by `faults.add(upload_fault(kind))`.

    Args:
        clock: The clock that its state lives by.
        accounts: The accounts that it holds; `17841400000000001` with `IGTOKEN` if not given.
        user: The person who manages them, with a Facebook Login token for all of them.
        login: The login that the accounts' tokens come from; either takes them if not given.
        app_secret: The app's secret; with it, proofs and exchanges are checked.
        require_proof: Whether calls need an `appsecret_proof`; they do if there is a secret, unless said otherwise.
        permissions: What every token may do at first; see `tokens` for each one.
        processing: How long a container is in progress; `None` for ever.
        quota: How many posts an account may publish in 24 hours.
        ended_versions: Whether a call for an ended version is forwarded, as Graph does, or refused with 2635.
        call_limit: How many calls an account has in an hour; no limit if not given.
        read_lag: How long a new medium or comment stays out of what is read.
        insights_lag: How long a new medium has no insights.
        captions_for_instagram_login: Whether Instagram Login reads captions; they are documented for Facebook Login.
        resumable_for_instagram_login: Whether Instagram Login may upload videos; it is documented for Facebook Login.
        repeated: Code and subcode of the answer to a container that is published again, on which clients disagree.
        login_settings: How Instagram Login's own endpoints behave.
    """

    network = "instagram"
    usage_kind = "instagram"

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        accounts: Sequence[EmulatedAccount] | None = None,
        user: EmulatedAccount = DEFAULT_USER,
        login: Login | None = None,
        app_secret: str | None = None,
        require_proof: bool | None = None,
        permissions: frozenset[str] = _PERMISSIONS,
        processing: timedelta | None = timedelta(seconds=2),
        quota: int = 100,
        ended_versions: EndedVersions = "forward",
        call_limit: int | None = None,
        read_lag: timedelta = timedelta(0),
        insights_lag: timedelta = timedelta(0),
        captions_for_instagram_login: bool = True,
        resumable_for_instagram_login: bool = False,
        repeated: Repeated = (100, None),
        login_settings: LoginSettings | None = None,
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
        held = (DEFAULT_ACCOUNT,) if accounts is None else tuple(accounts)
        self.user = user
        self.limits = Limits(processing, quota)
        """The processing time and the quotas: change them at any time."""
        self.directory = Directory()
        """The people, places and products that posts may name: change them at any time."""
        self.login_settings = login_settings or LoginSettings()
        """How the dialogs and Instagram Login's own endpoints behave: change it at any time."""
        self.captions_for_instagram_login = captions_for_instagram_login
        self.resumable_for_instagram_login = resumable_for_instagram_login
        self.repeated: Repeated = repeated
        self._state = InstagramState({one.id: one for one in held}, self.readable)
        now = self.now
        ids = frozenset(self._state.accounts)
        self.tokens.add(GraphToken(user.token, "USER", user.id, ids, set(permissions), now, "facebook"))
        for one in held:
            self.tokens.add(GraphToken(one.token, "USER", one.id, frozenset({one.id}), set(permissions), now, login))

    @classmethod
    def for_adapter(cls, adapter: Adapter, credential: Credential, clock: Clock) -> Self:
        """Make one that holds the adapter's account and takes its credential; its media are ready at once."""
        token = "" if isinstance(credential, OAuth1Credential) else credential.access_token.get_secret_value()
        # A third party's adapter for Instagram may know of one login only.
        login: object = getattr(adapter, "login", None)
        return cls(
            clock=clock,
            accounts=[EmulatedAccount(adapter.account, token)],
            login="instagram" if login == "instagram" else "facebook" if login == "facebook" else None,
            processing=timedelta(0),
        )

    # ── what tests look at ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def accounts(self) -> tuple[EmulatedAccount, ...]:
        """The accounts that it holds."""
        return tuple(self._state.accounts.values())

    @property
    def wall(self) -> tuple[WallPost, ...]:
        """The posts, reels, stories and comments that people would see now, oldest first."""
        state, now = self._state, self.now
        state.settle(now)
        seen = [
            WallPost(one.id, one.account, one.caption, len(one.children) or 1, None, one.created_at)
            for one in reversed([*state.stories(None, now), *state.live(None)])
        ]
        said = [
            WallPost(one.id, one.account, one.text, 0, None, one.created_at, one.parent or one.media)
            for one in state.comments.values()
            if not one.hidden and one.media in {post.id for post in seen}
        ]
        return tuple(sorted((*seen, *said), key=lambda one: one.created_at))

    @property
    def containers(self) -> tuple[Container, ...]:
        """Every container, in the order in which they were made."""
        return tuple(self._state.containers.values())

    @property
    def hosted(self) -> HostedFiles:
        """What lies at public addresses: `hosted.add(address, …)` says so for one."""
        return self._state.hosted

    def medium(self, media_id: str) -> Media:
        """Give a published medium, whose switches (such as `likes_hidden` or `shared_to_facebook`) tests may change."""
        return self._state.media[media_id]

    def profile(self, account_id: str | None = None) -> Profile:
        """Give an account as people see it, and how it performs; of the first account if not said."""
        return self._state.profiles[account_id or next(iter(self._state.accounts))]

    # ── what tests set ────────────────────────────────────────────────────────────────────────────────────────────

    def fail_next_container(self, subcode: int = 2207026) -> None:
        """Let the processing of the next container that is made fail."""
        self._state.failures.append(subcode)

    def hang_next_container(self) -> None:
        """Let the processing of the next container that is made never end."""
        self._state.failures.append(None)

    def interrupt_next_upload(self, after: int) -> None:
        """Break the connection of the next upload after some of its bytes; what came is kept, to be resumed."""
        self._state.interruptions.append(after)

    def add_comment(self, media_id: str, text: str, *, username: str = "somebody") -> Comment:
        """Let somebody comment on a medium."""
        return self._state.add_comment(self._state.media[media_id], text, username, self.now)

    def plan_in_app(self, caption: str, at: datetime, *, account_id: str | None = None) -> PlannedMedia:
        """Let somebody plan an image in Instagram's own app, where the API can only list it until it goes live."""
        account = account_id or next(iter(self._state.accounts))
        number = 17_950_000_000_000_001 + len(self._state.planned)
        planned = PlannedMedia(str(number), account, caption, "https://cdn.example.com/planned.jpg", at)
        self._state.planned.append(planned)
        return planned

    def set_numbers(self, post_id: str, **numbers: Unpack[Numbers]) -> None:
        """Say how a medium performs from now on; see `Emulator.set_numbers`."""
        given = cast("dict[str, int]", numbers)
        self.set_performance(post_id, **{_NUMBERS[name]: value for name, value in given.items() if name in _NUMBERS})

    def set_performance(self, media_id: str, **numbers: float | dict[str, int]) -> None:
        """Say how a medium performs from now on, by the names of `MediaPerformance`."""
        found = self._state.media[media_id]
        found.performance = replace(found.performance, **numbers)  # type: ignore[arg-type]  # each with its own type

    # ── the API ───────────────────────────────────────────────────────────────────────────────────────────────────

    def respond(self, request: EmulatedRequest) -> Response:
        """Answer a request as Instagram would, and keep its effect."""
        self._state.settle(self.now)
        return super().respond(request)

    def route_upload(self, request: EmulatedRequest, now: datetime) -> Response | None:
        """Answer what comes to the upload host."""
        return answer_upload(self._state, self.tokens, request, now)

    def route_unversioned(self, request: EmulatedRequest, parameters: Parameters, now: datetime) -> Response | None:
        """Answer the dialogs, and the token endpoints of Instagram Login."""
        endpoints = LoginEndpoints(self.tokens, self.oauth, self.login_settings, self._state.accounts, self.user.token)
        return answer_login(request, parameters, endpoints, now)

    def route(self, call: Call) -> JsonValue:
        """Answer a call of a good token."""
        captions = call.login == "facebook" or self.captions_for_instagram_login
        rules = Rules(self.limits, self.directory, self.resumable_for_instagram_login)
        routes = Routes(self._state, self.user, rules, self.repeated, self.insights_lag, captions=captions)
        return routes.answer(call)

    def _batch(self, call: Call, version: str) -> JsonValue:
        refuse_batch(call)
        return super()._batch(call, version)
