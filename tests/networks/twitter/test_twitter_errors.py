"""Every refusal of Twitter, by its literal body, becomes the error that a caller can act on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from tests.networks.twitter.other_refusals import OTHERS
from tests.networks.twitter.refusals import E1, E4, EXAMPLES, OAUTH1, Case, legacy

from socialconnect.auth.tokens import Credential, Token
from socialconnect.clock import Clock
from socialconnect.errors import (
    ApiPaywalled,
    RateLimited,
    SocialConnectError,
)
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.errors import OAUTH1_RULES, RULES, read_refusal
from socialconnect.post import Post
from socialconnect.refusal import Rule, matching
from socialconnect.testing.clock import TestClock
from socialconnect.transport.engine import Transport
from socialconnect.transport.request import Response
from socialconnect.transport.retry import RetryPolicy

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

CASES = (*EXAMPLES, *OTHERS)


def refuse(case: Case, network: Twitter) -> SocialConnectError:
    """Send the case's request, and give the error that comes of it."""
    method, path = case.call
    with pytest.raises(SocialConnectError) as caught:
        network.request(method, path, json={"text": "Hi"} if method in ("POST", "PUT") else None)
    return caught.value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_refusal(case: Case, script: Script, clock: TestClock) -> None:
    """A refusal becomes its error, which says the network's words and code and what to do."""
    script.add(case.status, case.body, {"x-transaction-id": "a1b2c3", **case.headers})
    token = OAUTH1 if case.oauth1 else "USER_TOKEN"
    with Twitter(token=token, user_id="1", clock=clock, http_client=script.client()) as network:
        error = refuse(case, network)
    assert type(error) is case.error
    assert error.status == case.status
    assert error.code == case.code
    assert error.request_id == "a1b2c3"
    assert case.says in error.message
    if case.hint is None:
        assert error.hint is None
    else:
        assert case.hint in (error.hint or "")
    assert "USER_TOKEN" not in f"{error} {error.answer}"


def row(case: Case) -> Rule:
    """Give the row of the table that decides a case."""
    content = "" if case.body is None else case.body if isinstance(case.body, str) else json.dumps(case.body)
    response = Response(case.status, {}, content.encode())
    refusal = read_refusal(response, path=case.call[1], retry_after=None)
    return matching(refusal, OAUTH1_RULES if case.oauth1 else RULES)


def test_every_row_is_reached() -> None:
    """No row of the table is dead: each decides at least one of the cases above."""
    reached = [row(case) for case in CASES]
    assert [rule for rule in OAUTH1_RULES if not any(rule is one for one in reached)] == []


# ── what headers add ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795510860"}, 60.0),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795511100"}, 300.0),
        (
            {
                "x-rate-limit-remaining": "0",
                "x-rate-limit-reset": "1795510860",
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": "1795514400",
            },
            3600.0,
        ),
        ({"x-rate-limit-remaining": "5", "x-rate-limit-reset": "1795511100"}, 60.0),
        ({"retry-after": "7", "x-rate-limit-remaining": "5"}, 7.0),
        ({"retry-after": "soon", "x-rate-limit-remaining": "many"}, 60.0),
        ({}, 60.0),
    ],
)
def test_how_long_to_wait(script: Script, clock: TestClock, headers: dict[str, str], wait: float) -> None:
    """The wait is the answer's own, else until the last used-up limit begins anew, else a minute."""
    script.add(429, legacy(88, "Rate limit exceeded"), headers)
    retry = RetryPolicy(attempts=1)
    network = Twitter(token="T0KEN-", user_id="1", clock=clock, retry=retry, http_client=script.client())
    with network, pytest.raises(RateLimited) as caught:
        network.publish(Post("Hi"))
    assert caught.value.retry_after == wait
    assert len(script.requests) == 1


def test_a_short_wait_is_waited(script: Script, scripted: Twitter, clock: TestClock) -> None:
    """A refusal for speed did nothing, so even a post is sent again once the time is over."""
    script.add(429, legacy(88, "Rate limit exceeded"), {"retry-after": "30"})
    script.add(201, {"data": {"id": "1993000000000000101", "text": "Hi"}})
    assert scripted.publish(Post("Hi")).id == "1993000000000000101"
    assert clock.slept == [30.0]


def test_a_used_up_window_stops_the_next_call_before_the_wire(script: Script, scripted: Twitter) -> None:
    """What an answer told of the limits is kept: the next post is not sent into a refusal."""
    headers = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1795511700"}
    script.add(201, {"data": {"id": "1993000000000000101", "text": "Hi"}}, headers)
    scripted.publish(Post("Hi"))
    with pytest.raises(RateLimited) as caught:
        scripted.publish(Post("Hi again"))
    assert caught.value.retry_after == 900.0
    assert len(script.requests) == 1


def test_a_paywall_closes_the_door(script: Script, scripted: Twitter) -> None:
    """After a paywall answer the next call gets the same error at once."""
    script.add(403, E4)
    for _ in range(2):
        with pytest.raises(ApiPaywalled, match="attached to a Project"):
            scripted.publish(Post("Hi"))
    assert len(script.requests) == 1


def test_an_expired_token_is_renewed_once(script: Script, clock: TestClock) -> None:
    """A 401 for an OAuth 2.0 token renews it and repeats the call, even one that people would see."""

    class Renewing:
        def __init__(self) -> None:
            self.token = Token(access_token=SecretStr("OLD-TOKEN"))

        async def credential(self, transport: Transport, clock: Clock) -> Token:
            return self.token

        async def renew(self, transport: Transport, clock: Clock, rejected: Credential) -> Token:
            self.token = Token(access_token=SecretStr("NEW-TOKEN"))
            return self.token

    script.add(401, E1)
    script.add(201, {"data": {"id": "1993000000000000101", "text": "Hi"}})
    with Twitter(token=Renewing(), user_id="1", clock=clock, http_client=script.client()) as network:
        network.publish(Post("Hi"))
    sent = [request.headers["authorization"] for request in script.requests]
    assert sent == ["Bearer OLD-TOKEN", "Bearer NEW-TOKEN"]
