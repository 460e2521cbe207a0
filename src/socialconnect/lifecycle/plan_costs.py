"""What a month costs on each of a network's plans, and which is the cheapest: whether it is worth paying."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from pydantic import BaseModel, ConfigDict, Field

from socialconnect.cost import CostItem, QuotaUse
from socialconnect.errors import ConfigurationError
from socialconnect.lifecycle.catalogue import Catalogue
from socialconnect.lifecycle.rows import Confidence, PlanOffer
from socialconnect.lifecycle.settings import Lifecycle

__all__ = ["PlanComparison", "PlanCost", "Volume", "compare_plans"]


class Volume(BaseModel):
    """
    What an application does in a month.

    Args:
        posts: Posts that it makes.
        links: How many of them carry an address.
        media: Files that it uploads, in calls.
        reads: Posts that it reads, for themselves or for their numbers.
        repeats: How many of those are of a post that was read on the same day (UTC) already.
        deletes: Posts that it deletes.
        accounts: Accounts that share the posts alike.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    posts: int = Field(default=0, ge=0)
    links: int = Field(default=0, ge=0)
    media: int = Field(default=0, ge=0)
    reads: int = Field(default=0, ge=0)
    repeats: int = Field(default=0, ge=0)
    deletes: int = Field(default=0, ge=0)
    accounts: int = Field(default=1, ge=1)


class PlanCost(BaseModel):
    """
    What a month costs on one plan.

    Args:
        plan: The plan.
        priced: Whether its price is known. `False` is not the same as free, which is a price of 0.
        fits: Whether the plan lets so much be done.
        low: The least that it costs.
        high: The most that it costs.
        currency: The currency.
        items: For a plan that bills calls, the lines that make it up.
        quotas: What is taken from the plan's allowances; more than `limit` does not fit.
        source: Who says so.
        confidence: How well it is known.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    plan: str
    priced: bool
    fits: bool
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    currency: str = "USD"
    items: tuple[CostItem, ...] = ()
    quotas: tuple[QuotaUse, ...] = ()
    source: str
    confidence: Confidence = "seen"

    def __str__(self) -> str:
        price = f"{self.low}" if self.low == self.high else f"{self.low} to {self.high}"
        told = f"{self.plan}: {f'{price} {self.currency} a month' if self.priced else 'no price told'}"
        over = [f"{one.units} {one.name} of {one.limit}" for one in self.quotas if one.limit is not None]
        return told if self.fits else f"{told}, not enough: {', '.join(over)}"


class PlanComparison(BaseModel):
    """
    What a month costs on each plan of a network on a day.

    Args:
        network: The network's name.
        on: The day.
        volume: The month.
        plans: The plans of that day, the cheapest that fits first; empty where the network sells none.
        break_even: How many times the volume it takes until paying by use costs as much as the cheapest flat plan that
            fits; `None` where the day does not have both.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    on: date
    volume: Volume
    plans: tuple[PlanCost, ...] = ()
    break_even: Decimal | None = None

    @property
    def cheapest(self) -> PlanCost | None:
        """The cheapest plan that fits and has a price; `None` if there is none."""
        return next((one for one in self.plans if one.fits and one.priced), None)

    def __str__(self) -> str:
        lines = [f"{self.network} on {self.on}: {len(self.plans)} plans" if self.plans else f"{self.network}: no plans"]
        lines += [f"  {one}" for one in self.plans]
        if self.break_even is not None:
            lines.append(f"  a flat plan is worth it from {self.break_even} times the volume on")
        return "\n".join(lines)


def compare_plans(
    volume: Volume, *, network: str = "twitter", on: date, lifecycle: Lifecycle | None = None
) -> PlanComparison:
    """
    Say what a month of a volume costs on each plan that a network has on a day, past or present.

    Args:
        volume: What is done in a month.
        network: The network's name.
        on: The day.
        lifecycle: Whose catalogue to read; the bundled one if not given.

    Raises:
        ConfigurationError: There is no catalogue of that network.
    """
    catalogue = (lifecycle or Lifecycle()).catalogue(network)
    if catalogue is None:
        raise ConfigurationError(f"There is no catalogue of {network}.")
    offers = [one for one in catalogue.plans if one.effective <= on and (one.until is None or on < one.until)]
    costs = [_cost(one, volume, catalogue, on) for one in offers]
    order = sorted(costs, key=lambda one: (not one.fits, not one.priced, one.high, one.plan))
    return PlanComparison(
        network=network, on=on, volume=volume, plans=tuple(order), break_even=_break_even(offers, costs)
    )


def _cost(offer: PlanOffer, volume: Volume, catalogue: Catalogue, on: date) -> PlanCost:
    quotas = [
        QuotaUse(name=name, units=units, limit=limit)
        for name, units, limit in (
            ("posts a month", volume.posts, offer.posts),
            ("posts a month for each account", -(-volume.posts // volume.accounts), offer.account_posts),
            ("posts read a month", volume.reads, offer.reads),
        )
        if limit is not None
    ]
    items = _items(offer, volume, catalogue, on)
    fixed = offer.price.amount if offer.price is not None else Decimal(0)
    return PlanCost(
        plan=offer.name,
        priced=offer.price is not None or bool(items) or (offer.metered and volume == Volume(accounts=volume.accounts)),
        fits=all(one.limit is None or one.units <= one.limit for one in quotas),
        low=fixed + sum((one.low for one in items), Decimal(0)),
        high=fixed + sum((one.high for one in items), Decimal(0)),
        currency=offer.price.currency if offer.price is not None else "USD",
        items=tuple(items),
        quotas=tuple(quotas),
        source=offer.source,
        confidence=offer.confidence,
    )


def _items(offer: PlanOffer, volume: Volume, catalogue: Catalogue, on: date) -> list[CostItem]:
    if not offer.metered:
        return []
    plain = max(volume.posts - volume.links, 0)
    wanted = {"posts": plain, "links": volume.links, "media": volume.media, "deletes": volume.deletes}
    items: list[CostItem] = []
    for part, units in {**wanted, "reads": volume.reads}.items():
        price = catalogue.price(offer.resources.get(part, ""), on)
        if price is None or units == 0:
            continue
        # That a post read again on the same day is free is a soft promise: only the least counts on it.
        least = max(units - volume.repeats, 0) if part == "reads" else units
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
    return items


def _break_even(offers: Sequence[PlanOffer], costs: Sequence[PlanCost]) -> Decimal | None:
    pairs = list(zip(offers, costs, strict=True))
    used = [cost.high for offer, cost in pairs if offer.metered and cost.high > 0]
    flat = [cost.high for offer, cost in pairs if not offer.metered and cost.priced and cost.fits and cost.high > 0]
    if not used or not flat:
        return None
    return (min(flat) / min(used)).quantize(Decimal("0.01"), ROUND_HALF_UP)
