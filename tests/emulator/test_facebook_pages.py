"""Comments, Pages, insights and budgets on Facebook's emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.graph import graph_fault, usage_header
from socialconnect.testing.samples import sample_image

GRAPH = "https://graph.facebook.com/v26.0"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def facebook(clock: TestClock) -> FacebookEmulator:
    return FacebookEmulator(clock=clock)


@pytest.fixture
def client(facebook: FacebookEmulator) -> Iterator[httpx.Client]:
    with facebook.client() as made:
        made.base_url = GRAPH
        made.headers["Authorization"] = "Bearer EAAPAGE"
        yield made


@pytest.fixture
def post(client: httpx.Client) -> str:
    """Give the id of a live post."""
    id_: str = client.post("/1000/feed", json={"message": "Hello"}).json()["id"]
    return id_


def codes(answer: httpx.Response) -> tuple[int, int, int | None]:
    """Give status, code and subcode of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("error_subcode")


# ── comments ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_comment_and_an_answer(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock, post: str) -> None:
    """Each is seen below what it is about, and read back in order."""
    clock.advance(60)
    made = client.post(f"/{post}/comments", data={"message": "First"}).json()
    assert made == {"id": "2001_7001"}
    clock.advance(60)
    reply = client.post("/2001_7001/comments", data={"message": "Reply"}).json()["id"]
    assert [(one.text, one.parent) for one in facebook.wall] == [
        ("Hello", None),
        ("First", post),
        ("Reply", "2001_7001"),
    ]
    (listed,) = client.get(f"/{post}/comments").json()["data"]
    assert listed == {
        "created_time": "2026-11-24T09:01:00+0000",
        "from": {"name": "Example Page", "id": "1000"},
        "message": "First",
        "id": "2001_7001",
    }
    stream = client.get(f"/{post}/comments?filter=stream&order=reverse_chronological&fields=message,parent").json()
    assert stream["data"] == [
        {"message": "Reply", "parent": {"id": "2001_7001", "message": "First"}, "id": reply},
        {"message": "First", "id": "2001_7001"},
    ]
    assert client.get("/2001_7001?fields=comment_count").json()["comment_count"] == 1


def test_comments_count(client: httpx.Client, post: str) -> None:
    """A post's summary counts visitors' comments and those that were made by calls."""
    client.post(f"/{post}/comments", data={"message": "First"})
    told = client.get(f"/{post}?fields=comments.summary(true).limit(1){{message}}").json()["comments"]
    assert told["summary"]["total_count"] == 3
    assert [one["message"] for one in told["data"]] == ["First"]
    assert client.get(f"/{post}/comments?summary=true").json()["summary"]["total_count"] == 3


def test_pages_of_comments(client: httpx.Client, clock: TestClock, post: str) -> None:
    """The first comment comes first, and the cursors lead through all of them."""
    for number in range(3):
        client.post(f"/{post}/comments", data={"message": str(number)})
        clock.advance(1)
    first = client.get(f"/{post}/comments?limit=2").json()
    second = client.get(first["paging"]["next"]).json()
    assert [one["message"] for page in (first, second) for one in page["data"]] == ["0", "1", "2"]


@pytest.mark.parametrize("kind", ["photo", "video"])
def test_what_a_post_shows_takes_comments(
    facebook: FacebookEmulator, client: httpx.Client, clock: TestClock, kind: str
) -> None:
    """A comment on a photo or a reel is one on its post."""
    if kind == "photo":
        shown = client.post("/1000/photos", json={"url": "https://cdn.example.com/1.jpg"}).json()["id"]
    else:
        shown = client.post("/1000/videos", json={"file_url": "https://cdn.example.com/1.mp4"}).json()["id"]
        clock.advance(2)
    assert client.post(f"/{shown}/comments", data={"message": "First"}).status_code == 200
    assert facebook.comments[0].parent == facebook.posts[0].id
    assert len(client.get(f"/{shown}/comments").json()["data"]) == 1


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        ({}, (400, 100, None)),
        ({"message": "a" * 8001}, (400, 100, None)),
        ({"attachment_url": "nonsense"}, (400, 100, None)),
        ({"attachment_id": "9"}, (400, 100, None)),
        ({"message": "a", "colour": "red"}, (400, 100, None)),
    ],
)
def test_a_comment_is_refused(
    facebook: FacebookEmulator,
    client: httpx.Client,
    post: str,
    form: dict[str, str],
    refusal: tuple[int, int, int | None],
) -> None:
    """Nothing to say, too much, and attachments that are none."""
    assert codes(client.post(f"/{post}/comments", data=form)) == refusal
    assert facebook.comments == ()


