"""Facebook's adapter against Facebook's emulator: each method, blocking and async."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.networks.meta.either_face import done
from tests.networks.meta.graph_answers import jpeg

from socialconnect import errors
from socialconnect.lifecycle import ApiState
from socialconnect.media import Image
from socialconnect.networks.facebook import AsyncFacebook, Facebook
from socialconnect.post import Post, PostVariant
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.server import serving

Either = Facebook | AsyncFacebook

pytestmark = pytest.mark.anyio

PAGE, TOKEN = "1000", "EAAPAGE"
ADDRESS = "https://cdn.example.com/1.jpg"


# ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_publish_shows_what_people_are_meant_to_see(network: Either, emulator: FacebookEmulator) -> None:
    """Text, link, a photo by file or address, and photos each appear once, with their text whole."""
    text = "Q3 is out — «ready» 🎉\n\nhttps://example.com/a_(b)#c & more"
    posts = [
        Post(text),
        Post("Read", link="https://example.com/a"),
        Post("One", media=[Image(jpeg(), alt="A door")]),
        Post("By address", media=[Image(ADDRESS)], link="https://example.com/b"),
        Post("Two", media=[Image(jpeg()), Image(ADDRESS)]),
    ]
    published = [await done(network.publish(post)) for post in posts]
    assert [(one.text, one.media, one.link) for one in emulator.wall] == [
        (text, 0, None),
        ("Read", 0, "https://example.com/a"),
        ("One", 1, None),
        ("By address\n\nhttps://example.com/b", 1, None),
        ("Two", 2, None),
    ]
    assert [(one.id, one.text, one.media) for one in emulator.wall] == [
        (one.id, one.text, one.media_count) for one in published
    ]
    assert {(one.network, one.account) for one in published} == {("facebook", PAGE)}


async def test_a_variant_reads_as_it_is_written_for_facebook(network: Either, emulator: FacebookEmulator) -> None:
    """The variant for Facebook is what appears; one for another network is not."""
    variants = {"facebook": PostVariant(text="Here", link=False), "instagram": PostVariant(text="There")}
    await done(network.publish(Post("Everywhere", link="https://example.com/a", variants=variants)))
    assert [(one.text, one.link) for one in emulator.wall] == [("Here", None)]


async def test_posts_gives_back_what_was_published(network: Either, clock: TestClock) -> None:
    """Posts come newest first, as they were published; `since` and `limit` cut the list."""
    first = await done(network.publish(Post("One", link="https://example.com/a")))
    clock.advance(minutes=5)
    second = await done(network.publish(Post("Two", media=[Image(jpeg()), Image(jpeg())])))
    found = await done(network.posts())
    assert [(one.id, one.text, one.media_count) for one in found] == [(second.id, "Two", 2), (first.id, "One", 0)]
    assert [one.created_at for one in found] == [clock.now(), clock.now() - timedelta(minutes=5)]
    assert await done(network.posts(since=clock.now() - timedelta(minutes=1))) == found[:1]
    assert await done(network.posts(limit=1)) == found[:1]


async def test_posts_are_read_page_after_page(network: Either, emulator: FacebookEmulator, clock: TestClock) -> None:
    """More posts than one answer holds are read to the end, each once."""
    for number in range(120):
        await done(network.publish(Post(f"Number {number}")))
        clock.advance(seconds=1)
    before = len(emulator.requests)
    found = await done(network.posts(limit=110))
    assert [one.text for one in found] == [f"Number {number}" for number in range(119, 9, -1)]
    assert len(emulator.requests) - before == 2


async def test_delete_takes_a_post_back(network: Either, emulator: FacebookEmulator) -> None:
    """A deleted post is no longer seen; what is gone cannot be deleted again."""
    published = await done(network.publish(Post("Oops")))
    await done(network.delete(published))
    assert emulator.wall == ()
    with pytest.raises(errors.NotFound):
        await done(network.delete(published.id))


async def test_fetch_metrics_gives_the_numbers(network: Either, emulator: FacebookEmulator, clock: TestClock) -> None:
    """Several posts take one request; one that does not exist costs no other its numbers."""
    one, other = await done(network.publish(Post("One"))), await done(network.publish(Post("Other")))
    emulator.set_performance(one.id, views=1200, viewers=800, clicks=7, reactions={"like": 15, "wow": 2}, comments=3)
    before = len(emulator.requests)
    report = await done(network.fetch_metrics([one, "1000_99999", other]))
    assert len(emulator.requests) - before == 1
    told = report[one]
    assert (told.views, told.reach, told.clicks, told.likes, told.comments, told.shares) == (1200, 800, 7, 17, 3, 3)
    assert (told.saves, told.fetched_at) == (None, clock.now())
    assert report[other].views == 340
    assert list(report.errors) == ["1000_99999"]
    assert isinstance(report.errors["1000_99999"], errors.NotFound)


# ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_draft_is_seen_when_it_is_published(network: Either, emulator: FacebookEmulator) -> None:
    """A draft is seen by nobody; changed in place and published, it shows its last text once."""
    draft = await done(network.draft(Post("Soon"), native=True))
    changed = await done(network.update_draft(draft, Post("Sooner")))
    assert (changed.id, emulator.wall) == (draft.id, ())
    published = await done(network.publish_draft(changed))
    assert [(one.id, one.text) for one in emulator.wall] == [(published.id, "Sooner")]


async def test_a_draft_with_a_photo_is_replaced(network: Either, emulator: FacebookEmulator) -> None:
    """Where photos change there is one draft after as before, with the new photos."""
    draft = await done(network.draft(Post("Soon", media=[Image(jpeg())]), native=True))
    changed = await done(network.update_draft(draft, Post("Sooner", media=[Image(jpeg()), Image(ADDRESS)])))
    (kept,) = emulator.posts
    assert (kept.id, kept.message, len(kept.photos)) == (changed.id, "Sooner", 2)
    assert list(emulator.wall) == []
    await done(network.publish_draft(changed))
    assert [(one.text, one.media) for one in emulator.wall] == [("Sooner", 2)]


async def test_a_deleted_draft_is_gone(network: Either, emulator: FacebookEmulator) -> None:
    """A draft that was deleted can be neither published nor deleted again."""
    draft = await done(network.draft(Post("Soon"), native=True))
    await done(network.delete_draft(draft))
    assert emulator.posts == ()
    with pytest.raises(errors.NotFound):
        await done(network.publish_draft(draft))
    with pytest.raises(errors.NotFound):
        await done(network.delete_draft(draft))


async def test_the_list_of_drafts_is_refused_and_not_empty(network: Either, emulator: FacebookEmulator) -> None:
    """Facebook lists no drafts: that is said, without a request."""
    with pytest.raises(errors.UnsupportedFeature):
        await done(network.drafts(native=True))
    assert emulator.requests == []


# ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_page_publishes_at_the_time(network: Either, emulator: FacebookEmulator, clock: TestClock) -> None:
    """A plan is on the page's list until its time, and is seen from then on."""
    at = clock.now() + timedelta(hours=5)
    later = await done(network.schedule(Post("Later", media=[Image(jpeg())]), at + timedelta(hours=1), native=True))
    plan = await done(network.schedule(Post("First"), at, native=True))
    plans = await done(network.scheduled(native=True))
    assert [(one.id, one.text, one.at) for one in plans] == [
        (plan.id, "First", at),
        (later.id, "Later", at + timedelta(hours=1)),
    ]
    assert (plan.held_by, emulator.wall) == ("network", ())
    clock.advance(hours=5)
    assert [(one.id, one.text, one.created_at) for one in emulator.wall] == [(plan.id, "First", at)]
    plans = await done(network.scheduled(native=True))
    assert [one.id for one in plans] == [later.id]
    clock.advance(hours=1)
    assert [(one.text, one.media) for one in emulator.wall] == [("First", 0), ("Later", 1)]


