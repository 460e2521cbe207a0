"""An archive: it says itself what is in it, holds what it should, and comes back bit for bit."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.lifecycle_leaving.archives import MEMBER, NOW, PICTURE, everything, files, rows

from socialconnect import (
    ConfigurationError,
    Document,
    Draft,
    Facebook,
    FacebookOptions,
    Image,
    Link,
    Outbox,
    OutcomeUnknown,
    Post,
    PostVariant,
    PublishedPost,
    ScheduledPost,
    Subtitles,
    SunsetPlan,
    ValidationError,
    Video,
)
from socialconnect.data_use import Provenance
from socialconnect.outbox import DeliveryState
from socialconnect.testing import FakeNetwork, TestClock
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.samples import sample_image, sample_video

# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_says_itself_what_is_in_it(outbox: Outbox, tmp_path: Path) -> None:
    """The manifest names every file with its size and checksum; the tables can be read by a person."""
    folder = tmp_path / "archive"
    manifest = outbox.export_archive(folder, network="twitter")
    named = {one.path: one for one in manifest.files}
    on_disk = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert set(named) == on_disk - {"manifest.json"}
    for name, one in named.items():
        content = (folder / name).read_bytes()
        assert (one.size, one.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (manifest.network, manifest.made_at) == ("twitter", outbox._core.clock.now())
    assert manifest.rows("drafts.jsonl") == manifest.rows("drafts.csv") == len(rows(folder / "drafts.csv")) == 2
    assert {one["state"] for one in rows(folder / "deliveries.csv")} == {"held", "published", "unknown", "planned"}
    assert [one["text"] for one in rows(folder / "published.csv")] == ["Done"]
    views = [one for one in rows(folder / "metrics.csv") if one["name"] == "views"]
    assert [(one["value"], one["ai_training"]) for one in views] == [("12", "forbidden")]
    assert "Outbox.restore" in (folder / "README.txt").read_text("utf-8")
    assert "archive of twitter: 2 drafts, 4 deliveries, 3 readings, 1 media files" in str(manifest)


def test_it_holds_the_terms_that_its_data_was_read_under(outbox: Outbox, tmp_path: Path) -> None:
    """Each rule stands in the manifest once, with its source and the day on which it was read."""
    manifest = outbox.export_archive(tmp_path / "archive")
    (rule,) = [one for one in manifest.terms if one.topic == "ai-training"]
    assert (rule.network, rule.verdict, rule.source) == (
        "twitter",
        "forbidden",
        "https://docs.x.com/developer-terms/agreement",
    )


def test_only_one_networks_things_are_in_its_archive(outbox: Outbox, tmp_path: Path) -> None:
    """An archive of one network holds nothing of another's; one of all holds everything."""
    outbox.export_archive(tmp_path / "twitter", network="twitter")
    outbox.export_archive(tmp_path / "all")
    assert "Facebook" not in "".join(one.decode("utf-8", "ignore") for one in files(tmp_path / "twitter").values())
    assert len(rows(tmp_path / "all" / "deliveries.csv")) == len(outbox.deliveries()) == 5


def test_what_may_no_longer_be_kept_is_left_out_and_said_so(tmp_path: Path, clock: TestClock) -> None:
    """A member's numbers are not carried out of the house after two days, also if nobody has purged."""
    with Outbox(tmp_path / "o.db", clock=clock) as outbox:
        network = FakeNetwork("linkedin", "urn:li:person:a", clock=clock)
        published = network.publish(Post("Hello"))
        outbox.keep(network.fetch_metrics([published]))
        assert outbox.export_archive(tmp_path / "in-time").delete_by == clock.now() + timedelta(hours=48)
        clock.advance(hours=48)
        manifest = outbox.export_archive(tmp_path / "late")
        assert manifest.left_out == (f"metrics of {published.id} of linkedin, read on 2026-11-24",)
        assert (manifest.rows("readings.jsonl"), manifest.rows("metrics.csv"), manifest.delete_by) == (0, 0, None)


def test_no_secret_is_in_it(tmp_path: Path) -> None:
    """After posts that went out, failed and were read back over the wire, no file of an archive holds the token."""
    clock = TestClock(NOW)
    emulator = FacebookEmulator(clock=clock)
    token = emulator.accounts[0].token
    with Outbox(tmp_path / "o.db", clock=clock) as outbox:
        page = partial(
            Facebook, page_id=emulator.accounts[0].id, http_client=emulator.client(), clock=clock, outbox=outbox
        )
        facebook = page(token=token)
        outbox.keep(facebook.fetch_metrics([facebook.publish(Post("Out"))]), facebook.posts())
        facebook.schedule(Post("With a picture", media=[PICTURE]), NOW + timedelta(minutes=1))
        clock.advance(minutes=1)
        assert outbox.run_due().published == 1
        page(token=f"wrong-{token}").schedule(Post("Refused"), NOW + timedelta(minutes=2))
        clock.advance(minutes=1)
        assert outbox.run_due().needs_attention == 1
        outbox.export_archive(tmp_path / "archive")
    for name, content in files(tmp_path / "archive").items():
        assert token.encode() not in content, name
    assert token not in (tmp_path / "archive" / "manifest.json").read_text("utf-8")


