"""The X Ads API: its paths, who may call them, and how often."""

from __future__ import annotations

import re
from collections.abc import Callable

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.refused import Gap, Refused
from socialconnect.testing.emulators.twitter.ads import AdsPlans
from socialconnect.testing.emulators.twitter.ads_calls import AdsCall
from socialconnect.testing.emulators.twitter.ads_library import AdsLibrary, PromotedPlans
from socialconnect.testing.emulators.twitter.auth import Authenticator
from socialconnect.testing.emulators.twitter.errors import ads_error
from socialconnect.testing.emulators.twitter.fields import words
from socialconnect.testing.emulators.twitter.limits import EndpointLimit, RateLimits, Window
from socialconnect.testing.emulators.twitter.posts import Posts
from socialconnect.testing.emulators.twitter.state import Grant, State
from socialconnect.transport.request import Response

__all__ = ["DEFAULT_ADS_ACCOUNT", "AdsApi"]

DEFAULT_ADS_ACCOUNT = "18ce54d4x5t"
_VERSION, _OLDER = "12", "11"
_PATH = re.compile(r"/(?P<version>\d+)/accounts/(?P<account>[^/]+)/(?P<what>[a-z_]+(?:/preview)?)(?:/(?P<id>[^/]+))?")
_WRITES, _READS = "writes", "reads"
_LIMITS = {_WRITES: EndpointLimit(Window(450, 60)), _READS: EndpointLimit(Window(2_000))}
_OTHER_PARTS = words(
    "accounts campaigns line_items cards tweets tweet media_creatives promoted_tweets funding_instruments stats "
    "targeting_criteria promotable_users account_media tailored_audiences custom_audiences"
)

Act = Callable[[AdsCall], Response]


class AdsApi:
    """
    The part of the Ads API that has to do with posts.

    Args:
        state: Where everything is.
        posts: What makes posts.
        auth: Finds who calls.
        limits: Counts the calls.
    """

    def __init__(self, state: State, posts: Posts, auth: Authenticator, limits: RateLimits) -> None:
        self._state = state
        self._auth = auth
        self._limits = limits
        self._limits.limits = dict(_LIMITS)
        self._scheduled = AdsPlans(state, posts, scheduled=True)
        self._acts = self._table(AdsPlans(state, posts, scheduled=False), AdsLibrary(state), PromotedPlans(state))

    def takes(self, request: EmulatedRequest) -> bool:
        """Whether a request is for this API."""
        return re.match(r"/\d+/accounts(/|$)", request.path) is not None

    def carry_out(self) -> None:
        """Put live what is due."""
        self._scheduled.carry_out()

    def respond(self, request: EmulatedRequest) -> Response:
        """Answer a request."""
        headers = {"x-current-api-version": _VERSION}
        try:
            done = self._answered(request, headers)
        except Refused as refused:
            done = refused.response
        return Response(done.status, {**headers, **done.headers}, done.content)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _answered(self, request: EmulatedRequest, headers: dict[str, str]) -> Response:
        found = _PATH.fullmatch(request.path)
        grant = self._caller(request)
        if found is None or found["version"] not in (_VERSION, _OLDER):
            if found is None:
                raise Gap
            raise ads_error(404, "ROUTE_NOT_FOUND", f"The requested resource could not be found: {request.path}")
        if found["version"] == _OLDER:
            headers["x-api-warn"] = f"Version {_OLDER} is deprecated. Please use version {_VERSION}."
        if grant.user_id not in self._state.ads_accounts.get(found["account"], set()):
            raise ads_error(
                403, "ACCOUNT_NOT_FOUND", f"Account {found['account']} was not found", parameter="account_id",
                value=found["account"],
            )  # fmt: skip
        act = self._acts.get((request.method, found["what"], found["id"] is not None))
        if act is None:
            if found["what"] in _OTHER_PARTS:
                raise Gap
            raise ads_error(404, "ROUTE_NOT_FOUND", f"The requested resource could not be found: {request.path}")
        headers |= self._count(request, grant)
        return act(AdsCall(request, grant, found["account"], found["id"] or ""))

    def _caller(self, request: EmulatedRequest) -> Grant:
        try:
            grant = self._auth.identify(request)
        except Refused as refused:
            if refused.response.status == 403:
                raise ads_error(403, "CURRENT_USER_SUSPENDED", "The user is suspended.") from None
            grant = None
        if grant is None or grant.scheme != "oauth1":
            raise ads_error(401, "UNAUTHORIZED_ACCESS", "This request is not properly authenticated")
        if not self._state.settings.ads_access:
            told = "The client application making this request does not have access to X Ads API"
            raise ads_error(403, "UNAUTHORIZED_CLIENT_APPLICATION", told)
        if request.method != "GET" and grant.access_level == "read":
            raise ads_error(403, "READONLY_CLIENT_APPLICATION", "The client application may only read.")
        return grant

    def _count(self, request: EmulatedRequest, grant: Grant) -> dict[str, str]:
        reads = request.method == "GET"
        try:
            told = self._limits.count(_READS if reads else _WRITES, grant.user_id)
        except Refused as refused:
            message = "Too many requests: the limit of this category is reached."
            limited = ads_error(429, "TOO_MANY_REQUESTS", message).response
            kept = {name: value for name, value in refused.response.headers.items() if name.startswith("x-rate")}
            raise Refused(Response(429, {**limited.headers, **kept}, limited.content)) from None
        account = {name.replace("x-rate", "x-account-rate"): value for name, value in told.items()} if reads else {}
        return told | account

    def _table(
        self, drafts: AdsPlans, library: AdsLibrary, promoted: PromotedPlans
    ) -> dict[tuple[str, str, bool], Act]:
        acts: dict[tuple[str, str, bool], Act] = {
            ("POST", "draft_tweets/preview", True): drafts.preview,
            ("GET", "tweet_previews", False): library.previews,
            ("GET", "media_library", False): library.all,
            ("POST", "media_library", False): library.add,
            ("GET", "media_library", True): library.one,
            ("GET", "scheduled_promoted_tweets", False): promoted.all,
            ("POST", "scheduled_promoted_tweets", False): promoted.create,
            ("GET", "scheduled_promoted_tweets", True): promoted.one,
            ("DELETE", "scheduled_promoted_tweets", True): promoted.delete,
        }
        for name, plans in (("draft_tweets", drafts), ("scheduled_tweets", self._scheduled)):
            acts |= {
                ("GET", name, False): plans.all,
                ("POST", name, False): plans.create,
                ("GET", name, True): plans.one,
                ("PUT", name, True): plans.update,
                ("DELETE", name, True): plans.delete,
            }
        return acts