async def test_a_plan_moves(network: Either, emulator: FacebookEmulator, clock: TestClock) -> None:
    """A plan that was moved appears at its new time and not at its old one."""
    plan = await done(network.schedule(Post("Later"), clock.now() + timedelta(hours=5), native=True))
    moved = await done(network.reschedule(plan, clock.now() + timedelta(hours=7)))
    assert (moved.id, moved.at) == (plan.id, clock.now() + timedelta(hours=7))
    plans = await done(network.scheduled(native=True))
    assert [one.at for one in plans] == [moved.at]
    clock.advance(hours=6)
    assert list(emulator.wall) == []
    clock.advance(hours=1)
    assert [one.text for one in emulator.wall] == ["Later"]


async def test_a_cancelled_plan_never_appears(network: Either, emulator: FacebookEmulator, clock: TestClock) -> None:
    """A plan that was taken back is on no list and not on the wall."""
    plan = await done(network.schedule(Post("Later"), clock.now() + timedelta(hours=5), native=True))
    await done(network.cancel(plan))
    assert await done(network.scheduled(native=True)) == []
    clock.advance(hours=6)
    assert emulator.wall == ()
    with pytest.raises(errors.NotFound):
        await done(network.cancel(plan))


async def test_a_plan_that_has_appeared_is_not_deleted(
    network: Either, emulator: FacebookEmulator, clock: TestClock
) -> None:
    """Taking a plan back never takes down the post that it has become: it comes too late, and says so."""
    plan = await done(network.schedule(Post("Later"), clock.now() + timedelta(hours=5), native=True))
    clock.advance(hours=5)
    with pytest.raises(errors.NotFound, match="published already"):
        await done(network.cancel(plan))
    assert [one.id for one in emulator.wall] == [plan.id]