def test_a_comment_needs_its_permission_and_a_post_that_is_seen(
    facebook: FacebookEmulator, client: httpx.Client, post: str
) -> None:
    """pages_manage_engagement, the task MODERATE, and a live post."""
    assert codes(client.post("/1000/comments", data={"message": "a"})) == (400, 100, 33)
    dark = client.post("/1000/feed", json={"message": "Dark", "published": False}).json()["id"]
    assert codes(client.post(f"/{dark}/comments", data={"message": "a"})) == (400, 100, 33)
    facebook.tokens["EAAPAGE"].tasks.discard("MODERATE")
    assert codes(client.post(f"/{post}/comments", data={"message": "a"})) == (400, 1, 2853006)
    facebook.tokens["EAAPAGE"].permissions.discard("pages_manage_engagement")
    answer = client.post(f"/{post}/comments", data={"message": "a"})
    assert codes(answer) == (403, 200, None)
    assert "pages_manage_engagement" in answer.json()["error"]["message"]


def test_a_comment_is_changed_hidden_and_deleted(facebook: FacebookEmulator, client: httpx.Client, post: str) -> None:
    """A changed one reads anew, a hidden one is unseen, and a deleted one is gone with the answers to it."""
    made = client.post(f"/{post}/comments", data={"message": "Frist"}).json()["id"]
    client.post(f"/{made}/comments", data={"message": "Reply"})
    assert client.post(f"/{made}", data={"message": "First"}).json() == {"success": True}
    assert client.get(f"/{made}").json()["message"] == "First"
    client.post(f"/{made}", data={"is_hidden": "true"})
    assert [one.text for one in facebook.wall] == ["Hello", "Reply"]
    assert client.delete(f"/{made}").json() == {"success": True}
    assert codes(client.get(f"/{made}")) == (400, 100, 33)
    assert facebook.comments == ()


def test_a_new_comment_lags_behind_in_reads(clock: TestClock) -> None:
    """It is seen at once and read after the lag."""
    emulator = FacebookEmulator(clock=clock, read_lag=timedelta(seconds=30))
    with emulator.client() as client:
        client.base_url, client.headers["Authorization"] = httpx.URL(GRAPH), "Bearer EAAPAGE"
        post = client.post("/1000/feed", json={"message": "Hello"}).json()["id"]
        clock.advance(30)
        made = client.post(f"/{post}/comments?fields=message", data={"message": "First"}).json()
        assert made == {"message": "First", "id": "2001_7001"}
        assert client.get(f"/{post}/comments").json()["data"] == []
        assert codes(client.get("/2001_7001")) == (400, 100, 33)
        assert len(emulator.wall) == 2
        clock.advance(30)
        assert len(client.get(f"/{post}/comments").json()["data"]) == 1


def test_a_like_counts(client: httpx.Client, post: str) -> None:
    """The Page's like is one more reaction, until it is taken back."""
    asked = f"/{post}?fields=likes.summary(true).limit(0)"
    assert client.post(f"/{post}/likes").json() == {"success": True}
    summary = client.get(asked).json()["likes"]["summary"]
    assert (summary["total_count"], summary["has_liked"]) == (9, True)
    assert len(client.get(f"/{post}/reactions?type=LIKE&limit=100").json()["data"]) == 9
    client.delete(f"/{post}/likes")
    assert client.get(asked).json()["likes"]["summary"]["total_count"] == 8


# ── what a post may carry ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_audience_is_kept_and_read_back(client: httpx.Client) -> None:
    """Targeting comes as JSON, as JSON text or as nested keys, and reads the same."""
    audience = {"geo_locations": {"countries": ["CA"]}}
    sent: list[dict[str, object]] = [
        {"json": {"message": "a", "targeting": audience}},
        {"data": {"message": "b", "targeting": json.dumps(audience)}},
        {"data": {"message": "c", "targeting[geo_locations][countries][0]": "CA"}},
    ]
    for one in sent:
        made = client.post("/1000/feed", **one).json()["id"]  # type: ignore[arg-type]  # what httpx takes
        assert client.get(f"/{made}?fields=targeting").json()["targeting"] == audience


