"""Facebook at its worst: lost answers, failures after the effect, limits, tokens and versions that end."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from tests.networks.meta.either_face import done
from tests.networks.meta.graph_answers import jpeg

from socialconnect import errors
from socialconnect.lifecycle import Catalogue, Lifecycle
from socialconnect.lifecycle.catalogue import ApiVersion
from socialconnect.media import Image
from socialconnect.networks.facebook import AsyncFacebook, Facebook
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator

Either = Facebook | AsyncFacebook

pytestmark = pytest.mark.anyio

TEXT = Post("Once")
PHOTO = Post("Once", media=[Image(jpeg())])
PHOTOS = Post("Once", media=[Image(jpeg()), Image(jpeg())])

VERSIONS = "https://developers.facebook.com/docs/graph-api/changelog/versions/"

VISIBLE = pytest.mark.parametrize(
    ("post", "path"),
    [(TEXT, "/feed$"), (PHOTO, "/photos$"), (PHOTOS, "/feed$")],
    ids=["text", "photo", "photos"],
)


# ── after the effect ──────────────────────────────────────────────────────────────────────────────────────────────────


@VISIBLE
@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESET, FaultKind.ERROR_AFTER, FaultKind.TRUNCATED])
async def test_a_publish_without_its_answer_is_unknown_and_live_once(
    network: Either, emulator: FacebookEmulator, post: Post, path: str, kind: FaultKind
) -> None:
    """Whatever broke after the effect: the outcome is unknown, and the post is there once, not twice."""
    emulator.faults.add(Fault(kind, method="POST", path=path))
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await done(network.publish(post))
    assert [one.text for one in emulator.wall] == ["Once"]
    assert caught.value.operation == "publish"
    (live,) = await done(network.posts())
    assert live.id == emulator.wall[0].id


async def test_the_networks_own_doubt_is_ours(network: Either, emulator: FacebookEmulator) -> None:
    """Code 2 with HTTP 500, seen on posts that were live, is an unknown outcome and is not sent again."""
    told = {"error": {"message": "Please retry your request later.", "code": 2, "is_transient": True}}
    emulator.faults.add(Fault(FaultKind.ERROR_AFTER, path="/feed$", body=json.dumps(told).encode()))
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await done(network.publish(TEXT))
    assert (len(emulator.wall), caught.value.code) == (1, "2")


async def test_a_delete_without_its_answer_is_unknown(network: Either, emulator: FacebookEmulator) -> None:
    """A deletion is not repeated either; the post is gone."""
    published = await done(network.publish(TEXT))
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="DELETE"))
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.delete(published))
    assert emulator.wall == ()
    assert [one.method for one in emulator.requests] == ["POST", "DELETE"]


async def test_a_plan_without_its_answer_is_unknown_and_appears_once(
    network: Either, emulator: FacebookEmulator, clock: TestClock
) -> None:
    """A plan is visible in time: it is not made twice, and the list of plans tells whether it was made."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path="/feed$"))
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.schedule(TEXT, clock.now() + timedelta(hours=5), native=True))
    (plan,) = await done(network.scheduled(native=True))
    assert plan.text == "Once"
    clock.advance(hours=5)
    assert [one.text for one in emulator.wall] == ["Once"]


async def test_a_draft_without_its_answer_is_unknown_and_kept_once(network: Either, emulator: FacebookEmulator) -> None:
    """A draft, which the page's people see, is not made twice either."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path="/feed$"))
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.draft(TEXT, native=True))
    assert [one.message for one in emulator.posts] == ["Once"]


async def test_a_draft_published_without_its_answer_is_live_once(network: Either, emulator: FacebookEmulator) -> None:
    """Publishing a draft is not repeated: the outcome is unknown, and the post is there once."""
    draft = await done(network.draft(TEXT, native=True))
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path=draft.id))
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.publish_draft(draft))
    assert [one.id for one in emulator.wall] == [draft.id]
    assert len(emulator.posts) == 1


async def test_a_draft_that_cannot_be_replaced_is_not_lost(network: Either, emulator: FacebookEmulator) -> None:
    """The new draft is made before the old one goes: a failure in between leaves both, and the error names both."""
    draft = await done(network.draft(PHOTO, native=True))
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="DELETE", status=503))
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await done(network.update_draft(draft, PHOTOS))
    assert all(one.id in str(caught.value) for one in emulator.posts)
    assert caught.value.may_have_happened
    assert [len(one.photos) for one in emulator.posts] == [1, 2]
    assert emulator.wall == ()


# ── before the effect ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_upload_that_fails_is_repeated(network: Either, emulator: FacebookEmulator) -> None:
    """Nobody sees an unpublished photo: it is sent again, and the post appears once with both photos."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path="/photos$"))
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, path="/photos$", status=503))
    await done(network.publish(PHOTOS))
    assert [(one.text, one.media) for one in emulator.wall] == [("Once", 2)]


