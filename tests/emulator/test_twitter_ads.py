"""The Ads API's drafts and scheduled posts on the Twitter emulator, and what signs its requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
import requests
from requests_oauthlib import OAuth1  # type: ignore[import-untyped]  # ships no types
from tests.emulator.twitter_calls import client, uploaded

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.testing.emulators.twitter.auth import signature
from socialconnect.testing.emulators.twitter.limits import EndpointLimit, Window
from socialconnect.testing.samples import sample_image, sample_video

USER = "2244994945"
ACCOUNT = "/12/accounts/18ce54d4x5t"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def twitter(clock: TestClock) -> TwitterEmulator:
    return TwitterEmulator(clock=clock)


class Ads:
    """Calls to the Ads API, signed by oauthlib."""

    def __init__(self, url: str, session: requests.Session) -> None:
        self._url = url
        self._session = session

    def __call__(self, method: str, path: str, **fields: str) -> requests.Response:
        where = f"{self._url}{ACCOUNT}{path}"
        if method in ("GET", "DELETE"):
            return self._session.request(method, where, params=fields, timeout=5)
        return self._session.request(method, where, data=fields, timeout=5)


@pytest.fixture
def ads(twitter: TwitterEmulator) -> Iterator[Ads]:
    credential = twitter.oauth1_credential()
    with serving(twitter) as url, requests.Session() as session:
        session.auth = OAuth1(
            credential.consumer_key,
            credential.consumer_secret.get_secret_value(),
            credential.token.get_secret_value(),
            credential.token_secret.get_secret_value(),
        )
        yield Ads(url, session)


def data(answer: requests.Response) -> dict[str, object]:
    assert answer.status_code == 200, answer.text
    return cast("dict[str, object]", answer.json()["data"])


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


PLAN = {"as_user_id": USER, "text": "Spring & more", "scheduled_at": "2026-11-24T10:00:30Z"}


def test_a_scheduled_post_goes_live_when_its_time_comes(ads: Ads, twitter: TwitterEmulator, clock: TestClock) -> None:
    """A plan is seen by nobody until its minute, then stands on the wall, and tells the post's id."""
    plan = data(ads("POST", "/scheduled_tweets", **PLAN, nullcast="false"))
    assert (plan["scheduled_status"], plan["scheduled_at"], plan["tweet_id"]) == (
        "SCHEDULED",
        "2026-11-24T10:00:00Z",
        None,
    )
    clock.set("2026-11-24T09:59:59+00:00")
    assert not twitter.wall
    clock.advance(1)
    assert [one.text for one in twitter.wall] == ["Spring & more"]
    done = data(ads("GET", f"/scheduled_tweets/{plan['id']}"))
    assert (done["scheduled_status"], done["tweet_id"]) == ("SUCCESS", twitter.wall[0].id)


