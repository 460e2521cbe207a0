"""What the Twitter emulator lets an app do: plans by the day, credits, caps, and rate limits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
from tests.emulator.twitter_calls import USER, client, posted, uploaded

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.testing.emulators.twitter.limits import DAY, EndpointLimit, Window
from socialconnect.testing.emulators.twitter.plans import Plans
from socialconnect.testing.emulators.twitter.settings import AccessPlan
from socialconnect.testing.samples import sample_image


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def twitter(clock: TestClock) -> TwitterEmulator:
    return TwitterEmulator(clock=clock)


@pytest.fixture
def api(twitter: TwitterEmulator) -> Iterator[httpx.Client]:
    with client(twitter) as api:
        yield api


# ── prices ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "plain", "linked"),
    [
        ("2025-10-19", "0", "0"),
        ("2025-10-20", "0.010", "0.010"),
        ("2026-04-19", "0.010", "0.010"),
        ("2026-04-20", "0.015", "0.200"),
    ],
)
def test_a_post_costs_what_it_cost_on_the_day(
    api: httpx.Client, twitter: TwitterEmulator, clock: TestClock, day: str, plain: str, linked: str
) -> None:
    """Prices are those of the catalogue on the clock's day."""
    clock.set(day)
    posted(api)
    assert twitter.ledger.spent == Decimal(plain)
    posted(api, "see example.com")
    assert twitter.ledger.spent == Decimal(plain) + Decimal(linked)


