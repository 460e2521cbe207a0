"""Drafts and plans in the Ads API, signed by OAuth 1.0a, against the emulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from tests.networks.twitter.refusals import OAUTH1

from socialconnect.auth.tokens import StaticToken
from socialconnect.errors import ConfigurationError, NotFound, OutcomeUnknown, UnsupportedFeature, ValidationError
from socialconnect.media import Image
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.post import Poll, Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.twitter import TwitterEmulator

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

ADS_ACCOUNT = "18ce54d4x5t"


@pytest.fixture
def emulator(clock: TestClock) -> TwitterEmulator:
    """An emulator that takes the OAuth 1.0a credential."""
    plain = Twitter(token=OAUTH1, user_id="2244994945", clock=clock)
    return TwitterEmulator.for_adapter(plain.operations.adapter, OAUTH1, clock)


@pytest.fixture
def ads(emulator: TwitterEmulator, clock: TestClock) -> Iterator[Twitter]:
    """An account with an advertising account."""
    account = next(iter(emulator.state.ads_accounts))
    with Twitter(
        token=OAUTH1, user_id="2244994945", ads_account=account, clock=clock, http_client=emulator.client()
    ) as network:
        yield network


def test_drafts(ads: Twitter, emulator: TwitterEmulator) -> None:
    """A draft is kept, listed, changed and published, and is then gone."""
    draft = ads.draft(Post("First"))
    assert (draft.held_by, draft.text) == ("network", "First")
    changed = ads.update_draft(draft, Post("Second & third", link="https://example.com/a"))
    (listed,) = ads.drafts()
    assert listed.id == changed.id == draft.id
    assert listed.text == "Second & third https://example.com/a"
    assert list(emulator.wall) == []
    published = ads.publish_draft(listed)
    assert [post.id for post in emulator.wall] == [published.id]
    assert emulator.wall[0].text == "Second & third https://example.com/a"
    assert ads.drafts() == []
    with pytest.raises(NotFound):
        ads.delete_draft(listed)


def test_a_draft_for_advertisements_alone_is_posted_as_one(ads: Twitter, emulator: TwitterEmulator) -> None:
    """What was kept for advertisements alone appears in no timeline when it is published either."""
    draft = ads.draft(Post("For some only", options=[TwitterOptions(promoted_only=True)]))
    published = ads.publish_draft(draft)
    assert emulator.state.tweets[published.id].nullcast


def test_a_draft_with_media_is_not_posted_without_them(ads: Twitter, emulator: TwitterEmulator) -> None:
    """A draft that people gave media to is left whole: posting its text and deleting it would lose them."""
    draft = ads.draft(Post("Look"))
    emulator.state.drafts[draft.id].media_keys = ["3_1"]
    with pytest.raises(UnsupportedFeature, match="media"):
        ads.publish_draft(draft)
    assert list(emulator.wall) == []
    assert [one.id for one in ads.drafts()] == [draft.id]


def test_a_draft_without_its_answer_is_kept_once(ads: Twitter, emulator: TwitterEmulator) -> None:
    """A draft whose answer was lost is not made again: there would be two to publish."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST"))
    with pytest.raises(OutcomeUnknown):
        ads.draft(Post("First"))
    assert len(ads.drafts()) == 1


def test_a_draft_that_stays_does_not_undo_the_post(ads: Twitter, emulator: TwitterEmulator) -> None:
    """If the draft cannot be deleted, the live post is still given: an error would make it be published again."""
    draft = ads.draft(Post("First"))
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="DELETE", times=9, status=503))
    assert "draft_not_deleted" in ads.publish_draft(draft).data
    assert len(emulator.wall) == 1


def test_a_draft_whose_deletion_lost_its_answer_is_not_said_to_stay(ads: Twitter, emulator: TwitterEmulator) -> None:
    """The deletion is repeated and finds nothing: the draft is gone, and nothing else is claimed."""
    draft = ads.draft(Post("First"))
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="DELETE"))
    assert ads.publish_draft(draft).data == {}
    assert ads.drafts() == []


