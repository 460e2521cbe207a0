"""LinkedIn's allowances: counted by the library, obeyed ahead of the refusal; tokens that are seconds old; batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import JsonValue, SecretStr

from socialconnect import errors
from socialconnect.auth.tokens import Token
from socialconnect.networks.linkedin import LinkedIn, scopes_for
from socialconnect.networks.linkedin.allowances import counted
from socialconnect.networks.linkedin.scopes import SCOPES
from socialconnect.outbox import Outbox
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.transport.pacing import Pacing, RateWindow

if TYPE_CHECKING:
    from tests.networks.linkedin.conftest import Answer, Script

CREATE = "POST /rest/posts"
PAGE = "urn:li:organization:5515715"
URN = "urn:li:share:7266012345678901248"
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)
SOCIAL = "/rest/socialMetadata"
IDS = ["urn:li:share:1", "urn:li:ugcPost:2", "urn:li:share:3"]


def _throttled(text: str) -> dict[str, JsonValue]:
    return {"status": 429, "serviceErrorCode": 101, "message": text}


@pytest.fixture
def make(script: Script, clock: TestClock) -> Iterator[Callable[..., LinkedIn]]:
    """Make a network over the script, with arguments of the test's own."""
    with script.client() as client:

        def make(**arguments: Any) -> LinkedIn:
            given = {"author": PAGE, "token": "AQX-secret", "http_client": client, "clock": clock, **arguments}
            return LinkedIn(**given)

        yield make


# ── counting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_calls_are_counted_by_endpoint_and_utc_day(
    linkedin: LinkedIn, script: Script, answer: type[Answer], clock: TestClock, created: Callable[[str], Answer]
) -> None:
    """LinkedIn tells nothing: what was made of each endpoint today is counted, and begins anew at midnight."""
    script.on(CREATE, created(URN))
    script.on("DELETE /rest/posts/urn%3Ali%3Ashare%3A7266012345678901248", answer(204))
    linkedin.publish(Post("One"))
    linkedin.publish(Post("Two"))
    linkedin.delete(URN)
    told = {one.limit_key: (one.used, one.limit, one.remaining, one.resets_at) for one in linkedin.rate_limits()}
    assert told == {
        "POST /rest/posts": (2, None, None, MIDNIGHT),
        "DELETE /rest/posts": (1, None, None, MIDNIGHT),
    }
    clock.advance(hours=15)
    linkedin.publish(Post("Three"))
    (window,) = [one for one in linkedin.rate_limits() if one.limit_key == CREATE]
    assert (window.used, window.resets_at) == (1, MIDNIGHT + timedelta(days=1))


def test_requests_of_the_callers_own_are_counted_by_endpoint(
    linkedin: LinkedIn, script: Script, answer: type[Answer]
) -> None:
    """Keys in the path make no endpoints of their own: however many there are, one count is kept."""
    for at in range(3):
        script.on(f"GET /rest/posts/urn%3Ali%3Ashare%3A{at}", answer(200, {}))
        linkedin.request("GET", f"/rest/posts/urn%3Ali%3Ashare%3A{at}")
    assert [(one.limit_key, one.used) for one in linkedin.rate_limits()] == [("GET /rest/posts", 3)]


@pytest.mark.parametrize(("tier", "limit"), [("development", 100), ("self_serve", 150)])
def test_a_known_allowance_is_kept(
    make: Callable[..., LinkedIn], script: Script, created: Callable[[str], Answer], tier: str, limit: int
) -> None:
    """With the app's tier the day's calls are known: the one beyond them does not leave."""
    script.on(CREATE, created(URN))
    network = make(tier=tier)
    assert network.estimate_cost(Post("a")).quotas[0].limit == limit
    for at in range(limit):
        network.publish(Post(f"Post {at}"))
    (window,) = network.rate_limits()
    assert (window.limit, window.remaining, window.used) == (limit, 0, limit)
    with pytest.raises(errors.RateLimited) as caught:
        network.publish(Post("One more"))
    assert caught.value.retry_after == 15 * 3600
    assert len(script.requests) == limit