def test_what_a_list_leaves_open_is_a_setting(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Uploads cost nothing, or as much as a post; a delete costs the one or the other row of the list."""
    uploaded(api, sample_image(9, 9), "image/png", "tweet_image")
    api.delete(f"/2/tweets/{posted(api)}")
    assert twitter.ledger.spent == Decimal("0.020")
    twitter.settings.bills_high = True
    uploaded(api, sample_image(9, 9), "image/png", "tweet_image")
    assert twitter.ledger.spent == Decimal("0.065")
    api.delete("/2/tweets/1")
    assert twitter.ledger.spent == Decimal("0.075")


def test_own_lists_cost_less_for_the_apps_owner(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """A user's own timeline is cheap only if the app is that user's; a customer's is not."""
    posted(api)
    spent = twitter.ledger.spent
    api.get(f"/2/users/{USER}/tweets")
    assert twitter.ledger.spent - spent == Decimal("0.005")
    clock.set("2026-11-25")
    twitter.settings.app_owner = USER
    api.get(f"/2/users/{USER}/tweets")
    assert twitter.ledger.spent - spent == Decimal("0.006")


def test_the_price_list_can_be_read(twitter: TwitterEmulator, clock: TestClock) -> None:
    """The console's list has the prices of the day, for everybody."""
    with twitter.client() as anybody:
        told = anybody.get("https://console.x.com/api/credits/pricing").json()
        assert (told["eventTypePricing"]["Post"], told["requestTypePricing"]["ContentCreate"]) == (0.005, 0.015)
        clock.set("2026-04-19")
        told = anybody.get("https://console.x.com/api/credits/pricing").json()
        assert told["requestTypePricing"]["ContentCreate"] == 0.010


def test_nothing_found_costs_nothing(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Refused calls, empty pages and missing posts are not charged; a refused create can be set to be."""
    api.get("/2/tweets", params={"ids": "1"})
    api.get(f"/2/users/{USER}/tweets")
    api.post("/2/tweets", json={"text": "日" * 200})
    assert twitter.ledger.spent == 0
    twitter.settings.bills_refused_creates = True
    api.post("/2/tweets", json={"text": "日" * 200})
    assert twitter.ledger.spent == Decimal("0.015")


def test_credits_run_out(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """The call that empties the balance is answered, the next one is a 402 in either of its bodies."""
    twitter.settings.credits = Decimal("0.010")
    posted(api)
    assert api.get("/2/usage/credits").json()["data"] == {
        "free_balance": 0.0,
        "prepaid_balance": -0.005,
        "total_balance": 0.0,
    }
    newer = api.post("/2/tweets", json={"text": "more"})
    assert (newer.status_code, newer.json()["type"].rpartition("/")[2]) == (402, "credits-depleted")
    twitter.settings.older_credits_body = True
    older = api.post("/2/tweets", json={"text": "more"})
    assert (older.status_code, older.json()["title"]) == (402, "CreditsDepleted")
    assert newer.headers["x-rate-limit-limit"] == "100"


def test_a_spend_limit_lasts_a_cycle(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Once spent, calls are refused until the billing cycle's next first day."""
    twitter.settings.spend_limit = Decimal("0.015")
    twitter.settings.cap_reset_day = 26
    posted(api)
    refused = api.post("/2/tweets", json={"text": "more"})
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (403, "spend-cap-reached")
    clock.set("2026-11-25")
    assert api.post("/2/tweets", json={"text": "more"}).status_code == 403
    clock.set("2026-11-26")
    posted(api, "more")


def test_reads_are_capped_by_the_month(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Each post counts once a day; above the cap reads are refused, writes are not; usage tells it."""
    twitter.settings.read_cap = 2
    first, second = posted(api, "1"), posted(api, "2")
    for _ in range(3):
        assert api.get("/2/tweets", params={"ids": first}).status_code == 200
    assert api.get("/2/tweets", params={"ids": second}).status_code == 200
    capped = api.get("/2/tweets", params={"ids": first})
    assert (capped.status_code, capped.json()["title"], capped.json()["period"]) == (429, "UsageCapExceeded", "Monthly")
    posted(api, "3")
    with client(twitter, twitter.app_token()) as app:
        usage = app.get("/2/usage/tweets", params={"days": "7"}).json()["data"]
    assert (usage["project_cap"], usage["project_usage"], usage["cap_reset_day"]) == ("2", "2", 1)
    assert usage["daily_project_usage"]["usage"] == [{"date": "2026-11-24T00:00:00.000Z", "usage": "2"}]
    clock.set("2026-12-01")
    assert api.get("/2/tweets", params={"ids": first}).status_code == 200


def test_usage_is_the_apps(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A user's token may not read it; the number of days has bounds; credits may be an empty 404."""
    refused = api.get("/2/usage/tweets")
    assert refused.status_code == 403
    assert "Supported authentication types are [OAuth 2.0 Application-Only]" in refused.json()["detail"]
    with client(twitter, twitter.app_token()) as app:
        assert app.get("/2/usage/tweets", params={"days": "91"}).status_code == 400
        only = app.get("/2/usage/tweets", params={"usage.fields": "project_cap"}).json()
        assert only == {"data": {"project_cap": "3000000"}}
    twitter.settings.usage_credits = False
    gone = api.get("/2/usage/credits")
    assert (gone.status_code, gone.content) == (404, b"")


# ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_free_plan_ends_with_pay_per_use(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Before February 2026 a free app posts 17 times a day; from that day on it has no credits."""
    twitter.settings.plan = "free"
    clock.set("2026-02-05")
    for number in range(17):
        posted(api, f"{number}")
    limited = api.post("/2/tweets", json={"text": "one more"})
    assert limited.status_code == 429
    assert limited.headers["x-user-limit-24hour-limit"] == "17"
    assert limited.headers["x-user-limit-24hour-remaining"] == "0"
    assert twitter.ledger.spent == 0
    clock.set("2026-02-06")
    assert api.post("/2/tweets", json={"text": "today"}).status_code == 402
    twitter.settings.credits = Decimal(10)
    posted(api, "today")


@pytest.mark.parametrize(
    ("plan", "day", "posts", "reads"),
    [
        ("free", "2023-03-28", None, None),  # before there was such a plan
        ("free", "2024-09-30", 1500, 0),
        ("free", "2025-08-21", 500, 0),
        ("free", "2025-08-22", 500, 100),
        ("basic", "2025-08-21", 50_000, 10_000),
        ("basic", "2025-08-22", 50_000, 15_000),
        ("pro", "2026-08-31", 300_000, 1_000_000),
        ("pay_per_use", "2026-07-15", None, None),
        ("pay_per_use", "2026-07-16", None, 2_000_000),
        ("pay_per_use", "2026-08-13", None, 3_000_000),
        ("basic", "2026-08-12", None, 2_000_000),  # by then pay-per-use
    ],
)
def test_a_plan_has_the_numbers_of_the_day(
    twitter: TwitterEmulator, clock: TestClock, plan: AccessPlan, day: str, posts: int | None, reads: int | None
) -> None:
    """What a plan lets be made and read in a month is what the catalogue has for the clock's day."""
    clock.set(day)
    twitter.settings.plan = plan
    plans = Plans(twitter.state)
    assert (plans.posts, plans.reads) == (posts, reads)


def test_a_plan_that_only_writes_reads_nothing(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Until August 2025 a free app could post, and needed another level to read; then it could read a little."""
    twitter.settings.plan = "free"
    clock.set("2025-08-21")
    post = posted(api)
    refused = api.get("/2/tweets", params={"ids": post})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, 453)
    clock.set("2025-08-22")
    assert api.get("/2/tweets", params={"ids": post}).json()["data"][0]["id"] == post


@pytest.mark.parametrize(
    ("plan", "day", "each", "all_of_them"),
    [("free", "2025-01-01", 17, 17), ("basic", "2025-01-01", 100, 1667), ("pro", "2025-01-01", None, 10_000)],
)
def test_a_plan_has_the_posts_of_a_day(
    twitter: TwitterEmulator, clock: TestClock, plan: AccessPlan, day: str, each: int | None, all_of_them: int
) -> None:
    """What a user and what the app may post in a day is in the catalogue too."""
    clock.set(day)
    twitter.settings.plan = plan
    limit = Plans(twitter.state).limits["POST /2/tweets"]
    assert limit.user_day == (Window(each, DAY) if each else None)
    assert limit.app_day == Window(all_of_them, DAY)
    clock.set("2023-06-01")  # of which no number is told: everybody's limit holds
    assert ("POST /2/tweets" in Plans(twitter.state).limits) is (plan == "pro")


def test_posts_are_capped_by_the_month(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """A plan's posts are used up; deleting gives none back; the next month does."""
    twitter.settings.plan, twitter.settings.post_cap = "basic", 1
    clock.set("2026-03-10")
    api.delete(f"/2/tweets/{posted(api)}")
    capped = api.post("/2/tweets", json={"text": "more"})
    assert (capped.status_code, capped.json()["product_name"]) == (429, "standard-basic")
    clock.set("2026-04-01")
    posted(api, "more")


@pytest.mark.parametrize(
    ("plan", "last", "first"), [("basic", "2026-05-31", "2026-06-01"), ("pro", "2026-08-31", "2026-09-01")]
)
def test_older_plans_become_pay_per_use(
    api: httpx.Client, twitter: TwitterEmulator, clock: TestClock, plan: str, last: str, first: str
) -> None:
    """Until its last day a plan is paid by the month; from the next on each call costs."""
    twitter.settings.plan = plan  # type: ignore[assignment]  # one of the plans
    clock.set(last)
    posted(api, "last")
    assert twitter.ledger.spent == 0
    clock.set(first)
    posted(api, "first")
    assert twitter.ledger.spent == Decimal("0.015")


def test_no_plan_and_a_subset(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """An app without a project is not enrolled (E4); one with a subset gets code 453 (E5)."""
    twitter.settings.plan = "none"
    assert api.get("/2/users/me").json()["reason"] == "client-not-enrolled"
    twitter.settings.plan = "subset"
    assert api.get("/2/users/me").json()["errors"][0]["code"] == 453


# ── rate limits ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_windows_are_counted_apart(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Each endpoint has its own window, and so has the app's own token."""
    twitter.rate_limits.limits["GET /2/tweets"] = EndpointLimit(Window(1), Window(2))
    query = {"ids": "1"}
    assert api.get("/2/tweets", params=query).headers["x-rate-limit-remaining"] == "0"
    assert api.get("/2/tweets", params=query).status_code == 429
    assert api.get("/2/tweets/1").headers["x-rate-limit-limit"] == "900"
    with client(twitter, twitter.app_token()) as app:
        assert [app.get("/2/tweets", params=query).status_code for _ in range(3)] == [200, 200, 429]
        assert app.get("/2/tweets/1").headers["x-rate-limit-limit"] == "450"
    clock.advance(899)
    assert api.get("/2/tweets", params=query).status_code == 429
    clock.advance(1)
    assert api.get("/2/tweets", params=query).status_code == 200


@pytest.mark.parametrize(("daily", "reset"), [("rolling", "2026-11-25T09:00:00"), ("utc", "2026-11-25T00:00:00")])
def test_a_days_window(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock, daily: str, reset: str) -> None:
    """A day's window has headers of its own, and ends a day after its first call or at midnight in UTC."""
    twitter.settings.daily_window = daily  # type: ignore[assignment]  # one of the two
    twitter.settings.daily_headers = True
    twitter.rate_limits.limits["POST /2/tweets"] = EndpointLimit(Window(100), app_day=Window(1, DAY))
    first = api.post("/2/tweets", json={"text": "one"})
    assert first.headers["x-app-limit-24hour-remaining"] == "0"
    assert first.headers["x-rate-limit-remaining"] == "99"
    limited = api.post("/2/tweets", json={"text": "two"})
    assert limited.status_code == 429
    clock.set(f"{reset}+00:00")
    assert int(limited.headers["x-app-limit-24hour-reset"]) == int(clock.now().timestamp())
    posted(api, "two")
