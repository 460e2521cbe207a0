"""Publishing, its quota, and the answers that leave it open whether a post is live, by Instagram's emulator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.emulator.instagram_wire import BY_FACEBOOK, BY_INSTAGRAM, IMAGE, REEL, STORY, USER, Wire, codes

from socialconnect.testing import TestClock
from socialconnect.testing.emulators import EmulatedAccount
from socialconnect.testing.emulators.graph import graph_fault
from socialconnect.testing.emulators.instagram import InstagramEmulator


@pytest.fixture
def wire() -> Iterator[Wire]:
    clock = TestClock("2026-11-24T09:00:00+00:00")
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0))
    with emulator.client() as client:
        client.base_url = BY_FACEBOOK
        client.headers["Authorization"] = "Bearer IGTOKEN"
        yield Wire(emulator, clock, client)


def texts(wire: Wire) -> list[str]:
    """Give the texts on the wall."""
    return [post.text for post in wire.emulator.wall]


def test_a_block_may_come_although_the_post_is_live(wire: Wire) -> None:
    """The 403 with 4/2207051 says that nothing was done, and the container says that it is published."""
    wire.emulator.faults.add(graph_fault(4, 2207051, path="/media_publish$", after_effect=True))
    made = wire.container(**IMAGE, caption="Hello")
    blocked = wire.publish(made)
    assert (blocked.status_code, codes(blocked)) == (403, (4, 2207051))
    error = blocked.json()["error"]
    assert (error["message"], error["error_user_title"], error["is_transient"]) == (
        "Application request limit reached",
        "Action is blocked",
        False,
    )
    assert wire.status(made) == "PUBLISHED"
    assert texts(wire) == ["Hello"]


def test_a_block_may_mean_what_it_says(wire: Wire) -> None:
    """The same answer without the effect leaves the container finished, and nothing to see."""
    wire.emulator.faults.add(graph_fault(4, 2207051, path="/media_publish$"))
    made = wire.container(**IMAGE)
    assert codes(wire.publish(made)) == (4, 2207051)
    assert wire.status(made) == "FINISHED"
    assert texts(wire) == []


def test_a_repeat_is_refused_as_the_test_says(wire: Wire) -> None:
    """Clients disagree on the codes of a repeat; the text is one, and nothing is posted twice."""
    made = wire.container(**IMAGE, caption="Once")
    wire.publish(made)
    assert codes(wire.publish(made)) == (100, None)
    wire.emulator.repeated = (9007, 2207008)
    again = wire.publish(made)
    assert codes(again) == (9007, 2207008)
    assert again.json()["error"]["message"] == "The media has already been published"
    assert texts(wire) == ["Once"]


def test_the_same_image_again_is_a_second_post(wire: Wire) -> None:
    """Instagram has no check for duplicates: another container of the same image posts it again."""
    for _ in range(2):
        wire.post(**IMAGE, caption="Twice")
    assert texts(wire) == ["Twice", "Twice"]


@pytest.mark.parametrize("body", [{"creation_id": "17990000000000099"}, {"creation_id": 17990000000000099}])
def test_a_container_that_is_not_there_cannot_be_published(wire: Wire, body: dict[str, object]) -> None:
    """An unknown creation id is 24/2207008, whose text names it."""
    answer = wire.client.post(f"/{USER}/media_publish", json=body)
    assert codes(answer) == (24, 2207008)
    assert "17990000000000099" in answer.json()["error"]["error_user_msg"]


@pytest.mark.parametrize("body", [{}, {"creation_id": "soon"}, {"creation_id": "1", "caption": "x"}])
def test_a_publish_is_a_creation_id_and_nothing_else(wire: Wire, body: dict[str, object]) -> None:
    """A publish without an id, with a word for it, or with a caption beside it is refused."""
    assert codes(wire.client.post(f"/{USER}/media_publish", json=body)) == (100, None)


def test_an_item_is_no_post(wire: Wire) -> None:
    """A carousel's item is refused by itself, in the words that were captured."""
    made = wire.container(media_type="VIDEO", video_url="https://cdn.example.com/1.mp4", is_carousel_item=True)
    refused = wire.publish(made)
    assert codes(refused) == (100, 2207089)
    assert refused.json()["error"]["error_user_title"] == "Carousel item cannot be published standalone"
    assert wire.emulator.wall == ()


def test_what_a_widely_used_client_adds_changes_nothing(wire: Wire) -> None:
    """postiz publishes with `field=id` in the query."""
    query = {"creation_id": wire.container(**IMAGE), "field": "id", "access_token": "IGTOKEN"}
    assert set(wire.client.post(f"/{USER}/media_publish", params=query).json()) == {"id"}


