"""Where data comes from, what it may be used for, how long it may be kept, and that it then goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from socialconnect import (
    AsyncOutbox,
    ConfigurationError,
    DataUse,
    DataUseForbidden,
    Metrics,
    MetricsReport,
    Outbox,
    Post,
    PublishedPost,
    ValidationError,
)
from socialconnect.data_use import Provenance, provenance_of, require_use
from socialconnect.testing import AsyncFakeNetwork, FakeNetwork, TestClock

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PERSON, PAGE = "urn:li:person:abc", "urn:li:organization:1"


def rule(topic: str = "ai-training", verdict: str = "allowed", **fields: object) -> DataUse:
    """Give a rule of a network's terms."""
    whole = {"rule": "A rule.", "source": "https://example.com/terms", "read_on": date(2026, 11, 24), **fields}
    return DataUse.model_validate({"topic": topic, "verdict": verdict, **whole})


def read(*terms: DataUse, account: str = "1") -> Provenance:
    """Say where metrics come from that are read now under these terms."""
    return provenance_of(terms, network="fake", account=account, kind="metrics", read_at=NOW)


@pytest.fixture
def clock() -> TestClock:
    """Give a clock on the day of the catalogue's facts."""
    return TestClock(NOW)


@pytest.fixture
def outbox(tmp_path: Path, clock: TestClock) -> Iterator[Outbox]:
    """Give an empty outbox."""
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        yield outbox


# ── what it may be used for ───────────────────────────────────────────────────────────────────────────────────────


def test_what_is_allowed_goes_on() -> None:
    """A use that the terms allow gives the rule that allows it."""
    allowed = rule()
    assert read(allowed).require_use("ai-training") == allowed
    assert read(allowed).ai_training == "allowed"


@pytest.mark.parametrize("verdict", ["forbidden", "unstated", "limited"])
def test_what_is_not_allowed_is_refused_with_the_clause(verdict: str) -> None:
    """Whatever is not plainly allowed raises, and says which rule, where it stands, and when it was read."""
    clause = rule(verdict=verdict)
    with pytest.raises(DataUseForbidden, match=verdict) as caught:
        read(clause).require_use("ai-training")
    error = caught.value
    assert (error.topic, error.rule, error.source, error.network) == ("ai-training", clause, clause.source, "fake")
    assert "https://example.com/terms, read on 2026-11-24" in str(error)


def test_one_who_has_read_the_rule_may_accept_it() -> None:
    """Limited and unstated uses can be accepted, forbidden ones never."""
    assert read(rule(verdict="limited")).require_use("ai-training", accept=["limited"]).verdict == "limited"
    with pytest.raises(DataUseForbidden):
        read(rule(verdict="unstated")).require_use("ai-training", accept=["limited"])
    with pytest.raises(ConfigurationError, match="cannot be accepted"):
        read(rule(verdict="forbidden")).require_use("ai-training", accept=["forbidden"])


def test_the_strictest_of_several_rules_counts() -> None:
    """One clause that forbids outweighs any number that allow."""
    where = read(rule(), rule(verdict="forbidden", source="https://example.com/other"))
    with pytest.raises(DataUseForbidden) as caught:
        where.require_use("ai-training")
    assert caught.value.source == "https://example.com/other"


def test_silence_is_no_permission() -> None:
    """A use of which the terms say nothing is refused, and what they speak of is told."""
    with pytest.raises(DataUseForbidden, match="they speak of retention") as caught:
        read(rule("retention")).require_use("ai-training")
    assert (caught.value.rule, caught.value.source) == (None, None)
    assert read().ai_training == "unstated"


@pytest.mark.parametrize(
    ("network", "verdict"), [("twitter", "forbidden"), ("linkedin", "forbidden"), ("facebook", "unstated")]
)
def test_reports_of_the_real_networks_know_it(network: str, verdict: str, clock: TestClock) -> None:
    """A report and each post's numbers know the network's rule on training models, and raise."""
    account = FakeNetwork(network, PAGE if network == "linkedin" else "1", clock=clock)
    published = account.publish(Post("Hello"))
    report = account.fetch_metrics([published])
    where = report[published].provenance
    assert where is not None
    assert where.ai_training == verdict
    assert (where.network, where.kind, where.read_at) == (network, "metrics", clock.now())
    for one in (report, where, account.fetch_account_metrics()):
        with pytest.raises(DataUseForbidden, match=verdict):
            one.require_use("ai-training")
    (back,) = account.posts()
    assert back.provenance is not None
    assert (back.provenance.kind, back.provenance.ai_training) == ("posts", verdict)


