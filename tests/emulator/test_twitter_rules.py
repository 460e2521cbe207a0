"""What the Twitter emulator refuses and keeps, beyond the published examples."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.twitter import TwitterEmulator

USER = "2244994945"
JPEG = b"\xff\xd8\xff\xe0" + bytes(30)
GIF = b"GIF89a" + bytes(30)


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def twitter(clock: TestClock) -> TwitterEmulator:
    return TwitterEmulator(clock=clock)


@pytest.fixture
def api(twitter: TwitterEmulator) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer USER_TOKEN"}
    with httpx.Client(transport=twitter.transport(), base_url="https://api.x.com", headers=headers) as client:
        yield client


def posted(api: httpx.Client, text: str, **fields: object) -> str:
    answer = api.post("/2/tweets", json={"text": text, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


def uploaded(api: httpx.Client, content: bytes = JPEG, category: str = "tweet_image") -> str:
    files = {"media": ("blob", content, "application/octet-stream")}
    answer = api.post("/2/media/upload", data={"media_category": category}, files=files)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


def test_a_signature_is_good_for_one_request(twitter: TwitterEmulator) -> None:
    """The same signed request again is refused: a nonce is used once."""
    from requests import Request
    from requests_oauthlib import OAuth1  # type: ignore[import-untyped]  # ships no types

    keys = twitter.oauth1_credential()
    auth = OAuth1(
        keys.consumer_key,
        keys.consumer_secret.get_secret_value(),
        keys.token.get_secret_value(),
        keys.token_secret.get_secret_value(),
    )
    ready = Request("GET", "https://api.x.com/2/users/me", auth=auth).prepare()
    authorization = ready.headers["Authorization"]
    header = {"Authorization": authorization.decode() if isinstance(authorization, bytes) else authorization}
    with twitter.client() as client:
        answers = [client.get("https://api.x.com/2/users/me", headers=header).status_code for _ in range(2)]
        assert answers == [200, 401]
        twitter.settings.timestamp_window = 300
        late = Request("GET", "https://api.x.com/2/users/me", auth=OAuth1(
            keys.consumer_key, keys.consumer_secret.get_secret_value(), keys.token.get_secret_value(),
            keys.token_secret.get_secret_value(), timestamp="1000000000",
        )).prepare()  # fmt: skip
        sent = late.headers["Authorization"]
        header = {"Authorization": sent.decode() if isinstance(sent, bytes) else sent}
        answer = client.get("https://api.x.com/2/users/me", headers=header)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, 135)


def test_one_cashtag_at_most(api: httpx.Client) -> None:
    """Two cashtags in a post are refused."""
    posted(api, "buy $ABC")
    answer = api.post("/2/tweets", json={"text": "buy $ABC and $DEF"})
    assert answer.status_code == 403
    assert "maximum of one cashtag" in answer.json()["detail"]


def test_a_resource_is_charged_once_a_day(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Reading the same post again costs nothing until midnight in UTC."""
    post = posted(api, "x")
    for _ in range(2):
        api.get("/2/tweets", params={"ids": post})
    assert twitter.ledger.spent == Decimal("0.020")
    clock.set("2026-11-25")
    api.get("/2/tweets", params={"ids": post})
    assert twitter.ledger.spent == Decimal("0.025")
    assert api.get("/2/usage/credits").json()["data"]["total_balance"] == 0.0


