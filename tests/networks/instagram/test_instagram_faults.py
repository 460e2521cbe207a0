"""Instagram at its worst: lost answers, media that fail or hang, quotas, limits, tokens and versions that end."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from pydantic import JsonValue
from tests.networks.meta.either_face import done

from socialconnect import Progress, errors
from socialconnect.blocking import run
from socialconnect.journal import NoJournal
from socialconnect.lifecycle import Catalogue, Lifecycle
from socialconnect.lifecycle.catalogue import ApiVersion
from socialconnect.media import Image
from socialconnect.networks.instagram import AsyncInstagram, Instagram
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.instagram import InstagramEmulator

Either = Instagram | AsyncInstagram

pytestmark = pytest.mark.anyio

IMAGE = Image("https://cdn.example.com/1.jpg")
ONE = Post("Once", media=[IMAGE])
SET = Post("Once", media=[IMAGE, IMAGE])

PUBLISH = "/media_publish$"
CONTAINER = "/media$"


SPAM = json.dumps(
    {"error": {"message": "Application request limit reached", "code": 4, "error_subcode": 2207051}}
).encode()


def publishes(emulator: InstagramEmulator) -> int:
    """Give how often a publish was asked for."""
    return sum(one.path.endswith("/media_publish") for one in emulator.requests)


# ── after the effect ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("post", [ONE, SET], ids=["image", "carousel"])
@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESET, FaultKind.ERROR_AFTER, FaultKind.TRUNCATED])
async def test_a_publish_without_its_answer_is_found(
    network: Either, emulator: InstagramEmulator, post: Post, kind: FaultKind
) -> None:
    """Whatever broke after the effect: the container tells that it is live, and the post is given, there once."""
    emulator.faults.add(Fault(kind, method="POST", path=PUBLISH))
    published = await done(network.publish(post))
    assert [(one.id, one.text) for one in emulator.wall] == [(published.id, "Once")]
    assert publishes(emulator) == 1


async def test_called_spam_it_may_be_live_all_the_same(network: Either, emulator: InstagramEmulator) -> None:
    """4/2207051 reads like a limit, yet posts were live after it: the container is asked, and the post is given."""
    emulator.faults.add(Fault(FaultKind.ERROR_AFTER, path=PUBLISH, status=403, body=SPAM))
    published = await done(network.publish(ONE))
    assert [one.id for one in emulator.wall] == [published.id]
    assert publishes(emulator) == 1


async def test_called_spam_and_not_live_stays_unknown(network: Either, emulator: InstagramEmulator) -> None:
    """A container that is only finished is no proof: the outcome is unknown, and nothing is sent again."""
    emulator.faults.add(Fault(FaultKind.REFUSED, path=PUBLISH, status=403, body=SPAM))
    with pytest.raises(errors.OutcomeUnknown, match="was FINISHED when it was looked at") as caught:
        await done(network.publish(ONE))
    assert isinstance(caught.value.__cause__, errors.PolicyBlocked)
    assert "do not send it again for some hours" in str(caught.value)
    assert (emulator.wall, publishes(emulator)) == ((), 1)


async def test_called_spam_before_the_publish_nothing_is_live(network: Either, emulator: InstagramEmulator) -> None:
    """A container that is refused as spam is no post: that is known, and told as such."""
    emulator.faults.add(Fault(FaultKind.REFUSED, path=CONTAINER, status=403, body=SPAM))
    with pytest.raises(errors.PolicyBlocked) as caught:
        await done(network.publish(ONE))
    assert not caught.value.may_have_happened


def elsewhere(emulator: InstagramEmulator, clock: TestClock) -> Instagram:
    """Give the account as another program has it."""
    (account,) = emulator.accounts
    return Instagram(user_id=account.id, token=account.token, http_client=emulator.client(), clock=clock)


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.ERROR_AFTER])
async def test_of_two_alike_it_is_not_said_which(
    network: Either, emulator: InstagramEmulator, clock: TestClock, kind: FaultKind
) -> None:
    """Where another program's post of the same minute reads the same, the post is live, and its id is not made up."""
    elsewhere(emulator, clock).publish(ONE)
    emulator.faults.add(Fault(kind, method="POST", path=PUBLISH))
    with pytest.raises(errors.OutcomeUnknown, match=r"is live .* 2 of the account's recent posts") as caught:
        await done(network.publish(ONE))
    assert caught.value.may_have_happened
    assert (len(emulator.wall), publishes(emulator)) == (2, 2)


