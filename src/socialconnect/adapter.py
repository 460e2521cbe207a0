"""
What a network must implement, once: blocking and async come from the same body.

An adapter's coroutines await its wire, the journal and each other, and nothing else.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, JsonValue

from socialconnect.auth.tokens import Credential, OAuth1Credential
from socialconnect.cost import CostEstimate
from socialconnect.errors import Problem, SocialConnectError, UnsupportedFeature
from socialconnect.journal import Journal
from socialconnect.lifecycle.catalogue import Catalogue
from socialconnect.lifecycle.settings import Lifecycle
from socialconnect.metrics import AccountMetrics, Metrics
from socialconnect.post import Draft, NetworkOptions, Post, PublishedPost, ScheduledPost
from socialconnect.refusal import Refusal, Rule, to_error
from socialconnect.transport.pacing import RateWindow
from socialconnect.transport.request import Request, Response
from socialconnect.transport.wire import Wire

__all__ = ["Adapter", "Capabilities", "DoneSteps", "Seen"]


class Capabilities(BaseModel):
    """
    What an account on a network can do by itself, without the outbox.

    Args:
        drafts: Whether the network keeps drafts.
        scheduling: Whether the network publishes at a given time.
        delete: Whether a published post can be taken back.
        read_back: Whether the account's recent posts can be read; what reconciliation rests on.
        media_from_url: Whether the network fetches media from an address.
        media_from_file: Whether media can be uploaded.
        metrics_batch: How many posts' metrics one request can ask for.
        account_metrics: Whether it gives numbers of the account as a whole.
        update: Whether a published post's text can be changed.
        polls: Whether a post may hold a poll.
        threads: Whether a post may go on in further posts.
        first_comment: Whether the account may comment below its own post.
        documents: Whether a post may carry documents.
        shows_parents: Whether posts that are read back name the post that they answer, if they answer one.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    drafts: bool = False
    scheduling: bool = False
    delete: bool = False
    read_back: bool = False
    media_from_url: bool = False
    media_from_file: bool = False
    metrics_batch: int = 1
    account_metrics: bool = False
    update: bool = False
    polls: bool = False
    threads: bool = False
    first_comment: bool = False
    documents: bool = False
    shows_parents: bool = False


class DoneSteps(Protocol):
    """The steps of a publish that are done and on record, for looking; a `Journal` is that, too."""

    async def recorded(self, name: str) -> tuple[JsonValue] | None:
        """Give a step's result, alone in a tuple, while it lives; see `Journal.recorded`."""
        ...


@dataclass(frozen=True)
class Seen:
    """
    What a look at the one place where a visible step's result would be has shown.

    Args:
        found: What the step has made, if that is there.
        whole: Whether it would have been seen if it were there: only then its absence says something.
        pending: Whether the network is still working on it, so that it may yet appear.
    """

    found: PublishedPost | None = None
    whole: bool = False
    pending: bool = False