@pytest.mark.parametrize("who", ["APPLICATION", "MEMBER"])
def test_after_a_day_is_used_up_nothing_is_sent_until_midnight(
    linkedin: LinkedIn,
    script: Script,
    answer: type[Answer],
    clock: TestClock,
    created: Callable[[str], Answer],
    who: str,
) -> None:
    """LinkedIn's own word is kept: the endpoint rests until midnight UTC, and the others go on."""
    text = f"Resource level throttle {who} DAY limit for calls to this resource is reached."
    script.on(CREATE, answer(429, _throttled(text)), created(URN))
    script.on("DELETE /rest/posts/urn%3Ali%3Ashare%3A7266012345678901248", answer(204))
    with pytest.raises(errors.QuotaExceeded):
        linkedin.publish(Post("One"))
    with pytest.raises(errors.RateLimited, match="nothing was sent"):
        linkedin.publish(Post("One"))
    linkedin.delete(URN)
    assert script.order.count(CREATE) == 1
    clock.set(MIDNIGHT)
    assert linkedin.publish(Post("One")).id == URN


def test_calls_under_way_are_kept_within_a_known_allowance(clock: TestClock) -> None:
    """The last call of the day goes to one of those who want it at once, before its answer is there."""
    pacing = Pacing(clock)
    for _ in range(99):
        pacing.learn(counted(pacing.windows, CREATE, "development", clock.now()))
    assert pacing.refuse_if_longer(CREATE, 60.0) == 0
    with pytest.raises(errors.RateLimited):
        pacing.refuse_if_longer(CREATE, 60.0)
    pacing.learn(counted(pacing.windows, CREATE, "development", clock.now()))
    assert [(one.used, one.remaining) for one in pacing.windows] == [(100, 0)]
    clock.set(MIDNIGHT)
    assert pacing.refuse_if_longer(CREATE, 60.0) == 0


def test_an_answer_that_comes_late_does_not_open_the_day_again() -> None:
    """After LinkedIn's word, the answer to a call that was under way is counted and changes nothing else."""
    shut = RateWindow(name="member per UTC day", limit_key=CREATE, remaining=0, resets_at=MIDNIGHT, used=7)
    late = counted((shut,), CREATE, None, MIDNIGHT - timedelta(hours=1))
    assert (late.used, late.remaining) == (8, 0)
    assert counted((late,), CREATE, None, MIDNIGHT).remaining is None


def test_a_throttle_of_a_minute_is_waited_for(
    linkedin: LinkedIn, script: Script, answer: type[Answer], clock: TestClock, created: Callable[[str], Answer]
) -> None:
    """A minute's throttle is waited for by the clock, and the post appears."""
    script.on(CREATE, answer(429, {"status": 429, "code": "TOO_MANY_REQUESTS", "message": ""}), created(URN))
    assert linkedin.publish(Post("One")).id == URN
    assert sum(clock.slept) == 60


def test_a_preview_counts_nothing(clock: TestClock) -> None:
    """What is not sent takes nothing from an allowance."""
    network = LinkedIn(author=PAGE, token="AQX-secret", clock=clock)
    assert network.preview(Post("One"))
    assert network.rate_limits() == ()


# ── a token that is seconds old ───────────────────────────────────────────────────────────────────────────────────────

REVOKED: JsonValue = {"status": 401, "serviceErrorCode": 65601, "code": "REVOKED_ACCESS_TOKEN", "message": "revoked"}


def _token(clock: TestClock, age: float) -> Token:
    return Token(access_token=SecretStr("AQX-fresh"), expires_at=clock.now() + timedelta(days=60, seconds=-age))


