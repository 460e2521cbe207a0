"""The spend limit: what an account may cost, and what its calls have cost so far at the most."""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from pydantic import JsonValue

from socialconnect.clock import Clock
from socialconnect.cost import CostEstimate, Money
from socialconnect.errors import (
    ConfigurationError,
    NotSent,
    ProtocolError,
    QuotaExceeded,
    SocialConnectError,
    ThrottleError,
    TransportError,
)
from socialconnect.journal import Journal
from socialconnect.post import Post, PublishedPost

__all__ = ["Budget", "KeepsSpending", "Reservation", "WatchedJournal", "may_have_cost", "paid_for", "publish_within"]

_log = logging.getLogger("socialconnect.spending")

_NO_CURRENCY = "XXX"
"""ISO 4217's code for a call that costs nothing in any."""


class KeepsSpending(Protocol):
    """Where it is kept what accounts have spent: an outbox."""

    async def reserve(
        self, network: str, account: str, month: str, amount: Decimal, currency: str, limit: Decimal
    ) -> Decimal | None:
        """Add to what an account has spent in a month; if that would pass the limit, add nothing and give the sum."""
        ...

    async def release(self, network: str, account: str, month: str, amount: Decimal, currency: str) -> None:
        """Take back what did not come to be spent."""
        ...


@dataclass(frozen=True)
class Reservation:
    """
    What was set aside for a call.

    Args:
        cost: What the call may cost.
        month: The month in UTC that it counts in.
    """

    cost: CostEstimate
    month: str


class Budget:
    """
    What an account may spend: in a calendar month (UTC), over all objects and processes, where an outbox keeps count;
    otherwise as long as this object lives. Safe to share between threads.

    Args:
        limit: How much, in the currency of the network's price list.
        network: The network's name.
        account: The account on it.
        clock: The clock.
        kept_in: The outbox, if there is one.

    Raises:
        ConfigurationError: The limit is no amount of money.
    """

    def __init__(
        self, limit: Decimal, *, network: str, account: str, clock: Clock, kept_in: KeepsSpending | None = None
    ) -> None:
        self._limit = _amount(limit)
        self._network, self._account = network, account
        self._clock, self._kept_in = clock, kept_in
        self._spent = Decimal(0)
        self._lock = threading.Lock()

    @property
    def spent(self) -> Decimal:
        """What the calls of this object have cost so far, at the most that they can have cost."""
        return self._spent

    async def reserve(self, cost: CostEstimate) -> Reservation:
        """
        Set aside what a call may cost.

        Raises:
            QuotaExceeded: The limit would be passed; `would_cost` is what the call may cost.
        """
        reservation = Reservation(cost, f"{self._clock.now():%Y-%m}")
        if self._kept_in is not None and cost.high:
            currency = cost.currency or _NO_CURRENCY
            spent = await self._kept_in.reserve(
                self._network, self._account, reservation.month, cost.high, currency, self._limit
            )
            if spent is not None:
                raise self._refusal(cost, spent, f" in {reservation.month}")
        with self._lock:
            if self._kept_in is None and self._spent + cost.high > self._limit:
                raise self._refusal(cost, self._spent)
            self._spent += cost.high
        return reservation

    async def release(self, reservation: Reservation, unused: Decimal | None = None) -> None:
        """
        Give back what was set aside for a call and did not come to be spent: all of it, or so much.

        What cannot be given back stays counted, and is logged: what the call itself came to must not be hidden by that.
        """
        whole = reservation.cost.high
        # Prices may have changed at midnight, while the call was on its way: no more than was set aside, and no less.
        amount = whole if unused is None else max(Decimal(0), min(unused, whole))
        if amount == 0:
            return
        with self._lock:
            self._spent -= amount
        if self._kept_in is not None:
            currency = reservation.cost.currency or _NO_CURRENCY
            try:
                await self._kept_in.release(self._network, self._account, reservation.month, amount, currency)
            except SocialConnectError as error:
                where = f"{self._network} {self._account}"
                _log.warning("%s: %s stays counted as spent in %s: %s", where, amount, reservation.month, error.message)

    def _refusal(self, cost: CostEstimate, spent: Decimal, when: str = "") -> QuotaExceeded:
        return QuotaExceeded(
            f"The spend limit of {self._limit}{when} would be passed: {spent} is spent, "
            f"and this costs up to {cost.high}.",
            would_cost=Money(amount=cost.high, currency=cost.currency) if cost.currency else None,
            hint="Nothing was sent. Raise spend_limit, or publish without what makes the post dear.",
        )