def test_an_edit_is_a_new_post_in_the_old_ones_place(
    api: httpx.Client, twitter: TwitterEmulator, clock: TestClock
) -> None:
    """An edit has its own id, stands alone on the wall, and ends with its window; deleting ends every version."""
    first = posted(api, "hello wrold")
    edit = {"edit_options": {"previous_post_id": first}}
    assert api.post("/2/tweets", json={"text": "hello world", **edit}).status_code == 403
    twitter.user(USER).premium = True
    second = posted(api, "hello world", **edit)
    assert [one.id for one in twitter.wall] == [second]
    seen = api.get("/2/tweets", params={"ids": second, "tweet.fields": "edit_controls"}).json()["data"][0]
    assert seen["edit_history_tweet_ids"] == [first, second]
    assert seen["edit_controls"]["edits_remaining"] == 4
    assert len(api.get(f"/2/users/{USER}/tweets").json()["data"]) == 1
    clock.advance(minutes=30)
    late = {"text": "too late", "edit_options": {"previous_post_id": second}}
    assert api.post("/2/tweets", json=late).status_code == 403
    api.delete(f"/2/tweets/{first}")
    assert not twitter.wall


def test_media_go_together_or_not(api: httpx.Client, clock: TestClock, twitter: TwitterEmulator) -> None:
    """Four images may stand in a post; a GIF stands alone, and what was uploaded for a message in none."""
    images = [uploaded(api) for _ in range(4)]
    posted(api, "four", media={"media_ids": images})
    gif = uploaded(api, GIF, "tweet_gif")
    clock.advance(3)
    both = {"text": "both", "media": {"media_ids": [images[0], gif]}}
    assert api.post("/2/tweets", json=both).status_code == 403
    posted(api, "alone", media={"media_ids": [gif]})
    direct = {"text": "dm", "media": {"media_ids": [uploaded(api, JPEG, "dm_image")]}}
    assert api.post("/2/tweets", json=direct).status_code == 400
    assert [one.media for one in twitter.wall] == [4, 1]


def test_processing_can_hang_and_fail(api: httpx.Client, clock: TestClock, twitter: TwitterEmulator) -> None:
    """Processing that hangs is never ready, and a set failure is told."""
    gif = uploaded(api, GIF, "tweet_gif")
    status = {"command": "STATUS", "media_id": gif}
    twitter.settings.processing_hangs = True
    clock.advance(hours=1)
    assert api.get("/2/media/upload", params=status).json()["data"]["processing_info"]["state"] == "in_progress"
    twitter.settings.processing_hangs = False
    twitter.settings.media_fails = "UnsupportedMedia"
    info = api.get("/2/media/upload", params=status).json()["data"]["processing_info"]
    assert (info["state"], info["error"]["name"]) == ("failed", "UnsupportedMedia")


