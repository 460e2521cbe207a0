"""Threads and polls: what is sent, what is live when something fails, and going on from there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue
from tests.networks.meta.either_face import done
from tests.networks.twitter.refusals import plain

from socialconnect import Outbox
from socialconnect.errors import MediaRejected, OutcomeUnknown, PartlyPublished, PolicyBlocked
from socialconnect.journal import Progress
from socialconnect.media import Image
from socialconnect.networks.twitter import AsyncTwitter, Twitter
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.post import Poll, Post, PostVariant
from socialconnect.testing import TestClock
from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.twitter import TwitterEmulator

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

IDS = ("1993000000000000101", "1993000000000000102", "1993000000000000103")
BLOCKED = (
    b'{"title":"Forbidden","type":"about:blank","status":403,"detail":"You are not permitted to perform this action."}'
)


def created(post_id: str) -> JsonValue:
    """Give the answer to a create."""
    return {"data": {"id": post_id, "text": "x"}}


def creates(emulator: TwitterEmulator) -> int:
    """Give how many posts were sent."""
    return sum(1 for one in emulator.requests if (one.method, one.path) == ("POST", "/2/tweets"))


def test_a_thread_on_the_wire(script: Script, scripted: Twitter) -> None:
    """Each post answers the one before, and only the first has what was asked of the first."""
    for one in IDS:
        script.add(201, created(one))
    options = TwitterOptions(reply_settings="following", reply_to="1")
    post = scripted.publish(Post("One", options=options, thread=["Two", Post("Three", link="https://example.com")]))
    assert [script.sent(index) for index in range(3)] == [
        {"text": "One", "reply": {"in_reply_to_tweet_id": "1"}, "reply_settings": "following"},
        {"text": "Two", "reply": {"in_reply_to_tweet_id": IDS[0]}},
        {"text": "Three https://example.com", "reply": {"in_reply_to_tweet_id": IDS[1]}},
    ]
    assert [post.id, *(one.id for one in post.thread)] == list(IDS)
    assert [one.parent for one in (post, *post.thread)] == ["1", *IDS[:2]]


def test_a_poll_on_the_wire(script: Script, scripted: Twitter) -> None:
    """A poll is its options and its minutes, beside the text."""
    script.add(201, created(IDS[0]))
    scripted.publish(Post("Which?", poll=Poll(["Yes", "No"], lasts=timedelta(hours=1, minutes=30))))
    assert script.sent() == {"text": "Which?", "poll": {"options": ["Yes", "No"], "duration_minutes": 90}}


def test_a_poll_and_options_on_the_emulator(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """What is sent for a poll, a card and a message link is what the specification takes."""
    twitter.publish(Post("Which?", poll=Poll(["Yes", "No"])))
    twitter.publish(Post("Talk", options=TwitterOptions(direct_message_link="https://x.com/messages/compose")))
    emulator.user("2244994945").premium = True
    first = twitter.publish(Post("Old"))
    twitter.publish(Post("New", options=TwitterOptions(edit_of=first.id)))
    assert emulator.requests[-1].json() == {"text": "New", "edit_options": {"previous_post_id": first.id}}


@pytest.mark.anyio
@pytest.mark.parametrize("face", [Twitter, AsyncTwitter])
async def test_a_thread_that_breaks_is_gone_on_with(
    emulator: TwitterEmulator, clock: TestClock, face: type[Twitter] | type[AsyncTwitter]
) -> None:
    """What is live is told with its ids, and the next try sends the rest alone, below what is there."""
    client = emulator.client() if issubclass(face, Twitter) else emulator.async_client()
    network = face(token="USER_TOKEN", user_id="2244994945", clock=clock, http_client=client)  # type: ignore[arg-type]  # each face gets its own client
    emulator.faults.add(Fault(FaultKind.REFUSED, path="^/2/tweets$", after=2, status=403, body=BLOCKED))
    post = Post("One", thread=["Two", "Three", "Four"])
    with pytest.raises(PartlyPublished) as caught:
        await done(network.publish(post))
    assert [one.id for one in caught.value.posts] == [one.id for one in emulator.wall]
    assert isinstance(caught.value.cause, PolicyBlocked)
    progress = caught.value.progress
    assert progress is not None
    published = await done(network.publish(post, progress=Progress.from_json(progress.to_json())))
    assert [one.text for one in emulator.wall] == ["One", "Two", "Three", "Four"]
    assert [one.id for one in (published, *published.thread)] == [one.id for one in emulator.wall]
    assert [one.parent for one in emulator.wall] == [None, *(one.id for one in emulator.wall[:-1])]
    assert creates(emulator) == 5


def test_a_lost_answer_within_a_thread(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """The post whose answer was lost is not sent again: looked up and settled, the thread goes on below it."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path="^/2/tweets$", after=1))
    post, progress = Post("One", thread=["Two", "Three"]), Progress()
    with pytest.raises(PartlyPublished) as caught:
        twitter.publish(post, progress=progress)
    assert caught.value.may_have_happened
    with pytest.raises((PartlyPublished, OutcomeUnknown)):
        twitter.publish(post, progress=progress)
    assert creates(emulator) == 2
    progress.settle(emulator.wall[1].id)
    twitter.publish(post, progress=progress)
    assert [one.text for one in emulator.wall] == ["One", "Two", "Three"]
    assert emulator.wall[2].parent == emulator.wall[1].id


def test_a_file_that_is_refused_leaves_no_half_thread(
    twitter: Twitter, emulator: TwitterEmulator, picture: Callable[..., bytes]
) -> None:
    """All media are uploaded before the first post is visible."""
    emulator.faults.add(Fault(FaultKind.REFUSED, path="^/2/media/upload$", after=1, status=400, body=b"{}"))
    thread = [Post("Two", media=[Image(picture())])]
    with pytest.raises(MediaRejected):
        twitter.publish(Post("One", media=[Image(picture())], thread=thread))
    assert list(emulator.wall) == []


def test_an_outbox_carries_a_thread_out(tmp_path: Path, emulator: TwitterEmulator, clock: TestClock) -> None:
    """A thread that was stopped by a limit goes on later, and nothing of it appears twice."""
    emulator.faults.add(Fault(FaultKind.THROTTLED, method="POST", path="^/2/tweets$", after=1))
    with (
        Outbox(tmp_path / "outbox.db", clock=clock) as outbox,
        Twitter(
            token="USER_TOKEN", user_id="2244994945", clock=clock, http_client=emulator.client(), outbox=outbox
        ) as network,
    ):
        network.schedule(Post("One", thread=["Two", "Three"]), clock.now() + timedelta(minutes=1))
        outbox.run(until=clock.now() + timedelta(hours=3))
    assert [one.text for one in emulator.wall] == ["One", "Two", "Three"]
    assert [one.parent for one in emulator.wall] == [None, *(one.id for one in emulator.wall[:2])]


def test_a_variant_may_do_without(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """The thread and the poll of a variant are what Twitter gets."""
    variant = PostVariant(thread=[], poll=False)
    twitter.publish(Post("One", thread=["Two"], poll=Poll(["a", "b"]), variants={"twitter": variant}))
    assert emulator.requests[-1].json() == {"text": "One"}


def test_a_refused_first_post_is_a_plain_error(script: Script, scripted: Twitter) -> None:
    """Where nothing is live, nothing is said to be partly live."""
    script.add(403, plain(403, "Forbidden", "You are not permitted to perform this action."))
    with pytest.raises(PolicyBlocked):
        scripted.publish(Post("One", thread=["Two"]))
    assert len(script.requests) == 1