def test_a_fresh_token_that_is_not_known_yet_is_tried_once_more(
    make: Callable[..., LinkedIn],
    script: Script,
    answer: type[Answer],
    clock: TestClock,
    created: Callable[[str], Answer],
) -> None:
    """LinkedIn's servers learn of a new token within seconds: one pause, and the post is live once."""
    script.on(CREATE, answer(401, REVOKED), created(URN))
    assert make(token=_token(clock, 2)).publish(Post("One")).id == URN
    assert clock.slept == [5.0]


@pytest.mark.parametrize("token", ["old", "text"])
def test_another_refused_token_is_not_tried_again(
    make: Callable[..., LinkedIn], script: Script, answer: type[Answer], clock: TestClock, token: str
) -> None:
    """A token of which the age is not known, or is a minute and more, is revoked."""
    script.on(CREATE, answer(401, REVOKED))
    with pytest.raises(errors.TokenRevoked):
        make(token=_token(clock, 61) if token == "old" else "AQX-text").publish(Post("One"))
    assert len(script.requests) == 1


def test_a_fresh_token_is_forgiven_once(
    make: Callable[..., LinkedIn], script: Script, answer: type[Answer], clock: TestClock
) -> None:
    """A second refusal is believed, now and for the next call."""
    script.on(CREATE, answer(401, REVOKED))
    network = make(token=_token(clock, 2))
    for sent in (2, 3):
        with pytest.raises(errors.TokenRevoked):
            network.publish(Post("One"))
        assert len(script.requests) == sent


@pytest.mark.parametrize("refusals", [1, 9])
def test_an_outbox_plans_again_where_a_fresh_token_is_not_known_yet(
    clock: TestClock, tmp_path: Path, refusals: int
) -> None:
    """A refusal that passes by itself needs nobody's attention; one that stays does."""
    emulator = LinkedInEmulator(clock=clock)
    emulator.refuse("revoked_token", times=refusals)
    account = emulator.accounts[0]
    token = Token(access_token=SecretStr(account.token), expires_at=clock.now() + timedelta(days=60))
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox, emulator.client() as client:
        network = LinkedIn(author=account.id, token=token, http_client=client, clock=clock, outbox=outbox)
        network.schedule(Post("One"), clock.now() + timedelta(seconds=10))
        report = outbox.run(until=clock.now() + timedelta(minutes=10))
    assert (report.published, report.needs_attention) == ((1, 0) if refusals == 1 else (0, 1))
    assert len(emulator.requests) == 2


def test_a_fresh_token_of_the_emulators_is_waited_for(clock: TestClock) -> None:
    """Against a LinkedIn whose servers take a moment, the first publish after connecting works."""
    emulator = LinkedInEmulator(clock=clock)
    body = b'{"status":401,"serviceErrorCode":65601,"code":"REVOKED_ACCESS_TOKEN","message":"revoked"}'
    emulator.faults.add(Fault(FaultKind.REFUSED, status=401, body=body))
    account = emulator.accounts[0]
    token = Token(access_token=SecretStr(account.token), expires_at=clock.now() + timedelta(days=60))
    with emulator.client() as client:
        LinkedIn(author=account.id, token=token, http_client=client, clock=clock).publish(Post("One"))
    assert len(emulator.wall) == 1


# ── several at once ───────────────────────────────────────────────────────────────────────────────────────────────────


def _social(urn: str, likes: int = 5) -> JsonValue:
    return {
        "entity": urn,
        "commentSummary": {"count": 3, "topLevelCount": 2},
        "reactionSummaries": {"LIKE": {"reactionType": "LIKE", "count": likes}, "EMPATHY": {"count": 1}},
    }