def test_plans(ads: Twitter, emulator: TwitterEmulator, clock: TestClock) -> None:
    """A plan is kept, listed, moved and carried out by Twitter, for everyone to see."""
    at = clock.now() + timedelta(hours=1)
    plan = ads.schedule(Post("Later"), at)
    assert plan.at == at
    moved = ads.reschedule(plan, at + timedelta(hours=1))
    assert [one.at for one in ads.scheduled()] == [moved.at] == [at + timedelta(hours=1)]
    clock.advance(hours=1, minutes=30)
    assert list(emulator.wall) == []
    clock.advance(hours=1)
    assert [post.text for post in emulator.wall] == ["Later"]
    assert ads.scheduled() == []


def test_a_cancelled_plan_never_appears(ads: Twitter, emulator: TwitterEmulator, clock: TestClock) -> None:
    """What is taken back is not posted."""
    plan = ads.schedule(Post("Later"), clock.now() + timedelta(hours=1))
    ads.cancel(plan)
    clock.advance(days=1)
    assert list(emulator.wall) == []


def test_a_plan_whose_answer_was_lost_is_unknown(ads: Twitter, emulator: TwitterEmulator, clock: TestClock) -> None:
    """A plan becomes visible later, so it is never sent twice."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST"))
    with pytest.raises(OutcomeUnknown):
        ads.schedule(Post("Later"), clock.now() + timedelta(hours=1))
    assert len(ads.scheduled()) == 1


def test_what_the_ads_api_cannot_hold(ads: Twitter, clock: TestClock, picture: Callable[..., bytes]) -> None:
    """Images, options and far days are told before anything is sent."""
    at = clock.now() + timedelta(hours=1)
    with pytest.raises(UnsupportedFeature, match="library"):
        ads.draft(Post("Hi", media=[Image(picture())]))
    with pytest.raises(UnsupportedFeature, match="poll"):
        ads.draft(Post("Hi", poll=Poll(["a", "b"])))
    with pytest.raises(ValidationError, match="thread"):
        ads.schedule(Post("Hi", thread=["Ho"]), at)
    with pytest.raises(ValidationError, match=r"options\.made_with_ai"):
        ads.schedule(Post("Hi", options=TwitterOptions(made_with_ai=True)), at)
    with pytest.raises(ValidationError, match="a year"):
        ads.schedule(Post("Hi"), clock.now() + timedelta(days=366))


def test_organic_unless_asked_for(script: Script, clock: TestClock) -> None:
    """`nullcast=false` is always sent: Twitter's default would show the post to nobody."""
    script.add(200, {"data": {"id": "1", "text": "Hi"}, "request": {"params": {}}})
    with Twitter(
        token=OAUTH1, user_id="2244994945", ads_account=ADS_ACCOUNT, clock=clock, http_client=script.client()
    ) as network:
        network.draft(Post("Hi"))
    (sent,) = script.requests
    assert str(sent.url) == f"https://ads-api.x.com/12/accounts/{ADS_ACCOUNT}/draft_tweets"
    assert sent.content == b"as_user_id=2244994945&text=Hi&nullcast=false"
    assert sent.headers["authorization"].startswith("OAuth ")


def test_a_source_that_gives_oauth_2(clock: TestClock, script: Script) -> None:
    """A token source is only known when it gives: then it is told, and nothing is sent."""
    network = Twitter(
        token=StaticToken("USER_TOKEN"), user_id="1", ads_account=ADS_ACCOUNT, clock=clock, http_client=script.client()
    )
    with network, pytest.raises(ConfigurationError, match=r"OAuth 1\.0a"):
        network.drafts()
    assert script.requests == []


def test_posting_by_oauth_1(ads: Twitter, emulator: TwitterEmulator, picture: Callable[..., bytes]) -> None:
    """JSON and multipart bodies are signed without their content, and taken."""
    ads.publish(Post("Signed", media=[Image(picture(), alt="x")]))
    assert [post.media for post in emulator.wall] == [1]


def test_a_plan_in_another_zone(script: Script, clock: TestClock) -> None:
    """A time of any zone is the same moment for Twitter: it is sent in UTC, without seconds' fractions."""
    script.add(200, {"data": {"id": "1", "text": "Hi", "scheduled_at": "2026-11-24T11:30:00Z"}})
    with Twitter(
        token=OAUTH1, user_id="1", ads_account=ADS_ACCOUNT, clock=clock, http_client=script.client()
    ) as network:
        plan = network.schedule(Post("Hi"), datetime(2026, 11, 24, 12, 30, tzinfo=timezone(timedelta(hours=1))))
    assert b"scheduled_at=2026-11-24T11%3A30%3A00Z" in script.requests[0].content
    assert plan.at == datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
