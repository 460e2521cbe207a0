"""
The interface: `Network` (blocking) and `AsyncNetwork`, with the same methods, arguments and errors.

Both stand on the same coroutines (`operations.py`). The blocking face runs one with a single `send(None)`: over the
blocking transport nothing in it ever suspends. The async face (`async_network.py`) awaits it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self, Unpack

from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.async_network import AsyncNetwork
from socialconnect.blocking import run
from socialconnect.clock import SystemClock
from socialconnect.face import (
    AsyncSettings,
    Face,
    Settings,
    TokenLike,
    newest_version,
    operations_for,
)
from socialconnect.journal import Progress
from socialconnect.metrics import AccountMetrics, MetricsReport
from socialconnect.post import Draft, Post, PublishedPost, ScheduledPost
from socialconnect.preview import PreparedRequest
from socialconnect.transport.engine import HttpxTransport
from socialconnect.transport.request import Response

__all__ = ["AsyncNetwork", "AsyncSettings", "Network", "Settings", "TokenLike", "newest_version", "run"]


class Network(Face):
    """
    One account on one social network, blocking.

    It is abstract: make a `Facebook`, an `Instagram`, a `LinkedIn`, a `Twitter`, or one from an adapter of your own
    with `from_adapter`. An object may be shared by threads. Close it, or use it in a `with` block.
    """

    @abstractmethod
    def __init__(self) -> None: ...

    def _open(
        self, adapter: Adapter, token: TokenLike, *, api: str | None = None, **settings: Unpack[Settings]
    ) -> None:
        clock = settings.get("clock") or SystemClock()
        transport = HttpxTransport(clock, settings.get("http_client"))
        self._operations = operations_for(adapter, token, transport, clock, api, settings)

    @classmethod
    def from_adapter(
        cls, adapter: Adapter, *, token: TokenLike, api: str | None = None, **settings: Unpack[Settings]
    ) -> Network:
        """
        Make a network from any adapter.

        Args:
            adapter: The adapter, for one account.
            token: The token, or where it comes from.
            api: The API whose version the adapter asks for, as named in the catalogue.
            settings: As for every network; see `Settings`.
        """
        return _AdapterNetwork(adapter, token, api, settings)

    def close(self) -> None:
        """Close the connections that this object opened itself."""
        run(self._operations.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def publish(self, post: Post, *, progress: Progress | None = None) -> PublishedPost:
        """
        Publish a post now.

        The post's variant and options for this network are applied; the text is never altered.

        Args:
            post: What to publish.
            progress: What an earlier try had done, to go on from there; an empty one to keep what this try does.

        Returns:
            The live post.

        Raises:
            ValidationError: Something in the post breaks a rule; nothing was sent. All problems at once.
            ApiRetired: The network, or the API version in use, is retired.
            ApiPaywalled: Access is sold, and this app has not bought it.
            OutcomeUnknown: The answer was lost: the post may be live. Look before you send it again.
            NotSent: The request never left; it is safe to repeat.
            PartlyPublished: A part is live, such as the first posts of a thread; go on with its `progress`.
            SocialConnectError: Any other refusal; see `socialconnect.errors`.
        """
        return run(self._operations.publish_directly(post, progress))

    def delete(self, ref: PublishedPost | str) -> None:
        """
        Delete a published post.

        Args:
            ref: The post, or its id.

        Raises:
            UnsupportedFeature: The network does not let software delete posts.
            NotFound: There is no such post.
        """
        run(self._operations.delete(ref))

    def update(self, ref: PublishedPost | str, text: str) -> None:
        """
        Change the text of a published post.

        Args:
            ref: The post, or its id.
            text: Its new text.

        Raises:
            UnsupportedFeature: The network does not let software change posts.
            NotFound: There is no such post.
        """
        run(self._operations.update(ref, text))

    def posts(self, *, since: datetime | None = None, limit: int = 100) -> list[PublishedPost]:
        """
        Give the account's recent posts, newest first.

        Args:
            since: Leave out posts older than this moment; aware.
            limit: How many at most.

        Returns:
            The posts, as the network gives them back.

        Raises:
            UnsupportedFeature: The network, or this access tier, does not let software read them.
        """
        return run(self._operations.posts(since=since, limit=limit))

    def fetch_metrics(self, refs: Sequence[PublishedPost | str], *, names: Sequence[str] = ()) -> MetricsReport:
        """
        Give the numbers of posts, asked for in batches as large as the network takes.

        Args:
            refs: The posts, or their ids. Each is asked for once.
            names: The network's own names of the metrics wanted; its usual ones if not given.

        Returns:
            A report: `report[ref]` is one post's `Metrics`, or raises that post's error, which costs no other's.

        Raises:
            SocialConnectError: Nothing could be read at all.
        """
        return run(self._operations.fetch_metrics(refs, names))

    def fetch_account_metrics(
        self, *, since: datetime | None = None, until: datetime | None = None, names: Sequence[str] = ()
    ) -> AccountMetrics:
        """
        Give the numbers of the account as a whole: followers, views, reach.

        Args:
            since: The beginning of the days asked for; aware. What the network gives by itself if not given.
            until: Their end; aware.
            names: The network's own names of the metrics wanted; its usual ones if not given.

        Raises:
            ValidationError: The time is naive, or longer than the network gives at once.
            UnsupportedFeature: The network gives no such numbers.
        """
        return run(self._operations.fetch_account_metrics(since=since, until=until, names=names))

    def draft(self, post: Post, *, native: bool = False) -> Draft:
        """
        Keep a post without publishing it. It may be unfinished: what is wrong with it is told when it is published.

        Args:
            post: What to keep.
            native: Keep it on the network itself even if there is an outbox.

        Raises:
            UnsupportedFeature: The network keeps no drafts, and it was given no outbox.
        """
        return run(self._operations.draft(post, native=native))

    def drafts(self, *, native: bool = False) -> list[Draft]:
        """
        Give the drafts: those in the outbox if there is one, else those on the network.

        Args:
            native: Those on the network even if there is an outbox.

        Raises:
            UnsupportedFeature: The network keeps no drafts, and it was given no outbox.
        """
        return run(self._operations.drafts(native=native))

    def update_draft(self, draft: Draft, post: Post) -> Draft:
        """
        Put another post in a draft's place.

        Args:
            draft: The draft.
            post: What it is to hold.

        Raises:
            NotFound: There is no such draft any more.
        """
        return run(self._operations.update_draft(draft, post))

    def publish_draft(self, draft: Draft) -> PublishedPost:
        """
        Publish a draft, which ceases to be one.

        Args:
            draft: The draft.

        Raises:
            NotFound: There is no such draft any more.
            SocialConnectError: As for `publish`.
        """
        return run(self._operations.publish_draft(draft))

    def delete_draft(self, draft: Draft) -> None:
        """
        Delete a draft.

        Args:
            draft: The draft.

        Raises:
            NotFound: There is no such draft any more.
        """
        run(self._operations.delete_draft(draft))

    def schedule(self, post: Post, at: datetime, *, native: bool = False) -> ScheduledPost:
        """
        Plan a post for a time. The plan is kept in the outbox if there is one, else on the network.

        Args:
            post: What to publish.
            at: When; aware, in the future. A naive datetime is refused.
            native: Use the network's own scheduling even if there is an outbox.

        Raises:
            ValidationError: The post or the time breaks a rule.
            UnsupportedFeature: The network does not schedule, and it was given no outbox: a plan is never kept in
                memory alone.
        """
        return run(self._operations.schedule(post, at, native=native))

    def scheduled(self, *, native: bool = False) -> list[ScheduledPost]:
        """
        Give what is planned, soonest first: in the outbox if there is one, else on the network.

        Args:
            native: What is planned on the network even if there is an outbox.

        Raises:
            UnsupportedFeature: The network does not schedule, and it was given no outbox.
        """
        return run(self._operations.scheduled(native=native))

    def reschedule(self, plan: ScheduledPost, at: datetime) -> ScheduledPost:
        """
        Move a plan to another time.

        Args:
            plan: The plan.
            at: When instead; aware, in the future.

        Raises:
            ValidationError: The time breaks a rule, or the plan is already being carried out.
            NotFound: There is no such plan any more.
        """
        return run(self._operations.reschedule(plan, at))

    def cancel(self, plan: ScheduledPost) -> None:
        """
        Take back a plan.

        Args:
            plan: The plan.

        Raises:
            ValidationError: The plan is already being carried out.
            NotFound: There is no such plan any more.
        """
        run(self._operations.cancel(plan))

    def preview(self, post: Post) -> list[PreparedRequest]:
        """
        Give the exact requests that `publish` would send, with secrets masked. Nothing is sent.

        What later requests need of earlier answers (an upload's id) comes from the network's emulator.

        Args:
            post: What would be published.

        Raises:
            ValidationError: Something in the post breaks a rule.
            UnsupportedFeature: The network has no emulator.
        """
        return run(self._operations.preview(post))

    def request(
        self,
        method: str,
        path: str,
        *,
        host: str | None = None,
        query: Mapping[str, str] | None = None,
        json: JsonValue = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Response:
        """
        Send any request, through the same token, retry, lifecycle and error path as every other call.

        Args:
            method: The HTTP method.
            path: The path, with the API version where the network has one in the path.
            host: Which of the network's hosts, by the adapter's short name for it; the first if not given.
            query: Parameters for the address.
            json: A body to send as JSON.
            form: A body to send as a form.
            headers: Further headers.
            repeatable: Whether it may be sent twice. `GET` and `HEAD` may unless said otherwise, others may not.

        Returns:
            The whole response.

        Raises:
            SocialConnectError: The network refused, or the request or its answer was lost.
        """
        return run(
            self._operations.request(
                method,
                path,
                host=host,
                query=query,
                json=json,
                form=form,
                headers=headers,
                repeatable=repeatable,
            )
        )


class _AdapterNetwork(Network):
    def __init__(self, adapter: Adapter, token: TokenLike, api: str | None, settings: Settings) -> None:
        self._open(adapter, token, api=api, **settings)
