"""What posts grew: polls, threads, documents, first comments, updates and account metrics, by the interface."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.tiny_network import Script, TinyAdapter, ok, tiny

from socialconnect import Document, Image, Poll, Post, PostVariant, UnsupportedFeature, ValidationError, Video
from socialconnect.adapter import Capabilities
from socialconnect.testing import AsyncFakeNetwork, FakeNetwork, sample_video

EVERYTHING = Post(
    "text",
    media=[Document(b"%PDF-1.7", title="D")],
    poll=Poll(["yes", "no"]),
    thread=["further"],
    first_comment="by the way",
)


def test_what_a_network_has_not_is_told_all_at_once() -> None:
    """Each part that the network does not have is a problem of its own, before anything is sent."""
    script = Script(ok())
    network = tiny(script)
    with pytest.raises(ValidationError) as caught:
        network.publish(EVERYTHING)
    assert {one.field for one in caught.value.problems if one.rule == "supported"} == {
        "poll",
        "thread",
        "first_comment",
        "media",
    }
    assert script.requests == []


def test_a_variant_takes_them_away() -> None:
    """A variant without them publishes where the network does not have them."""
    without = PostVariant(media=(), poll=False, thread=(), first_comment="")
    script = Script(ok())
    assert tiny(script).publish(EVERYTHING.with_changes(variants={"tiny": without})).id == "77"


def test_a_variant_of_a_threads_post() -> None:
    """The posts of a thread have variants too."""
    post = Post("one", thread=[Post("two", variants={"twitter": PostVariant(text="zwei")})])
    assert [one.text for one in post.for_network("twitter").thread] == ["zwei"]
    assert [one.text for one in post.for_network("linkedin").thread] == ["two"]


def test_threads_are_flat() -> None:
    """A thread within a thread is refused: nobody could say in which order it reads."""
    found = FakeNetwork().validate(Post("one", thread=[Post("two", thread=["three"])]))
    assert [one.rule for one in found] == ["flat"]


def test_files_have_their_places() -> None:
    """Files of a thread are found, with their places."""
    film = Video(sample_video(), thumbnail=Image("gone.png"))
    post = Post("one", media=[film], thread=[Post("two", media=[Image(b"")])])
    assert [place for place, _ in post.files()] == ["media[0]", "thread[0].media[0]"]
    told = {(one.field, one.rule) for one in FakeNetwork().validate(post)}
    assert told == {("media[0].thumbnail", "readable"), ("thread[0].media[0]", "not_empty")}


def test_a_post_reads_back_from_json() -> None:
    """A post with all of it is the same after its way through the outbox's text."""
    assert Post.model_validate_json(EVERYTHING.model_dump_json()) == EVERYTHING


def test_update() -> None:
    """A published post's text changes, by the post or its id; a network without it says so."""
    network = FakeNetwork()
    published = network.publish(Post("one"))
    network.update(published, "two")
    network.update(published.id, "three")
    assert [one.text for one in network.wall] == ["three"]
    with pytest.raises(UnsupportedFeature, match="update"):
        tiny(Script(ok())).update("77", "two")


def test_an_update_is_checked_as_a_post_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that the network would refuse is refused before it is sent; without updates, that is what is told."""
    with pytest.raises(UnsupportedFeature, match="update"):
        tiny(Script(ok())).update("77", "x" * 21)
    monkeypatch.setattr(TinyAdapter, "capabilities", Capabilities(update=True))
    with pytest.raises(ValidationError, match="too long"):
        tiny(Script(ok())).update("77", "x" * 21)


def test_account_metrics() -> None:
    """The account's numbers come by the network's names; what is not given is unavailable with a reason."""
    network = FakeNetwork()
    network.set_account_metrics(followers=12)
    found = network.fetch_account_metrics(names=["followers", "reach"])
    assert found.values["followers"][0].value == 12
    assert "no number" in found.unavailable["reach"].reason
    with pytest.raises(UnsupportedFeature, match="fetch_account_metrics"):
        tiny(Script(ok())).fetch_account_metrics()


@pytest.mark.anyio
async def test_account_metrics_async() -> None:
    """The async face has it too."""
    network = AsyncFakeNetwork()
    network.set_account_metrics(followers=12)
    assert (await network.fetch_account_metrics()).values["followers"][0].value == 12


@pytest.mark.parametrize(
    ("since", "until", "rule"),
    [
        (datetime(2026, 1, 1), None, "aware_datetime"),
        (None, datetime(2026, 1, 1), "aware_datetime"),
        (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), "before_until"),
    ],
)
def test_the_days_asked_for(since: datetime | None, until: datetime | None, rule: str) -> None:
    """Days without a zone, or that end before they begin, are refused."""
    with pytest.raises(ValidationError) as caught:
        FakeNetwork().fetch_account_metrics(since=since, until=until)
    assert [one.rule for one in caught.value.problems] == [rule]


@pytest.mark.parametrize("given", [{"refs": "12"}, {"refs": ["1"], "names": "views"}])
def test_one_text_is_no_list(given: dict[str, str]) -> None:
    """A text where a list belongs would be read letter by letter."""
    with pytest.raises(ValidationError, match="give a list"):
        FakeNetwork().fetch_metrics(**given)
