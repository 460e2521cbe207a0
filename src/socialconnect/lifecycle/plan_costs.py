"""What a month costs on each of a network's plans, and which is the cheapest: whether it is worth paying."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from socialconnect.cost import CostItem, QuotaUse
from socialconnect.errors import ConfigurationError
from socialconnect.lifecycle.catalogue import Catalogue
from socialconnect.lifecycle.rows import Confidence, PlanOffer
from socialconnect.lifecycle.settings import Lifecycle
from socialconnect.lifecycle.status import moment

__all__ = ["BreakEven", "PlanComparison", "PlanCost", "Volume", "compare_plans"]

_HUNDREDTH = Decimal(1).scaleb(-2)

_SAID: dict[Confidence, str] = {"seen": "", "declared": "", "secondary": "as reported", "unverified": "unverified"}


class Volume(BaseModel):
    """
    What an application does in a month.

    Args:
        posts: Posts that it makes.
        links: How many of them carry an address.
        media: Files that it uploads, in calls.
        alt_texts: Descriptions and subtitles that it adds to them.
        reads: Posts that it reads back.
        metrics: Posts whose numbers it reads, each time that it does.
        repeats: How many of both are of a post that was read on the same day (UTC) already.
        account_reads: How often it reads the numbers of an account as a whole.
        deletes: Posts that it deletes.
        accounts: Accounts that share the posts alike.
        busiest_day: Posts that it makes on its busiest day; an even share of the month if not given.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    posts: int = Field(default=0, ge=0)
    links: int = Field(default=0, ge=0)
    media: int = Field(default=0, ge=0)
    alt_texts: int = Field(default=0, ge=0)
    reads: int = Field(default=0, ge=0)
    metrics: int = Field(default=0, ge=0)
    repeats: int = Field(default=0, ge=0)
    account_reads: int = Field(default=0, ge=0)
    deletes: int = Field(default=0, ge=0)
    accounts: int = Field(default=1, ge=1)
    busiest_day: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _parts_of_the_whole(self) -> Self:
        for part, units, whole in (
            ("links", self.links, self.posts),
            ("busiest_day", self.busiest_day or 0, self.posts),
            ("repeats", self.repeats, self.reads + self.metrics),
        ):
            if units > whole:
                raise ValueError(f"{part} ({units}) is a part of {whole}, and cannot be more")
        return self

    def times(self, factor: Decimal) -> Volume:
        """Give so many times this volume on the same accounts; each number is rounded up."""
        counts = {
            name: int((value * factor).to_integral_value(ROUND_CEILING))
            for name, value in self.model_dump(exclude_none=True).items()
            if name != "accounts"
        }
        return Volume(accounts=self.accounts, **counts)


class PlanCost(BaseModel):
    """
    What a month costs on one plan.

    Args:
        plan: The plan.
        priced: Whether all of it has a price. `False` is not the same as free, which is a price of 0.
        fits: Whether the plan lets so much be done.
        closed: Whether it is sold no longer to those who do not have it already.
        low: The least that it costs; without what has no price.
        high: The most that it costs; without what has no price.
        currency: The currency; `None` where nothing has a price.
        items: For a plan that bills calls, the lines that make it up.
        unpriced: For such a plan, the parts of the volume for which no price is told.
        quotas: What is taken from the plan's allowances; more than `limit` does not fit.
        source: Who says so.
        confidence: How well it is known.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    plan: str
    priced: bool
    fits: bool
    closed: bool = False
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    currency: str | None = None
    items: tuple[CostItem, ...] = ()
    unpriced: tuple[str, ...] = ()
    quotas: tuple[QuotaUse, ...] = ()
    source: str
    confidence: Confidence = "seen"

    @property
    def possible(self) -> bool:
        """Whether it is to be had, and lets so much be done."""
        return self.fits and not self.closed

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why it is not possible; empty if it is."""
        over = [one for one in self.quotas if one.limit is not None and one.units > one.limit]
        told = tuple(f"{one.limit:,} {one.name}, not {one.units:,}" for one in over)
        return (*told, "not sold to new customers") if self.closed else told

    def __str__(self) -> str:
        told = f"{self.plan}: {self._price()}"
        return f"{told} (not possible: {'; '.join(self.obstacles)})" if self.obstacles else told

    def _price(self) -> str:
        if not self.priced and not self.unpriced:
            return "no public price, to be asked for"
        low, high = _amount(self.low), _amount(self.high)
        told = [high if low == high else f"{low} to {high}", self.currency or "", "a month", _SAID[self.confidence]]
        price = [" ".join(one for one in told if one)] if self.priced or self.items else []
        return " and ".join([*price, *([f"no price told of {', '.join(self.unpriced)}"] if self.unpriced else [])])


