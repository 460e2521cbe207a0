"""What the blocking and the async face share: their settings, and everything that sends nothing."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from socialconnect.adapter import Adapter, Capabilities
from socialconnect.auth.tokens import OAuth1Credential, StaticToken, Token, TokenSource
from socialconnect.clock import Clock, SystemClock
from socialconnect.cost import CostEstimate
from socialconnect.errors import ConfigurationError, Problem
from socialconnect.lifecycle import DeprecationStatus, Lifecycle
from socialconnect.operations import Operations
from socialconnect.plans import KeepsPlans
from socialconnect.post import Post
from socialconnect.transport.engine import Transport
from socialconnect.transport.http_client import AsyncHttpClient, HttpClient
from socialconnect.transport.pacing import RateWindow
from socialconnect.transport.retry import RetryPolicy

__all__ = [
    "AsyncSettings",
    "Face",
    "Settings",
    "SharedSettings",
    "TokenLike",
    "newest_version",
    "operations_for",
]

TokenLike = str | Token | OAuth1Credential | TokenSource
"""What may be passed as `token=`: the token itself, or where it comes from."""


class SharedSettings(TypedDict, total=False):
    """What every network may be told, blocking or async."""

    base_url: str | None
    """Where the network is, in place of its own hosts: an emulator's address, or a proxy's."""
    timeout: float
    """Seconds for a request; 30 unless said otherwise."""
    publish_timeout: float
    """Seconds for a request that people see; 120 unless said otherwise. Giving up early leaves the outcome unknown."""
    retry: RetryPolicy
    """How often to try again, where that is safe."""
    clock: Clock
    """The clock; the machine's unless said otherwise."""
    lifecycle: Lifecycle
    """The facts about APIs' lives, the application's own among them."""
    outbox: KeepsPlans | None
    """Where drafts and plans are kept."""
    spend_limit: Decimal | None
    """
    How much money the account's calls may cost, in the currency of the network's price list; no limit unless given.
    With an outbox it is for each calendar month in UTC, kept on disk and shared by all who use that outbox; without one
    it holds as long as this object lives.
    """


class Settings(SharedSettings, total=False):
    """What every blocking network takes besides its own arguments."""

    http_client: HttpClient | None
    """The caller's own `httpx.Client`, which the caller closes."""


class AsyncSettings(SharedSettings, total=False):
    """What every async network takes besides its own arguments."""

    http_client: AsyncHttpClient | None
    """The caller's own `httpx.AsyncClient`, which the caller closes."""


_SETTINGS = frozenset((*SharedSettings.__annotations__, "http_client"))


def operations_for(
    adapter: Adapter, token: TokenLike, transport: Transport, clock: Clock, api: str | None, settings: SharedSettings
) -> Operations:
    unknown = sorted(set(settings) - _SETTINGS)
    if unknown:  # `**settings` takes any name at run time
        raise ConfigurationError(
            f"{adapter.network} has no setting named {', '.join(unknown)}; known are {', '.join(sorted(_SETTINGS))}."
        )
    timeout, publish_timeout = settings.get("timeout", 30.0), settings.get("publish_timeout", 120.0)
    if timeout <= 0 or publish_timeout <= 0:
        raise ConfigurationError("timeout and publish_timeout must be more than 0 seconds.")
    if isinstance(token, str) and not token.strip():
        raise ConfigurationError(f"The token for {adapter.network} {adapter.account} is empty.")
    base_url = settings.get("base_url")
    if base_url is not None and not base_url.startswith(("https://", "http://")):
        raise ConfigurationError(f"base_url must be an http or https address, not {base_url!r}.")
    outbox = settings.get("outbox")
    operations = Operations(
        adapter,
        transport,
        StaticToken(token) if isinstance(token, str | Token | OAuth1Credential) else token,
        clock=clock,
        lifecycle=settings.get("lifecycle") or Lifecycle(),
        api=api,
        retry=settings.get("retry") or RetryPolicy(),
        timeout=timeout,
        publish_timeout=publish_timeout,
        plans=outbox.plans if outbox is not None else None,
        spend_limit=settings.get("spend_limit"),
    )
    if outbox is not None:
        outbox.plans.attach(operations)
    return operations


def newest_version(settings: SharedSettings, network: str, api: str) -> str:
    """Give the newest live version of an API on the clock's day; for the constructors of networks with versions."""
    clock = settings.get("clock") or SystemClock()
    return settings.setdefault("lifecycle", Lifecycle()).default_version(network, api, clock.now())


class Face(ABC):
    """What both faces share: everything that sends nothing."""

    _operations: Operations

    @property
    def name(self) -> str:
        """The network's name."""
        return self._operations.network

    @property
    def account(self) -> str:
        """The account's id on the network."""
        return self._operations.account

    @property
    def capabilities(self) -> Capabilities:
        """What the account can do by itself, without the outbox."""
        return self._operations.adapter.capabilities

    @property
    def operations(self) -> Operations:
        """The coroutines that both faces stand on; for the outbox, and for those who build further."""
        return self._operations

    def validate(self, post: Post) -> list[Problem]:
        """
        Give everything that is wrong with a post for this network, and what a person should know. Sends nothing.

        Args:
            post: The post.

        Returns:
            The problems; empty if there are none. Those of severity `warning` do not stop a publish.
        """
        return self._operations.problems(post)

    def estimate_cost(
        self,
        post: Post | None = None,
        *,
        operation: str = "publish",
        count: int = 1,
        names: Sequence[str] = (),
    ) -> CostEstimate:
        """
        Say what a call costs, in money and in quota: publishing a post, or another operation. Sends nothing.

        Args:
            post: The post, for what publishing it costs.
            operation: For another call, the method's name: `delete`, `posts`, `fetch_metrics`, `fetch_account_metrics`.
            count: How many posts that call is about, or may give back.
            names: The metrics that `fetch_metrics` would be asked for; the usual ones if there are none.
        """
        return self._operations.estimate_cost(post, operation, count, names)

    def deprecation_status(self, on: date | datetime | None = None) -> DeprecationStatus:
        """
        Say what is known of the network's API on a day: as a whole, and for each operation. Sends nothing.

        Args:
            on: The day (its beginning in UTC) or an aware moment, past or future; now if not given.
        """
        return self._operations.deprecation_status(on)

    def rate_limits(self) -> tuple[RateWindow, ...]:
        """Give the rate limits as the network last told them; empty before the first answer. Sends nothing."""
        return self._operations.rate_limits()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.account}>"