@pytest.mark.parametrize(
    "fields",
    [
        {"targeting": "Canada"},
        {"feed_targeting": [1]},
        {"tags": "Anna"},
        {"call_to_action": {"value": 1}},
        {"call_to_action": "SHOP_NOW"},
        {"place": "somewhere"},
        {"backdated_time": "2030-01-01"},
        {"backdated_time": "soon"},
        {"backdated_time_granularity": "century"},
        {"child_attachments": [{"link": "https://example.com/a"}] * 2},
        {"link": "https://example.com", "child_attachments": [{"link": "https://example.com/a"}]},
        {"link": "https://example.com", "child_attachments": [{"link": "https://example.com/a"}] * 6},
        {"link": "https://example.com", "child_attachments": [{"link": "a"}] * 2},
        {"link": "https://example.com", "child_attachments": ["a", "b"]},
        {"link": "https://example.com", "name": "My own title"},
        {"text_format_preset_id": "1", "message": "a" * 131},
        {"published": "false", "scheduled_publish_time": "soon"},
    ],
)
def test_what_a_post_carries_has_its_type(
    facebook: FacebookEmulator, client: httpx.Client, fields: dict[str, object]
) -> None:
    """Each wrong value is refused with code 100, and nothing is posted."""
    assert codes(client.post("/1000/feed", json={"message": "a", **fields}))[:2] == (400, 100)
    assert facebook.posts == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"link": "https://example.com", "child_attachments": [{"link": "https://example.com/a"}] * 5},
        {
            "link": "https://example.com",
            "child_attachments": [{"link": "https://example.com/a"}] * 10,
            "multi_share_optimized": True,
        },
        {"link": "https://example.com", "call_to_action": {"type": "SHOP_NOW"}},
        {"place": "123", "tags": "1,2"},
        {"feed_targeting": {"age_min": 18}},
        {"text_format_preset_id": "1"},
        {"published": "false", "scheduled_publish_time": "+1 day"},
        {"published": "false", "scheduled_publish_time": "tomorrow 10:00"},
    ],
)
def test_what_is_documented_is_taken(client: httpx.Client, fields: dict[str, object]) -> None:
    """The documented parameters make a post."""
    assert client.post("/1000/feed", json={"message": "a", **fields}).status_code == 200