def test_a_post_is_as_old_as_its_plan(ads: Ads, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Its id and its time are those of the plan, however late somebody looks."""
    ads("POST", "/scheduled_tweets", **PLAN, nullcast="false")
    clock.advance(hours=5)
    (seen,) = twitter.wall
    assert f"{seen.created_at:%H:%M:%S}" == "10:00:00"
    assert (int(seen.id) >> 22) + 1288834974657 == int(seen.created_at.timestamp() * 1000)


def test_promoted_only_is_the_default(ads: Ads, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Unless nullcast is set to false, the post reaches no follower."""
    ads("POST", "/scheduled_tweets", **PLAN)
    clock.advance(hours=2)
    assert not twitter.wall


def test_a_plan_is_moved_and_taken_back(ads: Ads, twitter: TwitterEmulator, clock: TestClock) -> None:
    """A plan is changed, listed page by page, and deleted for good."""
    first = data(ads("POST", "/scheduled_tweets", **PLAN, nullcast="false"))
    second = data(ads("POST", "/scheduled_tweets", **{**PLAN, "text": "two"}, nullcast="false"))
    moved = data(ads("PUT", f"/scheduled_tweets/{first['id']}", scheduled_at="2026-11-25T10:00:00Z"))
    assert moved["scheduled_at"] == "2026-11-25T10:00:00Z"
    page = ads("GET", "/scheduled_tweets", count="1").json()
    rest = ads("GET", "/scheduled_tweets", count="1", cursor=page["next_cursor"]).json()
    assert [page["data"][0]["id"], rest["data"][0]["id"], rest["next_cursor"]] == [first["id"], second["id"], None]
    assert data(ads("DELETE", f"/scheduled_tweets/{second['id']}"))["scheduled_status"] == "DELETED"
    clock.advance(hours=2)
    assert not twitter.wall
    assert code(ads("GET", f"/scheduled_tweets/{second['id']}")) == (404, "NOT_FOUND")


def test_drafts(ads: Ads, twitter: TwitterEmulator) -> None:
    """A draft has no time and is never published by itself."""
    draft = data(ads("POST", "/draft_tweets", as_user_id=USER, text="idea"))
    assert "scheduled_at" not in draft
    assert data(ads("PUT", f"/draft_tweets/{draft['id']}", text="better"))["text"] == "better"
    assert data(ads("DELETE", f"/draft_tweets/{draft['id']}"))["status"] == "DELETED"
    assert ads("GET", "/draft_tweets").json()["data"] == []
    assert not twitter.wall


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"as_user_id": ""}, (400, "MISSING_PARAMETER")),
        ({"as_user_id": "1"}, (403, "UNAUTHORIZED_ACCESS")),
        ({"scheduled_at": "2026-11-24T08:00:00Z"}, (400, "INVALID_PARAMETER")),
        ({"scheduled_at": "2027-11-25T10:00:00Z"}, (400, "INVALID_PARAMETER")),
        ({"scheduled_at": "tomorrow"}, (400, "INVALID_PARAMETER")),
        ({"media_keys": "3_1"}, (400, "INVALID_MEDIA")),
        ({"nullcast": "no"}, (400, "INVALID_PARAMETER")),
        ({"text": "", "media_keys": ""}, (400, "MISSING_PARAMETER")),
        ({"text": "x" * 281}, (400, "INVALID_TWEET")),
        ({"name": "x" * 81}, (400, "INVALID_PARAMETER")),
        ({"scheduled_at": ""}, (400, "MISSING_PARAMETER")),
        ({"colour": "red"}, (400, "INVALID_PARAMETER")),
    ],
)
def test_what_is_wrong_is_refused(ads: Ads, change: dict[str, str], expected: tuple[int, str]) -> None:
    """Each parameter is checked."""
    assert code(ads("POST", "/scheduled_tweets", **{**PLAN, **change})) == expected


def test_thirty_in_a_quarter_of_an_hour(ads: Ads) -> None:
    """The 31st plan within 15 minutes is refused; one a quarter later is taken."""
    for number in range(30):
        at = f"2026-11-24T10:{number % 15:02d}:00Z"
        data(ads("POST", "/scheduled_tweets", as_user_id=USER, text=f"{number}", scheduled_at=at))
    assert code(ads("POST", "/scheduled_tweets", **PLAN)) == (400, "SCHEDULED_TWEET_LIMIT_EXCEEDED")
    later = {**PLAN, "scheduled_at": "2026-11-24T10:30:00Z"}
    assert ads("POST", "/scheduled_tweets", **later).status_code == 200


