"""The LinkedIn emulator: what tests hold in their hands, and what every call passes through."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import ClassVar, Self, Unpack, cast

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential, OAuth1Credential
from socialconnect.clock import Clock
from socialconnect.errors import ConfigurationError
from socialconnect.testing.emulators.base import EmulatedAccount, EmulatedRequest, Emulator, WallPost
from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.linkedin.answers import projected
from socialconnect.testing.emulators.linkedin.auth import Caller, identify, is_page
from socialconnect.testing.emulators.linkedin.errors import not_found, unknown_parameters, unsupported_method
from socialconnect.testing.emulators.linkedin.legacy import Legacy
from socialconnect.testing.emulators.linkedin.media import UPLOADS, MediaApi
from socialconnect.testing.emulators.linkedin.member_statistics import MEMBER_COUNTS, MEMBER_VIDEO_COUNTS
from socialconnect.testing.emulators.linkedin.new_shares import NewShares
from socialconnect.testing.emulators.linkedin.oauth import OAuthApp, OAuthEndpoints
from socialconnect.testing.emulators.linkedin.organizations import Organizations
from socialconnect.testing.emulators.linkedin.quota import Quotas, throttled
from socialconnect.testing.emulators.linkedin.refusals import REFUSALS
from socialconnect.testing.emulators.linkedin.restli import RestliCall, read_call
from socialconnect.testing.emulators.linkedin.routes import MEDIA, routes
from socialconnect.testing.emulators.linkedin.settings import LinkedInSettings, Tier
from socialconnect.testing.emulators.linkedin.state import (
    MEMBER_SCOPES,
    PAGE_SCOPES,
    SELF_SERVE_SCOPES,
    AccessToken,
    Organization,
    Person,
    State,
)
from socialconnect.testing.emulators.linkedin.statistics import PAGE_COUNTS, SHARE_COUNTS, VIDEO_COUNTS
from socialconnect.testing.emulators.linkedin.uploads import UploadHost
from socialconnect.testing.emulators.linkedin.versions import check_version, first_api
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
    "saves": "saveCount",
    "clicks": "clickCount",
}
_METRICS = frozenset({*SHARE_COUNTS, *VIDEO_COUNTS, *MEMBER_COUNTS, *MEMBER_VIDEO_COUNTS})
_SUPERSEDED = ("ugcPosts", "shares", "assets")
_UNVERSIONED = ("me", "socialActions/comments")

DEFAULT_ACCOUNTS = (
    EmulatedAccount(id="urn:li:organization:5515715", token="AQX-organization", name="Brand"),  # noqa: S106  # a stand-in
    EmulatedAccount(id="urn:li:person:782bbtaQ", token="AQX-member", name="Robin Example"),  # noqa: S106  # a stand-in
)


class LinkedInEmulator(Emulator):
    """
    A stand-in for the LinkedIn API: posts, media, comments, reactions, statistics, pages and tokens.

    Everything a test may change at any time is in `settings`; tokens are found with `token` and made with `add_token`;
    any refusal that is known of LinkedIn is had with `refuse`.

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
        self.quotas = Quotas(self.state)
        self._accounts = tuple(accounts) if accounts is not None else DEFAULT_ACCOUNTS
        self._hold_all()
        self._request_numbers = count(1)
        self._oauth = OAuthEndpoints(self.state, self.app)
        self._media = MediaApi(self.state)
        self._uploads = UploadHost(self.state)
        self._organizations = Organizations(self.state)
        self._legacy = Legacy(self.state, NewShares(self.state, self.quotas))
        self._routes = routes(self.state, self.quotas, self._media)
        self._resources = {resource for resource, _ in self._routes}

    # ── for tests ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def accounts(self) -> tuple[EmulatedAccount, ...]:
        """The accounts that it holds."""
        return self._accounts

    @property
    def wall(self) -> tuple[WallPost, ...]:
        """What people would see now, oldest first: posts whose media are ready, comments, and replies to them."""
        with self._lock:
            posts = [
                WallPost(one.urn, one.author, one.text, len(one.assets), one.link, one.published_at, one.parent)
                for one in self.state.shares.values()
                if one.published_at is not None and self.state.seen(one)
            ]
            comments = [
                WallPost(
                    one.urn,
                    one.actor,
                    one.text,
                    1 if one.fields.get("content") else 0,
                    None,
                    one.created_at,
                    one.parent or one.share.urn,
                )
                for one in self.state.comments.values()
                if not one.deleted and self.state.seen(one.share)
            ]
        return tuple(sorted([*posts, *comments], key=_appeared))

    def token(self, text: str) -> AccessToken:
        """Give a token by its text, for a test to change what it may do, or when it ends."""
        return next(one for one in self.state.tokens if one.token == text)

    def add_token(
        self, text: str, member: str, scopes: Collection[str], *, expires_at: datetime | None = None
    ) -> AccessToken:
        """Give a member, who is added if not held, a token with these scopes."""
        self.state.people.setdefault(member, Person(member, member.rpartition(":")[2]))
        made = AccessToken(text, member, frozenset(scopes), issued_at=self.state.now, expires_at=expires_at)
        self.state.tokens.append(made)
        return made

    def set_role(self, member: str, organization: str, role: str | None) -> None:
        """Give a member a role on a page, such as `ANALYST`, or with `None` take it away."""
        self.state.people.setdefault(member, Person(member, member.rpartition(":")[2]))
        roles = self.state.organizations[organization].roles
        roles.pop(member, None)
        if role is not None:
            roles[member] = role

    def refuse(
        self, name: str, *, method: str | None = None, path: str | None = None, times: int = 1, after: int = 0
    ) -> None:
        """
        Plan one of LinkedIn's refusals, before anything happens.

        Args:
            name: Its name in `refusals.REFUSALS`, such as `duplicate` or `version_retired`.
            method: Only for requests of this HTTP method; any if not given.
            path: Only for requests whose path matches this regular expression; any if not given.
            times: How many requests it strikes.
            after: How many matching requests pass before it strikes.
        """
        answer = REFUSALS[name].response
        self.faults.add(
            Fault(
                FaultKind.REFUSED,
                method=method,
                path=path,
                times=times,
                after=after,
                status=answer.status,
                body=answer.content,
                headers=dict(answer.headers),
            )
        )

    def set_numbers(self, post_id: str, **numbers: Unpack[Numbers]) -> None:
        """Set a post's counts; see `Emulator.set_numbers`."""
        given = cast("dict[str, int]", numbers)
        self.set_metrics(post_id, **{_COUNTS[name]: value for name, value in given.items() if name in _COUNTS})

    def set_metrics(self, urn: str, **counts: int) -> None:
        """
        Set a post's counts from now on.

        Args:
            urn: The post.
            counts: By the names of share statistics (`impressionCount`), of video analytics (`VIDEO_VIEW`,
                `VIDEO_PLAY`), and of what members alone are told (`saveCount`, `sendCount`, `followersGained`).

        Raises:
            ValueError: There is no such count.
        """
        self._check_names(counts, _METRICS)
        self.state.shares[urn].metrics.set(self.state.now, counts)

    def set_followers(self, urn: str, *, organic: int, paid: int = 0) -> None:
        """Set how many follow a page or a member from now on; only a page has paid ones."""
        holder = self.state.organizations.get(urn) or self.state.people[urn]
        holder.followers.set(self.state.now, {"organic": organic, "paid": paid})

    def set_page_views(self, organization: str, **counts: int) -> None:
        """Set how often a page's parts were seen from now on, by the names of page statistics (`overviewPageViews`)."""
        self._check_names(counts, PAGE_COUNTS)
        self.state.organizations[organization].page.set(self.state.now, counts)

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
        emulator.settings.checks_media = False  # what a file must be is for validation to say
        emulator.settings.unknown_parents = True
        return emulator

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _hold_all(self) -> None:
        members = [one for one in self._accounts if not is_page(one.id)]
        administrator = members[0].id if members else "urn:li:person:administrator"
        self.state.people[administrator] = Person(administrator, members[0].name if members else "Administrator")
        self_serve = self.settings.tier == "self_serve"
        for account in self._accounts:
            if is_page(account.id):
                roles = {administrator: "ADMINISTRATOR"}
                self.state.organizations[account.id] = Organization(account.id, account.name, roles)
                member, scopes = administrator, PAGE_SCOPES
            else:
                self.state.people.setdefault(account.id, Person(account.id, account.name))
                member, scopes = account.id, MEMBER_SCOPES
            held = SELF_SERVE_SCOPES if self_serve else scopes
            self.state.tokens.append(AccessToken(account.token, member, held, issued_at=self.state.now))

    def _check_names(self, counts: Mapping[str, int], known: Collection[str]) -> None:
        strange = sorted(set(counts) - set(known))
        if strange:
            raise ValueError(f"LinkedIn has no count {', '.join(strange)}; it has {', '.join(sorted(known))}")

    def _routed(self, request: EmulatedRequest) -> Response:
        granted = self._oauth.respond(request)
        if granted is not None:
            return granted
        if request.path.startswith(UPLOADS):
            return self._uploads.put(request)
        if request.path.startswith("/v1/"):
            return first_api(self.state) or self.unknown(request)
        if request.path.startswith("/v2/"):
            return self._unversioned(request)
        if request.path.startswith("/rest/"):
            return self._versioned(request)
        return self.unknown(request)

    def _unversioned(self, request: EmulatedRequest) -> Response:
        """Answer on `/v2`, which stays for identity, and for the posts and comments of self-serve apps."""
        token = identify(request, self.state)
        if (request.method, request.path) == ("GET", "/v2/userinfo"):
            return self._organizations.userinfo(token)
        resource = request.path.split("/")[2]
        if resource in _SUPERSEDED and self.settings.tier != "self_serve":
            raise not_found(f"Resource {resource} does not exist")
        call, caller = read_call(request, "/v2/"), Caller(self.state, token)
        if call.resource in _UNVERSIONED:
            return self._answered(call, caller)
        return self._legacy.respond(call, caller, _upload_origin(request)) or self.unknown(request)

    def _versioned(self, request: EmulatedRequest) -> Response:
        """Check in the order bearer, token, version, Rest.li, quota, then what the resource checks."""
        token = identify(request, self.state)
        version = check_version(request, self.state)
        call = read_call(request)
        caller = Caller(self.state, token, version)
        if call.method == "ACTION" and call.resource in MEDIA:
            self.quotas.count(f"{call.resource}.{call.name}", caller)
            return self._media.act(MEDIA[call.resource], call, caller, _upload_origin(request))
        if call.resource not in self._resources:
            return self.unknown(request, call.method)
        return self._answered(call, caller)

    def _answered(self, call: RestliCall, caller: Caller) -> Response:
        route = self._routes.get((call.resource, call.method))
        if route is None:
            raise unsupported_method(call.resource, call.method)
        if "projection" in call.params:
            raise Gap("decoration by projection")
        strange = [name for name in call.params if name not in (*route.params, "fields")]
        if strange:
            raise unknown_parameters(*strange)
        self.quotas.count(f"{call.resource}.{call.method}", caller)
        return projected(call, route.act(call, caller))

    def _trace(self) -> dict[str, str]:
        number = next(self._request_numbers)
        request_id = hashlib.sha256(f"{id(self)}/{number}".encode()).hexdigest()[:22]
        return {
            "x-restli-protocol-version": "2.0.0",
            "x-li-uuid": f"{request_id}==",
            "x-li-fabric": "prod-lor1",
            "x-li-request-id": request_id,
        }


def _appeared(one: WallPost) -> tuple[datetime, int]:
    """When something appeared; of what appeared at one moment the numbers tell the order."""
    return one.created_at, int(one.id.rstrip(")").replace(",", ":").rpartition(":")[2])


def _upload_origin(request: EmulatedRequest) -> str:
    """Over loopback uploads come back to where the request went; otherwise they go to LinkedIn's own upload host."""
    return "https://www.linkedin.com" if request.host.endswith("linkedin.com") else request.origin
