"""The Twitter emulator: what it holds, and what every call passes through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from typing import ClassVar, Self, Unpack, cast

from pydantic import SecretStr

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential, OAuth1Credential
from socialconnect.clock import Clock
from socialconnect.testing.emulators.base import EmulatedAccount, EmulatedRequest, Emulator, WallPost
from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.refused import Gap, Refused
from socialconnect.testing.emulators.twitter.ads_api import DEFAULT_ADS_ACCOUNT, AdsApi
from socialconnect.testing.emulators.twitter.articles import Articles
from socialconnect.testing.emulators.twitter.auth import Authenticator, Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.error_rows import error_row
from socialconnect.testing.emulators.twitter.errors import no_such_path, rate_limited
from socialconnect.testing.emulators.twitter.fields import names_for
from socialconnect.testing.emulators.twitter.interactions import Interactions
from socialconnect.testing.emulators.twitter.limits import RateLimits
from socialconnect.testing.emulators.twitter.media import MediaUpload
from socialconnect.testing.emulators.twitter.media_notes import MediaNotes
from socialconnect.testing.emulators.twitter.metrics import Metrics, PrivateCounts
from socialconnect.testing.emulators.twitter.oauth import OAuthApp, TokenEndpoint
from socialconnect.testing.emulators.twitter.oauth1 import OAuth1Endpoint
from socialconnect.testing.emulators.twitter.older_api import OlderApi
from socialconnect.testing.emulators.twitter.plans import Plans
from socialconnect.testing.emulators.twitter.posts import Posts
from socialconnect.testing.emulators.twitter.query import Query
from socialconnect.testing.emulators.twitter.reads import Reads
from socialconnect.testing.emulators.twitter.routes import NUMBERS, Parts, Route, find, is_known_area, table
from socialconnect.testing.emulators.twitter.settings import AccessPlan, TwitterSettings, Vocabulary
from socialconnect.testing.emulators.twitter.state import SCOPES, Grant, State, User
from socialconnect.testing.emulators.twitter.timelines import Timelines
from socialconnect.testing.emulators.twitter.usage import Usage
from socialconnect.testing.emulators.twitter.users import Users
from socialconnect.testing.emulators.twitter.wire import CreatePost
from socialconnect.testing.numbers import Numbers
from socialconnect.transport.request import Response

__all__ = ["TwitterEmulator"]

_PUBLIC = {
    "views": "impression_count",
    "likes": "like_count",
    "comments": "reply_count",
    "shares": "retweet_count",
    "saves": "bookmark_count",
}
_PRIVATE = {"clicks": "url_link_clicks", "engagements": "engagements"}

DEFAULT_ACCOUNT = EmulatedAccount(id="2244994945", token="USER_TOKEN", name="brand")  # noqa: S106  # a stand-in


class TwitterEmulator(Emulator):
    """
    A stand-in for the X API: posts, media, metrics, users, tokens, and the Ads API's drafts and scheduled posts.

    Everything a test may change at any time is in `settings`; tokens are in `grants`, posts in `state.tweets`. Any
    error that X is known to give can be had by `refuse`.

    Args:
        clock: The clock that its state lives by.
        accounts: The users that it holds, each with an OAuth 2.0 user token and an OAuth 1.0a credential.
        vocabulary: Which names reads use; see `TwitterSettings`.
        plan: What the app may use; see `TwitterSettings`.
        ads_account: The ads account that may write as all of the users.
    """

    network: ClassVar[str] = "twitter"

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        accounts: Sequence[EmulatedAccount] | None = None,
        vocabulary: Vocabulary = "both",
        plan: AccessPlan = "pay_per_use",
        ads_account: str = DEFAULT_ADS_ACCOUNT,
    ) -> None:
        super().__init__(clock=clock)
        self.settings = TwitterSettings(vocabulary=vocabulary, plan=plan)
        self.state = State(self.clock, self.settings)
        self.app = OAuthApp()
        self._plans = Plans(self.state)
        self.ledger = Ledger(self.state, self._plans)
        self.rate_limits = RateLimits(self.clock, lambda: self.settings.daily_window)
        self._accounts = tuple(accounts) if accounts is not None else (DEFAULT_ACCOUNT,)
        for account in self._accounts:
            self._hold(account)
        self.state.ads_accounts[ads_account] = set(self.state.users)
        self._auth = Authenticator(self.state)
        self._tokens = TokenEndpoint(self.state, self.app)
        self._oauth1 = OAuth1Endpoint(self.state, self.app)
        self._posts = Posts(self.state, self.ledger, self._plans)
        self.ads_rate_limits = RateLimits(self.clock)
        """Those of the Ads API, by category: `writes` and `reads`."""
        self._ads = AdsApi(self.state, self._posts, self._auth, self.ads_rate_limits)
        self._usage = Usage(self.state, self.ledger, self._plans)
        self._transactions = count(1)
        parts = self._parts()
        self._older = OlderApi(self.state, self._plans, self._auth, parts.media)
        self._routes = table(parts)

    # ── for tests ─────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def accounts(self) -> tuple[EmulatedAccount, ...]:
        """The accounts that it holds."""
        return self._accounts

    @property
    def wall(self) -> tuple[WallPost, ...]:
        """The posts that people would see now, oldest first; promoted-only posts and older versions are not there."""
        with self._lock:
            self._ads.carry_out()
            seen = [
                one
                for one in self.state.tweets.values()
                if not one.deleted and not one.nullcast and not one.hidden and one.current
            ]
        return tuple(
            WallPost(one.id, one.author_id, one.raw, len(one.media_ids), one.link, one.created_at, one.parent)
            for one in sorted(seen, key=lambda one: one.created_at)
        )

    @property
    def grants(self) -> list[Grant]:
        """The tokens, for a test to change what one may do, or when it ends."""
        return self.state.grants

    def grant(self, token: str) -> Grant:
        """Give a token by its text."""
        return next(one for one in self.state.grants if one.token == token)

    def app_token(self) -> str:
        """Give the app's own bearer token."""
        return self._tokens.app_grant().token

    def user(self, user_id: str) -> User:
        """Give a user, for a test to make it a premium one, or suspend it."""
        return self.state.users[user_id]

    def oauth1_credential(self, user_id: str | None = None) -> OAuth1Credential:
        """Give a user's OAuth 1.0a credential; the first user's if none is named."""
        wanted = user_id or self._accounts[0].id
        one = next(one for one in self.state.grants if one.scheme == "oauth1" and one.user_id == wanted)
        return OAuth1Credential(
            consumer_key=one.consumer_key,
            consumer_secret=SecretStr(one.consumer_secret),
            token=SecretStr(one.token),
            token_secret=SecretStr(one.token_secret),
        )

    def set_numbers(self, post_id: str, **numbers: Unpack[Numbers]) -> None:
        """Set a post's counts; see `Emulator.set_numbers`."""
        given = cast("dict[str, int]", numbers)
        self.set_metrics(
            post_id,
            public={_PUBLIC[name]: value for name, value in given.items() if name in _PUBLIC},
            private={_PRIVATE[name]: value for name, value in given.items() if name in _PRIVATE},
        )

    def set_metrics(
        self,
        post_id: str,
        *,
        public: dict[str, int] | None = None,
        private: dict[str, int] | None = None,
        promoted: dict[str, int] | None = None,
        analytics: dict[str, int] | None = None,
    ) -> None:
        """
        Say how a post stands from now on, by the names of the legacy vocabulary and of analytics.

        Analytics tell of what was added between two moments.
        """
        tweet = self.state.tweets[post_id]
        tweet.promoted = tweet.promoted or promoted is not None
        kinds = {"public": public, "private": private, "promoted": promoted, "analytics": analytics}
        for kind, values in kinds.items():
            tweet.counts.set(self.clock.now(), kind, values or {})

    def set_media_metrics(
        self,
        media_id: str,
        *,
        public: dict[str, int] | None = None,
        private: dict[str, int] | None = None,
        promoted: dict[str, int] | None = None,
        analytics: dict[str, int] | None = None,
    ) -> None:
        """Say how a video stands from now on, as `set_metrics` does for a post."""
        media = self.state.media[media_id]
        kinds = {"public": public, "private": private, "promoted": promoted, "analytics": analytics}
        for kind, values in kinds.items():
            media.counts.set(self.clock.now(), kind, values or {})

    def vote(self, post_id: str, *votes: int) -> None:
        """Say how many votes each option of a post's poll has."""
        poll = self.state.tweets[post_id].poll
        assert poll is not None
        poll.votes = [*votes]

    def publish_as(self, user_id: str, text: str, *, reply_to: str | None = None, quotes: str | None = None) -> str:
        """Put somebody else's post on the wall, for replies; gives its id."""
        with self._lock:
            self.state.users.setdefault(user_id, User(user_id, f"user{user_id}", f"User {user_id}"))
            tweet = self._posts.build(CreatePost(text=text), self.state.users[user_id], [])
            tweet.reply_to, tweet.quotes = reply_to, quotes
            self.state.tweets[tweet.id] = tweet
            return tweet.id

    def refuse(
        self, row: str, *, method: str | None = None, path: str | None = None, times: int = 1, after: int = 0
    ) -> None:
        """
        Answer the next requests with an error that X is known to give, before they take effect.

        Args:
            row: Its name in `error_rows.ERROR_ROWS`, such as `E11`, `code-326`, `usage-capped` or
                `ads-TWEET_IS_SPAM`.
            method: Only requests of this method.
            path: Only requests whose path matches this regular expression.
            times: How many requests.
            after: How many matching requests are answered as ever before.

        Raises:
            KeyError: There is no such error.
        """
        told = error_row(row)
        headers = dict(told.headers)
        if told.status == 429 and "errors" in told.content.decode():
            headers |= self.rate_limits.exhausted("", None)
        fault = Fault(FaultKind.REFUSED, method, path, times, after, told.status, told.content, headers)
        self.faults.add(fault)

    # ── the emulator's own interface ──────────────────────────────────────────────────────────────────────────────

    def respond(self, request: EmulatedRequest) -> Response:
        """Answer a request as X would, and keep its effect."""
        self._ads.carry_out()
        try:
            done = self._routed(request)
        except Refused as refused:
            done = refused.response
        except Gap as gap:
            return self.unknown(request, gap.what)
        traced = {"x-transaction-id": f"{next(self._transactions):016x}", "x-response-time": "1"}
        return Response(done.status, {**traced, **done.headers}, done.content)

    def throttled(self, request: EmulatedRequest, *, headers: bool) -> Response:
        """Give X's answer to too many requests."""
        found = find(self._routes, request)
        endpoint = found[0].endpoint if found else ""
        told = self.rate_limits.exhausted(endpoint, self._accounts[0].id) if headers else {}
        return rate_limited(told).response

    def revoke_tokens(self) -> None:
        """From now on refuse every token."""
        for one in self.state.grants:
            one.revoked = True

    @classmethod
    def for_adapter(cls, adapter: Adapter, credential: Credential, clock: Clock) -> Self:
        """Make one that holds the adapter's account and takes its credential; its media are ready at once."""
        account_id = DEFAULT_ACCOUNT.id if adapter.account == "me" else adapter.account
        token = "" if isinstance(credential, OAuth1Credential) else credential.access_token.get_secret_value()
        ads_account = getattr(adapter, "ads_account", None) or DEFAULT_ADS_ACCOUNT
        account = EmulatedAccount(account_id, token or DEFAULT_ACCOUNT.token, DEFAULT_ACCOUNT.name)
        emulator = cls(clock=clock, accounts=[account], ads_account=str(ads_account), plan="enterprise")
        emulator.settings.unknown_parents = True
        emulator.settings.processing_seconds = 0
        emulator.settings.largest_segment = None
        emulator.user(account_id).premium = True  # a preview shows requests; limits of the account are `validate`'s
        if isinstance(credential, OAuth1Credential):
            signed = next(one for one in emulator.grants if one.scheme == "oauth1")
            signed.consumer_key = credential.consumer_key
            signed.consumer_secret = credential.consumer_secret.get_secret_value()
            signed.token = credential.token.get_secret_value()
            signed.token_secret = credential.token_secret.get_secret_value()
        return emulator

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _hold(self, account: EmulatedAccount) -> None:
        name = account.name or f"user{account.id}"
        username = re.sub(r"\W", "", name)[:15] or f"user{account.id}"[:15]
        self.state.users[account.id] = User(account.id, username, name)
        self.state.grants.append(Grant(account.token, account.id, scopes=SCOPES))
        self.state.grants.append(
            Grant(
                f"{account.id}-OAUTH1",
                account.id,
                scheme="oauth1",
                consumer_key=self.app.api_key,
                consumer_secret=self.app.api_secret,
                token_secret=f"{account.id}-OAUTH1-SECRET",
            )
        )

    def _parts(self) -> Parts:
        private = PrivateCounts(self.state)
        reads = Reads(self.state, self.ledger, private)
        return Parts(
            posts=self._posts,
            reads=reads,
            timelines=Timelines(self.state, reads),
            users=Users(self.state, reads, self.ledger),
            media=MediaUpload(self.state, self.ledger),
            notes=MediaNotes(self.state, self.ledger, private),
            metrics=Metrics(self.state, self.ledger),
            usage=self._usage,
            interactions=Interactions(self.state, self.ledger),
            articles=Articles(self.state, self._posts, self.ledger),
        )

    def _routed(self, request: EmulatedRequest) -> Response:
        act = self._tokens.find(request) or self._oauth1.find(request) or self._older.find(request)
        if act is not None:
            return act(request)
        if (request.method, request.path) == ("GET", "/api/credits/pricing"):
            return self._usage.prices(request)
        if self._ads.takes(request):
            return self._ads.respond(request)
        found = find(self._routes, request)
        if found is not None:
            route = found[0]
            if route.ended is None or not self.state.days.since(route.ended):
                return self._call(request, *found)
            raise no_such_path()
        if is_known_area(request.path):
            raise Gap
        raise no_such_path()

    def _call(self, request: EmulatedRequest, route: Route, captures: dict[str, str]) -> Response:
        grant = self._auth.identify(request)
        query = Query(request, names_for(request, self.settings.vocabulary))
        headers = {"api-version": query.names.spec, "x-access-level": grant.level}
        try:
            self._admit(route, grant)
            for name in NUMBERS & captures.keys():
                query.check_id(name, captures[name])
            headers |= self.rate_limits.count(
                route.endpoint,
                grant.user_id,
                daily_headers=self.settings.daily_headers,
                plan=self._plans.limits,
            )
            if not route.endpoint.startswith("GET /2/usage/"):
                self.ledger.check(reads_posts=route.reads_posts, makes_post=route.endpoint == "POST /2/tweets")
            done = route.act(Call(request, grant, captures))
        except Refused as refused:
            done = refused.response
        return Response(done.status, {**headers, **done.headers}, done.content)

    def _admit(self, route: Route, grant: Grant) -> None:
        """See that the app has access to the operation, and the token may call it."""
        self._plans.admit(route.endpoint, interaction=route.interaction)
        self._auth.authorize(
            grant, scopes=route.scopes, app=route.app, user=route.user, oauth1=route.oauth1, writes=route.writes
        )
