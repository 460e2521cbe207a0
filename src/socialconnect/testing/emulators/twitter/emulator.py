"""The Twitter emulator: which path leads where, and what every call passes through."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self, Unpack, cast

from pydantic import SecretStr

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential, OAuth1Credential
from socialconnect.clock import Clock
from socialconnect.testing.emulators.base import EmulatedAccount, EmulatedRequest, Emulator, WallPost
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter.ads import AdsApi
from socialconnect.testing.emulators.twitter.auth import Authenticator, Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.errors import (
    ads_error,
    not_enrolled,
    rate_limited,
    retired_endpoint,
    subset_only,
)
from socialconnect.testing.emulators.twitter.limits import RateLimits
from socialconnect.testing.emulators.twitter.media import MediaUpload
from socialconnect.testing.emulators.twitter.oauth import OAuthApp, TokenEndpoint
from socialconnect.testing.emulators.twitter.posts import Posts
from socialconnect.testing.emulators.twitter.reads import Reads
from socialconnect.testing.emulators.twitter.state import (
    SCOPES,
    AccessPlan,
    Grant,
    State,
    TwitterSettings,
    User,
    Vocabulary,
)
from socialconnect.testing.numbers import Numbers
from socialconnect.transport.request import Response

__all__ = ["TwitterEmulator"]

_COUNTS = {
    "views": "impression_count",
    "likes": "like_count",
    "comments": "reply_count",
    "shares": "retweet_count",
    "saves": "bookmark_count",
}

DEFAULT_ACCOUNT = EmulatedAccount(id="2244994945", token="USER_TOKEN", name="brand")  # noqa: S106  # a stand-in
DEFAULT_ADS_ACCOUNT = "18ce54d4x5t"
_ADS_PATH = re.compile(
    r"/12/accounts/(?P<account>[0-9a-z]+)/(?P<kind>draft_tweets|scheduled_tweets)(?:/(?P<id>[0-9]+))?"
)
_READ = frozenset({"tweet.read", "users.read"})
_WRITE = _READ | {"tweet.write"}
_MEDIA = frozenset({"media.write"})
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Route:
    """One operation of the v2 API."""

    endpoint: str
    act: Callable[[Call], Response]
    scopes: frozenset[str]
    app: bool = False
    oauth1: bool = True

    def match(self, method: str, path: str) -> dict[str, str] | None:
        own_method, _, template = self.endpoint.partition(" ")
        pattern = re.sub(r":(\w+)", r"(?P<\1>[^/]+)", template)
        found = re.fullmatch(pattern, path) if method == own_method else None
        return found.groupdict() if found else None


class TwitterEmulator(Emulator):
    """
    A stand-in for the X API: posts, media, metrics, tokens, and the Ads API's drafts and scheduled posts.

    Everything a test may change at any time is in `settings`; tokens are in `grants`, posts in `tweets`.

    Args:
        clock: The clock that its state lives by.
        accounts: The users that it holds, each with an OAuth 2.0 user token and an OAuth 1.0a credential.
        vocabulary: Which names reads use: `legacy` (`tweet.fields`) or `post` (spec 2.167).
        plan: What the app may use; see `TwitterSettings`.
        ads_account: The ads account that may write as all of the users.
    """

    network: ClassVar[str] = "twitter"

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        accounts: Sequence[EmulatedAccount] | None = None,
        vocabulary: Vocabulary = "legacy",
        plan: AccessPlan = "pay_per_use",
        ads_account: str = DEFAULT_ADS_ACCOUNT,
    ) -> None:
        super().__init__(clock=clock)
        self.settings = TwitterSettings(vocabulary=vocabulary, plan=plan)
        self.state = State(self.clock, self.settings)
        self.app = OAuthApp()
        self.ledger = Ledger(self.state)
        self.rate_limits = RateLimits(self.clock)
        self._accounts = tuple(accounts) if accounts is not None else (DEFAULT_ACCOUNT,)
        for account in self._accounts:
            self._hold(account)
        self.state.ads_accounts[ads_account] = set(self.state.users)
        self._auth = Authenticator(self.state)
        self._tokens = TokenEndpoint(self.state, self.app)
        self._posts = Posts(self.state, self.ledger)
        self._reads = Reads(self.state, self.ledger)
        self._media = MediaUpload(self.state, self.ledger)
        self._ads = AdsApi(self.state, self._posts)
        self._routes = self._table()

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
                if not one.deleted and not one.nullcast and one.id == one.history[-1]
            ]
        return tuple(
            WallPost(one.id, one.author_id, one.raw, len(one.media_ids), one.link, one.created_at, one.reply_to)
            for one in sorted(seen, key=lambda one: one.created_at)
        )

    @property
    def grants(self) -> list[Grant]:
        """The tokens, for a test to change what one may do, or when it ends."""
        return self.state.grants

    def grant(self, token: str) -> Grant:
        """Give a token by its text."""
        return next(one for one in self.state.grants if one.token == token)

    def user(self, user_id: str) -> User:
        """Give a user, for a test to make it a premium one."""
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
        self.set_metrics(post_id, public={_COUNTS[name]: value for name, value in given.items() if name in _COUNTS})

    def set_metrics(self, post_id: str, *, public: dict[str, int], private: dict[str, int] | None = None) -> None:
        """Set a post's counts, by their names in the legacy vocabulary."""
        tweet = self.state.tweets[post_id]
        tweet.public.update(public)
        tweet.private.update(private or {})

    def publish_as(self, user_id: str, text: str) -> str:
        """Put somebody else's post on the wall, for replies; gives its id."""
        from socialconnect.testing.emulators.twitter.wire import CreatePost

        with self._lock:
            self.state.users.setdefault(user_id, User(user_id, f"user{user_id}", f"User {user_id}"))
            tweet = self._posts.build(CreatePost(text=text), self.state.users[user_id], [])
            self.state.tweets[tweet.id] = tweet
            return tweet.id

    # ── the emulator's own interface ──────────────────────────────────────────────────────────────────────────────

    def respond(self, request: EmulatedRequest) -> Response:
        """Answer a request as X would, and keep its effect."""
        self._ads.carry_out()
        try:
            return self._routed(request)
        except Refused as refused:
            return refused.response

    def throttled(self, request: EmulatedRequest, *, headers: bool) -> Response:
        """Give X's answer to too many requests."""
        found = self._find(request)
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

    def _table(self) -> tuple[_Route, ...]:
        posts, reads, media = self._posts, self._reads, self._media
        return (
            _Route("POST /2/tweets", posts.create, _WRITE),
            _Route("DELETE /2/tweets/:id", posts.delete, _WRITE),
            _Route("GET /2/tweets", reads.by_ids, _READ, app=True),
            _Route("GET /2/tweets/:id", reads.by_id, _READ, app=True),
            _Route("GET /2/users/me", reads.me, _READ),
            _Route("GET /2/users/:id/tweets", reads.timeline, _READ, app=True),
            _Route("GET /2/users/:id", reads.user, _READ, app=True),
            _Route("POST /2/media/upload", media.one_shot, _MEDIA),
            _Route("GET /2/media/upload", media.status, _MEDIA),
            _Route("POST /2/media/upload/initialize", media.initialize, _MEDIA),
            _Route("POST /2/media/upload/:id/append", media.append, _MEDIA),
            _Route("POST /2/media/upload/:id/finalize", media.finalize, _MEDIA),
            _Route("POST /2/media/metadata", media.metadata, _MEDIA),
            _Route("GET /2/usage/credits", reads.credits, _NONE, app=True),
        )

    def _find(self, request: EmulatedRequest) -> tuple[_Route, dict[str, str]] | None:
        for route in self._routes:
            captures = route.match(request.method, request.path)
            # `/2/tweets/analytics` and the like are operations of their own, not posts.
            if captures is not None and captures.get("id", "0").isdecimal():
                return route, captures
        return None

    def _routed(self, request: EmulatedRequest) -> Response:
        tokens = {
            ("POST", "/2/oauth2/token"): self._tokens.token,
            ("POST", "/2/oauth2/revoke"): self._tokens.revoke,
            ("POST", "/oauth2/token"): self._tokens.app_only,
            ("GET", "/i/oauth2/authorize"): self._tokens.consent,
        }
        token_call = tokens.get((request.method, request.path))
        if token_call is not None:
            return token_call(request)
        ads = _ADS_PATH.fullmatch(request.path)
        if ads:
            return self._ads_call(request, {name: value for name, value in ads.groupdict().items() if value})
        if request.path.startswith(("/1/", "/1.1/")):
            self._old_api(request)
        found = self._find(request)
        return self.unknown(request) if found is None else self._call(request, *found)

    def _call(self, request: EmulatedRequest, route: _Route, captures: dict[str, str]) -> Response:
        grant = self._auth.identify(request)
        headers = {"api-version": "2.166" if self.settings.vocabulary == "legacy" else "2.167"}
        if grant.scheme == "oauth1":
            headers["x-access-level"] = grant.access_level
        try:
            self._admit(route, grant)
            headers |= self.rate_limits.count(route.endpoint, grant.user_id, daily_headers=self.settings.daily_headers)
            if route.endpoint != "GET /2/usage/credits":
                self.ledger.check(reads_posts=request.method == "GET" and "tweets" in route.endpoint)
            call = Call(request, grant, captures)
            self._reads.check_private(call)
            done = route.act(call)
        except Refused as refused:
            done = refused.response
        return Response(done.status, {**headers, **done.headers}, done.content)

    def _admit(self, route: _Route, grant: Grant) -> None:
        """See that the app has access to the API, and the token to the operation."""
        match self.settings.plan:
            case "none":
                raise not_enrolled()
            case "subset":
                raise subset_only()
            case _:
                writes = not route.endpoint.startswith("GET ")
        self._auth.authorize(grant, scopes=route.scopes, app=route.app, oauth1=route.oauth1, writes=writes)

    def _ads_call(self, request: EmulatedRequest, captures: dict[str, str]) -> Response:
        try:
            grant = self._auth.identify(request)
        except Refused:
            grant = None
        if grant is None or grant.scheme != "oauth1":
            raise ads_error(401, "UNAUTHORIZED_ACCESS", "This request is not properly authenticated")
        users = self.state.ads_accounts.get(captures["account"], set())
        if grant.user_id not in users:
            raise ads_error(403, "ACCOUNT_NOT_FOUND", f"Account {captures['account']} was not found")
        acts = {
            ("GET", False): self._ads.all,
            ("POST", False): self._ads.create,
            ("GET", True): self._ads.one,
            ("PUT", True): self._ads.update,
            ("DELETE", True): self._ads.delete,
        }
        act = acts.get((request.method, "id" in captures))
        return self.unknown(request) if act is None else act(Call(request, grant, captures))

    def _old_api(self, request: EmulatedRequest) -> None:
        """Refuse what is older than v2: some is gone for all, the rest is outside a self-serve app's access."""
        if request.path.startswith("/1/"):
            raise retired_endpoint(68, "The Twitter REST API v1 is no longer active. Please migrate to API v1.1.")
        if request.path == "/1.1/media/upload.json":
            raise retired_endpoint(251, "This endpoint has been retired and should not be used.")
        raise subset_only()