def test_the_terms_are_those_of_the_day_of_reading() -> None:
    """Twitter bars training since June 2025: the day before, its terms did not speak of it."""
    clock = TestClock(datetime(2025, 6, 3, 23, 59, tzinfo=UTC))
    account = FakeNetwork("twitter", "1", clock=clock)
    published = account.publish(Post("Hello"))
    before = account.fetch_metrics([published])
    clock.advance(minutes=1)
    after = account.fetch_metrics([published])
    wheres = [one[published].provenance for one in (before, after)]
    assert [one.ai_training if one else None for one in wheres] == ["unstated", "forbidden"]
    with pytest.raises(DataUseForbidden, match="say nothing of ai-training"):
        before.require_use("ai-training")
    with pytest.raises(DataUseForbidden, match=r"forbidden\. X Content"):
        after.require_use("ai-training")


def test_the_day_of_reading_is_that_of_utc() -> None:
    """Where it is the 24th already while UTC still has the 23rd, a rule of the 24th does not hold yet."""
    new = rule(effective=date(2026, 11, 24))
    east = timezone(timedelta(hours=14))
    for hour, terms in ((13, ()), (14, (new,))):
        at = datetime(2026, 11, 24, hour, tzinfo=east)
        assert provenance_of([new], network="fake", account="1", kind="metrics", read_at=at).terms == terms


def test_data_of_several_days_of_one_network_tells_each_refusal() -> None:
    """Terms that were silent on one day and forbid on another: both are told, and each once."""
    silent, barred = read(), read(rule(verdict="forbidden"))
    data = [Metrics(post="1", fetched_at=NOW, provenance=one) for one in (silent, barred, silent, barred)]
    with pytest.raises(DataUseForbidden) as caught:
        require_use(data, "ai-training")
    assert caught.value.message.count("say nothing of ai-training") == 1
    assert caught.value.message.count("on ai-training: forbidden") == 1
    allowed = Metrics(post="1", fetched_at=NOW, provenance=read(rule()))
    with pytest.raises(DataUseForbidden, match="forbidden"):
        require_use([allowed, data[1], allowed], "ai-training")


def test_what_is_accepted_is_no_part_of_a_word() -> None:
    """A text in place of a list is one verdict, and not all that is in it."""
    limited = read(rule(verdict="limited"))
    assert limited.require_use("ai-training", accept="limited")  # type: ignore[arg-type]  # easily written so
    with pytest.raises(DataUseForbidden):
        limited.require_use("ai-training", accept="unlimited")  # type: ignore[arg-type]  # as above


def test_a_rule_ends_on_its_last_day() -> None:
    """A rule holds from its first day in UTC to the day before its end."""
    passed, new = rule(until=date(2026, 11, 24)), rule(verdict="limited", effective=date(2026, 11, 24))
    assert read(passed, new).terms == (new,)
    assert not new.holds(date(2026, 11, 23))
    assert passed.holds(date(2026, 11, 23))


def test_a_report_speaks_of_its_own_account_alone(clock: TestClock) -> None:
    """A rule about members' numbers does not hold for a page's, which are in a class of their own."""
    page, member = (FakeNetwork("linkedin", one, clock=clock) for one in (PAGE, PERSON))
    for network, kept in ((page, 365), (member, 2)):
        report = network.fetch_metrics([network.publish(Post("Hello"))])
        numbers = network.fetch_account_metrics()
        assert [one.keep for one in report.data_use if one.keep] == [timedelta(days=kept)]
        assert report.data_use == numbers.data_use
    with pytest.raises(DataUseForbidden, match="say nothing of member-post-analytics"):
        page.fetch_account_metrics().require_use("member-post-analytics")


def test_several_networks_in_one_report(clock: TestClock) -> None:
    """Data of several networks may be used only as all of them allow; each that does not is named with its clause."""
    found = []
    for name, account in (("facebook", "1"), ("twitter", "1"), ("linkedin", PAGE)):
        network = FakeNetwork(name, account, clock=clock)
        found += [*network.fetch_metrics([network.publish(Post("Hello"))]), *network.posts()]
    with pytest.raises(DataUseForbidden) as caught:
        require_use(found, "ai-training")
    for told in ("facebook on ai-training: unstated", "twitter on ai-training: forbidden", "developer-ai-policy"):
        assert told in str(caught.value)
    assert (caught.value.network, caught.value.source) == ("facebook", "https://developers.facebook.com/terms")
    assert set(require_use(found[:2], "aggregates")) == {"facebook"}
    with pytest.raises(DataUseForbidden, match="does not say where it comes from"):
        require_use([Metrics(post="1", fetched_at=NOW)], "aggregates")


