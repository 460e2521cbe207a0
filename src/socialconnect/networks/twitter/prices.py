"""What calls cost on Twitter, by the catalogue's price list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from socialconnect.cost import CostEstimate, CostItem, QuotaUse
from socialconnect.errors import Problem
from socialconnect.lifecycle.catalogue import Catalogue, Price
from socialconnect.lifecycle.rows import PlanOffer
from socialconnect.media import Image, MediaFile, Video
from socialconnect.networks.twitter.chunked import segments_of
from socialconnect.networks.twitter.limits import CREATE_KEY, PAGE
from socialconnect.networks.twitter.media import is_gif
from socialconnect.networks.twitter.metric_names import questions
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.networks.twitter.text import urls
from socialconnect.networks.twitter.validation import composed
from socialconnect.post import Post
from socialconnect.transport.pacing import RateWindow

__all__ = ["DayReads", "PriceList", "cost_of", "cost_of_operation", "price_problems"]

_NETWORK = "twitter"
_CREATE, _CREATE_WITH_URL = "post_create", "post_create_with_url"
_ONCE_A_DAY = "A post that is read again on the same day (UTC) is charged once; Twitter does not promise it firmly."
_PILOT = "These prices are for apps in X's closed pilot; any other app pays by its plan: see compare_plans."
_REFUSED = "People report that refused posts were billed too; Twitter's price list says that they are not."
_DETECTOR = "Twitter does not publish what it takes for a URL: every address that it would link is counted as one."


class PriceList:
    """
    The prices of a day.

    Args:
        catalogue: The facts about Twitter.
        on: The day.
    """

    def __init__(self, catalogue: Catalogue | None, on: date) -> None:
        self.catalogue = catalogue
        self.on = on

    def price(self, resource: str) -> Price | None:
        """Give the price of a resource, or `None` if it has none then."""
        return self.catalogue.price(resource, self.on) if self.catalogue is not None else None

    @property
    def offer(self) -> PlanOffer | None:
        """The plan that is paid by use, if it is sold then."""
        plans = self.catalogue.plans if self.catalogue is not None else ()
        sold = (one for one in plans if one.effective <= self.on and (one.until is None or self.on < one.until))
        return next((one for one in sold if one.metered), None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of the prices as a whole."""
        return () if self.offer is not None else (_PILOT,)


def cost_of(post: Post, prices: PriceList, *, windows: Iterable[RateWindow]) -> CostEstimate:
    """Give what publishing a post costs in money, and what it takes from the allowances that Twitter told of."""
    wanted: Counter[str] = Counter()
    for one in (post, *post.thread):
        wanted[_CREATE_WITH_URL if urls(composed(one)) else _CREATE] += 1
        for media in one.media:
            wanted += _calls_for(media)
    items = [item for resource, units in wanted.items() for item in _items(resource, units, prices)]
    summoned = prices.price("post_create_summoned")
    if items and summoned is not None and _answers(post) and not urls(composed(post)):
        # An answer to somebody who called for it is cheaper; whether it is one, only Twitter knows.
        plain = prices.price(_CREATE)
        saved = plain.low.amount - summoned.low.amount if plain is not None else Decimal(0)
        items[0] = items[0].model_copy(update={"low": items[0].low - max(saved, Decimal(0))})
    quotas = [
        QuotaUse(
            name=f"{window.limit_key} ({window.name})",
            units=1 + len(post.thread),
            remaining=window.remaining,
            limit=window.limit,
            resets_at=window.resets_at,
        )
        for window in windows
        if window.limit_key == CREATE_KEY
    ]
    notes = [one.message for one in price_problems(post, prices)]
    if items:
        notes += [*prices.notes, *_uncounted(wanted, prices)]
    return CostEstimate(
        network=_NETWORK,
        operation="publish",
        priced=bool(items),
        items=tuple(items),
        quotas=tuple(quotas),
        notes=(*notes, *((_DETECTOR,) if wanted[_CREATE_WITH_URL] else ()), _REFUSED),
    )


def _uncounted(wanted: Iterable[str], prices: PriceList) -> list[str]:
    names = [one for one in wanted if prices.price(one) is None]
    return [f"Not counted, for no price of it is known on {prices.on}: {', '.join(names)}."] if names else []


def _calls_for(media: MediaFile) -> Counter[str]:
    """Count what uploading one file asks for: one call for a picture, one for each part of a film and two around."""
    found = Counter({"media_upload": 1})
    if isinstance(media, Video) or is_gif(media):
        facts = media.facts
        found["media_upload"] = 2 + len(segments_of(facts.size if facts is not None else 0))
    if isinstance(media, Video):
        found["media_upload"] += len(media.subtitles)
        found["media_metadata"] = len(media.subtitles)
    elif isinstance(media, Image) and media.alt:
        found["media_metadata"] = 1
    return +found


