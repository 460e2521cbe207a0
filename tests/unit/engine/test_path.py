"""The path of a call: gate, validation, spend limit, wire, and the error at its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
import pytest
from tests.tiny_network import Script, ok, refused, tiny

from socialconnect import (
    ApiPaywalled,
    ApiRetired,
    Lifecycle,
    NotFound,
    NotSent,
    Overlay,
    Post,
    PostVariant,
    PublishedPost,
    QuotaExceeded,
    RateLimited,
    UnsupportedFeature,
    ValidationError,
)
from socialconnect.network import Network
from socialconnect.testing.clock import TestClock
from socialconnect.transport.retry import RetryPolicy

LONG = Post("far too long for the tiny network")


def _retired() -> Lifecycle:
    overlay = Overlay(network="tiny", effective=date(2026, 11, 1), reason="We leave it.", source="the platform team")
    return Lifecycle(overlays=[overlay])


def test_the_gate_comes_before_validation() -> None:
    """A retired network says so even for a post that is wrong anyway, and nothing is sent."""
    script = Script(ok())
    with pytest.raises(ApiRetired, match="We leave it") as caught:
        tiny(script, lifecycle=_retired()).publish(LONG)
    assert caught.value.source == "the platform team"
    assert script.requests == []


def test_validation_comes_before_the_spend_limit() -> None:
    """A post that is wrong says what is wrong, not what it would cost."""
    script = Script(ok())
    with pytest.raises(ValidationError, match="too long"):
        tiny(script, spend_limit=Decimal(0)).publish(LONG)
    assert script.requests == []


def test_the_spend_limit_comes_before_the_wire() -> None:
    """What would cost too much is not sent."""
    script = Script(ok())
    with pytest.raises(QuotaExceeded, match="spend limit of 1") as caught:
        tiny(script, spend_limit=Decimal(1)).publish(Post("hello"))
    assert "Nothing was sent" in str(caught.value)
    assert script.requests == []


def test_all_problems_are_told_at_once() -> None:
    """A post with several faults is refused once, with every one of them."""
    wrong = Post("far too long for the tiny network", variants={"fcebook": PostVariant(text="x")})
    with pytest.raises(ValidationError) as caught:
        tiny(Script(ok())).publish(wrong)
    assert {one.rule for one in caught.value.problems} == {"max_length", "known_network"}


def test_errors_say_where_they_happened() -> None:
    """Every error names the network, the account and the method that was called."""
    calls: list[tuple[Callable[[Network], object], str]] = [
        (lambda network: network.publish(LONG), "publish"),
        (lambda network: network.delete("1"), "delete"),
        (lambda network: network.posts(since=datetime(2026, 1, 1)), "posts"),  # the mistake under test
        (lambda network: network.preview(LONG), "preview"),
    ]
    for call, operation in calls:
        with pytest.raises(ValidationError) as caught:
            call(tiny(Script(ok())))
        assert (caught.value.network, caught.value.account, caught.value.operation) == ("tiny", "1", operation)


# ── spending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _limited(script: Script) -> Network:
    return tiny(script, spend_limit=Decimal(2), retry=RetryPolicy(attempts=1))


def test_what_was_spent_counts() -> None:
    """A second post that no longer fits under the limit is refused."""
    script = Script(ok())
    network = _limited(script)
    network.publish(Post("one"))
    with pytest.raises(QuotaExceeded):
        network.publish(Post("two"))
    assert len(script.requests) == 1


@pytest.mark.parametrize("failure", [httpx.ConnectError("no route"), httpx.PoolTimeout("busy")])
def test_what_never_left_costs_nothing(failure: Exception) -> None:
    """A post whose request never left gives back what was set aside for it."""
    network = _limited(Script(failure, ok()))
    with pytest.raises(NotSent):
        network.publish(Post("one"))
    network.publish(Post("two"))


def test_what_may_be_live_stays_counted() -> None:
    """A post whose answer was lost may have to be paid for."""
    network = _limited(Script(httpx.ReadTimeout("gone"), ok()))
    with pytest.raises(Exception, match="lost"):
        network.publish(Post("one"))
    with pytest.raises(QuotaExceeded):
        network.publish(Post("two"))


def test_what_the_gate_or_the_pacing_stopped_costs_nothing() -> None:
    """A call that ended before its visible request gives its money back."""
    script = Script(refused(429, retry_after="999", x_left="0"), ok())
    network = tiny(script, spend_limit=Decimal(4), retry=RetryPolicy(attempts=1))
    with pytest.raises(RateLimited):
        network.publish(Post("refused"))  # counted: the network has seen it
    for _ in range(3):
        with pytest.raises(RateLimited, match="nothing was sent"):
            network.publish(Post("stopped"))
    with pytest.raises(RateLimited, match="nothing was sent"):  # not QuotaExceeded: there is still room
        network.publish(Post("stopped"))


# ── lifecycle answers ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_closed_door_is_not_knocked_on() -> None:
    """After a paywall answer further calls fail at once, until the breaker's time is over."""
    clock, script = TestClock(), Script(refused(402), ok())
    network = tiny(script, clock=clock)
    for _ in range(3):
        with pytest.raises(ApiPaywalled):
            network.publish(Post("hello"))
    assert len(script.requests) == 1
    clock.advance(minutes=16)
    assert network.publish(Post("hello")).id == "77"


