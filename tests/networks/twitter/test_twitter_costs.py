"""What each call costs on Twitter, before it is sent, and what a spend limit stops."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue
from tests.networks.twitter.refusals import E1, OAUTH1

from socialconnect.errors import ProtocolError, QuotaExceeded, SocialConnectError
from socialconnect.media import Image, Subtitles, Video
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.networks.twitter.prices import DayReads
from socialconnect.post import Post
from socialconnect.testing import TestClock, sample_video
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.transport.retry import RetryPolicy

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

ID = "1993000000000000101"


def test_cost_without_and_with_an_address(twitter: Twitter) -> None:
    """An address makes a post dearer, whether it is the link or stands in the text, with a scheme or without."""
    assert (twitter.estimate_cost(Post("Hi")).low, twitter.estimate_cost(Post("Hi")).high) == (Decimal("0.015"),) * 2
    for post in (Post("Hi", link="https://example.com"), Post("at example.com"), Post("https://example.com")):
        assert twitter.estimate_cost(post).high == Decimal("0.200")


def test_cost_of_images_is_a_range(twitter: Twitter, picture: Callable[..., bytes]) -> None:
    """Uploads are on no price list: their cost is told as a range, descriptions at their price."""
    cost = twitter.estimate_cost(Post("Hi", media=[Image(picture(), alt="a"), Image(picture())]))
    assert (cost.low, cost.high) == (Decimal("0.020"), Decimal("0.050"))
    assert [item.units for item in cost.items] == [1, 2, 1]


def test_cost_of_an_answer_may_be_lower(twitter: Twitter) -> None:
    """An answer to somebody who called for it is cheaper; only Twitter knows whether it is one."""
    cost = twitter.estimate_cost(Post("Hi", options=TwitterOptions(reply_to="1")))
    assert (cost.low, cost.high) == (Decimal("0.010"), Decimal("0.015"))


def test_cost_before_there_was_a_price(emulator: TwitterEmulator) -> None:
    """On a day without a price list nothing is claimed."""
    clock = TestClock("2024-01-01")
    with Twitter(token="USER_TOKEN", clock=clock, http_client=emulator.client()) as twitter:
        cost = twitter.estimate_cost(Post("Hi"))
    assert not cost.priced
    assert cost.items == ()


def test_the_price_of_an_address_is_a_warning(twitter: Twitter) -> None:
    """The warning tells both prices and how many times, and stops nothing."""
    (problem,) = twitter.validate(Post("Hi", link="https://example.com"))
    assert (problem.rule, problem.severity, problem.field) == ("price", "warning", "link")
    assert "0.200 USD instead of 0.015 USD, 13.3 times" in problem.message


def test_quota_is_told_once_it_is_known(twitter: Twitter) -> None:
    """What the network said of its limits stands in the estimate."""
    assert twitter.estimate_cost(Post("Hi")).quotas == ()
    twitter.publish(Post("Hi"))
    (quota,) = twitter.estimate_cost(Post("Hi")).quotas
    assert (quota.units, quota.remaining, quota.limit) == (1, 99, 100)


def test_spend_limit_stops_before_the_wire(emulator: TwitterEmulator, clock: TestClock) -> None:
    """The most that a post can cost counts against the limit."""
    limit = Decimal("0.20")
    with Twitter(token="USER_TOKEN", spend_limit=limit, clock=clock, http_client=emulator.client()) as twitter:
        twitter.publish(Post("Hi"))
        with pytest.raises(QuotaExceeded):
            twitter.publish(Post("See https://example.com"))
    assert len(emulator.wall) == 1


def spending(twitter: Twitter) -> Decimal:
    """Give what the account has spent at the most."""
    budget = twitter.operations._budget
    assert budget is not None
    return budget.spent


def test_a_thread_costs_each_of_its_posts(twitter: Twitter) -> None:
    """Each post of a thread is billed by what is in it, and each address is warned of where it stands."""
    post = Post("One", thread=["Two", Post("Three", link="https://example.com")])
    assert twitter.estimate_cost(post).high == Decimal("0.230")
    (problem,) = twitter.validate(post)
    assert (problem.field, problem.rule) == ("thread[1].link", "price")


def test_a_film_costs_a_call_for_each_part(twitter: Twitter) -> None:
    """An upload in parts is three calls at least; whether they are billed is open, so the least is nothing."""
    video = Video(sample_video(5, width=1280, height=720), subtitles=[Subtitles(b"WEBVTT\n")])
    cost = twitter.estimate_cost(Post("Film", media=[video]))
    assert [(item.what, item.units) for item in cost.items] == [
        ("Post: Create", 1),
        ("Post: Create", 4),
        ("Media Metadata", 1),
    ]
    assert (cost.low, cost.high) == (Decimal("0.020"), Decimal("0.080"))


@pytest.mark.parametrize(
    ("operation", "count", "names", "low", "high"),
    [
        ("delete", 1, (), "0.005", "0.010"),
        ("posts", 100, (), "0.100", "0.500"),
        ("posts", 1, (), "0.005", "0.025"),
        ("posts", 101, (), "0.200", "1.000"),
        ("fetch_metrics", 250, (), "1.250", "1.250"),
        ("fetch_metrics", 10, ("like_count", "organic_metrics"), "0.050", "0.050"),
        ("fetch_metrics", 10, ("analytics.likes", "analytics.daily.likes"), "0", "0.100"),
        ("fetch_metrics", 10, ("media_analytics.video_views",), "0.050", "0.100"),
        ("fetch_account_metrics", 1, (), "0.010", "0.010"),
        ("draft", 1, (), "0", "0"),
    ],
)
def test_other_calls(twitter: Twitter, operation: str, count: int, names: tuple[str, ...], low: str, high: str) -> None:
    """Each call is priced by the list: by the request, or by what it gives back, a page at a time."""
    cost = twitter.estimate_cost(operation=operation, count=count, names=names)
    assert (cost.low, cost.high) == (Decimal(low), Decimal(high))
    assert cost.priced == bool(cost.items)


def test_the_account_is_asked_for_only_once(script: Script, clock: TestClock) -> None:
    """Without the account's id, finding it out is billed as well."""
    with Twitter(token="USER_TOKEN", clock=clock, http_client=script.client()) as network:
        assert network.estimate_cost(operation="posts", count=100).high == Decimal("0.510")


