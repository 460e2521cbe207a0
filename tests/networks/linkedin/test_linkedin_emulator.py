"""LinkedIn's adapter against LinkedIn's emulator: each method, blocking and async, as a page and as a member."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialconnect import errors
from socialconnect.lifecycle import ApiState
from socialconnect.media import Image
from socialconnect.networks.linkedin import AsyncLinkedIn, LinkedIn, LinkedInOptions, little_text
from socialconnect.post import Link, Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.server import serving

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

T = TypeVar("T")
Either = LinkedIn | AsyncLinkedIn

pytestmark = pytest.mark.anyio


async def done(result: T | Awaitable[T]) -> T:
    """Give what a method of either face gives."""
    return await result if isinstance(result, Awaitable) else result


@pytest.fixture
def emulator(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture(params=["page-blocking", "page-async", "member-blocking", "member-async"])
async def network(emulator: LinkedInEmulator, clock: TestClock, request: SubRequest) -> AsyncIterator[Either]:
    """A page and a member, blocking and async."""
    kind, _, face = str(request.param).partition("-")
    account = next(one for one in emulator.accounts if (":person:" in one.id) == (kind == "member"))
    if face == "blocking":
        with emulator.client() as client:
            yield LinkedIn(author=account.id, token=account.token, http_client=client, clock=clock)
    else:
        async with emulator.async_client() as async_client:
            yield AsyncLinkedIn(author=account.id, token=account.token, http_client=async_client, clock=clock)


def _is_page(network: Either) -> bool:
    return ":organization:" in network.account


async def test_publish_shows_what_people_are_meant_to_see(
    network: Either, emulator: LinkedInEmulator, png: bytes
) -> None:
    """Text, link, image and images each appear once, with their text whole."""
    text = "Q3 (unaudited) #finance is_out* https://example.com/a_(b)#c"
    posts = [
        Post(text),
        Post("Read", link=Link("https://example.com/a", image=Image(png))),
        Post("One", media=[Image(png, alt="A")]),
        Post("Two", media=[Image(png), Image(png)]),
    ]
    published = [await done(network.publish(post)) for post in posts]
    assert [(one.text, one.media, one.link) for one in emulator.wall] == [
        (text, 0, None),
        ("Read", 0, "https://example.com/a"),
        ("One", 1, None),
        ("Two", 2, None),
    ]
    assert [one.id for one in emulator.wall] == [one.id for one in published]
    assert {one.account for one in emulator.wall} == {network.account}


async def test_posts_gives_back_what_was_published(
    network: Either, emulator: LinkedInEmulator, clock: TestClock, png: bytes
) -> None:
    """A page's posts come newest first with the texts that were written; a member's are not for reading."""
    text = "Ask @[Brand](urn:li:organization:5515715) (now) #deal"
    first = await done(network.publish(Post(text)))
    clock.advance(minutes=5)
    second = await done(network.publish(Post("Two", media=[Image(png), Image(png)])))
    if not _is_page(network):
        with pytest.raises(errors.PermissionDenied):
            await done(network.posts())
        return
    found = await done(network.posts())
    assert found == [second, first]
    assert [(one.text, one.media_count) for one in found] == [("Two", 2), (text, 0)]
    assert await done(network.posts(since=clock.now() - timedelta(minutes=1))) == [second]


async def test_delete_takes_a_post_back(network: Either, emulator: LinkedInEmulator) -> None:
    """A deleted post is no longer seen; deleting it again is no error."""
    published = await done(network.publish(Post("Oops")))
    await done(network.delete(published))
    await done(network.delete(published.id))
    assert emulator.wall == ()


async def test_fetch_metrics_gives_the_numbers(network: Either, emulator: LinkedInEmulator, clock: TestClock) -> None:
    """The numbers of a post are there in a batch for a page and one by one for a member."""
    one, other = await done(network.publish(Post("One"))), await done(network.publish(Post("Other")))
    emulator.set_metrics(one.id, impressionCount=1200, uniqueImpressionsCount=800, likeCount=15, commentCount=3)
    before = len(emulator.requests)
    report = await done(network.fetch_metrics([one, other]))
    assert (report[one].views, report[one].reach, report[one].likes, report[one].comments) == (1200, 800, 15, 3)
    assert report.errors == {}
    assert report[one].fetched_at == clock.now()
    assert len(emulator.requests) - before == (1 if _is_page(network) else 14)


async def test_preview_shows_the_requests_and_sends_none(
    network: Either, emulator: LinkedInEmulator, png: bytes
) -> None:
    """What publish would send is shown with the token masked, and nothing reaches LinkedIn."""
    shown = await done(network.preview(Post("One", media=[Image(png)])))
    assert [one.method for one in shown] == ["POST", "PUT", "GET", "POST"]
    assert [one.visible for one in shown] == [False, False, False, True]
    assert all(one.headers["Authorization"] == "Bearer ***" for one in shown)
    assert emulator.requests == []


async def test_drafts_and_plans_need_an_outbox(network: Either, emulator: LinkedInEmulator, clock: TestClock) -> None:
    """LinkedIn keeps neither: without an outbox both are refused before any request."""
    with pytest.raises(errors.UnsupportedFeature):
        await done(network.draft(Post("One")))
    with pytest.raises(errors.UnsupportedFeature):
        await done(network.schedule(Post("One"), clock.now() + timedelta(days=1)))
    assert emulator.requests == []


async def test_what_needs_no_request_sends_none(network: Either, emulator: LinkedInEmulator) -> None:
    """Validation, cost and status are answered without LinkedIn."""
    assert network.validate(Post("One")) == []
    assert not network.estimate_cost(Post("One")).priced
    status = network.deprecation_status()
    assert (status.network, status.version) == ("linkedin", network.operations.adapter.api_version)
    assert status.operations["publish"].state is ApiState.ACTIVE
    assert emulator.requests == []


async def test_any_request_goes_through_the_same_path(network: Either) -> None:
    """A request of the caller's own carries token and version, and its refusal is our error."""
    me = (await done(network.request("GET", "/v2/userinfo"))).json()
    assert isinstance(me, dict)
    assert me["sub"] == "782bbtaQ"
    with pytest.raises(errors.SocialConnectError) as caught:
        await done(network.request("GET", "/rest/posts/urn%3Ali%3Ashare%3A1"))
    assert caught.value.status in (403, 404)


