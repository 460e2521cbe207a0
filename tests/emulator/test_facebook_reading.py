"""What Facebook's emulator shows of posts, photos, videos and people, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.samples import sample_image

GRAPH = "https://graph.facebook.com/v26.0"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def facebook(clock: TestClock) -> FacebookEmulator:
    return FacebookEmulator(clock=clock, processing=timedelta(0))


@pytest.fixture
def client(facebook: FacebookEmulator) -> Iterator[httpx.Client]:
    with facebook.client() as made:
        made.base_url = GRAPH
        made.headers["Authorization"] = "Bearer EAAPAGE"
        yield made


def codes(answer: httpx.Response) -> tuple[int, int, int | None]:
    """Give status, code and subcode of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("error_subcode")


def photo(client: httpx.Client, **fields: str) -> str:
    """Upload a photo, unpublished unless told otherwise."""
    files = {"source": ("a.png", sample_image(640, 480), "image/png")}
    id_: str = client.post("/1000/photos", data={"published": "false", **fields}, files=files).json()["id"]
    return id_


# ── attachments ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_link_is_an_attachment(client: httpx.Client) -> None:
    """Its address comes as it was sent, in a field and at the edge."""
    made = client.post("/1000/feed", json={"message": "a", "link": "https://example.com/a"}).json()["id"]
    told = client.get(f"/{made}?fields=attachments,status_type").json()
    assert told["status_type"] == "shared_story"
    (attachment,) = told["attachments"]["data"]
    assert (attachment["media_type"], attachment["unshimmed_url"]) == ("link", "https://example.com/a")
    assert client.get(f"/{made}/attachments").json() == told["attachments"]


def test_several_photos_are_an_album(client: httpx.Client) -> None:
    """The first stands for the album, and each is below it with its size."""
    photos = [photo(client), photo(client)]
    attached = [{"media_fbid": one} for one in photos]
    made = client.post("/1000/feed", json={"message": "a", "attached_media": attached}).json()["id"]
    told = client.get(f"/{made}?fields=attachments,full_picture,status_type").json()
    (album,) = told["attachments"]["data"]
    assert (album["media_type"], told["status_type"]) == ("album", "added_photos")
    below = album["subattachments"]["data"]
    assert [one["target"]["id"] for one in below] == photos
    assert [one["media_type"] for one in below] == ["photo", "photo"]
    assert below[0]["media"]["image"] == {"src": told["full_picture"], "width": 640, "height": 480}


def test_a_text_has_no_attachment(client: httpx.Client) -> None:
    """The field is left out, and the edge is empty."""
    made = client.post("/1000/feed", json={"message": "a"}).json()["id"]
    assert client.get(f"/{made}?fields=attachments").json() == {"id": made}
    assert client.get(f"/{made}/attachments").json() == {"data": []}


# ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_hidden_kinds_of_posts_have_a_list_of_their_own(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A post for advertisements is in `ads_posts` alone; one made inline says so."""
    told = {"message": "Ad", "published": False, "unpublished_content_type": "ADS_POST"}
    made = client.post("/1000/feed", json=told).json()["id"]
    inline = client.post("/1000/feed", json={**told, "unpublished_content_type": "INLINE_CREATED"}).json()["id"]
    assert [one["id"] for one in client.get("/1000/ads_posts").json()["data"]] == [made]
    assert client.get("/1000/feed").json()["data"] == []
    assert client.get(f"/{inline}?fields=is_inline_created").json()["is_inline_created"] is True
    assert facebook.wall == ()


@pytest.mark.parametrize("kind", ["SCHEDULED_RECURRING", "PUBLISH_PENDING", "REVIEWABLE_BRANDED_CONTENT"])
def test_kinds_that_are_documented_nowhere_are_gaps(client: httpx.Client, kind: str) -> None:
    """They stand in the schema; what they do is not written."""
    told = {"message": "a", "published": False, "unpublished_content_type": kind}
    assert client.post("/1000/feed", json=told).status_code == 501


def test_a_draft_ends_after_a_month(client: httpx.Client, clock: TestClock) -> None:
    """After 30 days it is gone."""
    told = {"message": "a", "published": False, "unpublished_content_type": "DRAFT"}
    made = client.post("/1000/feed", json=told).json()["id"]
    clock.advance(days=30)
    assert codes(client.get(f"/{made}")) == (400, 100, 33)
    assert codes(client.post(f"/{made}", data={"is_published": "true"})) == (400, 100, 33)