def test_what_the_network_itself_holds_is_listed_alone(outbox: Outbox, other: Outbox, tmp_path: Path) -> None:
    """A plan's native drafts and plans, and what could not be read, stand in the archive; nothing restores them."""
    at = NOW + timedelta(days=20)
    plan = SunsetPlan(
        network="facebook",
        on=NOW,
        network_drafts=(Draft(network="facebook", account="1000", id="n1", post=Post("D", media=[PICTURE])),),
        network_plans=(ScheduledPost(network="facebook", account="1000", id="n2", at=at, text="P"),),
        problems=("the rest could not be read",),
    )
    manifest = outbox.export_archive(tmp_path / "archive", network="facebook", plan=plan)
    assert [(one["kind"], one["id"], one["text"]) for one in rows(tmp_path / "archive" / "held_by_network.csv")] == [
        ("draft", "n1", "D"),
        ("plan", "n2", "P"),
    ]
    assert "could not be read" in (tmp_path / "archive" / "held_by_network.jsonl").read_text("utf-8")
    assert "held by the network itself, and listed only: 2" in str(manifest)
    assert other.restore(tmp_path / "archive").drafts == 1
    with pytest.raises(ValidationError, match="the plan is for facebook"):
        outbox.export_archive(tmp_path / "another", plan=plan)


def test_an_archive_replaces_nothing(outbox: Outbox, tmp_path: Path) -> None:
    """Where there is something already nothing is written; an empty folder will do."""
    folder = tmp_path / "archive"
    folder.mkdir()
    outbox.export_archive(folder)
    before = files(folder)
    with pytest.raises(ConfigurationError, match="There is something at"):
        outbox.export_archive(folder)
    assert files(folder) == before
    assert [one.name for one in tmp_path.iterdir() if "unfinished" in one.name] == []


def test_a_failed_export_leaves_nothing(outbox: Outbox, tmp_path: Path) -> None:
    """If a media copy is gone the export fails as a whole, and no half archive is left."""
    for copy in (tmp_path / "old.db-media").iterdir():
        copy.unlink()
    with pytest.raises(ConfigurationError, match="Cannot write an archive"):
        outbox.export_archive(tmp_path / "archive")
    assert not (tmp_path / "archive").exists()
    assert [one.name for one in tmp_path.iterdir() if "unfinished" in one.name] == []


# ── reading back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_comes_back_bit_for_bit(outbox: Outbox, other: Outbox, tmp_path: Path) -> None:
    """Another outbox holds the same after it: everything, with history; its own archive is the same byte for byte."""
    outbox.export_archive(tmp_path / "archive")
    restored = other.restore(tmp_path / "archive")
    assert (restored.drafts, restored.deliveries, restored.readings, restored.campaigns) == (3, 5, 3, 1)
    assert everything(other) == everything(outbox)
    other.export_archive(tmp_path / "again")
    assert files(tmp_path / "again") == files(tmp_path / "archive")


def test_media_come_with_it(outbox: Outbox, other: Outbox, tmp_path: Path) -> None:
    """The files are the other outbox's own, so that the archive and the old outbox may go."""
    outbox.export_archive(tmp_path / "archive")
    other.restore(tmp_path / "archive")
    (draft,) = [one.post for one in other.drafts() if one.post and one.post.media]
    assert draft.media[0].path is not None
    assert draft.media[0].path.parent == tmp_path / "elsewhere" / "new.db-media"
    assert draft.media[0].read() == sample_image(64, 64)


def test_everything_of_a_post_comes_back(tmp_path: Path, other: Outbox, clock: TestClock) -> None:
    """Films with what belongs to them, documents, pictures of links, threads, variants, options; times to the bit."""
    file, number = tmp_path / "words.srt", 2**60
    file.write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n", "utf-8")
    pictures = [Image(sample_image(8, 8 + one), alt=f"Ä {one} \u2028") for one in range(4)]
    film = Video(sample_video(), alt="a", title="t", thumbnail=pictures[0], subtitles=[Subtitles(file, language="de")])
    post = Post(
        "Astronaut \U0001f469\u200d\U0001f680 and \0",
        media=[film],
        link=Link(url="https://example.com/ä?x=1", image=pictures[1]),
        thread=[Post("two", media=[pictures[2]])],
        first_comment="three",
        options=[FacebookOptions(targeting={"number": number, "real": 1.0})],
        variants={"linkedin": PostVariant(media=[Document(file, title="D")]), "twitter": PostVariant(media=pictures)},
    )
    at = datetime(2026, 12, 24, 9, 0, 0, 123456, tzinfo=ZoneInfo("America/New_York"))
    with Outbox(tmp_path / "o.db", clock=clock) as outbox:
        outbox.add_campaign("c", [("facebook", "1", post, at), ("facebook", "1", post, timedelta(microseconds=1))])
        FakeNetwork("facebook", "1", clock=clock, outbox=outbox).draft(post)
        outbox.export_archive(tmp_path / "archive")
        expected = everything(outbox)
    file.unlink()
    other.restore(tmp_path / "archive")
    assert everything(other) == expected
    timed, held = other.deliveries()
    assert (timed.at, held.after) == (at, timedelta(microseconds=1))
    (back,) = timed.post.media
    assert isinstance(back, Video)
    assert back.thumbnail is not None
    assert (back.read(), back.thumbnail.read()) == (film.read(), pictures[0].read())
    assert back.subtitles[0].read().startswith(b"1\n")
    assert timed.post.link is not None
    assert timed.post.link.image is not None
    assert timed.post.link.image.read() == pictures[1].read()
    other.export_archive(tmp_path / "again")
    assert files(tmp_path / "again") == files(tmp_path / "archive")