async def test_a_lost_answer_is_unknown_and_the_post_exists_once(network: Either, emulator: LinkedInEmulator) -> None:
    """The create is not repeated, and the second try by hand learns of the first one's success."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path="/rest/posts"))
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.publish(Post("Once")))
    with pytest.raises(errors.DuplicatePost) as caught:
        await done(network.publish(Post("Once")))
    (live,) = emulator.wall
    assert caught.value.existing == live.id


async def test_a_lost_upload_is_repeated(network: Either, emulator: LinkedInEmulator, png: bytes) -> None:
    """Nobody sees an upload: it is simply sent again."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path="initializeUpload|/rest/images"))
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="PUT", status=503))
    await done(network.publish(Post("One", media=[Image(png)])))
    (live,) = emulator.wall
    assert live.media == 1


async def test_a_created_post_without_its_id_is_unknown(network: Either, emulator: LinkedInEmulator) -> None:
    """A 201 that names no post is an unknown outcome, not a success and not a second post."""
    emulator.settings.tells_id = False
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.publish(Post("Once")))
    assert len(emulator.wall) == 1


async def test_a_slow_image_is_waited_for(
    network: Either, emulator: LinkedInEmulator, clock: TestClock, png: bytes
) -> None:
    """Processing that takes some seconds is waited for, by the clock."""
    emulator.settings.image_seconds = 20
    await done(network.publish(Post("One", media=[Image(png)])))
    (live,) = emulator.wall
    assert live.media == 1
    assert clock.slept


async def test_processing_that_hangs_posts_nothing(network: Either, emulator: LinkedInEmulator, png: bytes) -> None:
    """The caller is told to come back; no post with a hole in it appears."""
    emulator.settings.processing_hangs = True
    with pytest.raises(errors.MediaNotReady):
        await done(network.publish(Post("One", media=[Image(png)])))
    assert not any(one.method == "POST" and one.path == "/rest/posts" for one in emulator.requests)