@pytest.mark.parametrize("lag", [0, 8])
async def test_of_two_alike_the_one_that_is_known_is_not_meant(
    network: Either, emulator: InstagramEmulator, clock: TestClock, lag: int
) -> None:
    """A post that this program made before is never taken for another, not even while the other cannot be read yet."""
    first = await done(network.publish(ONE))
    clock.advance(seconds=20)
    emulator.read_lag = timedelta(seconds=lag)
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path=PUBLISH))
    second = await done(network.publish(ONE))
    assert [one.id for one in emulator.wall] == [first.id, second.id]


async def test_what_went_live_before_the_publish_is_not_meant(
    network: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """A post that was there before this one was asked for is another, though it is younger than the container."""
    emulator.limits.processing = timedelta(minutes=4)
    progress = Progress()
    other = elsewhere(emulator, clock)
    emulator.faults.add(Fault(FaultKind.THROTTLED, path=PUBLISH))
    with pytest.raises(errors.RateLimited):
        await done(network.publish(ONE, progress=progress))
    emulator.limits.processing = timedelta(0)
    other.publish(ONE)
    clock.advance(minutes=20)
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path=PUBLISH))
    published = await done(network.publish(ONE, progress=progress))
    assert published.id == emulator.wall[-1].id
    assert len(emulator.wall) == 2


async def test_an_older_post_alike_is_no_candidate(
    network: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """The same text of an hour ago was there before the container: only the new post can be meant."""
    await done(network.publish(ONE))
    clock.advance(hours=1)
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path=PUBLISH))
    published = await done(network.publish(ONE))
    assert published.id == emulator.wall[-1].id
    assert (len(emulator.wall), publishes(emulator)) == (2, 2)


async def test_what_cannot_be_looked_up_stays_unknown(network: Either, emulator: InstagramEmulator) -> None:
    """With the answer lost and the container not to be read, nothing is claimed."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path=PUBLISH))
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="GET", path=r"/\d+$", after=2, times=100, status=503))
    with pytest.raises(errors.OutcomeUnknown, match="could not be read"):
        await done(network.publish(ONE))
    assert (len(emulator.wall), publishes(emulator)) == (1, 1)


class Kept(NoJournal):
    """A journal that remembers the containers of an earlier attempt."""

    def __init__(self, **made: str) -> None:
        self.made = made

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        return self.made.get(name) or await super().step(name, act, lives=lives)


async def test_a_container_published_before_is_that_post(clock: TestClock, emulator: InstagramEmulator) -> None:
    """Going on with the container of an attempt that was carried out gives the post that it became, and no second."""
    (account,) = emulator.accounts
    async with emulator.async_client() as client:
        network = AsyncInstagram(user_id=account.id, token=account.token, http_client=client, clock=clock)
        published = await network.publish(ONE)
        (container,) = emulator.containers
        again = await network.operations.publish(ONE, Kept(container=container.id))
    assert again.id == published.id
    assert (len(emulator.wall), publishes(emulator)) == (1, 1)


async def test_a_container_published_before_among_two_alike(clock: TestClock, emulator: InstagramEmulator) -> None:
    """Which of two alike a container became knows who published it; another program does not say."""
    network = elsewhere(emulator, clock)
    first = network.publish(ONE)
    network.publish(ONE)
    kept = Kept(container=emulator.containers[0].id)
    async with emulator.async_client() as client:
        (account,) = emulator.accounts
        other = AsyncInstagram(user_id=account.id, token=account.token, http_client=client, clock=clock)
        with pytest.raises(errors.OutcomeUnknown, match="its id is not known"):
            await other.operations.publish(ONE, kept)
    assert run(network.operations.publish(ONE, kept)).id == first.id
    assert (len(emulator.wall), publishes(emulator)) == (2, 2)


# ── containers ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_container_whose_answer_is_lost_is_made_again(network: Either, emulator: InstagramEmulator) -> None:
    """Nobody sees a container: it is made anew, and the post appears once with both images."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path=CONTAINER))
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, path=CONTAINER, status=503))
    await done(network.publish(SET))
    assert [(one.text, one.media) for one in emulator.wall] == [("Once", 2)]
    assert publishes(emulator) == 1


