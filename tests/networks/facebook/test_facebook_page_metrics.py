"""The page's own numbers, those of videos and stories, names, breakdowns, and why an answer is empty."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from pydantic import JsonValue
from tests.networks.meta.graph_answers import BAD_METRIC, Answers, insight, item, refusal

from socialconnect.errors import PermissionDenied, RateLimited, ValidationError
from socialconnect.testing.clock import TestClock

NOW = TestClock().now()


def days(name: str, *numbers: int, period: str = "day", **parts: str) -> JsonValue:
    """Give a metric's numbers of several days."""
    values: list[JsonValue] = [
        {"value": number, "end_time": f"2026-11-{20 + index}T08:00:00+0000", **parts}
        for index, number in enumerate(numbers)
    ]
    return {"name": name, "period": period, "description": f"What {name} counts", "values": values}


def asked(path: str) -> dict[str, str]:
    """Give the parameters of a question in a batch."""
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_number_for_each_day() -> None:
    """Period, end and the network's own words stay with each number, oldest first."""
    answers = Answers([item(days("page_media_view", 5, 7), days("page_follows", 100, 101))])
    found = answers.facebook().fetch_account_metrics()
    assert [(one.value, one.until) for one in found.values["page_media_view"]] == [
        (5, datetime(2026, 11, 20, 8, tzinfo=UTC)),
        (7, datetime(2026, 11, 21, 8, tzinfo=UTC)),
    ]
    first = found.values["page_media_view"][0]
    assert (first.period, first.description) == ("day", "What page_media_view counts")
    assert "no number" in found.unavailable["page_views_total"].reason
    assert asked(answers.batch()[0])["period"] == "day"


def test_a_long_time_is_asked_for_in_pieces() -> None:
    """Ninety days are the most of one question: 200 days are three, in one batch, and no day is told twice."""
    since = NOW - timedelta(days=200)
    one = item(days("page_media_view", 5, 7))
    answers = Answers([one, one, one])
    found = answers.facebook().fetch_account_metrics(since=since, until=NOW, names=["page_media_view"])
    pieces = [asked(path) for path in answers.batch()]
    edges = [(int(piece["since"]), int(piece["until"])) for piece in pieces]
    assert (edges[0][0], edges[-1][1]) == (int(since.timestamp()), int(NOW.timestamp()))
    assert all(until - start <= 90 * 24 * 3600 for start, until in edges)
    assert [edges[0][1], edges[1][1]] == [edges[1][0], edges[2][0]]
    assert [one.value for one in found.values["page_media_view"]] == [5, 7]


def test_a_metric_that_the_page_does_not_have_costs_itself_alone_and_is_remembered() -> None:
    """It is found by asking for each name; the others have their numbers, and it is not asked for again."""

    def live(request: httpx.Request) -> httpx.Response:
        calls = json.loads(dict(parse_qsl(request.content.decode()))["batch"])
        told = [asked(call["relative_url"])["metric"].split(",") for call in calls]
        return httpx.Response(
            200,
            json=[
                refusal(BAD_METRIC) if "page_total_actions" in names else item(*(days(name, 7) for name in names))
                for names in told
            ],
        )

    answers = Answers(*[live] * 4)
    facebook = answers.facebook()
    for _ in range(2):
        found = facebook.fetch_account_metrics()
        assert [one.value for one in found.values["page_media_view"]] == [7]
        assert "refused" in found.unavailable["page_total_actions"].reason
    assert len(answers.sent) == 4
    assert "page_total_actions" not in answers.batch(3)[0]


def test_a_retired_name_is_not_asked_for() -> None:
    """The catalogue knows since when, and what to read instead."""
    answers = Answers([item(days("page_follows", 100))])
    found = answers.facebook().fetch_account_metrics(names=["page_follows", "page_fans"])
    assert asked(answers.batch()[0])["metric"] == "page_follows"
    assert found.unavailable["page_fans"].replacement == "page_follows"


def test_breakdowns_and_periods_are_questions_of_their_own() -> None:
    """A name may carry a breakdown and a period; the parts of a day are one value, by the dimension."""
    split = days("page_media_view", 5, is_from_ads="1")
    rest = days("page_media_view", 95, is_from_ads="0")
    answers = Answers([item(split, rest)], [item(days("page_post_engagements", 40, period="days_28"))])
    names = ["page_media_view?breakdown=is_from_ads", "page_post_engagements?period=days_28"]
    found = answers.facebook().fetch_account_metrics(names=names)
    (day,) = found.values[names[0]]
    assert (day.value, day.dimensions) == ({"1": 5, "0": 95}, ("is_from_ads",))
    assert [one.period for one in found.values[names[1]]] == ["days_28"]
    assert asked(answers.batch(0)[0])["breakdown"] == "is_from_ads"
    assert asked(answers.batch(1)[0])["period"] == "days_28"


