"""How LinkedIn is spoken to: Rest.li over the versioned API, its refusals, and its allowances."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential, Token
from socialconnect.errors import (
    ConfigurationError,
    DuplicatePost,
    PermissionDenied,
    ProtocolError,
    QuotaExceeded,
    RejectedError,
    SocialConnectError,
    ThrottleError,
    TokenRevoked,
)
from socialconnect.networks.linkedin import limits, restli
from socialconnect.networks.linkedin.allowances import BATCHES, Tier, counted, endpoint, next_midnight, used_up
from socialconnect.networks.linkedin.errors import RULES, FreshTokenRefused, read_refusal
from socialconnect.networks.linkedin.restli import RestliValue
from socialconnect.networks.linkedin.wire import BatchAnswer
from socialconnect.refusal import Refusal
from socialconnect.transport.pacing import RateWindow
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["POST_URN", "LinkedInApi"]

T = TypeVar("T")

POST_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")
"""The URN of a post."""

_AUTHOR = re.compile(r"urn:li:(?:(?P<page>organization|organizationBrand):\d+|person:[A-Za-z0-9_-]+)")
_VERSION = re.compile(r"\d{6}")


@dataclass
class _FoundOut:
    """What was found out about the token's rights by asking once; shared by all copies of one adapter."""

    closed: set[str] = field(default_factory=set[str])
    """What this token may not do, such as `GET /rest/images`."""
    token_ends: datetime | None = None
    """When the token that was last sent ends, where that is known."""
    forgiven: datetime | None = None
    """The end of the token that was given a moment already."""


