"""Metrics of an account's posts, of each kind of product, in batches and one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import ClassVar, Literal
from urllib.parse import parse_qsl

import httpx
import pytest
from pydantic import JsonValue
from tests.networks.meta.graph_answers import Answers, insight, item, refusal

from socialconnect.errors import NotFound, RateLimited, TokenRevoked
from socialconnect.lifecycle import Catalogue, Lifecycle
from socialconnect.lifecycle.catalogue import ApiVersion, MetricLife
from socialconnect.networks.instagram import Instagram
from socialconnect.testing.clock import TestClock

FEED = "views,reach,shares,total_interactions,likes,comments,saved"
STORY = "views,reach,shares,total_interactions,replies"
REFUSED = "(#100) The Media Insights API does not support the {} metric for this media product type."
GONE: JsonValue = {
    "error": {
        "message": "Unsupported get request. Object with ID '9' does not exist",
        "type": "GraphMethodException",
        "code": 100,
        "error_subcode": 33,
        "fbtrace_id": "A5",
    }
}


def account(
    answers: Answers, login: Literal["facebook", "instagram"] = "facebook", lifecycle: Lifecycle | None = None
) -> Instagram:
    return Instagram(
        user_id="17841400000000001",
        token="TOKEN",
        login=login,
        api_version="v26.0",
        http_client=answers.client(),
        clock=TestClock(),
        lifecycle=lifecycle or Lifecycle(),
    )


class Kinds:
    """Instagram with a post of each kind: `1` a feed post, `2` a reel, `3` a story; `refused` is refused by all."""

    kinds: ClassVar[Mapping[str, str]] = {"1": "FEED", "2": "REELS", "3": "STORY"}

    def __init__(self, refused: str = "") -> None:
        self.refused = refused

    def item(self, address: str) -> JsonValue:
        path, _, query = address.partition("?")
        post = path.partition("/")[0]
        asked = dict(parse_qsl(query))
        kind = self.kinds.get(post)
        if kind is None:
            return refusal(GONE)
        if "metric" not in asked:
            return {"code": 200, "body": json.dumps({"id": post, "media_product_type": kind})}
        names = asked["metric"].split(",")
        valid = set((STORY if kind == "STORY" else FEED).split(",")) - {self.refused}
        wrong = next((name for name in names if name not in valid), None)
        if wrong is not None:
            return refusal({"error": {"message": REFUSED.format(wrong), "type": "IGApiException", "code": 100}})
        return item(*(insight(name, 10 * int(post) + at) for at, name in enumerate(names)))

    def batch(self, request: httpx.Request) -> httpx.Response:
        form = dict(parse_qsl(request.content.decode()))
        return httpx.Response(200, json=[self.item(call["relative_url"]) for call in json.loads(form["batch"])])

    def alone(self, request: httpx.Request) -> httpx.Response:
        found = self.item(request.url.raw_path.decode().removeprefix("/v26.0/"))
        assert isinstance(found, dict)
        assert isinstance(found["body"], str)
        return httpx.Response(200 if found["code"] == 200 else 400, json=json.loads(found["body"]))


def test_feed_and_reels_take_one_request() -> None:
    """What feed posts and reels have in common is asked at once, without asking for their kind."""
    answers = Answers(Kinds().batch)
    report = account(answers).fetch_metrics(["1", "2"])
    assert answers.batch() == [f"1/insights?metric={FEED}", f"2/insights?metric={FEED}"]
    assert str(answers.sent[0].url) == "https://graph.facebook.com/v26.0/"
    told = report["1"]
    assert (told.views, told.reach, told.shares, told.engagements) == (10, 11, 12, 13)
    assert (told.likes, told.comments, told.saves, told.clicks) == (14, 15, 16, None)
    assert (told.values["saved"].value, told.unavailable) == (16, {})
    assert report["2"].views == 20


@pytest.mark.parametrize("login", ["facebook", "instagram"])
def test_a_story_is_asked_what_stories_answer(login: Literal["facebook", "instagram"]) -> None:
    """A story refuses the common question: its kind is read, and it is asked its own; the others keep their numbers."""
    kinds = Kinds()
    answers = Answers(*[kinds.batch if login == "facebook" else kinds.alone] * 8)
    report = account(answers, login).fetch_metrics(["1", "3", "2"])
    assert report.errors == {}
    assert [found.views for found in report] == [10, 30, 20]
    story = report["3"]
    assert (story.comments, story.likes, story.saves) == (34, None, None)
    assert story.unavailable == {}
    if login == "facebook":
        assert [answers.batch(at) for at in (1, 2)] == [
            ["3?fields=media_product_type"],
            [f"3/insights?metric={STORY}"],
        ]
    assert len(answers.sent) == (3 if login == "facebook" else 5)


def test_by_instagram_login_each_post_by_itself() -> None:
    """That host is not known to take batches: each post has a request, a missing one costs no other."""
    answers = Answers(*[Kinds().alone] * 3)
    report = account(answers, "instagram").fetch_metrics(["1", "9", "2"])
    assert [(request.method, request.url.host, request.url.path) for request in answers.sent] == [
        ("GET", "graph.instagram.com", f"/v26.0/{post}/insights") for post in ("1", "9", "2")
    ]
    assert {request.url.params["metric"] for request in answers.sent} == {FEED}
    assert [found.views for found in report] == [10, 20]
    assert isinstance(report.errors["9"], NotFound)


@pytest.mark.parametrize("login", ["facebook", "instagram"])
def test_a_refused_metric_costs_itself_alone(login: Literal["facebook", "instagram"]) -> None:
    """A name that Instagram no longer takes is found and left out: all other numbers come, and it says why not."""
    kinds = Kinds(refused="saved")
    answers = Answers(*[kinds.batch if login == "facebook" else kinds.alone] * 30)
    report = account(answers, login).fetch_metrics(["1", "2"])
    assert report.errors == {}
    for found in report:
        assert found.saves is None
        assert "does not support the saved metric" in found.unavailable["saved"].reason
        assert list(found.unavailable) == ["saved"]
    assert [found.views for found in report] == [10, 20]
    assert [found.likes for found in report] == [14, 24]


def test_a_refused_metric_is_not_asked_for_again() -> None:
    """Of more posts than one batch takes, the second batch no longer asks for what the first found refused."""

    class Many(Kinds):
        kinds: ClassVar[Mapping[str, str]] = {str(number): "FEED" for number in range(1, 61)}

    answers = Answers(*[Many(refused="saved").batch] * 5)
    report = account(answers).fetch_metrics(list(Many.kinds))
    assert report.errors == {}
    assert len(report) == 60
    assert [len(answers.batch(at)) for at in range(5)] == [50, 50, 7, 50, 10]
    assert not any("saved" in call for call in answers.batch(4))


def test_a_kind_that_nobody_foresaw() -> None:
    """A product type that is not known is asked for the metrics that it does not refuse."""

    class Unknown(Kinds):
        kinds: ClassVar[Mapping[str, str]] = {"1": "HOLOGRAM"}

        def item(self, address: str) -> JsonValue:
            for name in ("likes", "comments", "saved"):
                if name in address:
                    return refusal({"error": {"message": REFUSED.format(name), "code": 100}})
            return super().item(address)

    report = account(Answers(*[Unknown().batch] * 8)).fetch_metrics(["1"])
    assert (report["1"].views, report["1"].engagements, report["1"].likes) == (10, 13, None)
    assert set(report["1"].unavailable) == {"likes", "comments", "saved"}


@pytest.mark.parametrize("login", ["facebook", "instagram"])
def test_a_kind_that_cannot_be_read(login: Literal["facebook", "instagram"]) -> None:
    """Where a story's kind is not told, it is asked for the metrics that it does not refuse."""

    class Secret(Kinds):
        def item(self, address: str) -> JsonValue:
            return super().item(address) if "metric=" in address else refusal(GONE)

    kinds = Secret()
    answers = Answers(*[kinds.batch if login == "facebook" else kinds.alone] * 20)
    report = account(answers, login).fetch_metrics(["1", "3"])
    assert report.errors == {}
    assert (report["1"].views, report["1"].likes, report["1"].unavailable) == (10, 14, {})
    assert (report["3"].views, report["3"].likes) == (30, None)
    assert set(report["3"].unavailable) == {"likes", "comments", "saved"}