async def test_a_look_that_fails_is_repeated(network: Either, emulator: InstagramEmulator) -> None:
    """A status that could not be read is read again."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="GET", times=2))
    emulator.faults.add(Fault(FaultKind.HTML, method="GET", status=502))
    await done(network.publish(ONE))
    assert (len(emulator.wall), publishes(emulator)) == (1, 1)


async def test_processing_that_hangs_posts_nothing(
    network: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """After some minutes of looking, ever more seldom, the caller is told to come back; nothing was posted."""
    emulator.limits.processing = None
    with pytest.raises(errors.MediaNotReady) as caught:
        await done(network.publish(ONE))
    assert clock.slept == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0, 60.0, 60.0]
    assert "Nothing was posted" in str(caught.value)
    assert (emulator.wall, publishes(emulator)) == ((), 0)


@pytest.mark.parametrize("subcode", [2207026, 2207052, 2207004, 9999999])
async def test_media_that_cannot_be_processed_post_nothing(
    network: Either, emulator: InstagramEmulator, subcode: int
) -> None:
    """A container in `ERROR` is the media's refusal, with the publishing code if it is a known one; never published."""
    emulator.fail_next_container(subcode)
    with pytest.raises(errors.MediaRejected) as caught:
        await done(network.publish(ONE))
    assert caught.value.hint
    assert str(subcode) in str(caught.value)
    assert (emulator.wall, publishes(emulator)) == ((), 0)


async def test_a_container_that_is_too_old_is_made_anew(clock: TestClock, emulator: InstagramEmulator) -> None:
    """A container that an attempt of the day before left has expired, so it was not published: another one is."""
    (account,) = emulator.accounts
    async with emulator.async_client() as client:
        network = AsyncInstagram(user_id=account.id, token=account.token, http_client=client, clock=clock)
        emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, path=PUBLISH, status=503))
        with pytest.raises(errors.OutcomeUnknown):
            await network.publish(ONE)
        clock.advance(hours=24)
        published = await network.operations.publish(ONE, Kept(container=emulator.containers[0].id))
    assert [one.id for one in emulator.wall] == [published.id]
    assert (len(emulator.containers), publishes(emulator)) == (2, 2)