class BreakEven(BaseModel):
    """
    Where paying by use costs as much as a flat plan.

    Args:
        plan: The flat plan.
        instead_of: The plan that is paid by use.
        times: At how many times the volume both cost the same, at the most that use can cost; below 1 if the flat plan
            is worth it already. Rounded up to the hundredth.
        up_to: How many times the volume the flat plan lets be done; `None` where it names no limit.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    plan: str
    instead_of: str
    times: Decimal
    up_to: Decimal | None = None

    def __str__(self) -> str:
        reach = f", up to {self.up_to} times" if self.up_to is not None else ""
        return f"{self.plan} is worth it instead of {self.instead_of} from {self.times} times the volume on{reach}"


class PlanComparison(BaseModel):
    """
    What a month costs on each plan of a network on a day.

    Args:
        network: The network's name.
        on: The day.
        volume: The month.
        verified_on: The day on which the catalogue was checked; what is told of a later day is what was known then.
        plans: The plans of that day, the cheapest that is possible first; empty where the catalogue knows none.
        break_even: From where on a flat plan is worth it; `None` where no volume of this mix makes it so, because the
            flat plan's allowances end before, or the day does not have both kinds.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    on: date
    volume: Volume
    verified_on: date
    plans: tuple[PlanCost, ...] = ()
    break_even: BreakEven | None = None

    @property
    def cheapest(self) -> PlanCost | None:
        """The cheapest plan that is possible and has a price; `None` if there is none."""
        return next((one for one in self.plans if one.possible and one.priced), None)

    def plan(self, name: str) -> PlanCost:
        """
        Give what the month costs on one plan.

        Raises:
            ConfigurationError: There is no such plan on that day.
        """
        for one in self.plans:
            if one.plan == name:
                return one
        raise _no_plan(name, self.network, self.on, [one.plan for one in self.plans])

    def __str__(self) -> str:
        if not self.plans:
            return f"{self.network} on {self.on}: no plans are known, which does not mean that it is free"
        later = f", as known on {self.verified_on}" if self.on > self.verified_on else ""
        lines = [f"{self.network} on {self.on}{later}:", *(f"  {one}" for one in self.plans)]
        if self.break_even is not None:
            lines.append(f"  {self.break_even}")
        return "\n".join(lines)


def compare_plans(
    volume: Volume,
    *,
    network: str = "twitter",
    on: date | datetime,
    held: str | None = None,
    lifecycle: Lifecycle | None = None,
) -> PlanComparison:
    """
    Say what a month of a volume costs on each plan that a network has on a day, past or present.

    Args:
        volume: What is done in a month.
        network: The network's name.
        on: The day, or an aware moment in it.
        held: The plan that the app has already: it is possible even if new customers no longer get it.
        lifecycle: Whose catalogue to read; the bundled one if not given.

    Raises:
        ConfigurationError: There is no catalogue of that network, it has no such plan as `held` on that day, or its
            plans are priced in several currencies, which cannot be compared.
        ValidationError: `on` is a naive datetime.
    """
    catalogue = (lifecycle or Lifecycle()).catalogue(network)
    if catalogue is None:
        raise ConfigurationError(f"There is no catalogue of {network}.")
    on = moment(on).date()  # a moment is a `date` too, and in which day it is depends on the zone
    offers = [one for one in catalogue.plans if one.holds(on)]
    if held is not None and held not in {one.name for one in offers}:
        raise _no_plan(held, network, on, [one.name for one in offers])
    costs = [_cost(one, volume, catalogue, on, held) for one in offers]
    currencies = {one.currency for one in costs if one.currency is not None}
    currencies |= {item.currency for one in costs for item in one.items}
    if len(currencies) > 1:
        raise ConfigurationError(f"The plans of {network} are priced in {' and '.join(sorted(currencies))}.")
    return PlanComparison(
        network=network,
        on=on,
        volume=volume,
        verified_on=catalogue.verified_on,
        plans=tuple(sorted(costs, key=lambda one: (not one.possible, not one.priced, one.high, one.plan))),
        break_even=_break_even(offers, costs, volume, on),
    )


def _no_plan(name: str, network: str, on: date, known: Sequence[str]) -> ConfigurationError:
    return ConfigurationError(f"{network} has no plan {name!r} on {on}; it has {', '.join(sorted(known)) or 'none'}.")


def _cost(offer: PlanOffer, volume: Volume, catalogue: Catalogue, on: date, held: str | None) -> PlanCost:
    quotas = _quotas(offer, volume, on)
    items, unpriced = _items(offer, volume, catalogue, on)
    fixed = [offer.price.amount] if offer.price is not None else []
    currency = offer.price.currency if offer.price is not None else items[0].currency if items else None
    return PlanCost(
        plan=offer.name,
        priced=not unpriced if offer.metered else offer.price is not None,
        fits=_fits(quotas),
        closed=offer.name != held and offer.closed is not None and offer.closed <= on,
        low=sum((*fixed, *(one.low for one in items)), Decimal(0)),
        high=sum((*fixed, *(one.high for one in items)), Decimal(0)),
        currency=currency,
        items=items,
        unpriced=unpriced,
        quotas=quotas,
        source=offer.source,
        confidence=offer.confidence,
    )


