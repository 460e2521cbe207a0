"""Whatever an outbox holds, its archive brings back bit for bit: from each store, into each store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from socialconnect import ConfigurationError, Draft, Image, Metrics, Outbox, Post, PostVariant, PublishedPost
from socialconnect.data_use import Provenance
from socialconnect.outbox import CampaignEntry, Delivery, DeliveryState, HistoryEntry, StepEntry
from socialconnect.outbox.archive.contents import ArchivedDelivery, Contents, MissingAnswer, PausedCampaign
from socialconnect.outbox.ledger import Reading, Rerouted, Spend
from socialconnect.testing import TestClock
from socialconnect.testing.samples import sample_image

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
S = DeliveryState
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
SOME_WORDS, SOME_MOMENTS = st.none() | WORDS, st.none() | MOMENTS
AMOUNTS = st.decimals(0, 10_000, places=3)


@st.composite
def posts(draw: st.DrawFn, media: tuple[Image, ...]) -> Post:
    """A post with or without media, and with or without a variant."""
    some = st.lists(st.sampled_from(media), max_size=2, unique=True) if media else st.just([])
    variants = {"twitter": PostVariant(text=draw(TEXTS))} if draw(st.booleans()) else {}
    return Post(draw(TEXTS), media=draw(some), variants=variants)


@st.composite
def archived(draw: st.DrawFn, network: str, media: tuple[Image, ...]) -> ArchivedDelivery:
    """A delivery in any state, with any past."""
    state = draw(st.sampled_from(S))
    at = draw(MOMENTS)
    account = draw(WORDS)
    published = PublishedPost(network=network, account=account, id=draw(WORDS), text=draw(st.none() | TEXTS))
    steps = [
        StepEntry(name=f"step {number}", visible=draw(st.booleans()), result={"id": draw(WORDS)}, recorded_at=at)
        for number in range(draw(st.integers(0, 2)))
    ]
    delivery = Delivery(
        id=uuid4().hex,
        network=network,
        account=account,
        post=draw(posts(media)),
        state=state,
        at=None if state is S.HELD else at,
        after=timedelta(microseconds=draw(st.integers(0, 10**12))) if state is S.HELD else None,
        due=at if state is S.PLANNED else None,
        attempts=draw(st.integers(0, 9)),
        partly_live=any(one.visible for one in steps),
        intent_at=draw(SOME_MOMENTS),
        looks=draw(st.integers(0, 9)),
        look_at=draw(SOME_MOMENTS),
        seen=draw(SOME_WORDS),
        published=published if state is S.PUBLISHED else None,
        error=draw(SOME_WORDS),
        error_kind=draw(SOME_WORDS),
        created_at=draw(MOMENTS),
        changed_at=draw(MOMENTS),
    )
    past = [
        HistoryEntry(at=draw(MOMENTS), was=draw(st.none() | st.sampled_from(S)), became=state, error=draw(SOME_WORDS))
        for _ in range(draw(st.integers(0, 3)))
    ]
    missing = MissingAnswer(step=draw(WORDS), since=draw(SOME_MOMENTS), existing=draw(SOME_WORDS))
    return ArchivedDelivery(delivery, past, steps, missing if state in (S.SENDING, S.UNKNOWN) else None)


@st.composite
def contents(draw: st.DrawFn, network: str, media: tuple[Image, ...]) -> Contents:
    """Whatever an outbox may hold for a network."""
    found = draw(st.lists(archived(network, media), min_size=1, max_size=4))
    campaign = CampaignEntry(name=uuid4().hex, created_at=draw(MOMENTS), started_at=draw(SOME_MOMENTS))
    first = found[0]
    in_campaign = first.delivery.model_copy(update={"campaign": campaign.name})
    where = Provenance(network=network, account=draw(WORDS), kind="metrics", read_at=draw(MOMENTS))
    move = Rerouted(id=uuid4().hex, delivery=in_campaign.id, replacements=(draw(WORDS),), until=draw(MOMENTS))
    month = draw(st.sampled_from(["2026-11", "2026-12"]))
    return Contents(
        campaigns=[campaign],
        pauses=draw(st.just([]) | st.just([PausedCampaign(campaign=campaign.name, since=NOW)])),
        drafts=[
            Draft(network=network, account="1", id=uuid4().hex, post=one, held_by="outbox", created_at=draw(MOMENTS))
            for one in draw(st.lists(posts(media), max_size=3))
        ],
        deliveries=[ArchivedDelivery(in_campaign, first.history, first.steps, first.missing), *found[1:]],
        readings=[
            Reading(
                id=uuid4().hex,
                provenance=where,
                metrics=Metrics(post=draw(WORDS), fetched_at=draw(MOMENTS), views=draw(st.integers(0, 2**40))),
            )
        ],
        moves=[move],
        spending=[Spend(network=network, account=draw(WORDS), month=month, amount=draw(AMOUNTS), currency="USD")],
        accounts=frozenset((network, one.delivery.account) for one in found),
    )


def files(folder: Path) -> dict[str, bytes]:
    """Give the bytes of an archive's files, except of its manifest, which holds the moment."""
    found = [one for one in folder.rglob("*") if one.is_file() and one.name != "manifest.json"]
    return {str(one.relative_to(folder)): one.read_bytes() for one in found}


