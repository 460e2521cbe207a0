"""What Facebook refuses, keeps and changes, as its emulator does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from socialconnect.testing import TestClock
from socialconnect.testing.emulators import EmulatedAccount, Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator

GRAPH = "https://graph.facebook.com/v26.0"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def facebook(clock: TestClock) -> FacebookEmulator:
    pages = [EmulatedAccount("1000", "EAAPAGE", "Ours"), EmulatedAccount("2000", "EAAOTHER", "Theirs")]
    return FacebookEmulator(clock=clock, pages=pages)


@pytest.fixture
def client(facebook: FacebookEmulator) -> Iterator[httpx.Client]:
    with facebook.client() as made:
        made.base_url = GRAPH
        made.headers["Authorization"] = "Bearer EAAPAGE"
        yield made


def texts(emulator: FacebookEmulator) -> list[str]:
    """Give the texts on the wall."""
    return [post.text for post in emulator.wall]


def codes(answer: httpx.Response) -> tuple[int, int | None]:
    """Give code and subcode of a refusal."""
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


def after(clock: TestClock, **span: float) -> int:
    """Give a time to come as seconds since 1970."""
    return int((clock.now() + timedelta(**span)).timestamp())


# ── who may post ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("page", "token", "refusal"),
    [
        ("1000", "EAAUSER", (190, 2069032)),
        ("1000", "EAAOTHER", (210, None)),
        ("3000", "EAAPAGE", (100, 33)),
    ],
)
def test_only_the_pages_own_token_posts(
    facebook: FacebookEmulator, client: httpx.Client, page: str, token: str, refusal: tuple[int, int | None]
) -> None:
    """A person's token, another Page's token and an unknown Page are each refused in their own way."""
    answer = client.post(f"/{page}/feed", json={"message": "Hello", "access_token": token})
    assert codes(answer) == refusal
    assert texts(facebook) == []


@pytest.mark.parametrize("permission", ["pages_manage_posts", "pages_read_engagement", "pages_show_list"])
def test_each_permission_to_post_counts(facebook: FacebookEmulator, client: httpx.Client, permission: str) -> None:
    """Without any one of the documented permissions nothing is published, and the refusal names it."""
    facebook.tokens["EAAPAGE"].permissions.discard(permission)
    answer = client.post("/1000/feed", json={"message": "Hello"})
    assert codes(answer) == (200, None)
    assert permission in answer.json()["error"]["message"]


def test_reading_needs_a_permission(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Without pages_read_engagement posts cannot be read."""
    client.post("/1000/feed", json={"message": "Hello"})
    facebook.tokens["EAAPAGE"].permissions.discard("pages_read_engagement")
    assert codes(client.get("/1000/published_posts")) == (10, None)
    assert codes(client.get("/1000_2001")) == (10, None)