async def test_an_upload_that_keeps_failing_posts_nothing(network: Either, emulator: FacebookEmulator) -> None:
    """When the photos cannot be uploaded the caller may simply try again: nothing was posted."""
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, path="/photos$", status=503, times=10))
    with pytest.raises(errors.UnavailableError):
        await done(network.publish(PHOTOS))
    assert emulator.wall == ()


async def test_an_html_page_in_place_of_an_answer(
    network: Either, emulator: FacebookEmulator, clock: TestClock
) -> None:
    """To a read it is the network being down, and is tried again; to a publish it leaves the outcome unknown."""
    emulator.faults.add(Fault(FaultKind.HTML, method="GET", status=502))
    assert await done(network.posts()) == []
    assert len(clock.slept) == 1
    emulator.faults.add(Fault(FaultKind.HTML, method="POST", status=502))
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.publish(TEXT))
    assert emulator.wall == ()


async def test_a_page_in_place_of_success_is_not_a_success(network: Either, emulator: FacebookEmulator) -> None:
    """HTML with HTTP 200 names no post: the outcome is unknown, and to a read it is a broken protocol."""
    emulator.faults.add(Fault(FaultKind.HTML, status=200, times=2))
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.publish(TEXT))
    with pytest.raises(errors.ProtocolError):
        await done(network.posts())


# ── limits ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_pages_limit_tells_the_wait(network: Either, emulator: FacebookEmulator, clock: TestClock) -> None:
    """80001 tells when calls are taken again: until then none is sent, and from then on they are."""
    emulator.faults.add(Fault(FaultKind.THROTTLED))
    for _ in range(2):
        with pytest.raises(errors.RateLimited) as caught:
            await done(network.publish(TEXT))
        assert caught.value.retry_after == 19 * 60
    assert caught.value.code in (None, "80001")
    assert (len(emulator.requests), emulator.wall) == (1, ())
    clock.advance(minutes=19)
    await done(network.publish(TEXT))
    assert len(emulator.wall) == 1


async def test_a_limit_without_its_wait_is_waited_out(
    network: Either, emulator: FacebookEmulator, clock: TestClock
) -> None:
    """A limit did nothing: without a word of how long, the publish is tried again a little later."""
    emulator.faults.add(Fault(FaultKind.THROTTLED_BARE, times=2))
    await done(network.publish(TEXT))
    assert len(emulator.wall) == 1
    assert len(clock.slept) == 2


async def test_a_bare_429_is_a_limit(network: Either, emulator: FacebookEmulator) -> None:
    """HTTP 429 is a limit even where its body is not the network's own."""
    emulator.faults.add(Fault(FaultKind.REFUSED, status=429, body=b"slow down", times=10))
    with pytest.raises(errors.RateLimited) as caught:
        await done(network.publish(TEXT))
    assert caught.value.status == 429
    assert emulator.wall == ()


async def test_an_hours_calls_run_out(clock: TestClock) -> None:
    """The page's own count of calls is read from each answer, and its end is told with the wait."""
    emulator = FacebookEmulator(clock=clock, call_limit=4)
    network = Facebook(page_id="1000", token="EAAPAGE", http_client=emulator.client(), clock=clock)
    for number in range(4):
        network.publish(Post(f"Number {number}"))
    assert {one.name: one.remaining for one in network.rate_limits()} == {"pages:1000": 0}
    with pytest.raises(errors.RateLimited) as caught:
        network.publish(TEXT)
    assert caught.value.retry_after == 60 * 60
    clock.advance(hours=1)
    network.publish(TEXT)
    assert len(emulator.wall) == 5


# ── tokens, permissions, versions ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_token_revoked_midway(network: Either, emulator: FacebookEmulator) -> None:
    """Revoked between upload and post: the error asks for a new connection, nothing is seen, nothing leaks."""
    emulator.faults.add(Fault(FaultKind.TOKEN_REVOKED, path="/feed$"))
    with pytest.raises(errors.TokenRevoked) as caught:
        await done(network.publish(PHOTOS))
    assert (caught.value.code, caught.value.account) == ("190.460", "1000")
    assert "EAAPAGE" not in str(caught.value)
    assert emulator.wall == ()
    with pytest.raises(errors.TokenRevoked):
        await done(network.posts())


async def test_a_permission_taken_away(network: Either, emulator: FacebookEmulator) -> None:
    """Without its permission the post is refused and the permission is what the error is about."""
    emulator.tokens["EAAPAGE"].permissions.discard("pages_manage_posts")
    with pytest.raises(errors.PermissionDenied):
        await done(network.publish(TEXT))
    assert emulator.wall == ()


async def test_a_persons_token_is_not_the_pages(clock: TestClock) -> None:
    """A person's token may not post as the page, and the hint says which token may."""
    emulator = FacebookEmulator(clock=clock)
    network = Facebook(page_id="1000", token=emulator.user.token, http_client=emulator.client(), clock=clock)
    with pytest.raises(errors.PermissionDenied) as caught:
        network.publish(TEXT)
    assert "page's own access token" in str(caught.value)


