"""What publishing costs on Twitter, by the catalogue's price list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from socialconnect.cost import CostEstimate, CostItem, QuotaUse
from socialconnect.errors import Problem
from socialconnect.lifecycle.catalogue import Price, bundled
from socialconnect.media import Image
from socialconnect.networks.twitter.limits import CREATE_KEY
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.networks.twitter.text import urls
from socialconnect.networks.twitter.validation import composed
from socialconnect.post import Post
from socialconnect.transport.pacing import RateWindow

__all__ = ["cost_of", "price_problems"]

_NETWORK = "twitter"
_REFUSED = "People report that refused posts were billed too; Twitter's price list says that they are not."
_DETECTOR = "Twitter does not publish what it takes for a URL: every address that it would link is counted as one."


def _price(resource: str, on: date) -> Price | None:
    catalogue = bundled(_NETWORK)
    return catalogue.price(resource, on) if catalogue is not None else None


def cost_of(post: Post, *, on: date, windows: Iterable[RateWindow]) -> CostEstimate:
    """Give what publishing a post costs in money, and what it takes from the allowances that Twitter told of."""
    has_url = bool(urls(composed(post)))
    images = [media for media in post.media if isinstance(media, Image)]
    wanted = {
        "post_create_with_url" if has_url else "post_create": 1,
        "media_upload": len(images),
        "media_metadata": sum(1 for image in images if image.alt),
    }
    items = [item for resource, units in wanted.items() if units for item in _items(resource, units, on)]
    summoned = _price("post_create_summoned", on)
    if items and summoned is not None and _answers(post) and not has_url:
        # An answer to somebody who called for it is cheaper; whether it is one, only Twitter knows.
        items[0] = items[0].model_copy(update={"low": min(items[0].low, summoned.low.amount)})
    quotas = [
        QuotaUse(
            name=f"{window.limit_key} ({window.name})",
            units=1,
            remaining=window.remaining,
            limit=window.limit,
            resets_at=window.resets_at,
        )
        for window in windows
        if window.limit_key == CREATE_KEY
    ]
    return CostEstimate(
        network=_NETWORK,
        operation="publish",
        priced=bool(items),
        items=tuple(items),
        quotas=tuple(quotas),
        notes=(*(one.message for one in price_problems(post, on=on)), *((_DETECTOR,) if has_url else ()), _REFUSED),
    )


def _answers(post: Post) -> bool:
    options = post.options_for(TwitterOptions)
    return options is not None and options.reply_to is not None


def _items(resource: str, units: int, on: date) -> list[CostItem]:
    price = _price(resource, on)
    if price is None:
        return []
    return [
        CostItem(
            what=price.label,
            units=units,
            low=price.low.amount * units,
            high=price.high.amount * units,
            currency=price.low.currency,
            source=price.source,
            effective=price.effective,
        )
    ]


def price_problems(post: Post, *, on: date) -> list[Problem]:
    """Warn that an address in the text makes the post dearer; nothing is changed because of it."""
    found = urls(composed(post))
    if not found:
        return []
    plain, dear = _price("post_create", on), _price("post_create_with_url", on)
    if plain is None or dear is None or dear.high.amount <= plain.high.amount:
        return []
    times = f"{dear.high.amount / plain.high.amount:.1f}".rstrip("0").rstrip(".")
    return [
        Problem(
            field="link" if post.link is not None else "text",
            rule="price",
            message=f"an address ({found[0]}) makes the post cost {dear.high} instead of {plain.high}, {times} times",
            limit=str(plain.high),
            actual=str(dear.high),
            network=_NETWORK,
            source=dear.source,
            severity="warning",
        )
    ]