def test_insights_without_permission_are_empty(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Without read_insights the answer is an empty list with HTTP 200, not an error."""
    client.post("/1000/feed", json={"message": "Hello"})
    facebook.tokens["EAAPAGE"].permissions.discard("read_insights")
    answer = client.get("/1000_2001/insights?metric=post_media_view")
    assert (answer.status_code, answer.json()) == (200, {"data": []})


# ── what a post may be ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (100, None)),
        ({"message": "a" * 63_207}, (100, None)),
        ({"link": "example.com"}, (100, 2061006)),
        ({"message": "a", "published": "perhaps"}, (100, None)),
        ({"message": "a", "attached_media": "[{"}, (100, None)),
        ({"message": "a", "attached_media": [{"media_fbid": "1"}]}, (100, None)),
        ({"message": "a", "published": False, "unpublished_content_type": "SOON"}, (100, None)),
        ({"message": "a", "published": False, "unpublished_content_type": "SCHEDULED"}, (100, None)),
        ({"message": "a", "unpublished_content_type": "DRAFT"}, (100, None)),
    ],
)
def test_a_post_that_breaks_a_rule_is_refused(
    facebook: FacebookEmulator, client: httpx.Client, body: dict[str, object], refusal: tuple[int, int | None]
) -> None:
    """Empty, too long, a broken link, media that is none, a kind that is none: refused, and nothing kept."""
    assert codes(client.post("/1000/feed", json=body)) == refusal
    assert facebook.posts == ()


def test_the_longest_text_is_taken(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """63,206 characters are published, counted as characters and not as bytes."""
    client.post("/1000/feed", json={"message": "ä" * 63_206})
    assert [len(text) for text in texts(facebook)] == [63_206]


@pytest.mark.parametrize(
    ("minutes", "taken"), [(9.9, False), (10, True), (30 * 24 * 60, True), (30 * 24 * 60 + 1, False), (-60, False)]
)
def test_a_schedule_has_a_window(client: httpx.Client, clock: TestClock, minutes: float, taken: bool) -> None:
    """A time from 10 minutes to 30 days ahead is taken; outside, the refusal has the known words."""
    at = after(clock, minutes=minutes)
    answer = client.post("/1000/feed", json={"message": "a", "published": False, "scheduled_publish_time": at})
    assert (answer.status_code == 200) == taken
    if not taken:
        assert answer.json()["error"]["message"] == "(#100) The specified scheduled publish time is invalid"


def test_a_scheduled_post_must_be_unpublished(client: httpx.Client, clock: TestClock) -> None:
    """A time without published=false is refused."""
    answer = client.post("/1000/feed", json={"message": "a", "scheduled_publish_time": after(clock, hours=1)})
    assert codes(answer) == (100, None)


def test_a_time_may_be_iso(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """ISO 8601 counts as well as seconds."""
    form = {"message": "a", "published": "false", "scheduled_publish_time": "2026-11-24T12:00:00+02:00"}
    assert client.post("/1000/feed", data=form).status_code == 200
    clock.set("2026-11-24T10:00:00+00:00")
    assert texts(facebook) == ["a"]


def test_drafts_and_dark_posts_stay_unseen(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """A draft is neither on the wall nor in any list, and is published when told to."""
    draft = {"message": "Draft", "published": False, "unpublished_content_type": "DRAFT"}
    made = client.post("/1000/feed", json=draft).json()["id"]
    client.post("/1000/feed", json={"message": "Dark", "published": False})
    clock.advance(days=29)
    assert texts(facebook) == []
    assert client.get("/1000/published_posts").json()["data"] == []
    assert client.get("/1000/scheduled_posts").json()["data"] == []
    assert client.get(f"/{made}?fields=is_published").json()["is_published"] is False
    assert client.post(f"/{made}", json={"is_published": True}).json() == {"success": True}
    assert texts(facebook) == ["Draft"]


def test_repeats_are_refused_only_if_told(clock: TestClock) -> None:
    """Facebook's check for repeats catches some; the emulator's none, or those in a row."""
    lenient, strict = FacebookEmulator(clock=clock), FacebookEmulator(clock=clock, refuse_repeats=True)
    for emulator, expected in ((lenient, [200, 200]), (strict, [200, 400])):
        with emulator.client() as client:
            url = f"{GRAPH}/1000/feed?access_token=EAAPAGE"
            answers = [client.post(url, json={"message": "Hello"}) for _ in range(2)]
        assert [one.status_code for one in answers] == expected
    assert codes(answers[1]) == (506, 1455006)


# ── photos ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_published_photo_is_a_post(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A photo that is published tells its own id and its post's."""
    answer = client.post("/1000/photos", data={"caption": "Look"}, files={"source": ("a.png", PNG, "image/png")})
    assert answer.json() == {"id": "3001", "post_id": "1000_2001"}
    assert [(post.text, post.media) for post in facebook.wall] == [("Look", 1)]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"RIFF\x00\x00\x00\x00WEBP", (324, None)),
        (b"", (324, None)),
        (PNG + b"\x00" * 10 * 1024 * 1024, (100, 1366046)),
    ],
)
def test_a_photo_is_looked_at(
    facebook: FacebookEmulator, client: httpx.Client, content: bytes, refusal: tuple[int, int | None]
) -> None:
    """A photo's bytes decide, not its name; what is no photo or too large is refused."""
    answer = client.post("/1000/photos", files={"source": ("a.jpg", content, "image/jpeg")})
    assert codes(answer) == refusal
    assert facebook.posts == ()


def test_a_photo_needs_a_source(client: httpx.Client) -> None:
    """Neither file nor address is refused."""
    assert codes(client.post("/1000/photos", data={"caption": "Look"})) == (324, None)