def test_a_backdated_post_shows_its_earlier_time(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Lists and fields have the earlier time; the wall has the true one."""
    made = client.post("/1000/feed", json={"message": "Old", "backdated_time": "2020-01-01"}).json()["id"]
    told = client.get(f"/{made}?fields=created_time,backdated_time").json()
    assert told["created_time"] == told["backdated_time"] == "2020-01-01T00:00:00+0000"
    assert facebook.wall[0].created_at == facebook.now


def test_a_retired_preset_is_a_server_error(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """As was seen: HTTP 500 with code 1."""
    facebook.settings.retired_presets.add("7")
    answer = client.post("/1000/feed", json={"message": "a", "text_format_preset_id": "7"})
    assert codes(answer) == (500, 1, None)


def test_what_people_made_cannot_be_changed(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A post that was made by hand is read like any other, and an edit of it is refused."""
    made = facebook.post_by_hand("By hand")
    assert [one["message"] for one in client.get("/1000/feed").json()["data"]] == ["By hand"]
    assert codes(client.post(f"/{made.id}", data={"message": "Mine"})) == (403, 200, None)


def test_a_hidden_post_is_unseen(facebook: FacebookEmulator, client: httpx.Client, post: str) -> None:
    """It is left out of the wall and of lists, which show it if they are asked for hidden ones."""
    client.post(f"/{post}", data={"is_hidden": "true"})
    assert facebook.wall == ()
    assert client.get("/1000/feed").json()["data"] == []
    assert len(client.get("/1000/feed?include_hidden=true").json()["data"]) == 1


def test_photos_of_a_post_are_changed(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """An edit puts other photos in, and the ones that were left out are free again."""
    told = {"url": "https://cdn.example.com/1.jpg", "published": False}
    first, second = (client.post("/1000/photos", json=told).json()["id"] for _ in range(2))
    post = client.post("/1000/feed", json={"message": "a", "attached_media": [{"media_fbid": first}]}).json()["id"]
    both = [{"media_fbid": first}, {"media_fbid": second}]
    assert client.post(f"/{post}", json={"attached_media": both}).json() == {"success": True}
    assert facebook.wall[0].media == 2
    assert client.post(f"/{post}", json={"attached_media": [{"media_fbid": second}]}).status_code == 200
    assert client.post("/1000/photo_stories", data={"photo_id": first}).status_code == 200
    assert codes(client.post(f"/{post}", json={"attached_media": [{"media_fbid": "9"}]})) == (400, 100, None)
    assert facebook.posts[0].photos == (second,)


def test_photos_are_listed_and_measured(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """The list has the published ones, and an upload tells its size in pixels."""
    files = {"source": ("a.png", sample_image(640, 480), "image/png")}
    public = client.post("/1000/photos", data={"caption": "Look"}, files=files).json()["id"]
    client.post("/1000/photos", json={"url": "https://cdn.example.com/1.jpg", "published": False})
    listed = client.get("/1000/photos?fields=name,width,height").json()["data"]
    assert listed == [{"name": "Look", "width": 640, "height": 480, "id": public}]
    assert client.delete(f"/{public}").json() == {"success": True}
    assert facebook.wall == ()


# ── Pages, people, businesses ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_finds_the_pages_in_every_way(client: httpx.Client) -> None:
    """`me/accounts`, and the business that owns them."""
    person = {"access_token": "EAAUSER"}
    (page,) = client.get("/me/accounts", params={**person, "fields": "id,name,access_token,tasks"}).json()["data"]
    assert (page["id"], page["access_token"]) == ("1000", "EAAPAGE")
    assert "CREATE_CONTENT" in page["tasks"]
    (business,) = client.get("/me/businesses", params=person).json()["data"]
    assert business == {"id": "500", "name": "Example Business"}
    assert client.get("/500", params=person).json() == business
    owned = client.get("/500/owned_pages", params={**person, "fields": "id,access_token"}).json()["data"]
    assert owned == [{"id": "1000", "access_token": "EAAPAGE"}]
    assert client.get("/500/client_pages", params=person).json() == {"data": []}


def test_a_business_needs_its_permission(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Without business_management neither the business nor its Pages are told."""
    facebook.tokens["EAAUSER"].permissions.discard("business_management")
    for path in ("me/businesses", "500", "500/owned_pages"):
        assert codes(client.get(f"/{path}?access_token=EAAUSER")) == (403, 200, None)


def test_a_pages_fields(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Numbers and addresses of the Page; a field that version 26 removed is refused, and a gap on older ones."""
    facebook.settings.followers = 7
    told = client.get("/1000?fields=followers_count,fan_count,link,picture").json()
    assert (told["followers_count"], told["fan_count"]) == (7, 7)
    assert codes(client.get("/1000?fields=genre")) == (400, 100, None)
    assert client.get("https://graph.facebook.com/v25.0/1000?fields=genre").status_code == 501


def test_permissions_tell_what_was_taken_back(client: httpx.Client) -> None:
    """A permission that was taken back is declined, and can be asked for by name or status."""
    person = {"access_token": "EAAUSER"}
    client.delete("/me/permissions/pages_manage_posts", params=person)
    declined = client.get("/me/permissions", params={**person, "status": "declined"}).json()["data"]
    assert declined == [{"permission": "pages_manage_posts", "status": "declined"}]
    one = client.get("/99/permissions", params={**person, "permission": "read_insights"}).json()["data"]
    assert one == [{"permission": "read_insights", "status": "granted"}]


# ── insights ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def values(answer: httpx.Response) -> dict[str, list[dict[str, object]]]:
    """Give the values of each row by its period."""
    return {row["period"]: row["values"] for row in answer.json()["data"]}


@pytest.mark.parametrize(
    ("period", "expected"), [("day", 340), ("week", 340 * 7), ("days_28", 340 * 28), ("month", 340 * 30)]
)
@pytest.mark.usefixtures("post")
def test_a_page_has_every_span(client: httpx.Client, period: str, expected: int) -> None:
    """Each span has its own value at each day's end."""
    url = f"/1000/insights?metric=page_media_view&period={period}&since=2026-11-22&until=2026-11-24"
    assert values(client.get(url)) == {
        period: [
            {"value": expected, "end_time": "2026-11-23T08:00:00+0000"},
            {"value": expected, "end_time": "2026-11-24T08:00:00+0000"},
        ]
    }


@pytest.mark.usefixtures("post")
def test_the_other_spans_of_a_page(client: httpx.Client) -> None:
    """`total_over_range` is one value, `lifetime` is for few metrics, and no period means three of them."""
    over = "/1000/insights?period=total_over_range&since=2026-11-20&until=2026-11-24&metric="
    assert values(client.get(f"{over}page_media_view")) == {"total_over_range": [{"value": 4 * 340}]}
    assert values(client.get(f"{over}page_total_media_view_unique")) == {"total_over_range": [{"value": 210}]}
    assert values(client.get("/1000/insights?metric=page_media_view&period=lifetime")) == {}
    assert values(client.get("/1000/insights?metric=page_follows&period=lifetime")) == {"lifetime": [{"value": 1000}]}
    assert set(values(client.get("/1000/insights?metric=page_media_view"))) == {"day", "week", "days_28"}
    assert set(values(client.get("/1000/insights/page_media_view"))) == {"day", "week", "days_28"}
    assert codes(client.get("/1000/insights?metric=page_media_view&period=year")) == (400, 100, None)


@pytest.mark.usefixtures("post")
def test_a_days_end_follows_the_summer(client: httpx.Client) -> None:
    """Until November the Pacific day ends at 07:00 UTC, from then on at 08:00."""
    url = "/1000/insights?metric=page_media_view&period=day&since=2026-10-30&until=2026-11-03"
    ends = [one["end_time"] for one in values(client.get(url))["day"]]
    assert [str(end)[8:13] for end in ends] == ["31T07", "01T07", "02T08", "03T08"]


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-08-01&until=2026-11-22",
        "since=2026-11-22&until=2026-11-20",
        "since=2024-01-01&until=2024-01-02",
        "date_preset=last_decade",
        "since=soon",
    ],
)
def test_spans_that_a_page_does_not_have(client: httpx.Client, query: str) -> None:
    """More than 90 days, backwards, longer ago than two years, and words that are none."""
    assert codes(client.get(f"/1000/insights?metric=page_media_view&period=day&{query}")) == (400, 100, None)


@pytest.mark.parametrize(("preset", "days"), [("yesterday", 1), ("last_7d", 7), ("this_month", 23), ("last_month", 31)])
def test_spans_by_name(client: httpx.Client, preset: str, days: int) -> None:
    """A preset stands for since and until."""
    url = f"/1000/insights?metric=page_media_view&period=day&date_preset={preset}"
    assert len(values(client.get(url))["day"]) == days


@pytest.mark.usefixtures("post")
def test_views_are_broken_down(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Each part is a value of its own that tells which it is, for posts and for Pages."""
    facebook.set_performance("1000_2001", views=100, views_from_ads=30, views_from_followers=60)
    asked = "/1000_2001/insights?metric=post_media_view&breakdown="
    assert values(client.get(f"{asked}is_from_ads")) == {
        "lifetime": [{"value": 70, "is_from_ads": "0"}, {"value": 30, "is_from_ads": "1"}]
    }
    assert values(client.get(f"{asked}is_from_followers"))["lifetime"][1] == {"value": 60, "is_from_followers": "1"}
    page = "/1000/insights?metric=page_media_view&period=day&since=2026-11-23&until=2026-11-24&breakdown=is_from_ads"
    assert [one["value"] for one in values(client.get(page))["day"]] == [70, 30]
    assert codes(client.get(f"{asked}age")) == (400, 100, None)
    assert codes(client.get("/1000_2001/insights?metric=post_clicks&breakdown=is_from_ads")) == (400, 100, None)
    old = f"https://graph.facebook.com/v22.0{asked}is_from_ads"
    assert codes(client.get(old)) == (400, 100, None)


@pytest.mark.usefixtures("post")
def test_shapes_that_were_seen_can_be_asked_for(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Views by source as an object, and a stale row for the day beside the one for life."""
    facebook.settings.views_by_source = True
    url = "/1000/insights?metric=page_media_view&period=day&since=2026-11-23&until=2026-11-24"
    assert values(client.get(url))["day"][0]["value"] == {"paid": 40, "organic": 300}
    facebook.settings.stale_day_rows = True
    told = values(client.get("/1000_2001/insights?metric=post_media_view"))
    assert told == {"lifetime": [{"value": 340}], "day": [{"value": 0}]}


def test_a_small_page_has_no_insights(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Below 100 followers the list is empty, without an error."""
    facebook.settings.followers = 99
    answer = client.get("/1000/insights?metric=page_media_view&period=day")
    assert (answer.status_code, answer.json()) == (200, {"data": []})


def test_insights_need_the_task(facebook: FacebookEmulator, client: httpx.Client, post: str) -> None:
    """A person without the task ANALYZE is refused; a missing permission is an empty list."""
    facebook.tokens["EAAPAGE"].permissions.discard("read_insights")
    assert client.get("/1000/insights?metric=page_media_view").json() == {"data": []}
    facebook.tokens["EAAPAGE"].tasks.discard("ANALYZE")
    assert codes(client.get(f"/{post}/insights?metric=post_media_view")) == (400, 1, 2853006)


def test_a_days_numbers_come_after_their_lag(clock: TestClock) -> None:
    """A day that is over is told when the lag is over too."""
    emulator = FacebookEmulator(clock=clock, insights_lag=timedelta(hours=24))
    with emulator.client() as client:
        client.base_url, client.headers["Authorization"] = httpx.URL(GRAPH), "Bearer EAAPAGE"
        url = "/1000/insights?metric=page_media_view&period=day&since=2026-11-22&until=2026-11-24"
        assert [one["end_time"] for one in values(client.get(url))["day"]] == ["2026-11-23T08:00:00+0000"]


@pytest.mark.parametrize("metric", ["post_impressions", "page_impressions"])
def test_metrics_live_and_die_by_the_catalogue(client: httpx.Client, clock: TestClock, metric: str) -> None:
    """A metric that ended in 2025 was answered before; the day decides."""
    then = "https://graph.facebook.com/v24.0"
    clock.set("2025-11-14T12:00:00+00:00")
    made = client.post(f"{then}/1000/feed", json={"message": "Then"}).json()["id"]
    url = f"{then}/{made if metric.startswith('post') else '1000'}/insights?metric={metric}"
    assert [row["name"] for row in client.get(url).json()["data"]][:1] == [metric]
    clock.set("2025-11-15T12:00:00+00:00")
    answer = client.get(url)
    assert codes(answer) == (400, 100, None)
    assert answer.json()["error"]["message"] == "(#100) The value must be a valid insights metric"


# ── budgets ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_three_budgets_have_three_headers(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """The app's, that of persons on a Page, and that of the Page's own token."""
    facebook.usage.app_limit, facebook.usage.page_limit, facebook.usage.limit = 10, 4, 2
    own = client.get("/1000").headers
    assert json.loads(own["x-app-usage"]) == {"call_count": 10, "total_time": 10, "total_cputime": 10}
    assert json.loads(own["x-business-use-case-usage"])["1000"][0]["call_count"] == 50
    assert "x-page-usage" not in own
    person = client.get("/1000?access_token=EAAUSER").headers
    assert json.loads(person["x-page-usage"])["call_count"] == 25
    assert "x-business-use-case-usage" not in person


@pytest.mark.parametrize(
    ("limit", "token", "refusal", "header"),
    [
        ("app_limit", "EAAPAGE", (403, 4, None), "x-app-usage"),
        ("page_limit", "EAAUSER", (403, 32, None), "x-page-usage"),
        ("limit", "EAAPAGE", (400, 80001, None), "x-business-use-case-usage"),
    ],
)
def test_a_spent_budget_refuses_until_the_hour_is_over(
    facebook: FacebookEmulator,
    client: httpx.Client,
    clock: TestClock,
    limit: str,
    token: str,
    refusal: tuple[int, int, None],
    header: str,
) -> None:
    """Each has its own code and header, refused calls count for nothing, and an hour later calls are taken again."""
    setattr(facebook.usage, limit, 1)
    url = f"/1000?access_token={token}"
    assert client.get(url).status_code == 200
    clock.advance(minutes=15)
    for _ in range(2):
        answer = client.get(url)
        assert codes(answer) == refusal
        assert "100" in answer.headers[header]
    if limit == "limit":
        told = json.loads(answer.headers[header])["1000"][0]
        assert told["estimated_time_to_regain_access"] == 45
    clock.advance(minutes=45)
    assert client.get(url).status_code == 200


def test_what_the_headers_tell_can_be_set(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A percentage that is set is told, from 100 on calls are refused, and headers can be left out."""
    facebook.usage.told["app"] = 95
    assert json.loads(client.get("/1000").headers["x-app-usage"])["call_count"] == 95
    facebook.usage.told["app"] = 100
    assert codes(client.get("/1000")) == (403, 4, None)
    facebook.usage.told.clear()
    facebook.usage.shown.clear()
    assert "x-business-use-case-usage" not in client.get("/1000").headers


def test_a_refusal_on_demand_brings_its_headers(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A fault tells whatever usage the test wants."""
    facebook.faults.add(graph_fault(80001, headers=usage_header("pages", "1000", 100, 7)))
    answer = client.get("/1000")
    assert codes(answer) == (400, 80001, None)
    assert json.loads(answer.headers["x-business-use-case-usage"])["1000"][0]["estimated_time_to_regain_access"] == 7


# ── edges as fields ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("post")
def test_an_edge_can_be_a_field(client: httpx.Client) -> None:
    """Posts with their insights and comments come in one call, each as its own edge would give it."""
    client.post("/1000_2001/comments", data={"message": "First"})
    asked = (
        "posts.limit(1){message,insights.metric(post_media_view,post_clicks){name,values},comments.limit(1){message}}"
    )
    told = client.get("/1000", params={"fields": asked}).json()
    (post,) = told["posts"]["data"]
    assert post["message"] == "Hello"
    assert [row["name"] for row in post["insights"]["data"]] == ["post_media_view", "post_clicks"]
    assert [one["message"] for one in post["comments"]["data"]] == ["First"]
    assert told["id"] == "1000"


def test_an_edge_as_a_field_goes_on_at_its_own_address(client: httpx.Client, clock: TestClock) -> None:
    """The next page of such a list is at the edge itself."""
    for text in ("one", "two"):
        client.post("/1000/feed", json={"message": text})
        clock.advance(1)
    listed = client.get("/1000", params={"fields": "feed.limit(1){message}"}).json()["feed"]
    assert listed["paging"]["next"].startswith(f"{GRAPH}/1000/feed?")
    assert [one["message"] for one in client.get(listed["paging"]["next"]).json()["data"]] == ["one"]


@pytest.mark.usefixtures("post")
def test_a_wrong_metric_in_a_field_fails_the_call(client: httpx.Client) -> None:
    """As it would fail the edge."""
    answer = client.get("/1000_2001", params={"fields": "message,insights.metric(post_impressions)"})
    assert codes(answer) == (400, 100, None)


@pytest.mark.usefixtures("post")
def test_the_address_may_name_metric_and_span(client: httpx.Client) -> None:
    """`insights/{metric}/{period}` is an old way to ask, and a span that is none is an unknown path."""
    rows = client.get("/1000_2001/insights/post_media_view/lifetime").json()["data"]
    assert [(row["name"], row["period"]) for row in rows] == [("post_media_view", "lifetime")]
    assert codes(client.get("/1000/insights/page_media_view/century")) == (400, 2500, None)


def test_a_profile_takes_no_posts(client: httpx.Client) -> None:
    """Posting to a person's profile is refused as publish_actions is."""
    answer = client.post("/me/feed", data={"message": "Hello", "access_token": "EAAUSER"})
    assert codes(answer) == (403, 200, None)
    assert "publish_actions" in answer.json()["error"]["message"]


def test_another_method_is_unsupported(client: httpx.Client) -> None:
    """PUT and PATCH are no methods of Graph's."""
    answer = client.put("/1000/feed", json={"message": "Hello"})
    assert codes(answer) == (400, 100, 33)
    assert answer.json()["error"]["message"].startswith("Unsupported put request.")