def test_the_references_own_requests(ads: Ads, twitter: TwitterEmulator, clock: TestClock) -> None:
    """The examples of the reference, with parameters in the query and a bare day, answer in its very form."""
    clock.set("2026-10-09T17:16:24+00:00")
    query = f"as_user_id={USER}&text=hello&scheduled_at=2027-01-01"
    body = ads("POST", f"/scheduled_tweets?{query}").json()
    plan = body["data"]["id"]
    assert body == {
        "request": {
            "params": {"text": "hello", "scheduled_at": "2027-01-01T00:00:00Z", "as_user_id": int(USER)},
        },
        "data": {
            "name": None,
            "completed_at": None,
            "text": "hello",
            "user_id": USER,
            "scheduled_status": "SCHEDULED",
            "id": plan,
            "nullcast": True,
            "created_at": "2026-10-09T17:16:24Z",
            "scheduled_at": "2027-01-01T00:00:00Z",
            "card_uri": None,
            "updated_at": "2026-10-09T17:16:24Z",
            "tweet_id": None,
            "media_keys": [],
        },
    }
    changed = ads("PUT", f"/scheduled_tweets/{plan}?text=winter%20solstice").json()
    assert changed["request"]["params"] == {"scheduled_tweet_id": plan, "text": "winter solstice"}
    listed = ads("GET", "/scheduled_tweets?count=1")
    assert listed.json()["request"]["params"] == {"count": 1}
    assert listed.json()["next_cursor"] is None
    assert listed.headers["x-current-api-version"] == "12"
    assert listed.headers["x-rate-limit-limit"] == listed.headers["x-account-rate-limit-limit"] == "2000"
    draft = ads("POST", f"/draft_tweets?as_user_id={USER}&text=Just%20setting%20up%20my%20X.").json()
    assert draft["request"]["params"] == {"text": "Just setting up my X.", "as_user_id": USER}
    assert set(draft["data"]) == {
        "name", "text", "user_id", "id", "nullcast", "created_at", "card_uri", "updated_at", "media_keys",
    }  # fmt: skip
    shown = ads("POST", f"/draft_tweets/preview/{draft['data']['id']}").json()
    assert shown == {
        "request": {"params": {"account_id": "18ce54d4x5t", "draft_tweet_id": draft["data"]["id"]}},
        "message": "See @brand's notifications in the X app to preview your Tweet.",
    }
    frames = ads("GET", f"/tweet_previews?tweet_ids={plan},1&tweet_type=SCHEDULED").json()
    assert [one["tweet_id"] for one in frames["data"]] == [plan]
    assert frames["data"][0]["preview"].startswith("<iframe class='tweet-preview'")


def test_media_come_from_the_library(ads: Ads, twitter: TwitterEmulator, clock: TestClock) -> None:
    """What a user of the account uploaded stands in its library, and goes live with the plan; nothing else does."""
    with client(twitter) as api:
        image = uploaded(api, sample_image(40, 30), "image/png", "tweet_image")
        video = uploaded(api, sample_video(5, width=720, height=720), category="amplify_video")
    library = ads("GET", "/media_library", count="1", media_type="IMAGE").json()
    assert [one["media_key"] for one in library["data"]] == [f"3_{image}"]
    assert data(ads("GET", f"/media_library/13_{video}"))["media_status"] == "TRANSCODE_IN_PROGRESS"
    assert code(ads("POST", "/scheduled_tweets", **PLAN, media_keys=f"13_{video}")) == (400, "INVALID_MEDIA")
    clock.advance(3)
    assert data(ads("GET", f"/media_library/13_{video}"))["media_status"] == "TRANSCODE_COMPLETED"
    assert data(ads("POST", "/media_library", media_key=f"13_{video}", name="film"))["name"] == "film"
    assert code(ads("GET", "/media_library/3_1")) == (404, "MEDIA_NOT_FOUND")
    made = ads("POST", "/scheduled_tweets", **PLAN, media_keys=f"13_{video}", nullcast="false").json()
    assert made["request"]["params"]["media_keys"] == [f"13_{video}"]
    unset = data(ads("PUT", f"/scheduled_tweets/{made['data']['id']}", media_keys=f"3_{image}"))
    assert unset["media_keys"] == [f"3_{image}"]
    clock.advance(hours=2)
    assert [one.media for one in twitter.wall] == [1]


def test_what_is_no_longer_valid_fails_when_its_time_comes(
    ads: Ads, twitter: TwitterEmulator, clock: TestClock
) -> None:
    """Content is looked at again at go-live: media that are gone by then make the plan fail."""
    with client(twitter) as api:
        image = uploaded(api, sample_image(40, 30), "image/png", "tweet_image")
    late = {**PLAN, "scheduled_at": "2026-11-26T10:00:00Z"}
    plan = data(ads("POST", "/scheduled_tweets", **late, media_keys=f"3_{image}", nullcast="false"))
    clock.advance(days=3)
    assert not twitter.wall
    done = data(ads("GET", f"/scheduled_tweets/{plan['id']}"))
    assert (done["scheduled_status"], done["tweet_id"]) == ("FAILED", None)
    assert done["completed_at"] == "2026-11-26T10:00:00Z"
    changed = ads("PUT", f"/scheduled_tweets/{plan['id']}", text="again")
    assert code(changed) == (400, "INVALID_PARAMETER")