def test_the_cap_of_a_cycle_is_told(twitter: Twitter) -> None:
    """What reading takes from the monthly cap stands in the estimate."""
    (quota,) = twitter.estimate_cost(operation="fetch_metrics", count=250).quotas
    assert (quota.units, quota.limit) == (250, 3_000_000)


@pytest.mark.parametrize(("day", "most"), [("2026-07-15", None), ("2026-08-12", 2_000_000), ("2026-08-13", 3_000_000)])
def test_the_cap_is_that_of_the_day(emulator: TwitterEmulator, day: str, most: int | None) -> None:
    """The cap was raised twice; before its first number was told there is none to tell."""
    with Twitter(token="USER_TOKEN", clock=TestClock(day), http_client=emulator.client()) as twitter:
        (quota,) = twitter.estimate_cost(operation="posts", count=10).quotas
    assert quota.limit == most


def test_the_prices_of_the_pilot_are_not_everybodys(emulator: TwitterEmulator) -> None:
    """Before February 2026 only apps of a closed pilot paid by use: the estimate says so."""
    for day, pilot in (("2026-02-05", True), ("2026-02-06", False)):
        with Twitter(token="USER_TOKEN", clock=TestClock(day), http_client=emulator.client()) as twitter:
            for cost in (twitter.estimate_cost(Post("Hi")), twitter.estimate_cost(operation="posts", count=10)):
                assert any("closed pilot" in one for one in cost.notes) == pilot


def test_what_has_no_price_yet_is_named(emulator: TwitterEmulator, picture: Callable[..., bytes]) -> None:
    """In May 2026 no price of a description was told: the sum leaves it out, and says so."""
    described = Post("Hi", media=[Image(picture(), alt="a")])
    for day, told in (("2026-05-01", True), ("2026-11-24", False)):
        with Twitter(token="USER_TOKEN", clock=TestClock(day), http_client=emulator.client()) as twitter:
            notes = twitter.estimate_cost(described).notes
        assert any(f"no price of it is known on {day}: media_metadata" in one for one in notes) == told


def test_a_post_read_again_on_the_same_day_may_be_free(twitter: Twitter, clock: TestClock) -> None:
    """Twitter charges each post once a day, softly: the least is nothing, the most is the price; at midnight anew."""
    published = twitter.publish(Post("Hi"))
    twitter.fetch_metrics([published])
    adapter = twitter.operations.adapter

    def least() -> Decimal:
        return adapter.cost_of("fetch_metrics", 2, refs=[published.id, "1"]).low

    assert least() == Decimal("0.005")
    clock.advance(hours=15)
    assert least() == Decimal("0.010")


def test_days_are_kept_apart(clock: TestClock) -> None:
    """What was read on another day counts as new."""
    reads, today = DayReads(), clock.now().date()
    reads.note(["1", "2"], today)
    reads.note(["3"], today)
    assert reads.fresh(["1", "3", "4", "4"], today) == 1


# ── the spend limit ───────────────────────────────────────────────────────────────────────────────────────────────


def limited(script: Script, clock: TestClock, limit: str) -> Twitter:
    """Give an account that may spend so much."""
    return Twitter(
        token="USER_TOKEN", user_id="1", spend_limit=Decimal(limit), clock=clock, http_client=script.client()
    )


