"""The account's publishes: read before anything is made, told in estimates and limits, and no hindrance if unknown."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from pydantic import JsonValue
from tests.networks.instagram.scripted import ACCOUNT, CONTAINER, MEDIA, Script, status
from tests.networks.meta.graph_answers import Answers

from socialconnect import Progress
from socialconnect.errors import ConfigurationError, MediaNotReady, PermissionDenied, QuotaExceeded, TokenRevoked
from socialconnect.media import Image
from socialconnect.networks.instagram import Instagram
from socialconnect.networks.instagram.oauth import FACEBOOK_LOGIN_SCOPES, InstagramLogin, scopes_for
from socialconnect.post import Post

ONE = Post("Hi", media=[Image("https://cdn.example.com/1.jpg")])
DONE: tuple[JsonValue, ...] = ({"id": CONTAINER}, status("FINISHED"), {"id": MEDIA})


def test_it_is_read_once_before_the_first_container() -> None:
    """One question, before anything is made; what it says is kept among the limits and in an estimate."""
    script = Script(*DONE)
    account = script.account()
    (before, _) = account.estimate_cost(ONE).quotas
    assert (before.limit, before.remaining) == (50, None)
    assert "50 and 100" in account.estimate_cost(ONE).notes[0]
    script.used, script.total = 7, 100
    account.publish(ONE)
    (asked,) = script.quota_asked
    assert asked.url.path == f"/v26.0/{ACCOUNT}/content_publishing_limit"
    assert dict(asked.url.params) == {"fields": "config,quota_usage"}
    (after, _) = account.estimate_cost(ONE).quotas
    assert (after.limit, after.remaining, account.estimate_cost(ONE).notes) == (100, 93, ())
    (window,) = account.rate_limits()
    assert (window.name, window.limit, window.remaining) == ("publishes in 24 hours", 100, 93)


def test_spent_it_stops_the_publish_and_nothing_else() -> None:
    """With nothing left no container is made; reading goes on, and so does publishing when there is room again."""
    script = Script({"data": []}, *DONE)
    account = script.account()
    script.used, script.total = 50, 50
    with pytest.raises(QuotaExceeded, match="50 of its 50") as caught:
        account.publish(ONE)
    assert (script.sent, caught.value.retryable) == ([], False)
    assert account.posts() == []
    script.used = 49
    assert account.publish(ONE).id == MEDIA


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json={"error": {"message": "down", "code": 2}}),
        httpx.Response(400, json={"error": {"message": "(#10) no", "code": 10}}),
        httpx.Response(400, json={"error": {"message": "(#100) no such edge", "code": 100}}),
        httpx.Response(200, json={"data": []}),
        httpx.Response(200, json={"data": [{"quota_usage": 3}]}),
        httpx.Response(502, text="<html>"),
    ],
)
def test_unread_it_stops_nothing(answer: httpx.Response) -> None:
    """What cannot be read is asked for once, and Instagram decides; the smaller documented number stays the plan."""
    script = Script(*DONE)
    script.quota = answer
    account = script.account()
    assert account.publish(ONE).id == MEDIA
    assert len(script.quota_asked) == 1
    assert account.estimate_cost(ONE).quotas[0].limit == 50


def test_a_dead_token_is_told_at_once() -> None:
    """A token that is refused here is refused everywhere: nothing more is sent."""
    script = Script()
    script.quota = httpx.Response(400, json={"error": {"message": "gone", "code": 190, "error_subcode": 460}})
    with pytest.raises(TokenRevoked):
        script.account().publish(ONE)
    assert script.sent == []


def test_an_attempt_that_goes_on_does_not_ask_again() -> None:
    """What is made already is published with it: only what makes something new asks first."""
    script = Script({"id": CONTAINER}, *[status("IN_PROGRESS")] * 9, status("FINISHED"), {"id": MEDIA})
    account, progress = script.account(), Progress()
    with pytest.raises(MediaNotReady):
        account.publish(ONE, progress=progress)
    account.publish(ONE, progress=progress)
    assert len(script.quota_asked) == 1


# ── permissions ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("login", "scopes"),
    [
        (
            "facebook",
            ("instagram_content_publish", "instagram_manage_contents", "instagram_manage_insights", "instagram_basic"),
        ),
        (
            "instagram",
            (
                "instagram_business_content_publish",
                None,
                "instagram_business_manage_insights",
                "instagram_business_basic",
            ),
        ),
    ],
)
def test_a_missing_permission_is_named(login: str, scopes: tuple[str | None, ...]) -> None:
    """Each refused call says which permission it needs, by the login's own name for it."""
    refused = httpx.Response(403, json={"error": {"message": "(#200) no", "code": 200}})
    account = Script(*[refused] * 4).account(login=login)
    calls: tuple[Callable[[], object], ...] = (
        lambda: account.publish(ONE),
        lambda: account.delete("1"),
        lambda: account.fetch_account_metrics(),
        lambda: account.posts(),
    )
    for call, scope in zip(calls, scopes, strict=True):
        if scope is None:
            continue
        with pytest.raises(PermissionDenied) as caught:
            call()
        assert scope in caught.value.missing
        assert scope in (caught.value.hint or "")


def test_a_missing_role_is_no_missing_permission() -> None:
    """190/492 speaks of the page's role: no permission is named."""
    told = {"error": {"message": "no role", "code": 190, "error_subcode": 492}}
    account = Instagram(user_id=ACCOUNT, token="EAAUSER", http_client=Answers(httpx.Response(400, json=told)).client())
    with pytest.raises(PermissionDenied) as caught:
        account.posts()
    assert caught.value.missing == ()


def test_scopes_by_ability() -> None:
    """What is asked for follows from what the account is to do; reading is always among it."""
    assert scopes_for("facebook", "publish", "metrics") == FACEBOOK_LOGIN_SCOPES
    assert {"instagram_manage_contents", "instagram_basic"} <= set(scopes_for("facebook", "delete"))
    assert scopes_for("instagram", "comments") == ("instagram_business_basic", "instagram_business_manage_comments")
    assert InstagramLogin.default_scopes == scopes_for("instagram", "publish", "metrics")
    with pytest.raises(ConfigurationError, match="delete"):
        scopes_for("instagram", "delete")
    with pytest.raises(ConfigurationError, match="facebook, instagram"):
        scopes_for("meta")