def _quotas(offer: PlanOffer, volume: Volume, on: date) -> tuple[QuotaUse, ...]:
    # However the posts are spread, some day has an even share of them at least.
    day = volume.busiest_day if volume.busiest_day is not None else -(-volume.posts // monthrange(on.year, on.month)[1])
    return tuple(
        QuotaUse(name=name, units=units, limit=limit)
        for name, units, limit in (
            ("posts a month", volume.posts, offer.posts),
            ("posts a month for each account", -(-volume.posts // volume.accounts), offer.account_posts),
            ("posts a day", day, offer.posts_a_day),
            ("posts a day for each account", -(-day // volume.accounts), offer.account_posts_a_day),
            ("posts read a month", volume.reads + volume.metrics, offer.reads),
        )
        if limit is not None
    )


def _fits(quotas: Sequence[QuotaUse]) -> bool:
    return all(one.limit is None or one.units <= one.limit for one in quotas)


def _items(
    offer: PlanOffer, volume: Volume, catalogue: Catalogue, on: date
) -> tuple[tuple[CostItem, ...], tuple[str, ...]]:
    """Give the lines of the bill, and what has no price."""
    if not offer.metered:
        return (), ()
    items: list[CostItem] = []
    unpriced: list[str] = []
    repeats = volume.repeats
    for part, units in _parts(volume).items():
        price = catalogue.price(offer.resources.get(part, ""), on)
        if price is None:
            unpriced.append(part)
            continue
        least = units
        if part in ("reads", "metrics"):
            # That a post read again on the same day is free is a soft promise: only the least counts on it.
            least, repeats = max(units - repeats, 0), max(repeats - units, 0)
        items.append(
            CostItem(
                what=price.label,
                units=units,
                low=price.low.amount * least,
                high=price.high.amount * units,
                currency=price.low.currency,
                source=price.source,
                effective=price.effective,
            )
        )
    return tuple(items), tuple(unpriced)


def _parts(volume: Volume) -> dict[str, int]:
    """Give what is billed apart, by the names that a plan's `resources` has for it; only what there is any of."""
    counts = volume.model_dump(include=set(_BILLED))
    counts["posts"] = volume.posts - volume.links
    return {part: counts[part] for part in _BILLED if counts[part]}


_BILLED = ("posts", "links", "media", "alt_texts", "reads", "metrics", "account_reads", "deletes")


def _break_even(offers: Sequence[PlanOffer], costs: Sequence[PlanCost], volume: Volume, on: date) -> BreakEven | None:
    """Give the first crossing at which both plans let so much be done."""
    known = [pair for pair in zip(offers, costs, strict=True) if pair[1].priced and not pair[1].closed and pair[1].high]
    found: list[BreakEven] = []
    for use, use_cost in (pair for pair in known if pair[0].metered):
        for flat, flat_cost in (pair for pair in known if not pair[0].metered):
            # What a plan costs besides its calls stays the same at any volume.
            fixed = use.price.amount if use.price is not None else Decimal(0)
            if use_cost.high == fixed:
                continue
            times = ((flat_cost.high - fixed) / (use_cost.high - fixed)).quantize(_HUNDREDTH, ROUND_CEILING)
            if times <= 0:
                continue  # the flat plan is worth it whatever is done: nothing crosses
            there = volume.times(times)
            if _fits(_quotas(flat, there, on)) and _fits(_quotas(use, there, on)):
                found.append(
                    BreakEven(plan=flat.name, instead_of=use.name, times=times, up_to=_reach(flat, volume, on))
                )
    return min(found, key=lambda one: one.times, default=None)


def _reach(offer: PlanOffer, volume: Volume, on: date) -> Decimal | None:
    """Give how many times the volume a plan lets be done, to the hundredth below."""
    limits = [one.limit for one in _quotas(offer, volume, on) if one.limit is not None and one.units]
    if not limits:
        return None
    # No allowance lasts for more than one post of each account on each day; counts are rounded up, so that each
    # hundredth is asked for by itself.
    most = max(limits) * volume.accounts * monthrange(on.year, on.month)[1] * 100
    first_over = bisect_left(
        range(most + 1), 1, key=lambda one: not _fits(_quotas(offer, volume.times(one * _HUNDREDTH), on))
    )
    return (first_over - 1) * _HUNDREDTH


def _amount(amount: Decimal) -> str:
    if amount == amount.to_integral_value():
        return f"{amount:,.0f}"
    return f"{amount:,.2f}" if amount == amount.quantize(Decimal("0.01")) else f"{amount:,f}"