class Adapter(ABC):
    """
    One account on one network. Only `publish` must be written; each other operation is unsupported until it is.

    `self.wire` is there before any coroutine is called. Whatever is not written raises `UnsupportedFeature`.

    Args:
        account: The account's id on the network.
        base_url: Where the network is, in place of all its own hosts.
    """

    network: ClassVar[str]
    """The network's name, as in the registry."""
    hosts: ClassVar[Mapping[str, str]]
    """The network's hosts by a short name of our own, such as `{"api": "https://api.example.com"}`."""
    trusted_domains: ClassVar[tuple[str, ...]] = ()
    """Further domains, their sub-domains included, to which the token may be sent, over https."""
    options: ClassVar[type[NetworkOptions]] = NetworkOptions
    """The network's own options for a post."""
    rules: ClassVar[Sequence[Rule]] = ()
    """From the network's error codes to error classes, most specific first."""

    wire: Wire
    _lifecycle: Lifecycle | None = None

    def __init__(self, *, account: str, base_url: str | None = None) -> None:
        self.account = account
        """The account's id on the network."""
        self.base_url = base_url.rstrip("/") if base_url else None
        prefixes = [self.base_url] if self.base_url else list(self.hosts.values())
        self.trusted_prefixes: tuple[str, ...] = tuple(f"{prefix}/" for prefix in prefixes)

    @property
    def capabilities(self) -> Capabilities:
        """What this account can do by itself."""
        return Capabilities()

    @property
    def api_version(self) -> str | None:
        """The API version that the adapter asks for; `None` for a network without versions."""
        return None

    @property
    def served_version(self) -> str | None:
        """The API version that answered last, where the network tells; it may be another than was asked for."""
        return None

    @property
    def catalogue(self) -> Catalogue | None:
        """The facts on the network that the account goes by: prices, versions, the lives of metrics; `None` if none."""
        return None if self._lifecycle is None else self._lifecycle.catalogue(self.network)

    def knowing(self, lifecycle: Lifecycle) -> Self:
        """Give a copy that goes by these facts about APIs' lives."""
        known = copy.copy(self)
        known._lifecycle = lifecycle
        return known

    def bind(self, wire: Wire) -> Self:
        """Give a copy that speaks through this wire."""
        bound = copy.copy(self)
        bound.wire = wire
        return bound

    # ── the operations ────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Publish: each upload in `journal.step`, the one request that people see in `journal.visible`."""

    async def delete(self, post_id: str) -> None:
        """Delete a published post."""
        raise self.unsupported("delete", "delete it on the network itself")

    async def update(self, post_id: str, text: str) -> None:
        """Change a published post's text."""
        raise self.unsupported("update", "delete the post and publish another")

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        """Give the account's posts, newest first, no older than `since`."""
        raise self.unsupported("posts", "keep the ids that publish gives")

    async def look_for(self, post: Post, step: str, done: DoneSteps) -> Seen | None:
        """
        Look for what a visible step of a publish has made, where that has a place of its own; `None` if it has none.

        Reconciliation asks this first when a step's answer was lost. A first comment is below its post, whose id is
        on record, and an upload has had its id since before the step. Nothing there can be another delivery's. What
        has no such place is looked for among `posts`.

        Args:
            post: The network's variant of the post.
            step: The visible step, as `publish` has named it to the journal.
            done: What of that publish is on record.
        """
        return None

    async def fetch_metrics(
        self, post_ids: Sequence[str], names: Sequence[str] = ()
    ) -> dict[str, Metrics | SocialConnectError]:
        """
        Give each post's metrics, or the error of its reading; batched as the network allows.

        `names` are the network's own names of the metrics wanted; the usual ones if there are none.
        """
        raise self.unsupported("fetch_metrics", "read them on the network itself")

    async def fetch_account_metrics(
        self, since: datetime | None, until: datetime | None, names: Sequence[str] = ()
    ) -> AccountMetrics:
        """Give the numbers of the account as a whole, of the days from `since` to `until`."""
        raise self.unsupported("fetch_account_metrics", "read them on the network itself")

    async def draft(self, post: Post, journal: Journal) -> Draft:
        """Keep a draft on the network."""
        raise self.unsupported("draft", _USE_OUTBOX)

    async def drafts(self) -> list[Draft]:
        """Give the drafts that the network keeps."""
        raise self.unsupported("draft", _USE_OUTBOX)

    async def update_draft(self, draft_id: str, post: Post) -> Draft:
        """Change a draft on the network."""
        raise self.unsupported("draft", _USE_OUTBOX)

    async def publish_draft(self, draft_id: str) -> PublishedPost:
        """Publish a draft that the network keeps."""
        raise self.unsupported("draft", _USE_OUTBOX)

    async def delete_draft(self, draft_id: str) -> None:
        """Delete a draft on the network."""
        raise self.unsupported("draft", _USE_OUTBOX)

    async def schedule(self, post: Post, at: datetime, journal: Journal) -> ScheduledPost:
        """Have the network publish later."""
        raise self.unsupported("schedule", _USE_OUTBOX)

    async def scheduled(self) -> list[ScheduledPost]:
        """Give what the network will publish later."""
        raise self.unsupported("schedule", _USE_OUTBOX)

    async def reschedule(self, plan_id: str, at: datetime) -> ScheduledPost:
        """Move a plan on the network to another time."""
        raise self.unsupported("schedule", _USE_OUTBOX)

    async def cancel(self, plan_id: str) -> None:
        """Take back a plan on the network."""
        raise self.unsupported("schedule", _USE_OUTBOX)

    # ── what needs no request ─────────────────────────────────────────────────────────────────────────────────────

    def problems(self, post: Post) -> list[Problem]:
        """Give everything in the post that the network would refuse. `post` is already the network's variant."""
        return []

    def schedule_problems(self, post: Post, at: datetime, now: datetime) -> list[Problem]:
        """Give what is wrong with the time for the network's own scheduling."""
        return []

    def cost(self, post: Post) -> CostEstimate:
        """Say what publishing the post costs."""
        return CostEstimate(network=self.network, operation="publish", priced=False)

    def resembles(self, post: Post, found: PublishedPost) -> bool:
        """
        Whether a post that was read back is what this post would have become: the fingerprint of reconciliation.

        By the text, in which the network may have changed blanks, and by the number of media. An adapter whose network
        changes more undoes that here; what it cannot compare for certain is no match. A post that answers another one
        is no match for a post that answers none. A further post of a thread is compared with what was read as if that
        answered none.
        """
        if found.parent is not None and self.capabilities.shows_parents:
            return False
        if found.text is None or (found.media_count is not None and found.media_count != len(post.media)):
            return False
        return " ".join(found.text.split()) == " ".join(post.text.split())

    def lists(self, post: Post) -> bool:
        """
        Whether `posts` would hold such a post once it is live, for certain.

        Where it would not, as for an advertisement that is in no timeline, reconciliation concludes nothing from its
        absence, and never sends it again by itself.
        """
        return True

    def cost_of(
        self, operation: str, count: int = 1, *, refs: Sequence[str] = (), names: Sequence[str] = ()
    ) -> CostEstimate:
        """
        Say what an operation besides publishing costs, where the network bills for it.

        Args:
            operation: The method's name, such as `delete` or `fetch_metrics`.
            count: How many posts it is about, or may give back.
            refs: Which posts, where they are known.
            names: The metrics asked for; the usual ones if there are none.
        """
        return CostEstimate(network=self.network, operation=operation, priced=False)

    # ── the network's way of speaking ─────────────────────────────────────────────────────────────────────────────

    def url(self, host: str, path: str) -> str:
        """Give a whole address: the base address if the caller set one, else the network's host."""
        return f"{self.base_url or self.hosts[host]}{path}"

    def secrets(self) -> Iterable[str]:
        """Give the adapter's own secrets besides the token, to mask."""
        return ()

    def sign(self, request: Request, credential: Credential) -> Mapping[str, str]:
        """Give the headers that carry the credential."""
        if isinstance(credential, OAuth1Credential):
            raise self.unsupported("token", "give an OAuth 2.0 token")
        return {"Authorization": f"Bearer {credential.access_token.get_secret_value()}"}

    def trusts(self, url: str) -> bool:
        """Whether an address that the network gave may be sent to with the token: its own hosts, over https."""
        if url.startswith(self.trusted_prefixes):
            return True
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in self.trusted_domains)

    def accepts(self, response: Response) -> bool:
        """Whether the answer is a success."""
        return response.ok

    def read_refusal(self, request: Request, response: Response) -> Refusal:
        """Read an error answer in the network's own shape; must take HTML and empty bodies too."""
        return Refusal(status=response.status, message=response.text[:200])

    def refused(self, request: Request, response: Response, *, answer: str) -> SocialConnectError:
        """Turn an error answer into the error that it means, by the network's table."""
        return to_error(self.read_refusal(request, response), self.rules, answer=answer)

    def rate_windows(self, request: Request, response: Response) -> Iterable[RateWindow]:
        """Read what the answer's headers tell of rate limits."""
        return ()

    def unsupported(self, feature: str, instead: str) -> UnsupportedFeature:
        """Give the error for what the network cannot do, saying what to do instead."""
        problem = Problem(
            field=feature,
            rule="supported",
            message=f"{self.network} has no {feature} of its own; {instead}",
            network=self.network,
        )
        return UnsupportedFeature([problem])


_USE_OUTBOX = "give the network an outbox, which keeps drafts and plans itself"
