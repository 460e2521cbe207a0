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
from socialconnect.testing.emulators.graph.errors import missing
from socialconnect.testing.emulators.graph.fields import Readers, pick, words
from socialconnect.testing.emulators.graph.paging import page_of
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.tokens import GraphToken, Login
from socialconnect.testing.emulators.graph.versions import EndedVersions
from socialconnect.testing.emulators.instagram import containers, insights, media
from socialconnect.testing.emulators.instagram.containers import Limits
from socialconnect.testing.emulators.instagram.login import answer_login
from socialconnect.testing.emulators.instagram.state import Container, InstagramState
from socialconnect.testing.emulators.refused import Gap
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

_USER_GAPS = words("biography followers_count follows_count has_profile_pic ig_id is_published website shopping_review")


class InstagramEmulator(GraphEmulator):
    """
    Instagram professional accounts, by Facebook Login (graph.facebook.com) and Instagram Login (graph.instagram.com).

    The host says which login's rules hold; over loopback, where one host serves both, the token does.

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
        read_lag: How long a new medium stays out of what is read.
        insights_lag: How long a new medium has no insights.
        captions_for_instagram_login: Whether Instagram Login reads captions; they are documented for Facebook Login.
        flat_token_answer: Whether a code is answered with a flat object, as was seen, or a list, as is documented.
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
        flat_token_answer: bool = False,
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
        self.captions_for_instagram_login = captions_for_instagram_login
        self.flat_token_answer = flat_token_answer
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

    # ── what tests look at and set ────────────────────────────────────────────────────────────────────────────────

    @property
    def accounts(self) -> tuple[EmulatedAccount, ...]:
        """The accounts that it holds."""
        return tuple(self._state.accounts.values())

    @property
    def wall(self) -> tuple[WallPost, ...]:
        """The posts that people would see now, oldest first."""
        return tuple(
            WallPost(one.id, one.account, one.caption, len(one.children) or 1, None, one.created_at)
            for one in reversed(self._state.live(None))
        )

    @property
    def containers(self) -> tuple[Container, ...]:
        """Every container, in the order in which they were made."""
        return tuple(self._state.containers.values())

    def fail_next_container(self, subcode: int = 2207026) -> None:
        """Let the processing of the next container that is made fail."""
        self._state.failures.append(subcode)

    def set_numbers(self, post_id: str, **numbers: Unpack[Numbers]) -> None:
        """Say how a medium performs from now on; see `Emulator.set_numbers`."""
        names = {"views": "views", "reach": "reach", "likes": "likes", "comments": "comments", "shares": "shares"}
        names["saves"] = "saved"
        given = cast("dict[str, int]", numbers)
        self.set_performance(post_id, **{names[name]: value for name, value in given.items() if name in names})

    def set_performance(self, media_id: str, **numbers: int) -> None:
        """Say how a medium performs from now on: `views`, `reach`, `likes`, `comments`, `shares`, `saved`."""
        found = self._state.media[media_id]
        found.performance = replace(found.performance, **numbers)

    # ── the API ───────────────────────────────────────────────────────────────────────────────────────────────────

    def route_unversioned(self, request: EmulatedRequest, parameters: Parameters, now: datetime) -> Response | None:
        """Answer the token endpoints of Instagram Login."""
        return answer_login(request, parameters, self.tokens, self.oauth, now, flat=self.flat_token_answer)

    def route(self, call: Call) -> JsonValue:
        """Answer a call of a good token."""
        state = self._state
        match (call.method, *call.segments):
            case ("GET", "me", "accounts") if call.login == "facebook":
                return self._managed(call)
            case ("GET", "me"):
                return self._me(call)
            case ("POST", account, "media"):
                return containers.create(state, call, account, self.limits)
            case ("POST", account, "media_publish"):
                return containers.publish(state, call, account, self.limits)
            case ("GET", account, "content_publishing_limit"):
                return containers.publishing_limit(state, call, account, self.limits)
            case ("GET", account, "media"):
                return media.list_media(state, call, account, self._captions(call))
            case ("GET", node, "insights") if node not in state.accounts and node != "me":
                return insights.media_insights(call, state.medium(node, call), self.insights_lag)
            case (_, node):
                return self._node(call, node)
            case _:
                pass
        known = (*state.accounts, *state.media, *state.containers, "me")
        raise Gap() if call.segments[0] in known else missing(call.segments[0], call.method)

    def _node(self, call: Call, node: str) -> JsonValue:
        state = self._state
        container = state.container(node, call)
        match call.method:
            case "GET" if node in state.accounts:
                return self._account_node(call, state.account(node, call))
            case "GET" if container is not None:
                return containers.read(state, call, container)
            case "GET":
                return media.read_media(state, call, state.medium(node, call), self._captions(call))
            case "POST" | "DELETE" if node in state.accounts or container is not None:
                raise Gap("this node")
            case "POST":
                return media.update(state, call, state.medium(node, call))
            case "DELETE":
                return media.delete(state, call, state.medium(node, call))
            case _:
                raise Gap()

    def _captions(self, call: Call) -> bool:
        return call.login == "facebook" or self.captions_for_instagram_login

    def _me(self, call: Call) -> JsonValue:
        if call.token.owner not in self._state.accounts:
            call.parameters.only("fields")
            readers: Readers = {"id": lambda _: self.user.id, "name": lambda _: self.user.name}
            return pick(call.fields("name", "id"), readers, node="User")
        return self._account_node(call, self._state.accounts[call.token.owner])

    def _account_node(self, call: Call, account: EmulatedAccount) -> JsonValue:
        media.require_read(call)
        call.parameters.only("fields")
        by_instagram = call.login == "instagram"
        readers: Readers = {
            # With Instagram Login `id` belongs to the app, and `user_id` is the account's.
            "id": lambda _: f"9{account.id[1:]}" if by_instagram else account.id,
            "user_id": lambda _: account.id if by_instagram else None,
            "username": lambda _: account.name,
            "name": lambda _: account.name,
            "account_type": lambda _: "BUSINESS" if by_instagram else None,
            "profile_picture_url": lambda _: None,
            "media_count": lambda _: len(self._state.live(account.id)),
        }
        return pick(call.fields("id"), readers, node="InstagramUser", gaps=_USER_GAPS)

    def _managed(self, call: Call) -> JsonValue:
        """List the Pages that the accounts belong to."""
        call.token.require("pages_show_list")
        call.parameters.only("fields", "limit", "after", "before", "summary")
        held = sorted((one for one in self.accounts if one.id in call.token.targets), key=_place, reverse=True)
        fields = call.fields("access_token", "name", "id")

        def shown(account: EmulatedAccount) -> JsonValue:
            readers: Readers = {
                "id": lambda _: f"1{account.id[-3:]}",
                "name": lambda _: account.name,
                "access_token": lambda _: account.token,
                "instagram_business_account": lambda _: {"id": account.id},
                "tasks": lambda _: ["CREATE_CONTENT", "MANAGE"],
            }
            return pick(fields, readers, node="Page")

        return page_of(held, _place, shown, call)


def _place(account: EmulatedAccount) -> str:
    return account.id