def _answers(post: Post) -> bool:
    options = post.options_for(TwitterOptions)
    return options is not None and options.reply_to is not None


class DayReads:
    """
    The posts that were read on a day: Twitter charges each once a day, in UTC, though it promises it softly only.

    Shared by an account's threads or tasks.
    """

    def __init__(self) -> None:
        self._day: date | None = None
        self._ids: frozenset[str] = frozenset()

    def note(self, ids: Iterable[str], day: date) -> None:
        """Remember what was read."""
        self._ids = (self._ids if day == self._day else frozenset()) | frozenset(ids)
        self._day = day

    def fresh(self, ids: Iterable[str], day: date) -> int:
        """Count what was not read yet on that day."""
        return len(set(ids) - self._ids) if day == self._day else len(set(ids))


def cost_of_operation(
    operation: str,
    count: int,
    refs: Sequence[str],
    names: Sequence[str],
    prices: PriceList,
    *,
    reads: DayReads,
    knows_user: bool,
) -> CostEstimate:
    """
    Give what a call besides publishing costs.

    Args:
        operation: The call.
        count: How many posts it is about, or may give back.
        refs: Which posts, where they are known.
        names: The metrics asked for.
        prices: The day's prices.
        reads: What was read on that day already.
        knows_user: Whether the account's id is known; else it is asked for, and billed.
    """
    items: list[CostItem] = []
    posts = 0
    if operation == "delete":
        items = _items("post_delete", count, prices)
    elif operation == "fetch_account_metrics":
        items = _items("user_read", 1, prices)
    elif operation == "posts":
        posts = _in_pages(count)
        items = _lowered(_items("post_read", posts, prices), prices.price("owned_read"), posts)
        items += [] if knows_user else _items("user_read", 1, prices)
    elif operation == "fetch_metrics":
        posts, items = _metrics_items(count, refs, names, prices, reads)
    return _reading(operation, items, posts, prices)


def _reading(operation: str, items: Sequence[CostItem], posts: int, prices: PriceList) -> CostEstimate:
    """Give the estimate, with what reading so many posts takes from the allowance of the billing cycle."""
    most = prices.offer.reads if prices.offer is not None else None
    cap = QuotaUse(name="post reads in a billing cycle", units=posts, limit=most)
    return CostEstimate(
        network=_NETWORK,
        operation=operation,
        priced=bool(items),
        items=tuple(items),
        quotas=(cap,) if posts else (),
        notes=(*((_ONCE_A_DAY,) if posts else ()), *(prices.notes if items else ())),
    )


def _metrics_items(
    count: int, refs: Sequence[str], names: Sequence[str], prices: PriceList, reads: DayReads
) -> tuple[int, list[CostItem]]:
    asked, _ = questions(names, prices.on, prices.catalogue)
    timed = sum(1 for one in asked if one.kind != "lookup")
    # A post that several questions are about is one resource; media are found by looking their posts up.
    posts = count if any(one.kind != "analytics" for one in asked) else 0
    fresh = min(reads.fresh(refs, prices.on), posts) if refs else posts
    items = _lowered(_items("post_read", posts, prices), prices.price("post_read"), fresh)
    return posts, items + _items("analytics_read", count * timed, prices)


def _in_pages(count: int) -> int:
    """Give how many posts are read to get so many: a page has five at least, and all after the first are full."""
    least, most = PAGE
    if count <= 0:
        return 0
    return max(count, least) if count <= most else -(-count // most) * most


def _lowered(items: list[CostItem], price: Price | None, units: int) -> list[CostItem]:
    """Give the items with the least that they may cost at another price."""
    if price is None:
        return items
    return [one.model_copy(update={"low": min(one.low, price.low.amount * units)}) for one in items]


def _items(resource: str, units: int, prices: PriceList) -> list[CostItem]:
    price = prices.price(resource)
    if price is None or units <= 0:
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


def price_problems(post: Post, prices: PriceList) -> list[Problem]:
    """Warn of each post whose address makes it dearer; nothing is changed because of it."""
    places = [("", post), *((f"thread[{index}].", part) for index, part in enumerate(post.thread))]
    with_address = [(place, one, found[0]) for place, one in places if (found := urls(composed(one)))]
    plain, dear = (prices.price(_CREATE), prices.price(_CREATE_WITH_URL)) if with_address else (None, None)
    if plain is None or dear is None or dear.high.amount <= plain.high.amount:
        return []
    times = f"{dear.high.amount / plain.high.amount:.1f}".rstrip("0").rstrip(".")
    return [
        Problem(
            field=f"{place}link" if one.link is not None else f"{place}text",
            rule="price",
            message=f"an address ({address}) makes the post cost {dear.high} instead of {plain.high}, {times} times",
            limit=str(plain.high),
            actual=str(dear.high),
            network=_NETWORK,
            source=dear.source,
            severity="warning",
        )
        for place, one, address in with_address
    ]
