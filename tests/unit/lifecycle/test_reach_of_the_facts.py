"""Facts that an application gave reach all that goes by them: prices, names of metrics, versions; nothing else does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from socialconnect import Facebook, Lifecycle, LinkedIn, Money, Network, Post, Twitter
from socialconnect.lifecycle import Catalogue
from socialconnect.lifecycle.catalogue import bundled
from socialconnect.lifecycle.rows import MetricLife, Row
from socialconnect.testing import TestClock
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.twitter import TwitterEmulator

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def changed(network: str, **rows: Sequence[Row]) -> Catalogue:
    """Give the library's facts on a network with other rows in one table, as an application may give them."""
    known = bundled(network)
    assert known is not None
    return known.model_copy(update={"includes": (), **{name: tuple(found) for name, found in rows.items()}})


def twitter(*given: Catalogue) -> Twitter:
    clock = TestClock(NOW)
    emulator = TwitterEmulator(clock=clock)
    token, client = emulator.accounts[0].token, emulator.client()
    return Twitter(token=token, http_client=client, clock=clock, lifecycle=Lifecycle(catalogues=given))


def dearer() -> Catalogue:
    """Give Twitter's facts with a price of ten dollars for a post."""
    known, price = bundled("twitter"), Money(amount=Decimal(10), currency="USD")
    assert known is not None
    return changed("twitter", prices=[one.model_copy(update={"low": price, "high": price}) for one in known.prices])


def with_end(network: str, level: str, *names: str, ends: date) -> Catalogue:
    """Give a network's facts with one more metric that has an end."""
    known = bundled(network)
    assert known is not None
    row = MetricLife(names=names, level=level, ends=ends, replacement="another", source="https://example.com")
    others = [one for one in known.metrics if one.level != level or not set(names) & set(one.names)]
    return changed(network, metrics=[*others, row])


def test_twitters_prices() -> None:
    """An estimate, a warning about the price and the cost of reading are by the prices that were given."""
    usual, other = twitter(), twitter(dearer())
    assert other.estimate_cost(Post("Hello")).high == 10
    assert usual.estimate_cost(Post("Hello")).high < 1
    assert other.estimate_cost(operation="posts", count=5).high > 40
    linked = Post("See https://example.com")
    assert [one.rule for one in usual.validate(linked)] == ["price"]
    assert other.validate(linked) == []  # where all costs the same, nothing is dearer


def test_twitters_metrics() -> None:
    """A name with an end in the given facts is not asked for after it."""
    ended = twitter(with_end("twitter", "post_promoted", "like_count", ends=date(2026, 11, 1)))
    post = ended.publish(Post("Hello"))
    found = ended.fetch_metrics([post], names=["promoted_metrics.like_count"])[post]
    assert found.unavailable["promoted_metrics.like_count"].replacement == "another"


def test_facebooks_metrics() -> None:
    """As with Twitter's."""
    clock = TestClock(NOW)
    emulator = FacebookEmulator(clock=clock)
    page = emulator.accounts[0]
    given = with_end("facebook", "post", "post_media_view", ends=date(2026, 11, 1))
    facebook = Facebook(
        page_id=page.id,
        token=page.token,
        http_client=emulator.client(),
        clock=clock,
        lifecycle=Lifecycle(catalogues=[given]),
    )
    post = facebook.publish(Post("Hello"))
    found = facebook.fetch_metrics([post], names=["post_media_view"])[post]
    assert found.unavailable["post_media_view"].replacement == "another"


def test_linkedins_metrics() -> None:
    """From which version on a metric is there is read in the given facts."""
    clock = TestClock(NOW)
    emulator = LinkedInEmulator(clock=clock)
    member = next(one for one in emulator.accounts if one.id.startswith("urn:li:person"))
    known = bundled("linkedin")
    assert known is not None
    later = [
        one.model_copy(update={"since": date(2027, 3, 1)}) if one.level == "member_post" else one
        for one in known.metrics
    ]
    linkedin = LinkedIn(
        author=member.id,
        token=member.token,
        http_client=emulator.client(),
        clock=clock,
        lifecycle=Lifecycle(catalogues=[changed("linkedin", metrics=later)]),
    )
    post = linkedin.publish(Post("Hello"))
    found = linkedin.fetch_metrics([post], names=["IMPRESSION"])[post]
    assert "from API version 202703 on" in found.unavailable["IMPRESSION"].reason


@pytest.mark.parametrize(
    ("kind", "level", "name", "other"),
    [
        ("urn:li:organization", "organization_post", "clickCount", "impressionCount"),
        ("urn:li:person", "member_post", "REACTION", "IMPRESSION"),
    ],
)
def test_a_metric_of_linkedins_that_ends(kind: str, level: str, name: str, other: str) -> None:
    """Should one end, newer facts are enough: it is not asked for, says why, and costs no other metric."""
    clock = TestClock(NOW)
    emulator = LinkedInEmulator(clock=clock)
    account = next(one for one in emulator.accounts if one.id.startswith(kind))
    linkedin = LinkedIn(
        author=account.id,
        token=account.token,
        http_client=emulator.client(),
        clock=clock,
        lifecycle=Lifecycle(catalogues=[with_end("linkedin", level, name, ends=date(2026, 11, 24))]),
    )
    post = linkedin.publish(Post("Hello"))
    found = linkedin.fetch_metrics([post], names=[name, other])[post]
    assert found.unavailable[name].replacement == "another"
    assert "retired it on 2026-11-24 (source: https://example.com)" in found.unavailable[name].reason
    assert name not in found.values
    if level == "member_post":
        of_all = linkedin.fetch_account_metrics(names=[name, other])
        assert (set(of_all.values), set(of_all.unavailable)) == ({other}, {name})


@pytest.mark.parametrize("order", [1, -1])
def test_two_accounts_keep_their_own_facts(order: int) -> None:
    """What one object was given changes nothing for another in the same process."""
    made: Sequence[Network] = [twitter(), twitter(dearer())][::order]
    costs = sorted(one.estimate_cost(Post("Hello")).high for one in made)
    assert costs[0] < 1 < costs[1]