async def test_a_repeat_that_facebook_refuses(clock: TestClock) -> None:
    """The same post twice in a row, where Facebook refuses it, is a duplicate."""
    emulator = FacebookEmulator(clock=clock, refuse_repeats=True)
    network = Facebook(page_id="1000", token="EAAPAGE", http_client=emulator.client(), clock=clock)
    network.publish(TEXT)
    with pytest.raises(errors.DuplicatePost):
        network.publish(TEXT)
    assert len(emulator.wall) == 1


async def test_without_the_permission_for_insights_nothing_is_zero(network: Either, emulator: FacebookEmulator) -> None:
    """Facebook answers with nothing at all: every metric says why, none is 0, and the public counters still count."""
    published = await done(network.publish(TEXT))
    emulator.tokens["EAAPAGE"].permissions.discard("read_insights")
    told = (await done(network.fetch_metrics([published])))[published]
    assert (told.views, told.reach, told.clicks) == (None, None, None)
    assert (told.likes, told.values["reactions"].value) == (9, 9)
    assert "read_insights" in told.unavailable["post_media_view"].reason


def _knowing_no_end() -> Lifecycle:
    """Give the facts of a library that is older than the version's end."""
    version = ApiVersion(api="graph", version="v20.0", released=date(2024, 5, 21), source=VERSIONS)
    return Lifecycle(catalogues=[Catalogue(network="facebook", verified_on=date(2026, 1, 1), versions=(version,))])


async def test_a_version_known_to_have_ended_is_not_asked_for(clock: TestClock) -> None:
    """Facebook would serve it by another, silently: the library says so before anything is sent."""
    emulator = FacebookEmulator(clock=clock)
    network = Facebook(page_id="1000", token="EAAPAGE", api_version="v20.0", http_client=emulator.client(), clock=clock)
    with pytest.raises(errors.ApiVersionRetired) as caught:
        network.publish(TEXT)
    assert caught.value.version == "v20.0"
    assert emulator.requests == []


async def test_a_version_that_another_one_serves_is_told(clock: TestClock) -> None:
    """Where the catalogue did not know of the end: the post goes out once, and a warning names both versions, once."""
    emulator = FacebookEmulator(clock=clock)
    async with emulator.async_client() as client:
        network = AsyncFacebook(
            page_id="1000",
            token="EAAPAGE",
            api_version="v20.0",
            http_client=client,
            clock=clock,
            lifecycle=_knowing_no_end(),
        )
        with pytest.warns(errors.SunsetWarning, match=r"v20.0 was asked for, and v21.0 answered"):
            await network.publish(TEXT)
        await network.posts()  # a second warning would be an error here
    assert len(emulator.wall) == 1


async def test_a_version_that_is_refused_is_told(clock: TestClock) -> None:
    """Where Graph refuses an ended version outright, the error names it and nothing is live."""
    emulator = FacebookEmulator(clock=clock, ended_versions="reject-2635")
    network = Facebook(
        page_id="1000",
        token="EAAPAGE",
        api_version="v20.0",
        http_client=emulator.client(),
        clock=clock,
        lifecycle=_knowing_no_end(),
    )
    with pytest.raises(errors.ApiVersionRetired) as caught:
        network.publish(TEXT)
    assert (caught.value.version, caught.value.code) == ("v20.0", "2635")
    assert emulator.wall == ()


async def test_the_apps_proof_goes_along(clock: TestClock) -> None:
    """With the app's secret every kind of call carries its proof; without it the page is not reached."""
    emulator = FacebookEmulator(clock=clock, app_secret="s3cret")
    client = emulator.client()
    network = Facebook(page_id="1000", token="EAAPAGE", app_secret="s3cret", http_client=client, clock=clock)
    published = network.publish(PHOTOS)
    assert network.fetch_metrics([published])[published].views == 340
    network.delete(published)
    bare = Facebook(page_id="1000", token="EAAPAGE", http_client=client, clock=clock)
    with pytest.raises(errors.SocialConnectError, match="appsecret_proof"):
        bare.publish(TEXT)
    assert emulator.wall == ()


async def test_posts_older_than_asked_for_are_left_out(
    network: Either, emulator: FacebookEmulator, clock: TestClock
) -> None:
    """Whatever the network makes of `since`: no older post is given."""
    listed = [
        {"id": "1000_2", "created_time": "2026-11-24T08:59:59+0000"},
        {"id": "1000_1", "created_time": "2026-11-24T08:59:58+0000"},
    ]
    body = json.dumps({"data": listed}).encode()
    emulator.faults.add(Fault(FaultKind.REFUSED, status=200, body=body))
    found = await done(network.posts(since=clock.now() - timedelta(seconds=1)))
    assert [one.id for one in found] == ["1000_2"]