def test_reactions_are_read_in_one_batch(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Keys come raw or encoded; a post that is missing costs itself alone."""
    results: JsonValue = {"urn%3Ali%3Ashare%3A1": _social(IDS[0]), "urn:li:ugcPost:2": _social(IDS[1], 7)}
    failed: JsonValue = {"urn:li:share:3": {"status": 404, "message": "Could not find entity"}}
    script.on(f"GET {SOCIAL}", answer(200, {"results": results, "statuses": {}, "errors": failed}))
    report = linkedin.fetch_metrics(IDS, names=["reactionSummaries", "commentSummary"])
    assert report[IDS[0]].values["reactionSummaries"].value == {"LIKE": 5, "EMPATHY": 1}
    assert (report[IDS[1]].likes, report[IDS[1]].comments) == (8, 3)
    assert isinstance(report.errors[IDS[2]], errors.NotFound)
    (sent,) = script.requests
    assert sent.headers["x-restli-method"] == "BATCH_GET"
    assert sent.url.query == b"ids=List(urn%3Ali%3Ashare%3A1,urn%3Ali%3AugcPost%3A2,urn%3Ali%3Ashare%3A3)"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (
            403,
            {"status": 403, "message": "Not enough permissions to access: partnerApiSocialMetadata.BATCH_GET.20260901"},
        ),
        (429, _throttled("Resource level throttle MEMBER DAY limit for calls to this resource is reached.")),
    ],
)
def test_where_no_batch_is_allowed_each_is_read_by_itself(
    linkedin: LinkedIn, script: Script, answer: type[Answer], status: int, body: JsonValue
) -> None:
    """The development tier allows none: that is found out once for each object, and remembered."""
    script.on(f"GET {SOCIAL}", answer(status, body))
    for urn in IDS:
        script.on(f"GET {SOCIAL}/{urn.replace(':', '%3A')}", answer(200, _social(urn)))
    for batches in (1, 1):
        report = linkedin.fetch_metrics(IDS, names=["reactionSummaries"])
        assert [one.likes for one in report] == [6, 6, 6]
        assert len(script.sent(f"GET {SOCIAL}")) == batches


def test_a_tier_without_batches_asks_for_none(
    make: Callable[..., LinkedIn], script: Script, answer: type[Answer]
) -> None:
    """Who says what the app may do saves the call that finds it out."""
    for urn in IDS:
        script.on(f"GET {SOCIAL}/{urn.replace(':', '%3A')}", answer(200, _social(urn)))
    assert len(list(make(tier="development").fetch_metrics(IDS, names=["reactionSummaries"]))) == 3
    assert len(script.requests) == 3


def test_a_scope_that_is_missing_says_nothing_about_batches(
    linkedin: LinkedIn, script: Script, answer: type[Answer]
) -> None:
    """Where one alone is refused as well, the scope is told, and the next time a batch is tried again."""
    refused = answer(403, {"status": 403, "message": "no"})
    script.on(f"GET {SOCIAL}", refused)
    script.on(f"GET {SOCIAL}/urn%3Ali%3Ashare%3A1", refused)
    for times in (1, 2):
        with pytest.raises(errors.PermissionDenied) as caught:
            linkedin.fetch_metrics(IDS, names=["commentSummary"])
        assert caught.value.missing == ("r_organization_social_feed",)
        assert len(script.sent(f"GET {SOCIAL}")) == times


@pytest.mark.parametrize(("ids", "requests"), [(1, 1), (50, 1), (51, 2)])
def test_batches_hold_fifty(linkedin: LinkedIn, script: Script, answer: type[Answer], ids: int, requests: int) -> None:
    """No request more than needed."""
    script.on(f"GET {SOCIAL}", answer(200, {"results": {}, "errors": {}}))
    script.on(f"GET {SOCIAL}/urn%3Ali%3Ashare%3A0", answer(200, _social("urn:li:share:0")))
    linkedin.fetch_metrics([f"urn:li:share:{at}" for at in range(ids)], names=["reactionSummaries"])
    assert len(script.requests) == requests


# ── scopes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("operation", SCOPES)
def test_each_operation_names_its_scopes(operation: str) -> None:
    """A page's scopes are those of organisations, and a member's those of members."""
    assert all("organization" in one for one in scopes_for(operation, is_page=True))
    assert all("member" in one for one in scopes_for(operation, is_page=False))
