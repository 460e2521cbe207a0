"""What the adapters of Facebook and Instagram share: how the Graph API is spoken to."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, TypeVar
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

from pydantic import JsonValue, SecretStr

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential
from socialconnect.errors import (
    ApiRetired,
    ConfigurationError,
    MediaNotReady,
    ProtocolError,
    SocialConnectError,
    ThrottleError,
    UnavailableError,
)
from socialconnect.lifecycle.catalogue import MetricLife
from socialconnect.metrics import Unavailable
from socialconnect.networks.meta import refusals, usage
from socialconnect.networks.meta.errors import TRANSIENT
from socialconnect.networks.meta.served import ServedVersion
from socialconnect.networks.meta.wire import GraphModel, Paging, Success
from socialconnect.refusal import Refusal, matching, to_error
from socialconnect.transport.pacing import RateWindow
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["GraphAdapter", "next_page", "not_before"]

ModelT = TypeVar("ModelT", bound=GraphModel)

_SECRET_PARAMETERS = frozenset({"access_token", "appsecret_proof"})

# https://developers.facebook.com/docs/video-api/guides/reels-publishing/, …/docs/instagram-platform/content-publishing
_UPLOADS = re.compile(r"/(?:video-upload|ig-api-upload)/")

# Errors that stay what they are when the network calls them passing: they say more than that it is down.
_MORE_PRECISE = (ThrottleError, MediaNotReady, UnavailableError)


class GraphAdapter(Adapter):
    """
    An account behind the Graph API.

    Args:
        account: The id of the page or professional account.
        api_version: The version to ask for, such as the catalogue's newest.
        app_secret: The app's secret; with it every call carries a proof that it comes from the app's own servers.
        base_url: An address in place of the network's hosts.
    """

    use_case: ClassVar[str]
    """The kind of business use that the calls count as in `x-business-use-case-usage`."""
    metric_levels: ClassVar[tuple[str, ...]]
    """The catalogue's levels of the metrics that the network gives for posts."""

    def __init__(
        self,
        *,
        account: str,
        api_version: str,
        app_secret: str | None = None,
        base_url: str | None = None,
    ) -> None:
        if not account.strip():
            raise ConfigurationError(f"The account's id on {self.network} is empty.")
        super().__init__(account=account, base_url=base_url)
        self.app_secret = SecretStr(app_secret) if app_secret else None
        self.served = ServedVersion(self.network, api_version)
        """Which version answers: an expired one is served by another, silently."""
        self.refused_metrics: dict[tuple[str, str], dict[str, Unavailable]] = {}
        """Metrics that the network refused, by level and post, `*` for every post: not asked for again."""
        self.granted: list[frozenset[str] | None] = []
        """What the token may do, once it was looked up; see `permissions`."""
        self._api_version = api_version

    @property
    def api_version(self) -> str:
        """The version that the adapter asks for."""
        return self._api_version

    @property
    def served_version(self) -> str | None:
        """The version that answered last: an expired one is served by another, silently."""
        return self.served.version

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    def address(self, *parts: str, host: str = "graph") -> str:
        """Give the address of a node or edge; each part is escaped."""
        return self.url(host, "/".join(["", self._api_version, *(quote(part, safe="") for part in parts)]))

    async def get(self, *parts: str, query: Mapping[str, str], model: type[ModelT]) -> ModelT:
        """Read a node or edge."""
        request = Request("GET", self.address(*parts), Effect.READ, query=query)
        return await self.wire.call(request, lambda response: response.into(model))

    async def post(
        self,
        *parts: str,
        body: Mapping[str, JsonValue],
        effect: Effect,
        model: type[ModelT],
        query: Mapping[str, str] | None = None,
    ) -> ModelT:
        """Make or change something, with a JSON body."""
        request = Request("POST", self.address(*parts), effect, query=query, json=dict(body))
        return await self.wire.call(request, lambda response: response.into(model))

    async def change(self, node: str, body: Mapping[str, JsonValue]) -> None:
        """Change something that people see, or a plan for it."""
        request = Request("POST", self.address(node), Effect.VISIBLE, json=dict(body))
        await self.wire.call(request, lambda response: response.into(Success).confirmed())

    async def remove(self, node: str) -> None:
        """Delete something that people see, or a plan for it."""
        request = Request("DELETE", self.address(node), Effect.VISIBLE)
        await self.wire.call(request, lambda response: response.into(Success).confirmed())

    # ── the network's way of speaking ─────────────────────────────────────────────────────────────────────────────

    def secrets(self) -> Iterable[str]:
        """Give the app's secret, to mask."""
        return () if self.app_secret is None else (self.app_secret.get_secret_value(),)

    def sign(self, request: Request, credential: Credential) -> Mapping[str, str]:
        """Give the header with the token, and put the app's proof into the address."""
        self.served.tell()
        headers = super().sign(request, credential)
        if _UPLOADS.search(request.url):  # the upload host wants the older word
            headers = {"Authorization": headers["Authorization"].replace("Bearer ", "OAuth ", 1)}
        if self.app_secret is not None:
            token = headers["Authorization"].partition(" ")[2]
            # A parameter, not a header; made here because a renewed token needs another proof.
            request.query = {**(request.query or {}), "appsecret_proof": _proof(self.app_secret, token)}
        return headers

    def rate_windows(self, request: Request, response: Response) -> Iterable[RateWindow]:
        """Read the three families of rate-limit headers, and the header that tells which version answered."""
        served = response.headers.get("facebook-api-version")
        if served is not None and f"/{self._api_version}/" in request.url:
            self.served.learn(served)
        return usage.windows(response.headers, self.use_case, self.wire.clock.now())

    def read_refusal(self, request: Request, response: Response) -> Refusal:
        """Read an error answer."""
        return refusals.read(response, path=urlsplit(request.url).path, use_case=self.use_case)

    def refused(self, request: Request, response: Response, *, answer: str) -> SocialConnectError:
        """Turn an error answer into the error that it means."""
        refusal = self.read_refusal(request, response)
        rule = matching(refusal, self.rules)
        if refusal.code is None and response.status < 500 and not issubclass(rule.error, ThrottleError):
            return ProtocolError(refusal.message, status=response.status, answer=answer)
        if refusal.transient and not issubclass(rule.error, _MORE_PRECISE):
            return to_error(refusal, (TRANSIENT,), answer=answer)
        error = to_error(refusal, self.rules, answer=answer)
        return self._retired_metric(request, error) or error

    def _retired_metric(self, request: Request, error: SocialConnectError) -> ApiRetired | None:
        """Tell the end of a metric that a refused question names; the network says only that it is not valid."""
        if error.code != "100" or "metric" not in error.message:
            return None
        asked = parse_qs(urlsplit(request.full_url).query).get("metric", [""])[-1].split(",")
        dead = [row for name in asked if (row := self.metric_end(name, self.metric_levels)) is not None]
        if not dead:
            return None
        row = dead[0]
        retired = ApiRetired(
            f"{error.message} Retired on {row.ends}: {', '.join(row.names)}.",
            source=row.source,
            status=error.status,
            code=error.code,
            request_id=error.request_id,
            hint=f"Instead: {row.replacement}" if row.replacement else None,
            answer=error.answer,
        )
        retired.part = True
        return retired

    def metric_end(self, name: str, levels: Sequence[str]) -> MetricLife | None:
        """Give the catalogue's row of a metric that is dead on the clock's day on any of the levels, or `None`."""
        if self.catalogue is None:
            return None
        return self.catalogue.ended_metric(name, levels, self.wire.clock.now().date())


def next_page(paging: Paging | None) -> dict[str, str] | None:
    """Give the next page's parameters without the token that the network puts into its address; `None` at the end."""
    if paging is None or not paging.next:
        return None
    given = parse_qsl(urlsplit(paging.next).query, keep_blank_values=True)
    return {name: value for name, value in given if name not in _SECRET_PARAMETERS}


def not_before(at: datetime | None, since: datetime | None) -> bool:
    """Whether a post is no older than `since`; the network tells times in whole seconds."""
    return at is None or since is None or at >= since.replace(microsecond=0)


def _proof(app_secret: SecretStr, token: str) -> str:
    return hmac.new(app_secret.get_secret_value().encode(), token.encode(), hashlib.sha256).hexdigest()