@pytest.mark.parametrize("name", ["page_media_view?limit=5", "page_media_view?breakdown"])
def test_a_name_with_another_parameter_is_refused(name: str) -> None:
    """What cannot be asked for is told before anything is sent."""
    answers = Answers()
    with pytest.raises(ValidationError, match="breakdown and a period"):
        answers.facebook().fetch_account_metrics(names=[name])
    assert answers.sent == []


def test_a_page_whose_token_may_not_read_is_no_page_without_numbers() -> None:
    """The network answers with an empty list: a look at the permissions tells which of the two it is, once."""
    answers = Answers([item()], [item()], permissions={"pages_show_list": "granted", "read_insights": "declined"})
    facebook = answers.facebook()
    for _ in range(2):
        with pytest.raises(PermissionDenied) as caught:
            facebook.fetch_account_metrics()
        assert caught.value.missing == ("read_insights",)
    assert len(answers.asides) == 1
    found = Answers([item()], permissions={"read_insights": "granted"}).facebook().fetch_account_metrics()
    assert found.values == {}
    assert all("100 followers" in one.reason for one in found.unavailable.values())


def test_a_limit_is_told_as_such() -> None:
    """An error that is about no metric is the call's own."""
    limited: JsonValue = {"error": {"message": "There have been too many calls", "code": 80001}}
    with pytest.raises(RateLimited):
        Answers([refusal(limited)]).facebook().fetch_account_metrics()


# ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_answer_says_what_it_means() -> None:
    """With the permission there are no numbers yet; without it they are hidden; one look for many posts."""
    answers = Answers([item(), item()], permissions={"read_insights": "granted"})
    report = answers.facebook().fetch_metrics(["1000_1", "1000_2"])
    assert "once a day" in report["1000_1"].unavailable["post_clicks"].reason
    looks = [one for one in answers.asides if one.url.path.endswith("permissions")]
    assert len(looks) == 1
    answers = Answers([item()], permissions={})
    found = answers.facebook().fetch_metrics(["1000_1"])["1000_1"]
    assert "lacks the read_insights" in found.unavailable["post_clicks"].reason


def test_public_counters_where_the_insights_give_none() -> None:
    """Reactions, comments and shares are read from the post itself; a count that is absent is not 0."""
    counters: JsonValue = {
        "reactions": {"data": [], "summary": {"total_count": 9}},
        "comments": {"data": [], "summary": {"order": "ranked", "total_count": 2, "can_comment": True}},
        "id": "1000_1",
    }

    def live(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[{"code": 200, "body": json.dumps(counters)}])

    answers = Answers([item(insight("post_media_view", 7), insight("post_clicks", 3))])
    answers.aside = lambda request: live(request) if answers.sent else None  # type: ignore[method-assign]  # the script's own
    found = answers.facebook().fetch_metrics(["1000_1"])["1000_1"]
    assert (found.views, found.likes, found.comments, found.shares) == (7, 9, 2, None)
    assert found.values["reactions"].value == 9


def test_a_video_by_its_own_id() -> None:
    """A video's numbers are asked for at its own edge, and fill the same fields."""
    numbers = item(
        insight("total_video_views", 500),
        insight("total_video_views_unique", 400),
        insight("post_video_likes_by_reaction_type", {"REACTION_LIKE": 8, "REACTION_LOVE": 1}),
    )
    answers = Answers([numbers])
    found = answers.facebook().fetch_metrics(["4001"])["4001"]
    assert answers.batch()[0].startswith("4001/video_insights?metric=")
    assert (found.views, found.reach, found.likes) == (500, 400, 9)


def test_a_story_among_posts_is_asked_what_stories_answer() -> None:
    """A story refuses what a post is asked: by the page's list of stories it is known, and asked for its own."""
    listed: JsonValue = {"data": [{"post_id": "1000_6001", "media_id": "3001", "status": "PUBLISHED"}]}
    answers = Answers(
        [item(insight("post_media_view", 7)), refusal(BAD_METRIC)],
        listed,
        [item(insight("story_interaction", 4), insight("pages_fb_story_replies", 1))],
        stories=True,
    )
    report = answers.facebook().fetch_metrics(["1000_1", "1000_6001"])
    assert report["1000_1"].views == 7
    assert (report["1000_6001"].engagements, report["1000_6001"].comments) == (4, 1)