async def test_an_image_that_fails_posts_nothing(network: Either, emulator: LinkedInEmulator, png: bytes) -> None:
    """A file that LinkedIn cannot process is told; no post with a hole in it appears."""
    emulator.settings.processing_fails = True
    with pytest.raises(errors.MediaRejected):
        await done(network.publish(Post("One", media=[Image(png)])))
    assert emulator.wall == ()


async def test_a_revoked_token_is_told_as_such(network: Either, emulator: LinkedInEmulator) -> None:
    """A token that is revoked midway raises the error that asks for a new connection, and posts nothing."""
    emulator.faults.add(Fault(FaultKind.TOKEN_REVOKED))
    with pytest.raises(errors.TokenRevoked):
        await done(network.publish(Post("One")))
    assert emulator.wall == ()


async def test_a_throttled_create_goes_on_after_the_wait(network: Either, emulator: LinkedInEmulator) -> None:
    """A 429 did nothing: the post appears once, after the wait."""
    emulator.faults.add(Fault(FaultKind.THROTTLED))
    await done(network.publish(Post("One")))
    assert len(emulator.wall) == 1


async def test_a_reshare_names_its_parent(network: Either, emulator: LinkedInEmulator) -> None:
    """A post of one's own can be shared again with a comment."""
    parent = await done(network.publish(Post("First")))
    again = await done(network.publish(Post("Look", options=LinkedInOptions(reshare_of=parent.id))))
    assert emulator.wall[-1].parent == again.parent == parent.id


def _member(emulator: LinkedInEmulator) -> LinkedIn:
    account = next(one for one in emulator.accounts if ":person:" in one.id)
    client = emulator.client()
    return LinkedIn(author=account.id, token=account.token, http_client=client, clock=emulator.clock)


async def test_a_self_serve_app_posts_for_its_member(clock: TestClock, png: bytes) -> None:
    """Without the programme a member's text and image posts go through, although uploads cannot be looked at."""
    emulator = LinkedInEmulator(clock=clock, tier="self_serve")
    member = _member(emulator)
    member.publish(Post("One", media=[Image(png)]))
    assert len(emulator.wall) == 1
    with pytest.raises(errors.PermissionDenied):
        member.fetch_metrics(["urn:li:share:7530918130483200001"])


async def test_a_version_that_has_ended_is_told(emulator: LinkedInEmulator, clock: TestClock) -> None:
    """After the version's forecast end LinkedIn's own refusal decides: the error names the version, nothing is live."""
    member = _member(emulator)
    ends = member.deprecation_status().version_ends
    assert ends is not None
    clock.set(ends + timedelta(days=1))
    with pytest.warns(errors.SunsetWarning), pytest.raises(errors.ApiVersionRetired) as caught:
        member.publish(Post("One"))
    assert caught.value.version == member.operations.adapter.api_version
    assert caught.value.status == 426
    assert emulator.wall == ()


pieces = st.sampled_from(["\\", *"|{}@[]()<>#*_~", "a", "Z7", " ", "\n", "é", "🧥", "#tag", "https://x.io/a_(b)#c"])


@settings(max_examples=200)
@given(st.lists(pieces, min_size=1, max_size=20).map("".join).filter(str.strip))
def test_no_text_is_cut_or_altered(text: str) -> None:
    """Whatever people write is what people read, on a LinkedIn that cuts a text off at a bare reserved character."""
    emulator = LinkedInEmulator(clock=TestClock())
    published = _member(emulator).publish(Post(text))
    (live,) = emulator.wall
    assert live.text == little_text.rendered(text)
    assert published.text == text


async def test_it_works_over_real_http(clock: TestClock, png: bytes) -> None:
    """Over a socket, uploads included: every request goes to the address that was given."""
    emulator = LinkedInEmulator(clock=clock)
    account = next(one for one in emulator.accounts if ":organization:" in one.id)
    with serving(emulator) as address:
        with LinkedIn(author=account.id, token=account.token, base_url=address, clock=clock) as blocking:
            blocking.publish(Post("One", media=[Image(png)]))
        async with AsyncLinkedIn(author=account.id, token=account.token, base_url=address, clock=clock) as network:
            await network.publish(Post("Two #tag", media=[Image(png), Image(png)]))
            assert [one.text for one in await network.posts()] == ["Two #tag", "One"]
    assert [one.media for one in emulator.wall] == [1, 2]
