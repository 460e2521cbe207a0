"""The LinkedIn emulator: which path leads where, and what every call passes through."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import ClassVar, Self, Unpack, cast

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential, OAuth1Credential
from socialconnect.clock import Clock
from socialconnect.errors import ConfigurationError
from socialconnect.testing.emulators.base import EmulatedAccount, EmulatedRequest, Emulator, WallPost
from socialconnect.testing.emulators.linkedin.auth import Caller, check_version, identify
from socialconnect.testing.emulators.linkedin.errors import not_found
from socialconnect.testing.emulators.linkedin.media import Kind, MediaApi
from socialconnect.testing.emulators.linkedin.oauth import OAuthApp, OAuthEndpoints
from socialconnect.testing.emulators.linkedin.organizations import Organizations
from socialconnect.testing.emulators.linkedin.quota import Quotas, throttled
from socialconnect.testing.emulators.linkedin.restli import RestliCall, read_call, unsupported_parameters
from socialconnect.testing.emulators.linkedin.shares import Shares
from socialconnect.testing.emulators.linkedin.state import (
    MEMBER_SCOPES,
    PAGE_SCOPES,
    SELF_SERVE_SCOPES,
    AccessToken,
    LinkedInSettings,
    Organization,
    Person,
    State,
    Tier,
)
from socialconnect.testing.emulators.linkedin.statistics import Statistics
from socialconnect.testing.emulators.refused import Gap, Refused
from socialconnect.testing.numbers import Numbers
from socialconnect.transport.request import Response

__all__ = ["LinkedInEmulator"]

_COUNTS = {
    "views": "impressionCount",
    "reach": "uniqueImpressionsCount",
    "likes": "likeCount",
    "comments": "commentCount",
    "shares": "shareCount",
    "clicks": "clickCount",
}

DEFAULT_ACCOUNTS = (
    EmulatedAccount(id="urn:li:organization:5515715", token="AQX-organization", name="Brand"),  # noqa: S106  # a stand-in
    EmulatedAccount(id="urn:li:person:782bbtaQ", token="AQX-member", name="Robin Example"),  # noqa: S106  # a stand-in
)
_MEDIA: dict[str, Kind] = {"images": "image", "videos": "video", "documents": "document"}
_SUPERSEDED = ("ugcPosts", "shares", "assets")


@dataclass(frozen=True)
class _Route:
    """One Rest.li method of a resource, and the parameters that it takes."""

    act: Callable[[RestliCall, Caller], Response]
    params: tuple[str, ...] = ()


class LinkedInEmulator(Emulator):
    """
    A stand-in for the LinkedIn API: posts, media, statistics, pages and tokens.

    Everything a test may change at any time is in `settings`; tokens are found with `token`.

    Args:
        clock: The clock that its state lives by; the catalogue's versions begin and end by it.
        accounts: The pages and members that it holds. The first member is the administrator of every page.
        tier: What the app may use.
    """

    network: ClassVar[str] = "linkedin"

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        accounts: Sequence[EmulatedAccount] | None = None,
        tier: Tier = "standard",
    ) -> None:
        super().__init__(clock=clock)
        self.settings = LinkedInSettings(tier=tier)
        self.state = State(self.clock, self.settings)
        self.app = OAuthApp()
        self._accounts = tuple(accounts) if accounts is not None else DEFAULT_ACCOUNTS
        self._hold_all()
        self._request_numbers = count(1)
        self._quotas = Quotas(self.state)
        self._oauth = OAuthEndpoints(self.state, self.app)
        self._shares = Shares(self.state, self._quotas.count_post)
        self._media = MediaApi(self.state)
        self._statistics = Statistics(self.state)
        self._organizations = Organizations(self.state)
        self._routes = self._table()

    # ── for tests ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def accounts(self) -> tuple[EmulatedAccount, ...]:
        """The accounts that it holds."""
        return self._accounts

    @property
    def wall(self) -> tuple[WallPost, ...]:
        """The posts that people would see now, oldest first: published, and their media ready."""
        with self._lock:
            seen = [
                one
                for one in self.state.shares.values()
                if not one.deleted and self.state.lifecycle(one) == "PUBLISHED" and one.published_at is not None
            ]
        return tuple(
            WallPost(one.urn, one.author, one.text, len(one.assets), one.link, one.published_at, one.parent)
            for one in sorted(seen, key=lambda one: one.published_at or one.created_at)
            if one.published_at is not None
        )

    def token(self, text: str) -> AccessToken:
        """Give a token by its text, for a test to change what it may do, or when it ends."""
        return next(one for one in self.state.tokens if one.token == text)

    def set_numbers(self, post_id: str, **numbers: Unpack[Numbers]) -> None:
        """Set a post's counts; see `Emulator.set_numbers`."""
        given = cast("dict[str, int]", numbers)
        self.set_metrics(post_id, **{_COUNTS[name]: value for name, value in given.items() if name in _COUNTS})

    def set_metrics(self, urn: str, **counts: int) -> None:
        """Set a post's counts, by the names of share statistics: `impressionCount`, `likeCount`, …"""
        self.state.shares[urn].metrics.update(counts)

    # ── the emulator's own interface ──────────────────────────────────────────────────────────────────────────────

    def respond(self, request: EmulatedRequest) -> Response:
        """Answer a request as LinkedIn would, and keep its effect."""
        try:
            done = self._routed(request)
        except Refused as refused:
            done = refused.response
        except Gap as gap:
            return self.unknown(request, gap.what)
        return Response(done.status, {**self._trace(), **done.headers}, done.content)

    def throttled(self, request: EmulatedRequest, *, headers: bool) -> Response:
        """Give LinkedIn's answer to too many requests; it documents no header for it."""
        return throttled().response

    def revoke_tokens(self) -> None:
        """From now on refuse every token."""
        for one in self.state.tokens:
            one.revoked = True

    @classmethod
    def for_adapter(cls, adapter: Adapter, credential: Credential, clock: Clock) -> Self:
        """Make one that holds the adapter's account and takes its credential; its media are ready at once."""
        if isinstance(credential, OAuth1Credential):
            raise ConfigurationError("LinkedIn takes an OAuth 2.0 token.")
        account = EmulatedAccount(adapter.account, credential.access_token.get_secret_value(), "Brand")
        emulator = cls(clock=clock, accounts=[account])
        emulator.settings.video_seconds = 0
        emulator.settings.checks_versions = False  # a preview shows requests: versions are the gate's
        emulator.settings.unknown_parents = True
        return emulator

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _hold_all(self) -> None:
        members = [one for one in self._accounts if not one.id.startswith("urn:li:organization:")]
        administrator = members[0].id if members else "urn:li:person:administrator"
        self.state.people[administrator] = Person(administrator, members[0].name if members else "Administrator")
        self_serve = self.settings.tier == "self_serve"
        for account in self._accounts:
            if account.id.startswith("urn:li:organization:"):
                roles = {administrator: "ADMINISTRATOR"}
                self.state.organizations[account.id] = Organization(account.id, account.name, roles)
                member, scopes = administrator, PAGE_SCOPES
            else:
                self.state.people[account.id] = Person(account.id, account.name)
                member, scopes = account.id, MEMBER_SCOPES
            held = SELF_SERVE_SCOPES if self_serve else scopes
            self.state.tokens.append(AccessToken(account.token, member, held, issued_at=self.state.now))

    def _table(self) -> dict[tuple[str, str], _Route]:
        shares, statistics, organizations = self._shares, self._statistics, self._organizations
        return {
            ("posts", "CREATE"): _Route(shares.create),
            ("posts", "GET"): _Route(shares.get, ("viewContext",)),
            ("posts", "BATCH_GET"): _Route(shares.batch_get, ("ids", "viewContext")),
            ("posts", "FINDER"): _Route(shares.find, ("author", "start", "count", "sortBy", "viewContext")),
            ("posts", "PARTIAL_UPDATE"): _Route(shares.update),
            ("posts", "DELETE"): _Route(shares.delete),
            ("organizationalEntityShareStatistics", "FINDER"): _Route(
                statistics.of_page, ("organizationalEntity", "shares", "ugcPosts", "timeIntervals")
            ),
            ("memberCreatorPostAnalytics", "FINDER"): _Route(
                statistics.of_member, ("entity", "queryType", "aggregation", "dateRange")
            ),
            ("socialMetadata", "GET"): _Route(statistics.social),
            ("socialMetadata", "BATCH_GET"): _Route(statistics.social_batch, ("ids",)),
            ("organizationAcls", "FINDER"): _Route(organizations.acls, ("role", "state", "start", "count")),
            ("organizations", "GET"): _Route(organizations.organization),
            **self._media_table(),
        }

    def _media_table(self) -> dict[tuple[str, str], _Route]:
        table: dict[tuple[str, str], _Route] = {}
        for resource, kind in _MEDIA.items():
            table[resource, "GET"] = _Route(partial(self._media.get, kind))
            table[resource, "BATCH_GET"] = _Route(partial(self._media.batch_get, kind), ("ids",))
        return table

    def _routed(self, request: EmulatedRequest) -> Response:
        oauth = {
            ("GET", "/oauth/v2/authorization"): self._oauth.consent,
            ("POST", "/oauth/v2/accessToken"): self._oauth.token,
            ("POST", "/oauth/v2/introspectToken"): self._oauth.introspect,
            ("POST", "/oauth/v2/revoke"): self._oauth.revoke,
        }.get((request.method, request.path))
        if oauth is not None:
            return oauth(request)
        if request.path.startswith("/dms-uploads/"):
            return self._media.upload(request) or self.unknown(request)
        if request.path.startswith("/v2/"):
            return self._unversioned(request)
        if request.path.startswith("/rest/"):
            return self._versioned(request)
        return self.unknown(request)

    def _unversioned(self, request: EmulatedRequest) -> Response:
        token = identify(request, self.state)
        if (request.method, request.path) == ("GET", "/v2/userinfo"):
            return self._organizations.userinfo(token)
        resource = request.path.split("/")[2]
        if resource in _SUPERSEDED and self.settings.tier != "self_serve":
            raise not_found(f"Resource {resource} does not exist")
        return self.unknown(request)

    def _versioned(self, request: EmulatedRequest) -> Response:
        """Check in the order bearer, token, version, Rest.li, then what the resource checks; the quota comes first."""
        token = identify(request, self.state)
        version = check_version(request, self.state)
        call = read_call(request)
        caller = Caller(self.state, token, version)
        if call.rest:
            return self.unknown(request)
        if call.method == "ACTION" and call.resource in _MEDIA:
            self._quotas.count(f"{call.resource}.{call.name}", caller)
            return self._media.act(_MEDIA[call.resource], call, caller, request) or self.unknown(request, call.name)
        route = self._routes.get((call.resource, call.method))
        if route is None:
            return self.unknown(request, call.method)
        strange = unsupported_parameters(call, *route.params, "fields")
        if strange is not None:
            return self.unknown(request, f"the parameter {strange}")
        if "fields" in call.params:
            return self.unknown(request, "projections")
        self._quotas.count(f"{call.resource}.{call.method}", caller)
        return route.act(call, caller)

    def _trace(self) -> dict[str, str]:
        number = next(self._request_numbers)
        request_id = hashlib.sha256(f"{id(self)}/{number}".encode()).hexdigest()[:22]
        return {
            "x-restli-protocol-version": "2.0.0",
            "x-li-uuid": f"{request_id}==",
            "x-li-fabric": "prod-lor1",
            "x-li-request-id": request_id,
        }
