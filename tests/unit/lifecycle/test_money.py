"""Money: exact, and read from the text that it gives."""

from __future__ import annotations

from decimal import Decimal

import pydantic
import pytest

from socialconnect import CostEstimate, CostItem, Money


@pytest.mark.parametrize("text", ["100 USD per month", "0.015 USD", "0.010 USD per post read", "-3 EUR"])
def test_text_and_money_are_one(text: str) -> None:
    """What money reads as is what it is read from, to the last nought."""
    assert str(Money.model_validate(text)) == text


@pytest.mark.parametrize("text", ["", "much", "100", "100 usd", "100 USD per ", "1,000 USD", "1e3 USD", "USD 100"])
def test_what_is_not_money_is_refused(text: str) -> None:
    """There is one way to write it, and the fault tells which."""
    with pytest.raises(pydantic.ValidationError, match="money is written such as"):
        Money.model_validate(text)


def test_an_estimate_adds_up_exactly() -> None:
    """A tenth of a cent is not lost in the sum, and an open price stays a range."""
    items = [
        CostItem(what="Post", units=1, low=Decimal("0.015"), high=Decimal("0.015")),
        CostItem(what="Upload", units=3, low=Decimal(0), high=Decimal("0.045")),
    ]
    estimate = CostEstimate(network="twitter", operation="publish", priced=True, items=tuple(items))
    assert (estimate.low, estimate.high, estimate.currency) == (Decimal("0.015"), Decimal("0.060"), "USD")


def test_no_price_list_is_not_free() -> None:
    """Without a price list there is no currency, and the estimate says that it knows no price."""
    estimate = CostEstimate(network="facebook", operation="publish", priced=False)
    assert (estimate.priced, estimate.high, estimate.currency) == (False, Decimal(0), None)


def test_two_currencies_do_not_add_up() -> None:
    """A sum over two currencies would mean nothing."""
    items = [CostItem(what="a", units=1, low=Decimal(1), high=Decimal(1), currency=one) for one in ("USD", "EUR")]
    with pytest.raises(pydantic.ValidationError, match="one currency"):
        CostEstimate(network="x", operation="publish", priced=True, items=tuple(items))