async def test_called_finished_and_yet_not_ready(
    network: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """Instagram's clear no to a finished container is waited out shortly, and the post appears once."""
    not_ready = {"error": {"message": "Media ID is not available", "code": 9007, "error_subcode": 2207027}}
    body = json.dumps(not_ready).encode()
    emulator.limits.processing = timedelta(0)
    emulator.faults.add(Fault(FaultKind.REFUSED, path=PUBLISH, status=400, body=body, times=2))
    await done(network.publish(ONE))
    assert (len(emulator.wall), publishes(emulator), clock.slept) == (1, 3, [5.0, 10.0])
    emulator.faults.add(Fault(FaultKind.REFUSED, path=PUBLISH, status=400, body=body, times=3))
    with pytest.raises(errors.MediaNotReady):
        await done(network.publish(Post("Twice", media=[IMAGE])))
    assert len(emulator.wall) == 1


# ── quotas and limits ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_days_publishes_run_out(network: Either, emulator: InstagramEmulator, clock: TestClock) -> None:
    """With the account's quota of 24 hours spent nothing is even prepared; a day later it is taken again."""
    emulator.limits.publishes = 1
    await done(network.publish(Post("First", media=[IMAGE])))
    with pytest.raises(errors.QuotaExceeded) as caught:
        await done(network.publish(Post("Second", media=[IMAGE])))
    assert "1 of its 1 publishes" in caught.value.message
    assert (len(emulator.wall), len(emulator.containers), publishes(emulator)) == (1, 1, 1)
    clock.advance(hours=24)
    await done(network.publish(Post("Third", media=[IMAGE])))
    assert [one.text for one in emulator.wall] == ["First", "Third"]


async def test_the_accounts_limit_tells_the_wait(
    network: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """80002 tells when calls are taken again: until then none is sent, and from then on they are."""
    emulator.faults.add(Fault(FaultKind.THROTTLED, path=PUBLISH))
    with pytest.raises(errors.RateLimited) as caught:
        await done(network.publish(ONE))
    assert (caught.value.retry_after, caught.value.code) == (19 * 60, "80002")
    sent = len(emulator.requests)
    with pytest.raises(errors.RateLimited):
        await done(network.posts())
    assert (len(emulator.requests), emulator.wall) == (sent, ())
    clock.advance(minutes=19)
    await done(network.publish(ONE))
    assert len(emulator.wall) == 1


async def test_a_limit_without_its_wait_is_waited_out(network: Either, emulator: InstagramEmulator) -> None:
    """A limit did nothing: without a word of how long, the publish is tried again a little later."""
    emulator.faults.add(Fault(FaultKind.THROTTLED_BARE, path=PUBLISH, times=2))
    await done(network.publish(ONE))
    assert (len(emulator.wall), publishes(emulator)) == (1, 3)


async def test_a_bare_429_is_a_limit(network: Either, emulator: InstagramEmulator) -> None:
    """HTTP 429 is a limit even where its body is not the network's own."""
    emulator.faults.add(Fault(FaultKind.REFUSED, status=429, body=b"slow down", times=10))
    with pytest.raises(errors.RateLimited) as caught:
        await done(network.publish(ONE))
    assert caught.value.status == 429
    assert emulator.wall == ()


async def test_an_html_page_in_place_of_an_answer(network: Either, emulator: InstagramEmulator) -> None:
    """To a read it is the network being down, and is tried again; to a publish it leaves the outcome unknown."""
    emulator.faults.add(Fault(FaultKind.HTML, method="GET", status=502))
    assert await done(network.posts()) == []
    emulator.faults.add(Fault(FaultKind.HTML, path=PUBLISH, status=502))
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.publish(ONE))
    assert (emulator.wall, publishes(emulator)) == ((), 1)


# ── tokens and versions ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_token_revoked_midway(network: Either, emulator: InstagramEmulator) -> None:
    """Revoked while the container was processed: the error asks for a new connection; nothing is seen or leaks."""
    emulator.faults.add(Fault(FaultKind.TOKEN_REVOKED, path=PUBLISH))
    with pytest.raises(errors.TokenRevoked) as caught:
        await done(network.publish(ONE))
    assert (caught.value.code, caught.value.account) == ("190.460", network.account)
    assert "IGTOKEN" not in str(caught.value)
    assert emulator.wall == ()


async def test_a_permission_taken_away(network: Either, emulator: InstagramEmulator) -> None:
    """Without the permission to publish, not even a container is made."""
    permissions = emulator.tokens["IGTOKEN"].permissions
    permissions -= {"instagram_content_publish", "instagram_business_content_publish"}
    with pytest.raises(errors.PermissionDenied):
        await done(network.publish(ONE))
    assert emulator.containers == ()


async def test_a_token_of_the_other_login(clock: TestClock) -> None:
    """A token of Instagram Login is refused by Facebook Login's host, before anything is made."""
    emulator = InstagramEmulator(clock=clock, login="instagram")
    (account,) = emulator.accounts
    client = emulator.client()
    network = Instagram(user_id=account.id, token=account.token, login="facebook", http_client=client, clock=clock)
    with pytest.raises(errors.AuthError):
        network.publish(ONE)
    assert emulator.containers == ()


async def test_a_version_that_another_one_serves_is_told(clock: TestClock, emulator: InstagramEmulator) -> None:
    """Where the catalogue did not know of a version's end: the post goes out once, and one warning names both."""
    source = "https://developers.facebook.com/docs/graph-api/changelog/versions/"
    version = ApiVersion(api="graph", version="v20.0", released=date(2024, 5, 21), source=source)
    older = Lifecycle(catalogues=[Catalogue(network="instagram", verified_on=date(2026, 1, 1), versions=(version,))])
    (account,) = emulator.accounts
    async with emulator.async_client() as client:
        network = AsyncInstagram(
            user_id=account.id,
            token=account.token,
            api_version="v20.0",
            http_client=client,
            clock=clock,
            lifecycle=older,
        )
        with pytest.warns(errors.SunsetWarning, match=r"v20.0 was asked for, and v21.0 answered"):
            await network.publish(ONE)
        await network.posts()  # a second warning would be an error here
    assert len(emulator.wall) == 1


async def test_the_apps_proof_goes_along(clock: TestClock) -> None:
    """With the app's secret every kind of call carries its proof; without it the account is not reached."""
    emulator = InstagramEmulator(clock=clock, app_secret="s3cret")
    (account,) = emulator.accounts
    client = emulator.client()
    network = Instagram(user_id=account.id, token=account.token, app_secret="s3cret", http_client=client, clock=clock)
    published = network.publish(SET)
    assert network.fetch_metrics([published])[published].views == 128
    network.delete(published)
    bare = Instagram(user_id=account.id, token=account.token, http_client=client, clock=clock)
    with pytest.raises(errors.SocialConnectError, match="appsecret_proof"):
        bare.publish(ONE)
    assert emulator.wall == ()