# ── refs, drafts, plans, requests ─────────────────────────────────────────────────────────────────────────────────────


def test_another_networks_post_is_refused() -> None:
    """A post of another account is not deleted by its bare id."""
    script = Script(ok())
    foreign = PublishedPost(network="facebook", account="9", id="77")
    with pytest.raises(ValidationError, match="belongs to facebook 9"):
        tiny(script).delete(foreign)
    assert script.requests == []


def test_a_post_that_the_network_left_out() -> None:
    """A post for which nothing came back is that post's error, and no other's."""
    report = tiny(Script(httpx.Response(200, json={"id": "0"}))).fetch_metrics(["1", "2", "1"])
    assert len(report) == 2
    with pytest.raises(KeyError):
        report["3"]
    assert report["1"].views == 1


def test_metrics_of_nothing_send_nothing() -> None:
    """An empty list of posts gives an empty report without a request."""
    script = Script(ok())
    assert len(tiny(script).fetch_metrics([])) == 0
    assert script.requests == []


def test_metrics_of_one_text_are_refused() -> None:
    """One id in place of a list would be read letter by letter: it is refused, and nothing is sent."""
    script = Script(ok())
    with pytest.raises(ValidationError, match="refs: give a list"):
        tiny(script).fetch_metrics("12345")
    assert script.requests == []


def test_drafts_and_plans_need_a_keeper() -> None:
    """A network without drafts or scheduling says what to do; nothing is kept in memory alone."""
    network = tiny(Script(ok()))
    later = datetime(2027, 1, 1, tzinfo=UTC)
    for call in (
        lambda: network.draft(Post("hello")),
        network.drafts,
        lambda: network.schedule(Post("hello"), later),
        network.scheduled,
    ):
        with pytest.raises(UnsupportedFeature, match="outbox") as caught:
            call()
        assert (caught.value.network, caught.value.account) == ("tiny", "1")


@pytest.mark.parametrize(
    ("at", "rule"),
    [(datetime(2027, 1, 1), "aware_datetime"), (datetime(2026, 1, 1, tzinfo=UTC), "future")],  # so meant
)
def test_times_are_checked(at: datetime, rule: str) -> None:
    """A naive time and a time in the past are refused by name."""
    with pytest.raises(ValidationError) as caught:
        tiny(Script(ok())).schedule(Post("hello"), at)
    assert [one.rule for one in caught.value.problems] == [rule]


def test_a_draft_from_an_outbox_that_is_not_there() -> None:
    """A draft that an outbox keeps cannot be published by a network without one."""
    from socialconnect import Draft

    draft = Draft(network="tiny", account="1", id="d1", held_by="outbox")
    with pytest.raises(NotFound, match="outbox"):
        tiny(Script(ok())).publish_draft(draft)


@pytest.mark.parametrize(("method", "times"), [("GET", 3), ("POST", 1)])
def test_a_raw_request_is_repeated_by_its_method(method: str, times: int) -> None:
    """A raw GET is repeated, a raw POST is taken for visible unless the caller says otherwise."""
    script = Script(refused(503))
    with pytest.raises(Exception, match="no"):
        tiny(script).request(method, "/anything", json=None)
    assert len(script.requests) == times
    script = Script(refused(503))
    with pytest.raises(Exception, match="no"):
        tiny(script).request("POST", "/anything", repeatable=True)
    assert len(script.requests) == 3


def test_a_raw_request_goes_the_same_path() -> None:
    """A raw request is signed, gated and judged like every other."""
    script = Script(ok())
    response = tiny(script).request("get", "/me", query={"fields": "id,name"}, headers={"X-A": "b"})
    assert response.json() == {"id": "77"}
    sent = script.requests[0]
    assert (sent.method, str(sent.url)) == ("GET", "https://api.tiny.example/me?fields=id%2Cname")
    assert sent.headers["authorization"].startswith("Bearer ")
    assert sent.headers["x-a"] == "b"
    with pytest.raises(ApiRetired):
        tiny(script, lifecycle=_retired()).request("GET", "/me")
    tiny(script).request("GET", "/me", host="files")
    assert script.requests[-1].url.host == "files.tiny.example"


def test_validate_and_cost_send_nothing() -> None:
    """Everything that only looks sends nothing."""
    script = Script(ok())
    network = tiny(script)
    assert [one.rule for one in network.validate(LONG)] == ["max_length"]
    assert [one.rule for one in network.validate(Post(" "))] == ["not_empty"]
    assert network.estimate_cost(Post("hello")).high == 2
    assert network.deprecation_status().network == "tiny"
    assert network.rate_limits() == ()
    assert script.requests == []
