"""Progress: a publish that failed half-way goes on where it stopped, and never does a thing twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialconnect import (
    ConfigurationError,
    NotFound,
    OutcomeUnknown,
    PartlyPublished,
    Post,
    Progress,
    RateLimited,
    UnavailableError,
)
from socialconnect.journal import post_id_of
from socialconnect.testing import FakeNetwork

THREAD = Post("one", thread=["two", Post("three")], first_comment="by the way")


def texts(network: FakeNetwork) -> list[str | None]:
    """Give what stands on the wall."""
    return [one.text for one in network.wall]


def test_a_thread_and_its_comment() -> None:
    """All parts are live, and the answer names each of them."""
    network = FakeNetwork()
    published = network.publish(THREAD)
    assert texts(network) == ["one", "two", "three", "by the way"]
    assert [one.text for one in published.thread] == ["two", "three"]
    assert published.comment == network.wall[3].id


def test_a_thread_that_breaks_is_continued() -> None:
    """The error names what is live; its progress publishes the rest, and nothing twice."""
    network = FakeNetwork()
    network.fail_next("comment", RateLimited("slow down", retry_after=5))
    with pytest.raises(PartlyPublished) as caught:
        network.publish(THREAD)
    assert [one.id for one in caught.value.posts] == [one.id for one in network.wall]
    assert isinstance(caught.value.cause, RateLimited)
    assert not caught.value.may_have_happened
    assert "publish(post, progress=error.progress)" in str(caught.value)

    progress = caught.value.progress
    assert progress is not None
    published = network.publish(THREAD, progress=progress)
    assert texts(network) == ["one", "two", "three", "by the way"]
    assert published.id == network.wall[0].id


def test_nothing_live_is_a_plain_error() -> None:
    """A first request that fails is what it is, not a partial success."""
    network = FakeNetwork()
    network.fail_next("publish", UnavailableError("down"))
    with pytest.raises(UnavailableError):
        network.publish(THREAD)


@pytest.mark.parametrize("lost_was_live", [True, False])
def test_a_lost_answer_must_be_settled_first(lost_was_live: bool) -> None:
    """While it is unclear whether a part is live nothing more is sent; what the caller found out is believed."""
    network = FakeNetwork()
    network.fail_next("comment", OutcomeUnknown("lost"), after_effect=lost_was_live)
    progress = Progress()
    with pytest.raises(PartlyPublished) as caught:
        network.publish(THREAD, progress=progress)
    assert caught.value.may_have_happened
    assert progress.unclear
    with pytest.raises(PartlyPublished, match="answer to an earlier request"):
        network.publish(THREAD, progress=progress)

    progress.settle(network.wall[3].id if lost_was_live else None)
    published = network.publish(THREAD, progress=progress)
    assert texts(network) == ["one", "two", "three", "by the way"]
    assert published.comment == network.wall[3].id


def test_it_survives_as_text() -> None:
    """Another process goes on from the text, and refuses a text that is not one."""
    network = FakeNetwork()
    network.fail_next("comment", RateLimited("slow down"))
    progress = Progress()
    with pytest.raises(PartlyPublished):
        network.publish(THREAD, progress=progress)
    network.publish(THREAD, progress=Progress.from_json(progress.to_json()))
    assert len(network.wall) == 4
    with pytest.raises(ValueError, match="Progress"):
        Progress.from_json("[]")


def test_there_must_be_something_to_settle() -> None:
    """Settling what is clear is a mistake of the caller's."""
    with pytest.raises(ConfigurationError, match="nothing to settle"):
        Progress().settle("1")


@pytest.mark.parametrize("result", [None, "", {}, {"id": 5}, []])
def test_a_result_without_an_id(result: object) -> None:
    """An id that is not there is told, never made up."""
    with pytest.raises(NotFound):
        post_id_of(result)  # type: ignore[arg-type]  # what an adapter might have kept


@given(st.lists(st.sampled_from(["fail", "lose", "lose, live"]), max_size=6))
def test_whatever_fails_each_part_is_live_once(failures: list[str]) -> None:
    """However often it breaks, going on leads to each part once, in order."""
    network = FakeNetwork()
    progress = Progress()
    for failure in failures:
        if failure == "fail":
            network.fail_next("publish", RateLimited("no"))
        else:
            network.fail_next("publish", OutcomeUnknown("lost"), after_effect=failure.endswith("live"))
        before = len(network.wall)
        try:
            network.publish(THREAD, progress=progress)
        except (PartlyPublished, RateLimited, OutcomeUnknown):
            if progress.unclear:
                progress.settle(network.wall[-1].id if len(network.wall) > before and failure != "lose" else None)
    network._fake.state.failures.clear()
    network.publish(THREAD, progress=progress)
    assert texts(network) == ["one", "two", "three", "by the way"]