def test_numbers_and_posts_keep_their_terms_through_json(clock: TestClock) -> None:
    """What was written as JSON and read again still knows its source, its end and its clauses."""
    network = FakeNetwork("linkedin", PERSON, clock=clock)
    published = network.publish(Post("Hello"))
    metrics = network.fetch_metrics([published])[published]
    (post,), account = network.posts(), network.fetch_account_metrics()
    for one in (metrics, post, account):
        again = type(one).model_validate_json(one.model_dump_json())
        assert again == one
        assert again.provenance is not None
        assert again.provenance.keep_until == NOW + timedelta(hours=48)
        with pytest.raises(DataUseForbidden, match="developer-ai-policy"):
            again.provenance.require_use("ai-training")


# ── how long it may be kept ───────────────────────────────────────────────────────────────────────────────────────


def test_the_shortest_time_counts() -> None:
    """Where several rules name a time the shortest counts; where none does there is no end to tell."""
    long, short = rule("retention", keep="P42D"), rule("caching", keep="PT48H")
    assert read(long, short).keep_until == NOW + timedelta(hours=48)
    assert read(rule("retention")).keep_until is None


def test_a_rule_may_be_about_some_data_and_some_accounts() -> None:
    """A rule holds for the kinds of data and the accounts that it names, and for no other."""
    posts = rule("retention", keep="PT1H", data=["posts"])
    person = rule("retention", keep="PT2H", accounts="urn:li:person:*")
    assert read(posts, person, account="1").keep_until is None
    assert read(posts, person, account=PERSON).keep_until == NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("account", "posts", "metrics"),
    [(PERSON, timedelta(hours=48), timedelta(hours=48)), (PAGE, timedelta(days=42), timedelta(days=365))],
)
def test_linkedin_names_times(account: str, posts: timedelta, metrics: timedelta, clock: TestClock) -> None:
    """A member's posts and numbers may be kept two days, a page's posts six weeks and its numbers a year."""
    network = FakeNetwork("linkedin", account, clock=clock)
    published = network.publish(Post("Hello"))
    kept = network.fetch_metrics([published])[published].provenance
    (back,) = network.posts()
    assert kept is not None
    assert back.provenance is not None
    assert (back.provenance.keep_until, kept.keep_until) == (clock.now() + posts, clock.now() + metrics)


# ── what the outbox keeps ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_read_is_kept_and_given_back(outbox: Outbox, clock: TestClock) -> None:
    """Reports, account metrics and posts come back as they were, with their provenance."""
    network = FakeNetwork("linkedin", PAGE, clock=clock)
    published = network.publish(Post("Hello"))
    network.set_metrics(published, views=7)
    report, account, posts = network.fetch_metrics([published]), network.fetch_account_metrics(), network.posts()
    kept = outbox.keep(report, account, posts)
    assert outbox.readings() == kept
    assert [one.metrics for one in kept] == [report[published], None, None]
    assert kept[1].account_metrics == account
    assert [one.post.text if one.post else None for one in kept] == [None, None, posts[0].text]
    assert [one.about for one in kept] == [published.id, PAGE, published.id]
    assert outbox.readings("linkedin", PAGE) == kept
    assert outbox.readings("linkedin", "another") == outbox.readings("facebook") == []


def test_a_purge_deletes_what_is_past_its_time_and_says_so(outbox: Outbox, clock: TestClock) -> None:
    """After six weeks a page's posts go, and its numbers stay; after a year those go too."""
    network = FakeNetwork("linkedin", PAGE, clock=clock)
    published = network.publish(Post("Hello"))
    outbox.keep(network.fetch_metrics([published]), network.posts())
    clock.advance(days=42, seconds=-1)
    assert len(outbox.purge()) == 0
    clock.advance(seconds=1)
    assert [one.provenance.kind for one in outbox.readings()] == ["metrics"]  # never given once its time is over
    gone = outbox.purge()
    assert [one.post.text for one in gone.readings if one.post] == ["Hello"]
    assert f"linkedin {PAGE}: posts of {published.id}, read on 2026-11-24, kept until 2027-01-05 09:00 UTC" in str(gone)
    assert len(outbox.purge()) == 0
    clock.advance(days=365)
    assert [one.provenance.kind for one in outbox.purge().readings] == ["metrics"]
    assert outbox.readings() == []