@pytest.fixture
def target(where: str, tmp_path: Path) -> Iterator[Outbox]:
    """An outbox on each of the stores."""
    with Outbox(where, media=tmp_path / "media", clock=TestClock(NOW)) as outbox:
        yield outbox


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_there_and_back(target: Outbox, data: st.DataObject) -> None:
    """From a file to any store and back to a file: three archives, the same byte for byte."""
    network = f"network-{uuid4().hex}"
    with TemporaryDirectory() as place:
        folder = Path(place)
        with Outbox(folder / "first.db", clock=TestClock(NOW)) as first:
            media = _kept(first)
            first._core.ledger.restore(data.draw(contents(network, media)), NOW)
            first.export_archive(folder / "one", network=network)
        target.restore(folder / "one")
        target.export_archive(folder / "two", network=network)
        with Outbox(folder / "last.db", clock=TestClock(NOW)) as last:
            last.restore(folder / "two")
            last.export_archive(folder / "three", network=network)
        one, two, three = (files(folder / name) for name in ("one", "two", "three"))
        assert one == two
        assert two == three


def test_amounts_are_kept_as_they_are(target: Outbox, tmp_path: Path) -> None:
    """An amount of money keeps its places on every store, however it was written."""
    spend = Spend(network="n", account="1", month="2026-11", amount=Decimal("1E+2"), currency="USD")
    target._core.ledger.restore(Contents(spending=[spend]), NOW)
    target.export_archive(tmp_path / "archive")
    assert '"amount": "100"' in (tmp_path / "archive" / "spending.jsonl").read_text("utf-8")


def test_media_need_a_place(postgres: str, tmp_path: Path) -> None:
    """Without a folder for copies of media an outbox on PostgreSQL takes no archive with media, and says what to do."""
    with Outbox(tmp_path / "first.db", clock=TestClock(NOW)) as first:
        draft = Draft(network="n", account="1", id="d", post=Post(media=_kept(first)), created_at=NOW)
        first._core.ledger.restore(Contents(drafts=[draft]), NOW)
        first.export_archive(tmp_path / "archive")
    with Outbox(postgres, clock=TestClock(NOW)) as target:
        with pytest.raises(ConfigurationError, match="no folder for copies of media"):
            target.restore(tmp_path / "archive")
        assert target.drafts() == []


def _kept(outbox: Outbox) -> tuple[Image, ...]:
    """Give two pictures that are copies of the outbox's own."""
    shelf = outbox._core._shelf
    posts = [shelf._keep(Post(media=[Image(sample_image(8, size), alt="A square")])) for size in (8, 16)]
    return tuple(one for post in posts for one in post.media if isinstance(one, Image))