def test_a_container_belongs_to_its_account(wire: Wire) -> None:
    """A second account of the same person cannot publish the first one's container."""
    accounts = [EmulatedAccount(USER, "IGTOKEN"), EmulatedAccount("17841400000000002", "OTHER")]
    emulator = InstagramEmulator(clock=wire.clock, accounts=accounts, processing=timedelta(0))
    with emulator.client() as client:
        client.headers["Authorization"] = "Bearer EAAUSER"
        made = client.post(f"{BY_FACEBOOK}/{USER}/media", json=IMAGE).json()["id"]
        edge = f"{BY_FACEBOOK}/17841400000000002/media_publish"
        assert codes(client.post(edge, json={"creation_id": made})) == (24, 2207006)
    assert emulator.wall == ()


def test_publishing_needs_a_task_on_the_page(wire: Wire) -> None:
    """By Facebook Login a person needs MANAGE or CREATE_CONTENT; by Instagram Login no task is asked for."""
    token = wire.emulator.tokens["IGTOKEN"]
    token.tasks = {"ANALYZE"}
    assert codes(wire.create(**IMAGE)) == (1, 2853006)
    assert wire.client.post(f"{BY_INSTAGRAM}/{USER}/media", json=IMAGE).status_code == 200
    for task in ("MANAGE", "CREATE_CONTENT"):
        token.tasks = {task}
        assert wire.create(**IMAGE).status_code == 200


# ── the quota ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_carousel_counts_once_and_a_story_too(wire: Wire) -> None:
    """The quota counts publishes: one for an album, one for a story, none for a container or a refused publish."""
    items = [wire.container(**IMAGE, is_carousel_item=True) for _ in range(2)]
    wire.post(media_type="CAROUSEL", children=items)
    wire.post(**STORY)
    wire.publish("1")
    told = wire.get(f"/{USER}/content_publishing_limit", fields="quota_usage,config")
    assert told == {"data": [{"quota_usage": 2, "config": {"quota_total": 100, "quota_duration": 86_400}}]}


def test_the_quota_is_what_the_test_says() -> None:
    """The documentation names 100 and 50; either can be set, and the answer tells it."""
    emulator = InstagramEmulator(clock=TestClock("2026-11-24T09:00:00+00:00"), quota=50)
    with emulator.client() as client:
        client.headers["Authorization"] = "Bearer IGTOKEN"
        (told,) = client.get(f"{BY_FACEBOOK}/{USER}/content_publishing_limit?fields=config").json()["data"]
    assert told == {"config": {"quota_total": 50, "quota_duration": 86_400}}


def test_the_quota_of_a_part_of_the_day(wire: Wire) -> None:
    """`since` counts from a time within the last day; a time before it is refused, and so is an unknown field."""
    wire.post(**IMAGE)
    wire.clock.advance(hours=2)
    wire.post(**REEL)
    edge = f"/{USER}/content_publishing_limit"
    hour_ago = int((wire.clock.now() - timedelta(hours=1)).timestamp())
    assert wire.get(edge, since=hour_ago) == {"data": [{"quota_usage": 1}]}
    assert wire.get(edge) == {"data": [{"quota_usage": 2}]}
    day_ago = int((wire.clock.now() - timedelta(hours=25)).timestamp())
    assert codes(wire.client.get(f"{edge}?since={day_ago}")) == (100, None)
    assert codes(wire.client.get(f"{edge}?fields=quota_left")) == (100, None)


def test_a_spent_quota_reads_as_documented(wire: Wire) -> None:
    """The refusal carries the documented code, heading and text, and the container stays good."""
    wire.emulator.limits.publishes = 0
    made = wire.container(**IMAGE)
    refused = wire.publish(made)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["error_subcode"]) == (400, 9, 2207042)
    assert error["error_user_title"] == "Publishing limit"
    assert wire.status(made) == "FINISHED"


def test_calls_can_be_limited(wire: Wire) -> None:
    """Above the hour's calls the answer is 80002, and its header says when calls are taken again."""
    emulator = InstagramEmulator(clock=wire.clock, call_limit=1)
    with emulator.client() as client:
        client.headers["Authorization"] = "Bearer IGTOKEN"
        assert "x-business-use-case-usage" in client.get(f"{BY_FACEBOOK}/{USER}").headers
        refused = client.get(f"{BY_FACEBOOK}/{USER}")
    assert codes(refused) == (80002, None)
    assert '"type":"instagram"' in refused.headers["x-business-use-case-usage"]
    assert '"estimated_time_to_regain_access":60' in refused.headers["x-business-use-case-usage"]