def test_names_in_place_of_the_usual() -> None:
    """Only what is named is asked for; a known name fills its field, and a breakdown's parts fill none."""
    split: JsonValue = {
        "name": "post_media_view",
        "period": "lifetime",
        "values": [{"value": 300, "is_from_ads": "0"}, {"value": 40, "is_from_ads": "1"}],
    }
    answers = Answers([item(insight("post_video_views", 9), insight("post_clicks", 3))], [item(split)])
    names = ["post_video_views", "post_clicks", "post_media_view?breakdown=is_from_ads"]
    found = answers.facebook().fetch_metrics(["1000_1"], names=names)["1000_1"]
    assert (found.clicks, found.views, found.values["post_video_views"].value) == (3, None, 9)
    assert found.values[names[2]].value == {"0": 300, "1": 40}
    assert (answers.batch(0), len(answers.asides)) == (
        ["1000_1/insights?metric=post_clicks,post_video_views"],
        0,
    )


def test_what_one_post_refuses_is_remembered_for_it_alone() -> None:
    """A second question leaves the refused name out for that post, and asks others for it as before."""

    def live(request: httpx.Request) -> httpx.Response:
        calls = [call["relative_url"] for call in json.loads(dict(parse_qsl(request.content.decode()))["batch"])]
        return httpx.Response(
            200,
            json=[
                refusal(BAD_METRIC)
                if "1000_1/" in call and "post_clicks" in call
                else item(*(insight(name, 7) for name in asked(call)["metric"].split(",")))
                for call in calls
            ],
        )

    answers = Answers(*[live] * 4)
    facebook = answers.facebook()
    for _ in range(2):
        report = facebook.fetch_metrics(["1000_1", "1000_2"])
        assert (report["1000_1"].clicks, report["1000_2"].clicks) == (None, 7)
        assert "refused" in report["1000_1"].unavailable["post_clicks"].reason
    assert ["post_clicks" in path for path in answers.batch(3)] == [False, True]
    assert len(answers.sent) == 4


def test_a_counter_takes_no_insights_place() -> None:
    """Where the insights have a number it stays; only what they lack is filled."""
    counters: JsonValue = {
        "shares": {"count": 4},
        "reactions": {"summary": {"total_count": 9}},
        "comments": {"summary": {"total_count": 2}},
    }
    answers = Answers([item(insight("post_reactions_by_type_total", {"like": 3}))])
    told = [{"code": 200, "body": json.dumps(counters)}]
    answers.aside = lambda request: httpx.Response(200, json=told) if answers.sent else None  # type: ignore[method-assign]  # the script's own
    found = answers.facebook().fetch_metrics(["1000_1"])["1000_1"]
    assert (found.likes, found.comments, found.shares) == (3, 2, 4)
    assert "reactions" not in found.values


def test_another_period_told_beside_is_left_out() -> None:
    """The same metric may come over another time too; only the one that was asked for counts."""
    whole = days("page_media_view", 9999, period="lifetime")
    answers = Answers([item(days("page_media_view", 5, 7), whole)])
    found = answers.facebook().fetch_account_metrics(names=["page_media_view"])
    assert [one.value for one in found.values["page_media_view"]] == [5, 7]


def test_a_refused_breakdown_says_nothing_about_the_metric() -> None:
    """The metric without it is asked for as before."""
    good = item(days("page_media_view", 5))
    answers = Answers([refusal(BAD_METRIC)], [refusal(BAD_METRIC)], [good])
    facebook = answers.facebook()
    split = "page_media_view?breakdown=is_from_ads"
    assert "refused" in facebook.fetch_account_metrics(names=[split]).unavailable[split].reason
    found = facebook.fetch_account_metrics(names=["page_media_view"])
    assert [one.value for one in found.values["page_media_view"]] == [5]


def test_what_a_single_post_refuses_is_asked_of_others() -> None:
    """One post alone proves nothing about the metric."""
    bad = refusal(BAD_METRIC)
    good = item(insight("post_clicks", 3), insight("post_media_view", 7))
    answers = Answers([bad], [good, bad], [item(insight("post_clicks", 3))], [good])
    facebook = answers.facebook()
    names = ["post_clicks", "post_media_view"]
    assert facebook.fetch_metrics(["1000_1"], names=names)["1000_1"].clicks == 3
    assert facebook.fetch_metrics(["1000_2"], names=names)["1000_2"].views == 7