def test_an_empty_answer_is_never_zero() -> None:
    """Instagram gives an empty list for what it has no numbers of: every metric says why."""
    told = account(Answers([item()])).fetch_metrics(["1"])["1"]
    assert (told.views, told.likes, told.saves) == (None, None, None)
    assert set(told.unavailable) == set(FEED.split(","))
    assert all("48 hours" in one.reason for one in told.unavailable.values())


def test_a_zero_is_a_zero() -> None:
    """A number that Instagram gives as 0 is 0, and one that it leaves out is not."""
    told = account(Answers([item(insight("views", 0), insight("likes", 3))])).fetch_metrics(["1"])["1"]
    assert (told.views, told.likes, told.comments) == (0, 3, None)
    assert "no number" in told.unavailable["comments"].reason


def test_too_few_viewers_is_no_error() -> None:
    """A story that fewer than five people saw has no numbers, and says so in Instagram's words."""
    few: JsonValue = {
        "error": {
            "message": "(#10) Not enough viewers for the media to show insights",
            "type": "OAuthException",
            "code": 10,
        }
    }
    told = account(Answers([refusal(few)])).fetch_metrics(["3"])["3"]
    assert told.views is None
    assert "Not enough viewers" in told.unavailable["views"].reason


def test_a_metric_that_the_catalogue_knows_as_dead_is_not_asked_for() -> None:
    """On the day of its end a metric is left out, with since when, by which source and what to read instead."""
    source = "https://developers.facebook.com/docs/instagram-platform/changelog"
    row = MetricLife(
        names=("saved",), level="media_feed", ends=date(2026, 11, 24), replacement="bookmarks", source=source
    )
    version = ApiVersion(api="graph", version="v26.0", released=date(2026, 7, 29), source=source)
    catalogue = Catalogue(network="instagram", verified_on=date(2026, 11, 24), versions=(version,), metrics=(row,))
    answers = Answers(Kinds(refused="saved").batch)
    told = account(answers, lifecycle=Lifecycle(catalogues=[catalogue])).fetch_metrics(["1"])["1"]
    assert (told.views, told.saves) == (10, None)
    assert told.unavailable["saved"].replacement == "bookmarks"
    assert "2026-11-24" in told.unavailable["saved"].reason
    assert len(answers.sent) == 1