def test_a_photo_serves_one_post(client: httpx.Client) -> None:
    """A photo that a post carries, that was published itself, or that came twice cannot be attached."""
    unpublished = {"url": "https://cdn.example.com/1.jpg", "published": False}
    photo = client.post("/1000/photos", json=unpublished).json()["id"]
    attached = {"message": "a", "attached_media": [{"media_fbid": photo}]}
    twice = {"message": "a", "attached_media": [{"media_fbid": photo}, {"media_fbid": photo}]}
    assert codes(client.post("/1000/feed", json=twice)) == (100, None)
    assert client.post("/1000/feed", json=attached).status_code == 200
    assert codes(client.post("/1000/feed", json=attached)) == (100, None)
    public = client.post("/1000/photos", json={"url": "https://cdn.example.com/1.jpg"}).json()["id"]
    assert codes(client.post("/1000/feed", json={"message": "a", "attached_media": [{"media_fbid": public}]})) == (
        100,
        None,
    )


def test_a_temporary_photo_dies_after_a_day(client: httpx.Client, clock: TestClock) -> None:
    """A temporary photo can be attached for a day; another for longer."""
    told = {"url": "https://cdn.example.com/1.jpg", "published": False}
    dying = client.post("/1000/photos", json={**told, "temporary": True}).json()["id"]
    lasting = client.post("/1000/photos", json=told).json()["id"]
    clock.advance(hours=24)
    for photo, status in ((dying, 400), (lasting, 200)):
        form = {"message": "a", "attached_media[0]": f'{{"media_fbid":"{photo}"}}'}
        assert client.post("/1000/feed", data=form).status_code == status


# ── changing and reading ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_minutes_before_a_slot_are_fixed(client: httpx.Client, clock: TestClock) -> None:
    """A scheduled post cannot be moved in the last three minutes, nor once it is live."""
    plan = {"message": "a", "published": False, "scheduled_publish_time": after(clock, minutes=10)}
    made = client.post("/1000/feed", json=plan).json()["id"]
    move = {"scheduled_publish_time": after(clock, hours=2)}
    clock.advance(minutes=8)
    assert codes(client.post(f"/{made}", json=move)) == (100, None)
    clock.advance(minutes=2)
    assert codes(client.post(f"/{made}", json=move)) == (100, None)