def _amount(given: object) -> Decimal:
    amount = Decimal(given) if isinstance(given, int) else given
    if not isinstance(amount, Decimal) or amount.is_nan() or amount < 0:
        raise ConfigurationError(
            f"spend_limit is {given!r}, which is no amount of money.",
            hint="Give a Decimal of zero or more, made from text: a float is not exact.",
        )
    return amount


def may_have_cost(error: SocialConnectError, *, refusals_are_free: bool = True) -> bool:
    """
    Whether a call that ended with an error may have been billed.

    Args:
        error: The error.
        refusals_are_free: Whether an answer that refuses says that nothing was billed.
    """
    if error.may_have_happened:
        return True
    if error.status is None:
        return not isinstance(error, NotSent | ThrottleError)
    # An answer of success that could not be read is none that refuses.
    return not refusals_are_free or (isinstance(error, ProtocolError) and error.status < 400)


def paid_for(result: object) -> bool:
    """Whether one of a call's results may have been billed: what came, and what came but could not be read."""
    if not isinstance(result, SocialConnectError):
        return True
    return isinstance(result, TransportError | ProtocolError) and may_have_cost(result)


class WatchedJournal:
    """
    A journal that knows which requests that cost were sent.

    Args:
        journal: The journal that keeps the record.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.goes_on = bool(getattr(journal, "partly_live", False))
        """Whether an earlier attempt made something visible; what was set aside for that one still is."""
        self.sent = False
        """Whether a visible step has begun, and its request did not fail to leave."""
        self.live = False
        """Whether something is visible now, or may be."""
        self.prepared = False
        """Whether a step that nobody sees was done, such as an upload."""
        self.recalled = False
        """Whether such a step was not done, since an earlier attempt had done it."""

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        """Do a step that nobody sees, and take note of it."""
        begun = False

        async def watched() -> JsonValue:
            nonlocal begun
            begun, before, self.prepared = True, self.prepared, True
            try:
                return await act()
            except Exception as error:
                never_sent = isinstance(error, NotSent | ThrottleError) and error.status is None
                if never_sent or not isinstance(error, SocialConnectError):
                    self.prepared = before
                raise

        result = await self._journal.step(name, watched, lives=lives)
        self.recalled = self.recalled or not begun
        return result

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """Do the step that people see, and take note of it."""

        async def watched() -> JsonValue:
            before, self.sent, self.live = (self.sent, self.live), True, True
            try:
                return await act()
            except SocialConnectError as error:
                if not error.may_have_happened:
                    # Without an answer either: pacing, the token or the connection stopped it.
                    self.sent, self.live = before if error.status is None else (True, before[1])
                raise

        return await self._journal.visible(name, watched)

    async def recorded(self, name: str) -> tuple[JsonValue] | None:
        """Give a visible step's result if it is done already."""
        return await self._journal.recorded(name)


async def publish_within(
    budget: Budget,
    post: Post,
    journal: Journal,
    *,
    cost: Callable[[Post], CostEstimate],
    act: Callable[[Journal], Awaitable[PublishedPost]],
) -> PublishedPost:
    """
    Publish with all that it may cost set aside; what was certainly not done is given back.

    What is partly live goes on with what was set aside when it began: the whole, and none of that is given back before.

    Args:
        budget: What may be spent.
        post: The post.
        journal: Its journal.
        cost: Says what a post costs.
        act: Publishes it with the journal that it is given.

    Raises:
        QuotaExceeded: The limit would be passed; nothing was sent.
    """
    watched = WatchedJournal(journal)
    if watched.goes_on:
        return await act(watched)
    whole, bare = cost(post), _without_media(post)
    reservation = await budget.reserve(whole)
    try:
        published = await act(watched)
    except BaseException:
        if not watched.live:
            # A request that was refused may have been billed: the first, since nothing is live; so may the uploads.
            first = cost(bare.model_copy(update={"thread": ()})).high if watched.sent else Decimal(0)
            uploaded = watched.prepared or (watched.sent and not watched.recalled)
            uploads = whole.high - cost(bare).high if uploaded else Decimal(0)
            await budget.release(reservation, whole.high - first - uploads)
        raise
    if watched.recalled and not watched.prepared:  # an earlier attempt uploaded everything, and it counted then
        await budget.release(reservation, whole.high - cost(bare).high)
    return published


def _without_media(post: Post) -> Post:
    return post.model_copy(update={"media": (), "thread": tuple(_without_media(one) for one in post.thread)})