def test_plans_are_promoted_until_they_are_live(ads: Ads, clock: TestClock) -> None:
    """A line item takes a scheduled post, and lets go of it only before its time."""
    plan = data(ads("POST", "/scheduled_tweets", **PLAN))
    made = data(ads("POST", "/scheduled_promoted_tweets", line_item_id="8xdpe", scheduled_tweet_id=str(plan["id"])))
    assert (made["line_item_id"], made["scheduled_tweet_id"], made["deleted"]) == ("8xdpe", plan["id"], False)
    other = data(ads("POST", "/scheduled_promoted_tweets", line_item_id="8xdpf", scheduled_tweet_id=str(plan["id"])))
    assert data(ads("DELETE", f"/scheduled_promoted_tweets/{other['id']}"))["deleted"] is True
    assert [one["id"] for one in ads("GET", "/scheduled_promoted_tweets").json()["data"]] == [made["id"]]
    clock.advance(hours=2)
    assert code(ads("DELETE", f"/scheduled_promoted_tweets/{made['id']}")) == (400, "INVALID_PARAMETER")
    missing = ads("POST", "/scheduled_promoted_tweets", line_item_id="8xdpe", scheduled_tweet_id="1")
    assert code(missing) == (404, "NOT_FOUND")


def test_who_may_use_the_ads_api(ads: Ads, twitter: TwitterEmulator) -> None:
    """The app's access, the credential's level, the account and the version are looked at."""
    twitter.settings.ads_access = False
    assert code(ads("GET", "/draft_tweets")) == (403, "UNAUTHORIZED_CLIENT_APPLICATION")
    twitter.settings.ads_access = True
    signed = twitter.grant(f"{USER}-OAUTH1")
    signed.access_level = "read"
    assert code(ads("POST", "/draft_tweets", as_user_id=USER, text="x")) == (403, "READONLY_CLIENT_APPLICATION")
    assert ads("GET", "/draft_tweets").status_code == 200
    assert code(ads("GET", "/../other/draft_tweets")) == (403, "ACCOUNT_NOT_FOUND")
    assert code(ads("GET", "/sprockets")) == (404, "ROUTE_NOT_FOUND")
    assert ads("GET", "/line_items").status_code == 501
    older = ads("GET", "/../../../11/accounts/18ce54d4x5t/draft_tweets")
    assert "deprecated" in older.headers["x-api-warn"]
    assert code(ads("GET", "/../../../9/accounts/18ce54d4x5t/draft_tweets")) == (404, "ROUTE_NOT_FOUND")
    twitter.user(USER).suspended = True
    assert code(ads("GET", "/draft_tweets")) == (403, "CURRENT_USER_SUSPENDED")


def test_writes_are_limited_by_the_minute(ads: Ads, twitter: TwitterEmulator, clock: TestClock) -> None:
    """More writes than the category allows in a minute are a 429 in the Ads API's form."""
    twitter.ads_rate_limits.limits["writes"] = EndpointLimit(Window(1, 60))
    draft = {"as_user_id": USER, "text": "x"}
    assert ads("POST", "/draft_tweets", **draft).headers["x-rate-limit-remaining"] == "0"
    limited = ads("POST", "/draft_tweets", **draft)
    assert code(limited) == (429, "TOO_MANY_REQUESTS")
    assert limited.headers["x-rate-limit-reset"]
    clock.advance(60)
    assert ads("POST", "/draft_tweets", **draft).status_code == 200


def test_a_bearer_token_is_not_taken(twitter: TwitterEmulator) -> None:
    """The Ads API takes OAuth 1.0a alone."""
    with twitter.client() as client:
        answer = client.get(
            f"https://ads-api.x.com{ACCOUNT}/draft_tweets", headers={"Authorization": "Bearer USER_TOKEN"}
        )
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "UNAUTHORIZED_ACCESS"


def test_the_signature_is_the_published_one() -> None:
    """The worked example of RFC 5849 (section 1.2) gives the signature that it prints."""
    request = EmulatedRequest("GET", "http://photos.example.net/photos?file=vacation.jpg&size=original", {}, b"")
    oauth = {
        "oauth_consumer_key": "dpf43f3p2l4k3l03",
        "oauth_token": "nnch734d00sl2jdk",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131202",
        "oauth_nonce": "chapoH",
    }
    assert signature(request, oauth, "kd94hf93k423kf44", "pfkkdhi9sl3r4s00") == "MdpQcU8iPSUjWoN/UDMsK2sui9I="
