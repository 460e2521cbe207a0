"""What must not be concluded: from an absence that says nothing, and from an answer that is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue
from pydantic import ValidationError as ShapeError
from tests.networks.twitter.refusals import invalid, problem

from socialconnect import DeliveryState, Outbox
from socialconnect.errors import DuplicatePost, PermissionDenied, ProtocolError, RejectedError, SocialConnectError
from socialconnect.journal import Progress
from socialconnect.media import Image
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.post import Post, PublishedPost
from socialconnect.testing import TestClock
from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.twitter import TwitterEmulator

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

ID = "1993000000000000101"


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.ERROR_BEFORE])
def test_an_advertisement_that_no_timeline_shows_is_not_sent_again(
    tmp_path: Path, emulator: TwitterEmulator, clock: TestClock, kind: FaultKind
) -> None:
    """Twitter lists no promoted-only posts: that one is not seen does not say that it is not there."""
    emulator.faults.add(Fault(kind, method="POST", path="^/2/tweets$"))
    emulator.settings.duplicate_window = 0
    post = Post("Our spring line", options=TwitterOptions(promoted_only=True))
    with (
        Outbox(tmp_path / "outbox.db", clock=clock, repeat_unseen=True, grace=timedelta(days=1)) as outbox,
        Twitter(
            token="USER_TOKEN", user_id="2244994945", clock=clock, http_client=emulator.client(), outbox=outbox
        ) as network,
    ):
        plan = network.schedule(post, clock.now() + timedelta(minutes=1))
        outbox.run(until=clock.now() + timedelta(hours=3))
        delivery = outbox.delivery(plan.id)
    assert delivery.state is DeliveryState.UNKNOWN
    assert "does not list" in (delivery.seen or "")
    assert sum(one.path == "/2/tweets" for one in emulator.requests) == 1


@pytest.mark.parametrize(
    ("options", "listed"),
    [
        ({}, True),
        ({"reply_to": "5"}, True),
        ({"promoted_only": True}, False),
        ({"community": "7"}, False),
        ({"super_followers_only": True}, False),
    ],
)
def test_what_a_timeline_holds(twitter: Twitter, options: dict[str, object], listed: bool) -> None:
    """Only of posts for everybody's timeline it is certain that the account's posts hold them."""
    post = Post("Hi", options=TwitterOptions.model_validate(options))
    assert twitter.operations.adapter.lists(post) is listed


def test_a_timeline_that_is_not_shown_is_not_empty(script: Script, scripted: Twitter) -> None:
    """A 200 with nothing but a problem is that problem, and not an account without posts."""
    told = "Sorry, you are not authorized to see the user with id: [2244994945]."
    script.add(200, {"errors": [problem("not-authorized-for-resource", "Authorization Error", told)]})
    with pytest.raises(PermissionDenied, match="not authorized to see"):
        scripted.posts()


@pytest.mark.parametrize("body", [{}, {"errors": []}, {"data": []}])
def test_an_answer_that_is_no_timeline_is_not_an_empty_one(script: Script, scripted: Twitter, body: JsonValue) -> None:
    """Twitter says of an empty timeline that it is empty; what says nothing is not understood."""
    script.add(200, body)
    with pytest.raises(ProtocolError):
        scripted.posts()


def test_posts_beside_a_problem_are_given(script: Script, scripted: Twitter) -> None:
    """A problem about a post that another one answers costs no post."""
    gone = problem("resource-not-found", "Not Found Error", "Could not find tweet", resource_id="5")
    script.add(200, {"data": [{"id": ID, "text": "x"}], "errors": [gone], "meta": {"result_count": 1}})
    assert [one.id for one in scripted.posts()] == [ID]


@pytest.mark.parametrize(
    ("written", "found", "same"),
    [
        ("Yes", "@brand Yes", True),
        ("Yes", "@brand @other_1 Yes", True),
        ("@brand Yes", "@brand Yes", True),
        ("Yes", "@brand No", False),
        ("Yes", "mail@brand Yes", False),
    ],
)
def test_an_answer_is_known_behind_the_names_that_twitter_puts_first(
    twitter: Twitter, written: str, found: str, same: bool
) -> None:
    """The names of those whom a post answers are put before its text; nobody wrote them."""
    back = PublishedPost(network="twitter", account="1", id="1", text=found, media_count=0, parent="5")
    adapter = twitter.operations.adapter
    assert adapter.resembles(Post(written, options=TwitterOptions(reply_to="5")), back) is same
    assert not adapter.resembles(Post(written), back), "what answers nothing has no parent"
    assert adapter.resembles(Post(written), back.model_copy(update={"parent": None})) is (written == found)


@pytest.mark.parametrize("value", ["many", "1.5", 1.5, {}])
def test_a_number_that_is_none_is_an_error_of_ours(script: Script, scripted: Twitter, value: JsonValue) -> None:
    """Numbers over time may come as text; what is no number is told as an answer that is not understood."""
    row: JsonValue = {"timestamp": "2026-11-24T00:00:00Z", "metrics": {"impressions": value}}
    script.add(200, {"data": [{"id": ID, "timestamped_metrics": [row]}]})
    with pytest.raises(ProtocolError):
        scripted.fetch_metrics([ID], names=["analytics.impressions"])


@pytest.mark.parametrize("field", ["tagged_users", "exclude_reply_users"])
def test_users_are_named_by_their_ids(field: str) -> None:
    """A handle in place of an id is told where it is written; Twitter would refuse the post for it."""
    with pytest.raises(ShapeError, match=field):
        TwitterOptions.model_validate({field: ["@brand"]})


def test_a_fields_parameter_that_is_named_beside_the_message_is_renamed(script: Script, scripted: Twitter) -> None:
    """The newer specification names the parameter in a field of its own: then too the other name is tried."""
    general = "One or more parameters to your request was invalid."
    script.add(400, problem("invalid-request", "Invalid Request", general, parameter="tweet.fields", value="x"))
    script.add(200, {"data": [{"id": ID, "text": "x", "public_metrics": {"repost_count": 7}}]})
    assert scripted.fetch_metrics([ID])[ID].shares == 7
    assert "post.fields" in script.requests[-1].url.params


def test_an_invalid_request_says_which_parameter(script: Script, scripted: Twitter) -> None:
    """A parameter that the message does not name is told with it, and one that it names is not told twice."""
    script.add(400, invalid("Not a valid place", {"geo.place_id": ["x"]}))
    script.add(400, invalid("geo.place_id is not valid", {"geo.place_id": ["x"]}))
    told = []
    for _ in range(2):
        with pytest.raises(RejectedError) as caught:
            scripted.publish(Post("Hi", options=TwitterOptions(place="x")))
        told.append(caught.value.message)
    assert told == ["Not a valid place (geo.place_id)", "geo.place_id is not valid"]


@pytest.mark.parametrize("more", [{"parameters": []}, {"parameters": None}, {"parameter": 7}, {"parameters": "text"}])
def test_parameters_in_another_shape_hide_no_refusal(script: Script, scripted: Twitter, more: JsonValue) -> None:
    """What a refusal means does not hang on how it names its parameters."""
    assert isinstance(more, dict)
    script.add(403, {"errors": [{"code": 187, "message": "Status is a duplicate.", **more}]})
    with pytest.raises(DuplicatePost):
        scripted.publish(Post("Hi"))


@pytest.mark.parametrize("at", range(5))
@pytest.mark.parametrize("kind", [one for one in FaultKind if one not in (FaultKind.THROTTLED, FaultKind.SLOW)])
def test_whatever_happens_to_one_request_each_post_is_there_once(
    twitter: Twitter, emulator: TwitterEmulator, picture: Callable[..., bytes], kind: FaultKind, at: int
) -> None:
    """One fault at any request, then going on with what a look at the account settles: each post once, in order."""
    emulator.faults.add(Fault(kind, after=at, status=503))
    post = Post("One", media=[Image(picture(), alt="Rain")], thread=["Two", "Three"])
    progress, published = Progress(), None
    told: list[bool] = []
    while published is None:
        try:
            published = twitter.publish(post, progress=progress)
        except SocialConnectError as error:
            told.append(error.may_have_happened is progress.unclear)
            progress = Progress.from_json(progress.to_json())
            for grant in emulator.grants:
                grant.revoked = False  # the user has connected the account again
        if progress.unclear:
            unknown = [one.id for one in emulator.wall if one.id not in progress.live]
            progress.settle(unknown[0] if unknown else None)
    assert all(told)
    assert len(emulator.faults.shown) == 1
    assert [one.text for one in emulator.wall] == ["One", "Two", "Three"]
    assert [one.id for one in (published, *published.thread)] == [one.id for one in emulator.wall]
    assert [one.media for one in emulator.wall] == [1, 0, 0]
