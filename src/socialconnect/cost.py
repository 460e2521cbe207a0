"""What a call costs, in money and in quota."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["CampaignCost", "CostEstimate", "CostItem", "Money", "QuotaUse"]


class Money(BaseModel):
    """
    An amount of money. Wherever one is read, its text is taken too: `100 USD per month`, `0.015 USD`.

    Args:
        amount: The amount, exact.
        currency: Its ISO 4217 code.
        per: What it is paid for, such as `month` or `request`; `None` for a plain amount.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    amount: Decimal
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    per: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = _MONEY.fullmatch(value.strip())
        if found is None:
            raise ValueError("money is written such as `100 USD per month` or `0.015 USD`")
        return found.groupdict()

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}" + (f" per {self.per}" if self.per else "")


_MONEY = re.compile(r"(?P<amount>-?\d+(?:\.\d+)?) (?P<currency>[A-Z]{3})(?: per (?P<per>\S.*))?")


class CostItem(BaseModel):
    """
    One line of an estimate.

    Args:
        what: What is paid for, by the network's name for it.
        units: How many of it.
        low: The least that it can cost in all.
        high: The most that it can cost in all. Differs from `low` where the network's price list leaves it open.
        source: The price list's address.
        effective: The day from which the price holds.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    what: str
    units: int
    low: Decimal
    high: Decimal
    currency: str = "USD"
    source: str | None = None
    effective: date | None = None


class QuotaUse(BaseModel):
    """
    What a call takes from an allowance.

    Args:
        name: The allowance, such as `posts per 24 hours`.
        units: How much the call takes.
        remaining: How much is left before it; `None` if the network has not told yet.
        limit: The whole allowance, where known.
        resets_at: When it fills up again, where known.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    name: str
    units: int
    remaining: int | None = None
    limit: int | None = None
    resets_at: datetime | None = None


class CostEstimate(BaseModel):
    """
    What a call would cost, before it is sent.

    Args:
        network: The network's name.
        operation: The call, such as `publish`.
        priced: Whether the network has a price list for calls. `False` means that no price is known to exist,
            which is not the same as free.
        items: The lines that make it up.
        quotas: What the call takes from allowances.
        notes: What a person should know, such as that a link makes the post dearer.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    operation: str
    priced: bool
    items: tuple[CostItem, ...] = ()
    quotas: tuple[QuotaUse, ...] = ()
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        if len({item.currency for item in self.items}) > 1:
            raise ValueError("the items of an estimate are in one currency, or their sum means nothing")
        return self

    @property
    def low(self) -> Decimal:
        """The least that the call can cost, in all."""
        return sum((item.low for item in self.items), Decimal(0))

    @property
    def high(self) -> Decimal:
        """The most that the call can cost, in all; what `spend_limit` counts."""
        return sum((item.high for item in self.items), Decimal(0))

    @property
    def currency(self) -> str | None:
        """The currency of `low` and `high`; `None` without a price."""
        return self.items[0].currency if self.items else None


class CampaignCost(BaseModel):
    """
    What all posts of a campaign would cost, on all its accounts.

    Args:
        estimates: For each account, by its name in the campaign, an estimate for each of its posts.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    estimates: Mapping[str, tuple[CostEstimate, ...]]

    @property
    def low(self) -> dict[str, Decimal]:
        """The least that it can cost, by currency; empty where nothing has a price."""
        return self._sum(lambda one: one.low)

    @property
    def high(self) -> dict[str, Decimal]:
        """The most that it can cost, by currency; empty where nothing has a price."""
        return self._sum(lambda one: one.high)

    @property
    def unpriced(self) -> tuple[str, ...]:
        """The accounts for whose posts no price is known, which is not the same as free."""
        return tuple(name for name, found in self.estimates.items() if any(not one.priced for one in found))

    def _sum(self, part: Callable[[CostEstimate], Decimal]) -> dict[str, Decimal]:
        total: dict[str, Decimal] = {}
        for found in self.estimates.values():
            for one in found:
                if one.currency is not None:
                    total[one.currency] = total.get(one.currency, Decimal(0)) + part(one)
        return total