def test_reading_counts_what_came(script: Script, clock: TestClock) -> None:
    """A read is stopped by what it may give back, and counted by what it gave."""
    rows: list[JsonValue] = [{"id": str(n), "text": "x"} for n in range(1, 8)]
    script.add(200, {"data": rows, "meta": {"result_count": 7}})
    with limited(script, clock, "0.50") as network:
        network.posts(limit=100)
        assert spending(network) == Decimal("0.035")
        with pytest.raises(QuotaExceeded, match=r"costs up to 0\.500"):
            network.posts(limit=100)
    assert len(script.requests) == 1


def test_metrics_count_what_came(script: Script, clock: TestClock) -> None:
    """Posts that are not there are not billed."""
    script.add(200, {"data": [{"id": ID, "text": "x", "public_metrics": {"like_count": 1}}]})
    with limited(script, clock, "0.02") as network:
        network.fetch_metrics([ID, "2", "3"])
        assert spending(network) == Decimal("0.005")
        with pytest.raises(QuotaExceeded):
            network.fetch_metrics([str(n) for n in range(4, 8)])
    assert len(script.requests) == 1


@pytest.mark.parametrize(("status", "counted"), [(200, "0.255"), (503, "0.005")])
def test_a_batch_whose_answer_cannot_be_read_counts(
    script: Script, clock: TestClock, status: int, counted: str
) -> None:
    """Of 150 posts one came; the second batch was answered with something unreadable, or was refused."""
    script.add(200, {"data": [{"id": ID, "text": "x", "public_metrics": {"like_count": 1}}]})
    script.add(status, "<html>")
    with Twitter(
        token="USER_TOKEN",
        user_id="1",
        spend_limit=Decimal(9),
        clock=clock,
        http_client=script.client(),
        retry=RetryPolicy(attempts=1),
    ) as network:
        report = network.fetch_metrics([ID, *(str(n) for n in range(2, 151))])
        assert (len(list(report)), len(report.errors)) == (1, 149)
        assert spending(network) == Decimal(counted)


@pytest.mark.parametrize("operation", ["posts", "fetch_metrics", "fetch_account_metrics"])
def test_a_read_whose_answer_cannot_be_read_counts(script: Script, clock: TestClock, operation: str) -> None:
    """Twitter answered, and bills what it answers: that we could not read it changes nothing."""
    script.add(200, "<html>")
    with limited(script, clock, "9") as network:
        calls: dict[str, Callable[[], object]] = {
            "posts": network.posts,
            "fetch_metrics": lambda: network.fetch_metrics([ID]),
            "fetch_account_metrics": network.fetch_account_metrics,
        }
        with pytest.raises(ProtocolError):
            calls[operation]()
        assert spending(network) > 0


def test_deleting_and_the_account_count(script: Script, clock: TestClock) -> None:
    """A deletion and the account's own numbers are counted too."""
    script.add(200, {"data": {"deleted": True}})
    script.add(200, {"data": {"id": "1", "public_metrics": {"followers_count": 1}}})
    with limited(script, clock, "0.02") as network:
        network.delete(ID)
        network.fetch_account_metrics()
        assert spending(network) == Decimal("0.020")
        with pytest.raises(QuotaExceeded):
            network.delete(ID)
    assert len(script.requests) == 2


@pytest.mark.parametrize("operation", ["posts", "fetch_metrics", "delete", "fetch_account_metrics"])
def test_a_refusal_is_not_counted(script: Script, clock: TestClock, operation: str) -> None:
    """Only answers that give something are billed: a refusal gives back what was set aside."""
    script.add(401, E1)
    with limited(script, clock, "9") as network:
        calls: dict[str, Callable[[], object]] = {
            "posts": network.posts,
            "fetch_metrics": lambda: network.fetch_metrics([ID]),
            "delete": lambda: network.delete(ID),
            "fetch_account_metrics": network.fetch_account_metrics,
        }
        with pytest.raises(SocialConnectError):
            calls[operation]()
        assert spending(network) == 0


def test_a_lost_answer_stays_counted(script: Script, clock: TestClock) -> None:
    """What may have been carried out may have been billed."""
    script.add(200, "<html>")
    with limited(script, clock, "9") as network:
        with pytest.raises(SocialConnectError):
            network.delete(ID)
        assert spending(network) == Decimal("0.010")


def test_a_native_draft_counts_when_it_is_published(clock: TestClock) -> None:
    """Publishing a draft of the advertising account costs what its text costs, and is stopped before the wire."""
    plain = Twitter(token=OAUTH1, user_id="2244994945", clock=clock)
    emulator = TwitterEmulator.for_adapter(plain.operations.adapter, OAUTH1, clock)
    with Twitter(
        token=OAUTH1,
        user_id="2244994945",
        ads_account=next(iter(emulator.state.ads_accounts)),
        spend_limit=Decimal("0.10"),
        clock=clock,
        http_client=emulator.client(),
    ) as network:
        dear = network.draft(Post("See", link="https://example.com"))
        with pytest.raises(QuotaExceeded):
            network.publish_draft(dear)
        network.publish_draft(network.draft(Post("Hi")))
        assert spending(network) == Decimal("0.015")
    assert [post.text for post in emulator.wall] == ["Hi"]