async def test_a_draft_that_was_published_is_neither_changed_nor_deleted(
    network: Either, emulator: FacebookEmulator
) -> None:
    """Somebody may have published a draft in the Business Suite: its id is the live post's from then on."""
    draft = await done(network.draft(Post("Soon", media=[Image(jpeg())]), native=True))
    await done(network.publish_draft(draft))
    with pytest.raises(errors.NotFound, match="published already"):
        await done(network.update_draft(draft, Post("Sooner", media=[Image(jpeg())])))
    with pytest.raises(errors.NotFound, match="published already"):
        await done(network.delete_draft(draft))
    assert [(one.id, one.text) for one in emulator.wall] == [(draft.id, "Soon")]
    assert len(emulator.posts) == 1


async def test_a_time_outside_the_window_is_refused_unsent(
    network: Either, emulator: FacebookEmulator, clock: TestClock
) -> None:
    """The library refuses what Facebook would refuse, before anything is sent."""
    for ahead in (timedelta(minutes=5), timedelta(days=31)):
        with pytest.raises(errors.ValidationError):
            await done(network.schedule(Post("Later"), clock.now() + ahead, native=True))
    assert emulator.requests == []


async def test_a_plan_about_to_go_out_stays(network: Either, emulator: FacebookEmulator, clock: TestClock) -> None:
    """In the last minutes Facebook moves nothing: that is said without asking, and the plan appears at its time."""
    plan = await done(network.schedule(Post("Later"), clock.now() + timedelta(minutes=30), native=True))
    clock.advance(minutes=28)
    with pytest.raises(errors.ValidationError, match="last 3 minutes"):
        await done(network.reschedule(plan, clock.now() + timedelta(hours=1)))
    clock.advance(minutes=2)
    assert [one.text for one in emulator.wall] == ["Later"]


# ── the rest ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_preview_shows_the_requests_and_sends_none(network: Either, emulator: FacebookEmulator) -> None:
    """What publish would send is shown with the token masked, and nothing reaches Facebook."""
    shown = await done(network.preview(Post("Two", media=[Image(jpeg()), Image(ADDRESS)])))
    assert [(one.method, one.url.partition("?")[0].rpartition("/")[2], one.visible) for one in shown] == [
        ("POST", "photos", False),
        ("POST", "photos", False),
        ("POST", "feed", True),
    ]
    assert all(one.headers["Authorization"] == "Bearer ***" for one in shown)
    assert emulator.requests == []


async def test_what_needs_no_request_sends_none(network: Either, emulator: FacebookEmulator) -> None:
    """Validation, cost and status are answered without Facebook."""
    assert network.validate(Post("One")) == []
    assert [one.field for one in network.validate(Post(""))] == ["text"]
    cost = network.estimate_cost(Post("One"))
    assert (cost.network, cost.priced, cost.items) == ("facebook", False, ())
    status = network.deprecation_status()
    assert (status.network, status.version) == ("facebook", network.operations.adapter.api_version)
    assert status.operations["publish"].state is ApiState.ACTIVE
    assert emulator.requests == []


async def test_any_request_goes_through_the_same_path(network: Either) -> None:
    """A request of the caller's own carries the token, and its refusal is our error."""
    answer = await done(network.request("GET", "/v26.0/1000", query={"fields": "id,name"}))
    assert answer.json() == {"id": "1000", "name": "Example Page"}
    with pytest.raises(errors.NotFound):
        await done(network.request("GET", "/v26.0/1000_99999"))


async def test_it_works_over_real_http(clock: TestClock) -> None:
    """Over a socket, uploads included: every request goes to the address that was given."""
    emulator = FacebookEmulator(clock=clock)
    with serving(emulator) as address:
        with Facebook(page_id=PAGE, token=TOKEN, base_url=address, clock=clock) as blocking:
            blocking.publish(Post("One", media=[Image(jpeg())]))
        clock.advance(seconds=1)
        async with AsyncFacebook(page_id=PAGE, token=TOKEN, base_url=address, clock=clock) as network:
            second = await network.publish(Post("Two", media=[Image(jpeg()), Image(jpeg())]))
            assert [one.text for one in await network.posts()] == ["Two", "One"]
            assert (await network.fetch_metrics([second]))[second].views == 340
    assert [(one.text, one.media) for one in emulator.wall] == [("One", 1), ("Two", 2)]
