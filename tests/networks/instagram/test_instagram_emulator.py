"""Instagram's adapter against Instagram's emulator: each method, blocking and async, by either login."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.networks.meta.either_face import done
from tests.networks.meta.graph_answers import jpeg

from socialconnect import errors
from socialconnect.lifecycle import ApiState
from socialconnect.media import Image, Video
from socialconnect.networks.instagram import AsyncInstagram, Instagram
from socialconnect.networks.instagram.options import InstagramOptions
from socialconnect.post import Draft, Post, PostVariant, ScheduledPost
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.server import serving

Either = Instagram | AsyncInstagram

pytestmark = pytest.mark.anyio

IMAGE = Image("https://cdn.example.com/1.jpg", alt="A door")
OTHER = Image("https://cdn.example.com/2.jpg")


def _by_facebook(network: Either) -> bool:
    return network.operations.adapter.capabilities.delete


# ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_publish_shows_what_people_are_meant_to_see(network: Either, emulator: InstagramEmulator) -> None:
    """An image and a carousel each appear once, with their caption whole."""
    caption = "Q3 is out — «ready» 🎉\n\n#finance @brand https://example.com/a?b=c&d"
    one = await done(network.publish(Post(caption, media=[IMAGE])))
    several = await done(network.publish(Post("Set", media=[IMAGE, OTHER, IMAGE])))
    bare = await done(network.publish(Post(media=[OTHER])))
    assert [(seen.id, seen.text, seen.media) for seen in emulator.wall] == [
        (one.id, caption, 1),
        (several.id, "Set", 3),
        (bare.id, "", 1),
    ]
    assert [(told.text, told.media_count) for told in (one, several, bare)] == [(caption, 1), ("Set", 3), ("", 1)]
    assert (one.network, one.account) == ("instagram", emulator.accounts[0].id)


async def test_a_container_is_waited_for_by_the_clock(
    network: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """Processing that takes some seconds is waited for, longer each time, and the post appears once."""
    emulator.limits.processing = timedelta(seconds=30)
    await done(network.publish(Post("Slow", media=[IMAGE])))
    assert [one.text for one in emulator.wall] == ["Slow"]
    assert clock.slept == [5.0, 10.0, 20.0]


async def test_a_variant_reads_as_it_is_written_for_instagram(network: Either, emulator: InstagramEmulator) -> None:
    """A post with a link goes to Instagram by a variant that takes the link away."""
    variants = {"instagram": PostVariant(text="Link in bio", media=(IMAGE,), link=False)}
    await done(network.publish(Post("Read", link="https://example.com/a", variants=variants)))
    assert [(one.text, one.media) for one in emulator.wall] == [("Link in bio", 1)]


async def test_instagrams_own_options_go_along(network: Either, emulator: InstagramEmulator) -> None:
    """Alt text and options arrive; of a carousel, options at the carousel and alt text at its items."""
    options = InstagramOptions(collaborators=("friend",), location_id="77")
    await done(network.publish(Post("One", media=[IMAGE], options=options)))
    await done(network.publish(Post("Set", media=[IMAGE, OTHER], options=options)))
    one, first, second, whole = emulator.containers
    assert [container.alt for container in (one, first, second, whole)] == ["A door", "A door", "", ""]
    assert [sorted(container.kept) for container in (one, first, second, whole)] == [
        ["collaborators", "location_id"],
        [],
        [],
        ["collaborators", "location_id"],
    ]


async def test_posts_gives_back_what_was_published(network: Either, clock: TestClock) -> None:
    """Posts come newest first, as they were published; `since` and `limit` cut the list."""
    first = await done(network.publish(Post("One", media=[IMAGE])))
    clock.advance(minutes=5)
    second = await done(network.publish(Post("Set", media=[IMAGE, OTHER])))
    found = await done(network.posts())
    assert [(one.id, one.text, one.media_count) for one in found] == [(second.id, "Set", 2), (first.id, "One", 1)]
    assert all(one.url and one.url.startswith("https://www.instagram.com/p/") for one in found)
    assert await done(network.posts(since=clock.now() - timedelta(minutes=1))) == found[:1]
    assert await done(network.posts(limit=1)) == found[:1]


async def test_posts_are_read_page_after_page(network: Either, emulator: InstagramEmulator, clock: TestClock) -> None:
    """More posts than one answer holds are read to the end, each once."""
    emulator.limits.processing, emulator.limits.publishes = timedelta(0), 1000
    for number in range(120):
        await done(network.publish(Post(f"Number {number}", media=[IMAGE])))
        clock.advance(seconds=1)
    before = len(emulator.requests)
    found = await done(network.posts(limit=110))
    assert [one.text for one in found] == [f"Number {number}" for number in range(119, 9, -1)]
    assert len(emulator.requests) - before == 2


async def test_a_caption_that_is_not_given_is_unknown_and_not_empty(clock: TestClock) -> None:
    """Where Instagram Login gives no captions the text is `None`: nobody said that it is empty."""
    emulator = InstagramEmulator(clock=clock, captions_for_instagram_login=False)
    (account,) = emulator.accounts
    client = emulator.client()
    network = Instagram(user_id=account.id, token=account.token, login="instagram", http_client=client, clock=clock)
    network.publish(Post("One", media=[IMAGE]))
    assert [one.text for one in network.posts()] == [None]


async def test_delete_takes_a_post_back(network: Either, emulator: InstagramEmulator) -> None:
    """By Facebook Login a post is deleted, once; by Instagram Login that is refused before anything is sent."""
    published = await done(network.publish(Post("Oops", media=[IMAGE, OTHER])))
    before = len(emulator.requests)
    if not _by_facebook(network):
        with pytest.raises(errors.UnsupportedFeature, match="Facebook Login"):
            await done(network.delete(published))
        assert (len(emulator.requests), len(emulator.wall)) == (before, 1)
        return
    await done(network.delete(published))
    assert emulator.wall == ()
    with pytest.raises(errors.NotFound):
        await done(network.delete(published.id))


async def test_fetch_metrics_gives_the_numbers(network: Either, emulator: InstagramEmulator, clock: TestClock) -> None:
    """By Facebook Login a batch, by Instagram Login one by one; a post that does not exist costs no other."""
    one = await done(network.publish(Post("One", media=[IMAGE])))
    several = await done(network.publish(Post("Set", media=[IMAGE, OTHER])))
    emulator.set_performance(one.id, views=1200, reach=800, likes=15, comments=3, shares=4, saved=5)
    before = len(emulator.requests)
    report = await done(network.fetch_metrics([one, "18000000000099999", several]))
    assert len(emulator.requests) - before == (1 if _by_facebook(network) else 3)
    told = report[one]
    assert (told.views, told.reach, told.likes, told.comments) == (1200, 800, 15, 3)
    assert (told.shares, told.saves, told.engagements, told.clicks) == (4, 5, 27, None)
    assert (told.fetched_at, told.unavailable) == (clock.now(), {})
    assert report[several].views == 128
    assert list(report.errors) == ["18000000000099999"]
    assert isinstance(report.errors["18000000000099999"], errors.NotFound)


async def test_numbers_that_are_not_there_yet_are_not_zero(clock: TestClock) -> None:
    """In the first hours Instagram gives an empty list: every metric says why, and none is 0."""
    emulator = InstagramEmulator(clock=clock, insights_lag=timedelta(hours=48))
    (account,) = emulator.accounts
    client = emulator.client()
    network = Instagram(user_id=account.id, token=account.token, http_client=client, clock=clock)
    published = network.publish(Post("One", media=[IMAGE]))
    told = network.fetch_metrics([published])[published]
    assert (told.views, told.likes, told.saves) == (None, None, None)
    assert "48 hours" in told.unavailable["views"].reason
    clock.advance(hours=48)
    assert network.fetch_metrics([published])[published].views == 128


# ── what Instagram does not do ────────────────────────────────────────────────────────────────────────────────────────


async def test_drafts_and_plans_need_an_outbox(network: Either, emulator: InstagramEmulator, clock: TestClock) -> None:
    """Instagram keeps neither: each way to ask for one is refused before any request, and names the outbox."""
    later = clock.now() + timedelta(days=1)
    post = Post("One", media=[IMAGE])
    with pytest.raises(errors.UnsupportedFeature, match="outbox"):
        await done(network.draft(post))
    with pytest.raises(errors.UnsupportedFeature, match="outbox"):
        await done(network.drafts())
    with pytest.raises(errors.UnsupportedFeature, match="outbox"):
        await done(network.schedule(post, later))
    with pytest.raises(errors.UnsupportedFeature, match="outbox"):
        await done(network.scheduled())
    assert emulator.requests == []


async def test_a_draft_or_plan_that_claims_to_be_kept_there(
    network: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """A draft or plan that says that Instagram keeps it is refused as well."""
    told = {"network": "instagram", "account": network.account, "id": "1"}
    draft = Draft.model_validate({**told, "post": Post("One", media=[IMAGE])})
    plan = ScheduledPost.model_validate({**told, "at": clock.now() + timedelta(days=1)})
    with pytest.raises(errors.UnsupportedFeature):
        await done(network.update_draft(draft, Post("Two", media=[IMAGE])))
    with pytest.raises(errors.UnsupportedFeature):
        await done(network.publish_draft(draft))
    with pytest.raises(errors.UnsupportedFeature):
        await done(network.delete_draft(draft))
    with pytest.raises(errors.UnsupportedFeature):
        await done(network.reschedule(plan, clock.now() + timedelta(days=2)))
    with pytest.raises(errors.UnsupportedFeature):
        await done(network.cancel(plan))
    assert emulator.requests == []


@pytest.mark.parametrize(
    ("post", "field", "rule"),
    [
        (Post("Only text"), "media", "required"),
        (Post("Read", media=[IMAGE], link="https://example.com/a"), "link", "supported"),
        (Post("File", media=[Image(jpeg())]), "media[0]", "media_source"),
        (Post("Film", media=[Video("https://cdn.example.com/1.mp4")] * 11), "media", "max_items"),
        (Post("Many", media=[IMAGE] * 11), "media", "max_items"),
        (Post("x" * 2201, media=[IMAGE]), "text", "max_length"),
        (Post("#a " * 31, media=[IMAGE]), "text", "max_hashtags"),
        (Post("@a " * 21, media=[IMAGE]), "text", "max_mentions"),
        (Post("Alt", media=[Image(IMAGE.url or "", alt="x" * 1001)]), "media[0].alt", "max_length"),
        (
            Post("With", media=[IMAGE], options=InstagramOptions(collaborators=("a", "b", "c", "d"))),
            "options.instagram.collaborators",
            "max_items",
        ),
    ],
    ids=lambda value: value.replace(" ", "_") if isinstance(value, str) else "post",
)
async def test_what_instagram_would_refuse_is_not_sent(
    network: Either, emulator: InstagramEmulator, post: Post, field: str, rule: str
) -> None:
    """`validate` and `publish` say the same, naming field and rule, before anything is sent."""
    assert [(one.field, one.rule) for one in network.validate(post)] == [(field, rule)]
    with pytest.raises(errors.ValidationError) as caught:
        await done(network.publish(post))
    assert [(one.field, one.rule) for one in caught.value.problems] == [(field, rule)]
    assert emulator.requests == []


async def test_the_limits_themselves_are_taken(network: Either, emulator: InstagramEmulator) -> None:
    """A caption, hashtags, mentions and a carousel at their limits pass the library and Instagram alike."""
    posts = [Post("x" * 2200, media=[IMAGE] * 10), Post("#a " * 30 + "@b " * 20, media=[IMAGE])]
    for post in posts:
        assert {one.severity for one in network.validate(post)} <= {"warning"}
        await done(network.publish(post))
    assert [one.media for one in emulator.wall] == [10, 1]


# ── the rest ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_preview_shows_the_requests_and_sends_none(
    network: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """What publish would send is shown with the token masked; nothing reaches Instagram, and nobody waits."""
    shown = await done(network.preview(Post("Set", media=[IMAGE, OTHER])))
    assert [(one.method, one.visible) for one in shown] == [
        ("GET", False),
        ("POST", False),
        ("POST", False),
        ("POST", False),
        ("GET", False),
        ("POST", True),
    ]
    assert all(one.headers["Authorization"] == "Bearer ***" for one in shown)
    host = "graph.facebook.com" if _by_facebook(network) else "graph.instagram.com"
    assert all(one.url.startswith(f"https://{host}/") for one in shown)
    assert (emulator.requests, clock.slept) == ([], [])


async def test_what_needs_no_request_sends_none(network: Either, emulator: InstagramEmulator) -> None:
    """Validation, cost and status are answered without Instagram."""
    post = Post("Set", media=[IMAGE, OTHER])
    assert network.validate(post) == []
    cost = network.estimate_cost(post)
    assert (cost.network, cost.priced, cost.items) == ("instagram", False, ())
    assert [(one.name, one.units) for one in cost.quotas] == [
        ("publishes in 24 hours", 1),
        ("containers in 24 hours", 3),
    ]
    assert [one.units for one in network.estimate_cost(Post(media=[IMAGE])).quotas] == [1, 1]
    status = network.deprecation_status()
    assert (status.network, status.version) == ("instagram", network.operations.adapter.api_version)
    assert status.operations["publish"].state is ApiState.ACTIVE
    assert emulator.requests == []


async def test_an_estimate_tells_what_publishing_takes(network: Either, emulator: InstagramEmulator) -> None:
    """As many containers are made as the estimate says."""
    for post in (Post("One", media=[IMAGE]), Post("Set", media=[IMAGE, OTHER, IMAGE])):
        before = len(emulator.containers)
        await done(network.publish(post))
        told = {one.name: one.units for one in network.estimate_cost(post).quotas}
        assert len(emulator.containers) - before == told["containers in 24 hours"]


async def test_any_request_goes_through_the_same_path(network: Either, emulator: InstagramEmulator) -> None:
    """A request of the caller's own carries the token, and its refusal is our error."""
    await done(network.publish(Post("One", media=[IMAGE])))
    path = f"/v26.0/{network.account}/content_publishing_limit"
    answer = await done(network.request("GET", path, query={"fields": "config,quota_usage"}))
    assert answer.json() == {"data": [{"config": {"quota_total": 100, "quota_duration": 86400}, "quota_usage": 1}]}
    with pytest.raises(errors.NotFound):
        await done(network.request("GET", "/v26.0/18000000000099999"))


async def test_it_works_over_real_http(clock: TestClock) -> None:
    """Over a socket: every request goes to the address that was given."""
    emulator = InstagramEmulator(clock=clock, login="instagram")
    (one,) = emulator.accounts
    with serving(emulator) as address:
        with Instagram(user_id=one.id, token=one.token, login="instagram", base_url=address, clock=clock) as blocking:
            blocking.publish(Post("One", media=[IMAGE]))
        async with AsyncInstagram(
            user_id=one.id, token=one.token, login="instagram", base_url=address, clock=clock
        ) as network:
            second = await network.publish(Post("Set", media=[IMAGE, OTHER]))
            assert [post.text for post in await network.posts()] == ["Set", "One"]
            assert (await network.fetch_metrics([second]))[second].views == 128
    assert [(seen.text, seen.media) for seen in emulator.wall] == [("One", 1), ("Set", 2)]
