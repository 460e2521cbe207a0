"""Metrics of a page's posts, in batches."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import parse_qsl

import httpx
import pytest
from pydantic import JsonValue
from tests.networks.meta.graph_answers import BAD_METRIC, Answers, insight, item, refusal

from socialconnect.errors import (
    ApiRetired,
    NotFound,
    ProtocolError,
    UnavailableError,
)
from socialconnect.lifecycle import Catalogue, Lifecycle
from socialconnect.lifecycle.catalogue import ApiVersion, MetricLife

SOURCE = "https://developers.facebook.com/docs/pages-api/changelog/"


def with_metrics(*rows: MetricLife) -> Lifecycle:
    version = ApiVersion(api="graph", version="v26.0", released=date(2026, 7, 29), source=SOURCE)
    catalogue = Catalogue(network="facebook", verified_on=date(2026, 11, 24), versions=(version,), metrics=rows)
    return Lifecycle(catalogues=[catalogue])


def test_metrics_of_a_post() -> None:
    """Each number stands in its field and under the network's name; reactions of all kinds are the likes."""
    answers = Answers(
        [
            item(
                insight("post_media_view", 0, period="day"),
                insight("post_media_view", 340),
                insight("post_media_view", 0, period="day"),
                insight("post_total_media_view_unique", 210),
                insight("post_reactions_by_type_total", {"like": 8, "love": 1}),
                insight("post_activity_by_action_type", {"like": 9, "comment": 2}),
            )
        ]
    )
    report = answers.facebook().fetch_metrics(["1000_2001"])
    found = report["1000_2001"]
    assert (found.views, found.reach, found.likes, found.comments) == (340, 210, 9, 2)
    assert found.values["post_reactions_by_type_total"].value == {"like": 8, "love": 1}
    assert found.shares is None
    assert found.clicks is None
    assert "no number" in found.unavailable["post_clicks"].reason
    assert answers.sent[0].url.path == "/v26.0/"
    assert answers.batch() == [
        "1000_2001/insights?metric=post_media_view,post_total_media_view_unique,post_clicks,"
        "post_reactions_by_type_total,post_activity_by_action_type"
    ]


def test_an_empty_list_is_a_missing_permission_and_never_zero() -> None:
    """Without `read_insights` the network answers 200 with nothing: every metric says so."""
    found = Answers([item()]).facebook().fetch_metrics(["1000_2001"])["1000_2001"]
    assert (found.views, found.likes) == (None, None)
    assert len(found.unavailable) == 5
    assert all("read_insights" in one.reason for one in found.unavailable.values())


def test_fifty_posts_with_each_request() -> None:
    """120 posts take three requests, no more."""
    answers = Answers(*[lambda request: httpx.Response(200, json=_numbers(request))] * 3)
    report = answers.facebook().fetch_metrics([f"1000_{number}" for number in range(120)])
    assert [found.views for found in report] == [7] * 120
    assert [len(answers.batch(index)) for index in range(3)] == [50, 50, 20]


def _numbers(request: httpx.Request) -> JsonValue:
    form = dict(parse_qsl(request.content.decode()))
    return [item(insight("post_media_view", 7)) for _ in json.loads(form["batch"])]


def test_a_refused_metric_costs_itself_alone() -> None:
    """Each name is tried by itself, the refused one left out, and later posts are not asked for it again."""

    def live(request: httpx.Request) -> httpx.Response:
        form = dict(parse_qsl(request.content.decode()))
        calls = [call["relative_url"] for call in json.loads(form["batch"])]
        return httpx.Response(
            200,
            json=[
                refusal(BAD_METRIC)
                if "post_clicks" in call
                else item(*(insight(name, 7) for name in call.partition("metric=")[2].split(",")))
                for call in calls
            ],
        )

    answers = Answers(*[live] * 4)
    report = answers.facebook().fetch_metrics([f"1000_{number}" for number in range(51)])
    assert report.errors == {}
    assert {found.views for found in report} == {7}
    assert {found.clicks for found in report} == {None}
    assert all("valid insights metric" in found.unavailable["post_clicks"].reason for found in report)
    assert [len(answers.batch(index)) for index in range(4)] == [50, 5, 50, 1]
    assert "post_clicks" not in answers.batch(3)[0]


def test_a_post_that_refuses_every_metric_does_not_spoil_the_others() -> None:
    """Where each name by itself is refused it is the post: it has its error, the others their numbers."""
    good = item(insight("post_media_view", 7))
    answers = Answers([good, refusal(BAD_METRIC)], [refusal(BAD_METRIC)] * 5)
    report = answers.facebook().fetch_metrics(["1000_1", "1000_2"])
    assert report["1000_1"].views == 7
    assert list(report.errors) == ["1000_2"]


def test_a_metric_that_the_catalogue_calls_dead_is_not_asked_for() -> None:
    """On the day of its end a metric is left out, and says since when, by which source and what replaces it."""
    row = MetricLife(
        names=("post_clicks*",), level="post", ends=date(2026, 11, 24), replacement="post_media_view", source=SOURCE
    )
    answers = Answers([item(insight("post_media_view", 7))])
    found = answers.facebook(lifecycle=with_metrics(row)).fetch_metrics(["1000_1"])["1000_1"]
    assert "post_clicks" not in answers.batch()[0]
    assert found.unavailable["post_clicks"].replacement == "post_media_view"
    assert "2026-11-24" in found.unavailable["post_clicks"].reason


def test_a_retired_metric_in_a_raw_request_is_told_as_retired() -> None:
    """The network says only "not valid"; the catalogue knows that it ended, and what to read instead."""
    row = MetricLife(
        names=("post_impressions*",),
        level="post",
        ends=date(2025, 11, 15),
        replacement="post_media_view",
        source=SOURCE,
    )
    answers = Answers(httpx.Response(400, json=BAD_METRIC))
    facebook = answers.facebook(lifecycle=with_metrics(row))
    with pytest.raises(ApiRetired) as caught:
        facebook.request("GET", "/v26.0/1000_1/insights", query={"metric": "post_impressions_paid,post_clicks"})
    assert caught.value.source == SOURCE
    assert "2025-11-15" in caught.value.message


def test_one_post_that_is_gone_is_an_error_of_its_own() -> None:
    """One post's error does not touch the others."""
    gone: JsonValue = {
        "error": {"message": "Unsupported get request.", "code": 100, "error_subcode": 33, "fbtrace_id": "T"}
    }
    report = (
        Answers([item(insight("post_media_view", 7)), refusal(gone)]).facebook().fetch_metrics(["1000_1", "1000_9"])
    )
    assert report["1000_1"].views == 7
    with pytest.raises(NotFound) as caught:
        _ = report["1000_9"]
    assert (caught.value.operation, caught.value.code) == ("fetch_metrics", "100.33")


def test_what_ran_out_of_time_is_asked_once_more() -> None:
    """`null` in a batch is an item that ran out of time: it is asked again, and then told as unavailable."""
    good = item(insight("post_media_view", 7))
    answers = Answers([good, None, None], [good, None])
    report = answers.facebook().fetch_metrics(["1000_1", "1000_2", "1000_3"])
    assert [found.views for found in report] == [7, 7]
    assert isinstance(report.errors["1000_3"], UnavailableError)
    assert len(answers.batch(1)) == 2


def test_a_batch_answer_of_another_length_is_not_understood() -> None:
    """Numbers are never given to the wrong post."""
    with pytest.raises(ProtocolError):
        Answers([item()]).facebook().fetch_metrics(["1000_1", "1000_2"])