def test_a_purge_that_is_broken_off_deletes_nothing(
    outbox: Outbox, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was deleted can always be told: if a purge ends before its end, it is all there for the next one."""
    network = FakeNetwork("linkedin", PAGE, clock=clock)
    network.publish(Post("Hello"))
    outbox.keep(network.posts())
    clock.advance(days=42)

    def broken(*_: object) -> list[PublishedPost]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("socialconnect.outbox.sqlite.ledger._stripped", broken)
        with pytest.raises(KeyboardInterrupt):
            outbox.purge()
    assert len(outbox.purge()) == 1


def test_what_has_no_time_is_never_purged(outbox: Outbox, clock: TestClock) -> None:
    """Twitter names no number of days: nothing of it goes by itself."""
    network = FakeNetwork("twitter", "1", clock=clock)
    outbox.keep(network.fetch_metrics([network.publish(Post("Hello"))]))
    clock.advance(days=5000)
    assert len(outbox.purge()) == 0
    assert len(outbox.readings()) == 1


def test_a_published_post_that_was_read_back_keeps_its_id_alone(outbox: Outbox, clock: TestClock) -> None:
    """What reconciliation read back of a post goes with its time; that it is live, and where, stays."""
    network = FakeNetwork("linkedin", PAGE, clock=clock, outbox=outbox)
    plan = network.schedule(Post("Hello"), clock.now() + timedelta(hours=1))
    outbox.run(until_idle=True)
    (back,) = network.posts()
    with pytest.raises(ValidationError):  # only what is unknown is settled by hand
        outbox.settle(plan.id, back)
    _put_in_place(outbox, plan.id, back)
    before = outbox.history(plan.id)
    clock.advance(days=43)
    (gone,) = outbox.purge().posts
    assert gone.text == "Hello"
    left = outbox.delivery(plan.id).published
    assert left is not None
    assert (left.id, left.text, left.provenance) == (back.id, None, None)
    assert outbox.history(plan.id) == before


def _put_in_place(outbox: Outbox, delivery_id: str, post: PublishedPost) -> None:
    import sqlite3

    db = sqlite3.connect(outbox.path)
    with db:
        db.execute("UPDATE deliveries SET published = ? WHERE id = ?", (post.model_dump_json(), delivery_id))
    db.close()


def test_what_says_not_where_it_comes_from_is_not_kept(outbox: Outbox, clock: TestClock) -> None:
    """Data without provenance could never be purged: it is refused, with everything that came with it."""
    network = FakeNetwork("twitter", "1", clock=clock)
    published = network.publish(Post("Hello"))
    bare = MetricsReport("twitter", {"1": Metrics(post="1", fetched_at=NOW)})
    with pytest.raises(ValidationError, match="where it comes from"):
        outbox.keep(network.fetch_metrics([published]), bare)
    with pytest.raises(ValidationError, match="where it comes from"):
        outbox.keep([published])  # publish gives what the network answered, not what was read
    assert outbox.readings() == []


def test_what_is_past_its_time_is_not_kept(outbox: Outbox, clock: TestClock) -> None:
    """Nobody can put in what a purge would have deleted."""
    network = FakeNetwork("linkedin", PERSON, clock=clock)
    report = network.fetch_metrics([network.publish(Post("Hello"))])
    clock.advance(hours=48)
    with pytest.raises(ValidationError, match="no longer be kept"):
        outbox.keep(report)


@pytest.mark.anyio
async def test_the_async_outbox_keeps_and_purges_alike(tmp_path: Path, clock: TestClock) -> None:
    """Awaited, the same methods do the same."""
    async with AsyncOutbox(tmp_path / "outbox.db", clock=clock) as outbox:
        network = AsyncFakeNetwork("linkedin", PERSON, clock=clock)
        published = await network.publish(Post("Hello"))
        kept = await outbox.keep(await network.fetch_metrics([published]))
        assert await outbox.readings() == kept
        clock.advance(hours=48)
        assert list((await outbox.purge()).readings) == kept
        assert await outbox.spending() == []
        assert await outbox.published_on("linkedin") == []