@pytest.mark.parametrize("batched", [True, False], ids=["facebook", "instagram"])
def test_what_concerns_the_account_is_raised(batched: bool) -> None:
    """A refused token is no property of one post: it is raised, after one request."""
    told = {"error": {"message": "Error validating access token", "code": 190, "error_subcode": 460}}
    answers = Answers(httpx.Response(400, json=told))
    with pytest.raises(TokenRevoked):
        account(answers, "facebook" if batched else "instagram").fetch_metrics(["1", "2"])
    assert answers.left == []


def test_a_limit_in_the_middle_keeps_what_was_read() -> None:
    """Where posts are asked one by one and a limit is met, the rest has its error, without knocking again."""
    usage = (
        '{"17841400000000001":[{"type":"instagram","call_count":100,"total_cputime":1,"total_time":1,'
        '"estimated_time_to_regain_access":19}]}'
    )
    told = {"error": {"message": "(#80002) There have been too many calls", "code": 80002}}
    limit: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(  # noqa: E731  # one answer
        400, json=told, headers={"x-business-use-case-usage": usage}
    )
    answers = Answers(Kinds().alone, limit)
    report = account(answers, "instagram").fetch_metrics(["1", "2", "3"])
    assert report["1"].views == 10
    assert set(report.errors) == {"2", "3"}
    for error in report.errors.values():
        assert isinstance(error, RateLimited)
        assert error.retry_after == 19 * 60
    assert len(answers.sent) == 2