def test_nothing_is_sent_from_two_outboxes(outbox: Outbox, other: Outbox, tmp_path: Path, clock: TestClock) -> None:
    """What is still to be sent waits until somebody says that the old outbox will not send it."""
    outbox.export_archive(tmp_path / "archive", network="twitter")
    assert other.restore(tmp_path / "archive").paused == ("twitter",)
    twitter = FakeNetwork("twitter", "7", clock=clock, outbox=other)
    clock.set(NOW + timedelta(days=9))
    assert other.run_due().published == 0
    assert twitter.wall == []
    other.resume(network="twitter")
    assert other.run_due().published == 1
    assert [one.text for one in twitter.wall] == ["Later, short"]


def test_restoring_again_changes_nothing(outbox: Outbox, other: Outbox, tmp_path: Path) -> None:
    """What is there already, exactly the same, is left: in the outbox that it is of too, which is not paused."""
    outbox.export_archive(tmp_path / "archive")
    other.restore(tmp_path / "archive")
    before = everything(other)
    again = other.restore(tmp_path / "archive")
    assert (again.drafts, again.deliveries, again.readings, again.campaigns, again.paused) == (0, 0, 0, 0, ())
    assert everything(other) == before
    assert outbox.restore(tmp_path / "archive").paused == ()


def test_what_differs_stops_all_of_it(outbox: Outbox, other: Outbox, tmp_path: Path) -> None:
    """If one thing of the same id is there and differs, it is named, and nothing at all is put in."""
    outbox.export_archive(tmp_path / "archive")
    other.restore(tmp_path / "archive")
    (changed, *_) = other.drafts("twitter")
    twitter = FakeNetwork("twitter", "7", clock=other._core.clock, outbox=other)
    twitter.update_draft(changed, Post("Another text"))
    (gone,) = other.drafts("facebook")
    FakeNetwork("facebook", "1000", clock=other._core.clock, outbox=other).delete_draft(gone)
    before = everything(other)
    with pytest.raises(ValidationError, match=f"draft {changed.id}"):
        other.restore(tmp_path / "archive")
    assert everything(other) == before


def test_an_unknown_delivery_goes_on_being_looked_for(
    outbox: Outbox, other: Outbox, tmp_path: Path, clock: TestClock
) -> None:
    """What may be live is looked for from the other outbox, and never sent again by itself."""
    outbox.export_archive(tmp_path / "archive", network="twitter")
    other.restore(tmp_path / "archive")
    twitter = FakeNetwork("twitter", "7", clock=clock, outbox=other)
    other.run(until=clock.now() + timedelta(hours=2))
    (lost,) = other.deliveries(DeliveryState.UNKNOWN)
    assert lost.looks > 0
    assert twitter.wall == []


def test_what_ran_out_since_is_not_put_back(tmp_path: Path, clock: TestClock) -> None:
    """An archive that lay too long brings back no number and no text that may not be kept; the post's id stays."""
    where = Provenance(
        network="linkedin",
        account=MEMBER,
        kind="posts",
        read_at=clock.now(),
        keep_until=clock.now() + timedelta(hours=48),
    )
    told = PublishedPost(network="linkedin", account=MEMBER, id="1", text="Read back", provenance=where)
    with Outbox(tmp_path / "o.db", clock=clock) as outbox:
        network = FakeNetwork("linkedin", MEMBER, clock=clock, outbox=outbox)
        plan = network.schedule(Post("Mine"), clock.now() + timedelta(minutes=1))
        network.fail_next("publish", OutcomeUnknown("Lost."))
        clock.advance(minutes=1)
        outbox.run_due()
        outbox.settle(plan.id, told)
        outbox.keep([told])
        outbox.export_archive(tmp_path / "archive")
    clock.advance(hours=48)
    with Outbox(tmp_path / "late.db", clock=clock) as late:
        assert late.restore(tmp_path / "archive").expired == 2
        published = late.delivery(plan.id).published
        assert published is not None
        assert (published.id, published.text, late.readings()) == ("1", None, [])
        assert late.restore(tmp_path / "archive").deliveries == 0
        assert len(late.purge()) == 0