def test_fields_of_a_post(client: httpx.Client) -> None:
    """Times, names and states of a live post; what has no value is left out."""
    made = client.post("/1000/feed", json={"message": "a"}).json()["id"]
    asked = "from,updated_time,is_hidden,is_published,scheduled_publish_time,story,parent_id,picture,privacy"
    assert client.get(f"/{made}?fields={asked}").json() == {
        "from": {"name": "Example Page", "id": "1000"},
        "updated_time": "2026-11-24T09:00:00+0000",
        "is_hidden": False,
        "is_published": True,
        "privacy": {"value": "EVERYONE", "description": "Public", "friends": "", "allow": "", "deny": ""},
        "id": made,
    }
    assert client.get(f"/{made}?fields=message_tags").status_code == 501
    assert codes(client.get(f"/{made}?fields=colour")) == (400, 100, None)


def test_reading_after_writing(client: httpx.Client) -> None:
    """`fields` in a POST gives them of what was made, whatever that is."""
    assert client.post("/1000/feed?fields=message,is_published", json={"message": "a"}).json() == {
        "message": "a",
        "is_published": True,
        "id": "1000_2001",
    }
    shown = client.post("/1000/photos?fields=link", json={"url": "https://cdn.example.com/1.jpg"}).json()
    assert shown == {"link": "https://www.facebook.com/photo.php?fbid=3001", "id": "3001"}
    film = client.post("/1000/videos?fields=published", json={"file_url": "https://cdn.example.com/1.mp4"}).json()
    assert film == {"published": True, "id": "4001"}


# ── photos ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_photo_without_a_story(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """With `no_story` a published photo makes no post, and is in the Page's list."""
    made = client.post("/1000/photos", json={"url": "https://cdn.example.com/1.jpg", "no_story": True}).json()
    assert made == {"id": "3001"}
    assert facebook.wall == ()
    attached = {"message": "a", "attached_media": [{"media_fbid": "3001"}]}
    assert codes(client.post("/1000/feed", json=attached)) == (400, 100, None)
    assert [one["id"] for one in client.get("/1000/photos?type=uploaded").json()["data"]] == ["3001"]
    assert client.get("/1000/photos?type=tagged").status_code == 501