class LinkedInApi(Adapter):
    """
    One page or one member, and how its requests are written and its answers read.

    Args:
        author: The URN that posts: `urn:li:organization:…` or `urn:li:person:…`.
        api_version: The version to ask for, as year and month.
        base_url: Where LinkedIn is, in place of its own hosts.
        tier: What the app may do, where the caller knows.

    Raises:
        ConfigurationError: The author is no such URN, the version no year and month, or the tier none of LinkedIn's.
    """

    network = "linkedin"
    hosts: ClassVar[Mapping[str, str]] = {"api": "https://api.linkedin.com", "oauth": "https://www.linkedin.com"}
    trusted_domains = ("linkedin.com",)
    rules = RULES

    def __init__(self, *, author: str, api_version: str, base_url: str | None = None, tier: Tier | None = None) -> None:
        found = _AUTHOR.fullmatch(author)
        if found is None:
            raise ConfigurationError(
                f"author must be the URN of a page or a member, not {author!r}.",
                hint="Give urn:li:organization:<number>, or urn:li:person:<id> with the `sub` of /v2/userinfo as id.",
            )
        if _VERSION.fullmatch(api_version) is None:
            raise ConfigurationError(
                f"api_version must be a year and a month in six digits, not {api_version!r}.",
                hint="Leave it out to use the newest.",
            )
        if tier is not None and tier not in get_args(Tier):
            raise ConfigurationError(f"tier must be one of {', '.join(get_args(Tier))}, not {tier!r}.")
        super().__init__(account=author, base_url=base_url)
        self.is_page = found["page"] is not None
        """Whether it posts as a page; else as a member."""
        self.tier: Tier | None = tier
        """What the app may do, where the caller knows."""
        self._version = api_version
        self._found_out = _FoundOut()
        if self.base_url is not None:
            # Uploads go to addresses that the answers name: on an emulator, elsewhere on the same origin.
            parts = urlsplit(self.base_url)
            self.trusted_prefixes = (f"{parts.scheme}://{parts.netloc}/",)

    @property
    def api_version(self) -> str:
        """The API version that the adapter asks for."""
        return self._version

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def find(self, path: str, query: Mapping[str, RestliValue], parse: Callable[[Response], T], /) -> T:
        """Call a finder: a query that gives elements."""
        request = restli.reading(self.url("api", path), query, method="FINDER", limit_key=f"GET {path}")
        return await self.wire.call(request, parse)

    async def get(
        self, path: str, key: str, parse: Callable[[Response], T], /, query: Mapping[str, RestliValue] | None = None
    ) -> T:
        """Read one thing by its key."""
        url = self.url("api", f"{path}/{restli.encode(key)}")
        request = restli.reading(url, query or {}, method="GET", limit_key=f"GET {path}")
        return await self.wire.call(request, parse)

    async def act(self, path: str, action: str, body: JsonValue, parse: Callable[[Response], T], /) -> T:
        """Call an action whose effect nobody sees."""
        url = self.url("api", f"{path}?action={action}")
        request = Request("POST", url, Effect.PREPARE, json=body, limit_key=f"POST {path}")
        return await self.wire.call(request, parse)

    async def get_each(self, path: str, keys: Sequence[str]) -> dict[str, JsonValue | SocialConnectError]:
        """
        Read several things: in batches where the app may, else one by one; which of them is found out once.

        Raises:
            SocialConnectError: Nothing could be read, for a reason that is no single thing's own.
        """
        found: dict[str, JsonValue | SocialConnectError] = {}
        batch = f"BATCH_GET {path}"
        if len(keys) > 1 and not self.is_closed(batch) and (self.tier is None or self.tier in BATCHES):
            try:
                for at in range(0, len(keys), limits.BATCH):
                    found |= await self._get_batch(path, keys[at : at + limits.BATCH])
            except (PermissionDenied, ThrottleError, RejectedError):
                one_by_one = await self._get_one_by_one(path, [one for one in keys if one not in found])
                self.close(batch)  # only now: a token that may read nothing says nothing about batches
                return {**found, **one_by_one}
            return found
        return await self._get_one_by_one(path, keys)

    async def _get_batch(self, path: str, keys: Sequence[str]) -> dict[str, JsonValue | SocialConnectError]:
        request = restli.reading(
            self.url("api", path), {"ids": list(keys)}, method="BATCH_GET", limit_key=f"BATCH_GET {path}"
        )
        answer = await self.wire.call(request, lambda response: response.into(BatchAnswer))
        results = {restli.decode_id(key): one for key, one in answer.results.items()}
        failed = {restli.decode_id(key): one for key, one in answer.errors.items()}
        told: dict[str, JsonValue | SocialConnectError] = {}
        for key in keys:
            if key in results:
                told[key] = results[key]
            elif key in failed:
                told[key] = self._refusal_of(request, failed[key].status or 404, failed[key].message)
        return told

    def _refusal_of(self, request: Request, status: int, message: str | None) -> SocialConnectError:
        import json

        body = json.dumps({"status": status, "message": message or ""}).encode()
        return self.refused(request, Response(status, {}, body), answer="")

    async def _get_one_by_one(self, path: str, keys: Sequence[str]) -> dict[str, JsonValue | SocialConnectError]:
        found: dict[str, JsonValue | SocialConnectError] = {}
        for key in keys:
            try:
                found[key] = await self.get(path, key, lambda response: response.json())
            except RejectedError as error:
                found[key] = error
        return found

    def is_closed(self, what: str) -> bool:
        """Whether it was found out that this token may not do something."""
        return what in self._found_out.closed

    def close(self, what: str) -> None:
        """Remember that this token may not do something."""
        self._found_out.closed.add(what)

    def check_place(self, url: str) -> None:
        """
        Refuse an address to upload to that is not LinkedIn's own.

        Raises:
            ProtocolError: It is somewhere else.
        """
        if not self.trusts(url):
            raise ProtocolError(f"LinkedIn names {urlsplit(url).netloc} to upload to: nothing was sent there.")

    # ── the way of speaking ───────────────────────────────────────────────────────────────────────────────────────

    def sign(self, request: Request, credential: Credential) -> Mapping[str, str]:
        """Give the token's header, and for the versioned API the version's."""
        headers = dict(super().sign(request, credential))
        self._found_out.token_ends = credential.expires_at if isinstance(credential, Token) else None
        path = self._path(request.url)
        if path.startswith(("/rest/", "/v2/")):
            own = {name.lower() for name in request.headers}
            versions = {"LinkedIn-Version": self._version} if path.startswith("/rest/") else {}
            versions["X-Restli-Protocol-Version"] = restli.PROTOCOL_VERSION
            headers |= {name: value for name, value in versions.items() if name.lower() not in own}
        return headers

    def read_refusal(self, request: Request, response: Response) -> Refusal:
        """Read an error answer."""
        return read_refusal(response, path=self._path(request.url), now=self.wire.clock.now())

    def refused(self, request: Request, response: Response, *, answer: str) -> SocialConnectError:
        """Turn an error answer into the error that it means, with what LinkedIn tells in its message alone."""
        error = super().refused(request, response, answer=answer)
        if isinstance(error, DuplicatePost):
            existing = POST_URN.search(error.message)
            error.existing = existing[0] if existing else None
        elif isinstance(error, QuotaExceeded) and error.retry_after is None:
            now = self.wire.clock.now()
            error.retry_after = (next_midnight(now) - now).total_seconds()
        elif isinstance(error, PermissionDenied):
            # A row names the scopes of pages and members; this account is one of the two.
            kind = "organization" if self.is_page else "member"
            error.missing = tuple(scope for scope in error.missing if kind in scope)
        elif isinstance(error, TokenRevoked) and self._is_fresh():
            return FreshTokenRefused.instead_of(error, retry_after=limits.FRESH_TOKEN_WAIT)
        return error

    def _is_fresh(self) -> bool:
        """Whether the token is seconds old, which LinkedIn's servers may not all know of yet; told once for each."""
        ends = self._found_out.token_ends
        if ends is None or ends == self._found_out.forgiven:
            return False
        if ends - self.wire.clock.now() <= limits.TOKEN_LIVES - limits.TOKEN_IS_FRESH:
            return False
        self._found_out.forgiven = ends
        return True

    def rate_windows(self, request: Request, response: Response) -> Iterable[RateWindow]:
        """Count the call; LinkedIn tells nothing of its limits but that they are reached."""
        now = self.wire.clock.now()
        if request.limit_key == limits.UNCOUNTED:
            return
        window = counted(self.wire.pacing.windows, endpoint(request.limit_key), self.tier, now)
        yield window
        if response.status == limits.THROTTLED:
            yield from used_up(self.refused(request, response, answer=""), window, now)

    def _path(self, url: str) -> str:
        path = url.removeprefix(self.base_url) if self.base_url else urlsplit(url).path
        return path.partition("?")[0]