def test_media_of_another_user_are_not_taken(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A media id belongs to who uploaded it."""
    media = uploaded(api)
    twitter.state.media[media].owner_id = "12"
    assert api.post("/2/tweets", json={"text": "x", "media": {"media_ids": [media]}}).status_code == 400


def test_who_reads_whom(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A thread is told with its parent, a poll with its options, an author with the name."""
    parent = posted(api, "one")
    child = posted(api, "two", reply={"in_reply_to_tweet_id": parent})
    query = {
        "ids": child,
        "tweet.fields": "conversation_id,in_reply_to_user_id,referenced_tweets,author_id",
        "expansions": "author_id,referenced_tweets.id",
    }
    body = api.get("/2/tweets", params=query).json()
    (seen,) = body["data"]
    assert (seen["conversation_id"], seen["in_reply_to_user_id"], seen["author_id"]) == (parent, USER, USER)
    assert seen["referenced_tweets"] == [{"type": "replied_to", "id": parent}]
    assert body["includes"]["users"] == [{"id": USER, "name": "brand", "username": "brand"}]
    assert body["includes"]["tweets"][0]["id"] == parent
    replies = api.get(f"/2/users/{USER}/tweets", params={"exclude": "replies"}).json()
    assert [one["id"] for one in replies["data"]] == [parent]
    poll = posted(api, "which?", poll={"options": ["a", "b"], "duration_minutes": 60})
    included = api.get(f"/2/tweets/{poll}", params={"expansions": "attachments.poll_ids"}).json()["includes"]
    assert [one["label"] for one in included["polls"][0]["options"]] == ["a", "b"]


def test_a_timeline_has_bounds_in_time(api: httpx.Client, clock: TestClock) -> None:
    """`start_time` is kept, loses to `since_id`, and must be a time."""
    old = posted(api, "old")
    clock.advance(hours=1)
    new = posted(api, "new")
    where = f"/2/users/{USER}/tweets"

    def listed(**query: str) -> list[str]:
        return [one["id"] for one in api.get(where, params=query).json().get("data", [])]

    assert listed(start_time="2026-11-24T09:30:00Z") == [new]
    assert listed(end_time="2026-11-24T09:30:00Z") == [old]
    assert listed(start_time="2026-11-24T09:30:00Z", since_id="1") == [new, old]
    assert listed(until_id=new) == [old]
    for wrong in ({"start_time": "yesterday"}, {"max_results": "4"}, {"pagination_token": "x"}):
        assert api.get(where, params=wrong).status_code == 400


def test_a_revoked_pair_is_dead(api: httpx.Client) -> None:
    """A token that its app revoked is refused."""
    client = httpx.BasicAuth("CLIENT_ID", "CLIENT_SECRET")
    assert api.post("/2/oauth2/revoke", data={"token": "USER_TOKEN"}, auth=client).json() == {"revoked": True}
    assert api.get("/2/users/me").status_code == 401


def test_the_same_again_is_a_duplicate_for_a_while(
    api: httpx.Client, twitter: TwitterEmulator, clock: TestClock
) -> None:
    """The same text is refused within the window; with other media, another parent or a poll it is another post."""
    post = posted(api, "news")
    again = api.post("/2/tweets", json={"text": "news "})
    assert again.json()["detail"] == "You are not allowed to create a Tweet with duplicate content."
    posted(api, "news", media={"media_ids": [uploaded(api)]})
    posted(api, "news", reply={"in_reply_to_tweet_id": post})
    posted(api, "news", poll={"options": ["a", "b"], "duration_minutes": 5})
    clock.advance(twitter.settings.duplicate_window)
    posted(api, "news")
    api.delete(f"/2/tweets/{posted(api, 'gone')}")
    posted(api, "gone")


def test_what_cannot_be_edited(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Polls, reposts, promoted posts, others' posts and a sixth edit are refused; the window can be set."""
    twitter.user(USER).premium = True

    def edited(post: str, text: str = "better") -> int:
        body = {"text": text, "edit_options": {"previous_post_id": post}}
        return api.post("/2/tweets", json=body).status_code

    assert edited(posted(api, "which?", poll={"options": ["a", "b"], "duration_minutes": 5})) == 403
    assert edited(twitter.publish_as("12", "hello")) == 403
    paid = posted(api, "buy")
    twitter.set_metrics(paid, public={}, promoted={"impression_count": 1})
    assert edited(paid) == 403
    assert edited("1") == 403
    post = posted(api, "one")
    for number in range(5):
        assert edited(post, f"{number}") == 201
        post = twitter.wall[-1].id
    assert edited(post, "six") == 403
    assert edited(twitter.wall[-1].id, "seven") == 403
    twitter.settings.edit_window = 60
    late = posted(api, "late")
    clock.advance(60)
    assert edited(late) == 403


def test_a_bearer_token_is_for_v2_alone(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Version 1.1 takes OAuth 1.0a, also where it still answers."""
    twitter.settings.plan = "enterprise"
    twitter.settings.old_upload_answers = True
    assert api.get("/1.1/account/verify_credentials.json").status_code == 401
    assert api.post("/1.1/media/upload.json", data={"command": "INIT"}).status_code == 401


def test_no_field_is_null(api: httpx.Client) -> None:
    """A field that a client sends empty is a fault, at every level."""
    answer = api.post("/2/tweets", json={"text": "x", "reply": None, "media": {"media_ids": None}})
    assert [one["message"] for one in answer.json()["errors"]] == [
        "$.media.media_ids: null found, array expected",
        "$.reply: null found, object expected",
    ]