def test_a_photo_that_cannot_be_fetched(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Its address is refused like a file that is none."""
    facebook.settings.unreachable.add("gone")
    assert codes(client.post("/1000/photos", json={"url": "https://gone.example.com/1.jpg"}))[1] == 324


def test_a_new_photo_lags_behind_in_reads(clock: TestClock) -> None:
    """It is read and listed when the lag is over."""
    emulator = FacebookEmulator(clock=clock, read_lag=timedelta(seconds=30))
    with emulator.client() as client:
        client.base_url, client.headers["Authorization"] = httpx.URL(GRAPH), "Bearer EAAPAGE"
        client.post("/1000/photos", json={"url": "https://cdn.example.com/1.jpg"})
        assert client.get("/1000/photos").json() == {"data": []}
        assert codes(client.get("/3001")) == (400, 100, 33)
        clock.advance(30)
        assert len(client.get("/1000/photos").json()["data"]) == 1


def test_a_photo_of_several_leaves_the_others(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Deleting one of two photos leaves the post with the other."""
    photos = [photo(client), photo(client)]
    attached = [{"media_fbid": one} for one in photos]
    client.post("/1000/feed", json={"message": "a", "attached_media": attached})
    assert client.delete(f"/{photos[0]}").json() == {"success": True}
    assert [one.media for one in facebook.wall] == [1]
    assert codes(client.delete(f"/{photos[0]}")) == (400, 100, 33)


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_reads_about_themselves(client: httpx.Client) -> None:
    """Name and id; the rest is a gap, or no field at all."""
    person = {"access_token": "EAAUSER"}
    assert client.get("/me", params=person).json() == {"name": "Example Person", "id": "99"}
    assert client.get("/99", params={**person, "fields": "first_name"}).json() == {"first_name": "Example", "id": "99"}
    assert client.get("/me", params={**person, "fields": "email"}).status_code == 501
    assert codes(client.get("/me", params={**person, "fields": "colour"})) == (400, 100, None)
    assert codes(client.get("/me/accounts")) == (400, 100, None)
    assert codes(client.get("/me/businesses")) == (400, 100, None)


def test_an_attachment_of_a_comment(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A comment can show an address, or a photo that was uploaded unpublished."""
    post = client.post("/1000/feed", json={"message": "a"}).json()["id"]
    by_address = client.post(f"/{post}/comments", data={"attachment_url": "https://example.com/a"}).json()["id"]
    by_photo = client.post(f"/{post}/comments", data={"attachment_id": photo(client)}).json()["id"]
    told = [client.get(f"/{one}?fields=attachment").json()["attachment"]["url"] for one in (by_address, by_photo)]
    assert told[0] == "https://example.com/a"
    assert told[1].startswith("https://scontent.example.com/")
    assert [one.media for one in facebook.wall] == [0, 1, 1]
    files = {"source": ("a.png", sample_image(), "image/png")}
    assert client.post(f"/{post}/comments", files=files).status_code == 501


# ── insights of a post ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_posts_numbers_by_day_stand_on_its_own_day(client: httpx.Client, clock: TestClock) -> None:
    """What counts on the day of its publication counts on no other."""
    made = client.post("/1000/feed", json={"message": "a"}).json()["id"]
    clock.advance(days=2)
    url = f"/{made}/insights?metric=post_media_view&period=day&since=2026-11-23&until=2026-11-26"
    (row,) = client.get(url).json()["data"]
    assert [(one["end_time"][8:13], one["value"]) for one in row["values"]] == [
        ("24T08", 0),
        ("25T08", 340),
        ("26T08", 0),
    ]
    assert client.get(f"/{made}/insights?metric=post_clicks_by_type&period=day").json()["data"] == []


def test_the_pages_own_like_is_a_reaction(client: httpx.Client) -> None:
    """The insights count it as the post does."""
    made = client.post("/1000/feed", json={"message": "a"}).json()["id"]
    client.post(f"/{made}/likes")
    (row,) = client.get(f"/{made}/insights?metric=post_reactions_by_type_total").json()["data"]
    assert row["values"] == [{"value": {"like": 9, "love": 1}}]


def test_photos_have_no_insights(client: httpx.Client) -> None:
    """They have their post's."""
    made = client.post("/1000/photos", json={"url": "https://cdn.example.com/1.jpg"}).json()
    answer = client.get(f"/{made['id']}/insights?metric=post_media_view")
    assert answer.json()["error"]["message"].endswith("(insights) on node type (Photo)")
    assert len(client.get(f"/{made['post_id']}/insights?metric=post_media_view").json()["data"]) == 1


def test_a_draft_of_a_video_is_kept(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """`unpublished_content_type=DRAFT` keeps a video unseen until it is published."""
    told = {"file_url": "https://cdn.example.com/1.mp4", "published": False, "unpublished_content_type": "DRAFT"}
    made = client.post("/1000/videos", json=told).json()["id"]
    assert facebook.wall == ()
    told = client.get(f"/{made}?fields=status").json()["status"]["publishing_phase"]
    assert told == {"status": "not_started", "publish_status": "draft"}


@pytest.mark.parametrize("path", ["1000", "6001", "me"])
def test_what_cannot_be_deleted_here_is_a_gap(client: httpx.Client, path: str) -> None:
    """Nothing is said of Pages and stories."""
    client.post("/1000/photo_stories", data={"photo_id": photo(client)})
    assert client.delete(f"/{path}").status_code == 501
    assert client.post(f"/{path}").status_code == 501


def test_the_pages_of_insights_keep_a_token_that_was_a_parameter(facebook: FacebookEmulator) -> None:
    """A client that gives its token in the address can follow `next` as it stands."""
    with facebook.client() as bare:
        asked = {"metric": "page_media_view", "period": "day", "access_token": "EAAPAGE"}
        first = bare.get("https://graph.facebook.com/v26.0/1000/insights", params=asked).json()
        assert bare.get(first["paging"]["previous"]).status_code == 200
