"""Whether a post that LinkedIn shows is the one whose answer was lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue

from socialconnect.media import Document, Image, Video
from socialconnect.networks.linkedin import LinkedIn, LinkedInOptions
from socialconnect.outbox import Outbox
from socialconnect.post import Poll, Post
from socialconnect.testing import sample_image, sample_video
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

if TYPE_CHECKING:
    from tests.networks.linkedin.conftest import Answer, Script

_PICTURE = Image(sample_image(8, 8))
KINDS = {
    "text": Post("Look"),
    "image": Post("Look", media=[_PICTURE]),
    "images": Post("Look", media=[_PICTURE, _PICTURE]),
    "video": Post("Look", media=[Video(sample_video(10, size=80_000))]),
    "document": Post("Look", media=[Document(b"%PDF-1.7", title="Look")]),
    "link": Post("Look", link="https://example.com"),
    "poll": Post("Look", poll=Poll(["a", "b"], lasts=timedelta(days=1))),
    "reference": Post("Look", options=LinkedInOptions(reference="urn:li:event:1")),
    "reshare": Post("Look", options=LinkedInOptions(reshare_of="urn:li:share:1")),
}


@pytest.fixture
def emulator(clock: TestClock) -> LinkedInEmulator:
    made = LinkedInEmulator(clock=clock)
    made.settings.unknown_parents = True
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_a_post_resembles_itself_alone(emulator: LinkedInEmulator, clock: TestClock, kind: str) -> None:
    """Of all kinds of posts with one text, each is known again, and none is taken for another."""
    account = emulator.accounts[0]
    with emulator.client() as client:
        network = LinkedIn(author=account.id, token=account.token, http_client=client, clock=clock)
        network.publish(KINDS[kind])
        (found,) = network.posts()
    adapter = network.operations.adapter
    assert [name for name, post in KINDS.items() if adapter.resembles(post, found)] == [kind]


@pytest.mark.parametrize(
    "content", [{"carousel": {}}, {"media": {"id": "?"}}, {"media": {}}, {"media": 7}, {"unheardOf": {}}]
)
def test_what_is_not_known_is_no_match(
    linkedin: LinkedIn, script: Script, answer: type[Answer], content: object
) -> None:
    """A post that carries what nobody here can make is somebody else's."""
    element: JsonValue = {"id": "urn:li:share:1", "commentary": "Look", "createdAt": 1795510000000}
    script.on("GET /rest/posts", answer(200, {"elements": [element]}))
    (found,) = linkedin.posts()
    strange = found.model_copy(update={"data": {"content": content}, "media_count": None})
    assert not any(linkedin.operations.adapter.resembles(post, strange) for post in KINDS.values())


@pytest.mark.parametrize(
    ("post", "listed"),
    [
        (Post("Look"), True),
        (Post("Look", options=LinkedInOptions(visibility="LOGGED_IN")), True),
        (Post("Look", options=LinkedInOptions(feed="NONE")), False),
        (Post("Look", options=LinkedInOptions(visibility="CONTAINER", container="urn:li:group:1")), False),
        (KINDS["image"], True),
        (KINDS["poll"], False),
        (KINDS["reference"], False),
    ],
)
def test_what_may_stand_in_no_list_proves_nothing_by_its_absence(linkedin: LinkedIn, post: Post, listed: bool) -> None:
    """One for advertisements is in no list that people see; of groups, polls and references LinkedIn does not tell."""
    assert linkedin.operations.adapter.lists(post) is listed


def test_another_post_of_the_same_text_is_not_taken_for_a_lost_one(
    emulator: LinkedInEmulator, clock: TestClock, tmp_path: Path
) -> None:
    """Somebody shares the text with a link while ours never arrives: ours is not called published."""
    account = emulator.accounts[0]
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="POST", path="/rest/posts", status=504))
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox, emulator.client() as client:
        ours = LinkedIn(author=account.id, token=account.token, http_client=client, clock=clock, outbox=outbox)
        theirs = LinkedIn(author=account.id, token=account.token, http_client=client, clock=clock)
        plan = ours.schedule(Post("Look"), clock.now() + timedelta(seconds=10))
        outbox.run(until=clock.now() + timedelta(seconds=11))
        theirs.publish(KINDS["link"])
        outbox.run(until=clock.now() + timedelta(hours=1))
        assert outbox.delivery(plan.id).state == "unknown"