def test_a_text_can_be_changed(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """An edit changes what people read, and a text that is too long changes nothing."""
    made = client.post("/1000/feed", json={"message": "Helo"}).json()["id"]
    assert client.post(f"/{made}", json={"message": "Hello"}).json() == {"success": True}
    assert codes(client.post(f"/{made}", json={"message": "a" * 63_207})) == (100, None)
    assert texts(facebook) == ["Hello"]


def test_a_post_is_deleted_once(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A deleted post is gone, and a second deletion is 100/33."""
    made = client.post("/1000/feed", json={"message": "Hello"}).json()["id"]
    assert client.delete(f"/{made}").json() == {"success": True}
    assert texts(facebook) == []
    assert codes(client.delete(f"/{made}")) == (100, 33)


def test_a_scheduled_post_shows_the_time_at_which_it_went_live(client: httpx.Client, clock: TestClock) -> None:
    """Before its time it is in the plans; then in the feed, created at its slot."""
    at = after(clock, hours=1)
    client.post("/1000/feed", json={"message": "a", "published": False, "scheduled_publish_time": at})
    (plan,) = client.get("/1000/scheduled_posts?fields=scheduled_publish_time").json()["data"]
    assert plan == {"scheduled_publish_time": at, "id": "1000_2001"}
    clock.advance(hours=2)
    assert client.get("/1000/scheduled_posts").json() == {"data": []}
    (post,) = client.get("/1000/feed").json()["data"]
    assert post == {"created_time": "2026-11-24T10:00:00+0000", "message": "a", "id": "1000_2001"}


def test_lists_keep_to_since_and_until(client: httpx.Client, clock: TestClock) -> None:
    """Only posts between the two times are listed."""
    for number in range(3):
        client.post("/1000/feed", json={"message": str(number)})
        clock.advance(hours=1)
    query = {"since": after(clock, hours=-2, minutes=-30), "until": after(clock, hours=-1, minutes=-30)}
    assert [one["message"] for one in client.get("/1000/posts", params=query).json()["data"]] == ["1"]


def test_pages_of_a_list_hold_while_posts_come_and_go(client: httpx.Client, clock: TestClock) -> None:
    """A cursor goes on behind its post even if that was deleted and newer ones came."""
    for number in range(4):
        client.post("/1000/feed", json={"message": str(number)})
        clock.advance(1)
    first = client.get("/1000/feed?limit=2").json()
    client.delete(f"/{first['data'][1]['id']}")
    client.post("/1000/feed", json={"message": "new"})
    second = client.get(first["paging"]["next"]).json()
    assert [one["message"] for one in second["data"]] == ["1", "0"]
    assert "next" not in second["paging"]
    back = client.get(second["paging"]["previous"]).json()
    assert [one["message"] for one in back["data"]] == ["new", "3"]


def test_a_page_of_a_list_is_at_most_100(client: httpx.Client) -> None:
    """A larger limit, or a cursor that is none, is refused and never cut short in silence."""
    assert codes(client.get("/1000/feed?limit=101")) == (100, None)
    assert codes(client.get("/1000/feed?after=!!")) == (100, None)


def test_counts_come_without_insights(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Summaries count what people did, and shares are left out at zero."""
    made = client.post("/1000/feed", json={"message": "Hello"}).json()["id"]
    asked = "shares,reactions.summary(total_count).limit(0),comments.summary(true).limit(0)"
    told = client.get(f"/{made}", params={"fields": asked}).json()
    assert told == {
        "shares": {"count": 3},
        "reactions": {"data": [], "summary": {"total_count": 9}},
        "comments": {"data": [], "summary": {"order": "ranked", "can_comment": True, "total_count": 2}},
        "id": made,
    }
    some = client.get(f"/{made}", params={"fields": "reactions.limit(2)"}).json()["reactions"]
    assert [one["type"] for one in some["data"]] == ["LIKE", "LIKE"]
    assert codes(client.get(f"/{made}", params={"fields": "reactions.limit(all)"})) == (100, None)
    facebook.set_performance(made, shares=0)
    assert "shares" not in client.get(f"/{made}?fields=shares").json()


@pytest.mark.parametrize("metric", ["post_views", "post_total_media_view", "post_impressions_unique"])
def test_one_wrong_metric_fails_the_call(client: httpx.Client, metric: str) -> None:
    """A name that never was or no longer is fails the good one beside it."""
    made = client.post("/1000/feed", json={"message": "Hello"}).json()["id"]
    assert codes(client.get(f"/{made}/insights?metric=post_media_view,{metric}")) == (100, None)
    assert codes(client.get(f"/{made}/insights")) == (3001, 1504028)


def test_insights_come_after_their_lag(clock: TestClock) -> None:
    """A new post has an empty list of insights until the lag is over."""
    emulator = FacebookEmulator(clock=clock, insights_lag=timedelta(hours=24))
    with emulator.client() as client:
        client.post(f"{GRAPH}/1000/feed?access_token=EAAPAGE", json={"message": "Hello"})
        url = f"{GRAPH}/1000_2001/insights?metric=post_media_view&access_token=EAAPAGE"
        assert client.get(url).json() == {"data": []}
        clock.advance(hours=24)
        assert len(client.get(url).json()["data"]) == 1


def test_a_page_has_insights_by_day(client: httpx.Client) -> None:
    """A Page's numbers come as one value a day, each with the end of its day; 91 days are too many."""
    client.post("/1000/feed", json={"message": "Hello"})
    url = "/1000/insights?metric=page_media_view&period=day"
    (row,) = client.get(f"{url}&since=2026-11-20&until=2026-11-22").json()["data"]
    assert [one["end_time"] for one in row["values"]] == ["2026-11-21T08:00:00+0000", "2026-11-22T08:00:00+0000"]
    assert codes(client.get(f"{url}&since=2026-08-01&until=2026-11-22")) == (100, None)


def test_a_lost_answer_leaves_the_post(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """The post is live once although its author was told nothing, and can be found by reading."""
    facebook.faults.add(Fault(FaultKind.LOST_ANSWER, path="/feed$", method="POST"))
    with pytest.raises(httpx.ReadTimeout):
        client.post("/1000/feed", json={"message": "Hello"})
    assert texts(facebook) == ["Hello"]
    assert [one["message"] for one in client.get("/1000/published_posts").json()["data"]] == ["Hello"]
