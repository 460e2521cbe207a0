"""The X API's published examples, replayed against the emulator with no socket in between."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.twitter import TwitterEmulator

USER = "2244994945"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(100)
INVALID = {"title": "Invalid Request", "detail": "One or more parameters to your request was invalid."}


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


def posted(api: httpx.Client, text: str = "Release day", **fields: object) -> str:
    answer = api.post("/2/tweets", json={"text": text, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


def uploaded(api: httpx.Client) -> str:
    files = {"media": ("blob", PNG, "application/octet-stream")}
    answer = api.post("/2/media/upload", data={"media_category": "tweet_image"}, files=files)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


# ── R1 and R2: create and delete ──────────────────────────────────────────────────────────────────────────────────────


def test_create_echoes_the_text_with_a_t_co_address_for_media(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A post with an image answers 201 with id, text and history, and stands on the wall as it was written."""
    media = uploaded(api)
    body = {
        "text": "Release day",
        "media": {"media_ids": [media]},
        "reply_settings": "mentionedUsers",
        "made_with_ai": True,
    }
    answer = api.post("/2/tweets", json=body)
    assert answer.status_code == 201
    assert answer.headers["x-rate-limit-limit"] == "100"
    assert answer.headers["x-rate-limit-remaining"] == "99"
    data = answer.json()["data"]
    assert data["text"].startswith("Release day https://t.co/")
    assert data["edit_history_tweet_ids"] == [data["id"]]
    (seen,) = twitter.wall
    assert (seen.id, seen.account, seen.text, seen.media) == (data["id"], USER, "Release day", 1)


def test_delete_takes_the_post_off_the_wall(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A deleted post is gone from the wall and from reads."""
    post = posted(api)
    answer = api.delete(f"/2/tweets/{post}")
    assert (answer.status_code, answer.json()) == (200, {"data": {"deleted": True}})
    assert twitter.wall == ()
    assert "data" not in api.get("/2/tweets", params={"ids": post}).json()


def test_only_the_author_deletes(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Somebody else's post is not deleted."""
    other = twitter.publish_as("12", "hello")
    answer = api.delete(f"/2/tweets/{other}")
    assert answer.status_code == 403
    assert answer.json()["detail"] == "You are not authorized to delete this Tweet."
    assert len(twitter.wall) == 1


# ── R3: chunked upload ────────────────────────────────────────────────────────────────────────────────────────────────


def start(api: httpx.Client, total: int, kind: str = "video/mp4", category: str = "tweet_video") -> str:
    body = {"media_type": kind, "total_bytes": total, "media_category": category}
    answer = api.post("/2/media/upload/initialize", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["expires_after_secs"] == 86400
    return str(answer.json()["data"]["id"])


def append(api: httpx.Client, media: str, index: int, content: bytes) -> httpx.Response:
    files = {"media": ("blob", content, "application/octet-stream")}
    return api.post(f"/2/media/upload/{media}/append", data={"segment_index": str(index)}, files=files)


def test_chunked_upload_goes_through_processing(api: httpx.Client, clock: TestClock) -> None:
    """A video is pending after finalize, then in progress, then succeeded, and only then may stand in a post."""
    media = start(api, len(MP4))
    assert append(api, media, 0, MP4[:50]).json() == {"data": {"expires_at": int(clock.now().timestamp()) + 86400}}
    assert append(api, media, 1, MP4[50:]).status_code == 200
    done = api.post(f"/2/media/upload/{media}/finalize").json()["data"]
    assert done["media_key"] == f"7_{media}"
    assert done["size"] == len(MP4)
    assert done["processing_info"] == {"state": "pending", "check_after_secs": 1}
    early = api.post("/2/tweets", json={"text": "now", "media": {"media_ids": [media]}})
    assert early.json() == {
        "errors": [{"parameters": {"media.media_ids": [media]}, "message": "Your media IDs are invalid."}],
        **INVALID,
        "type": "https://api.twitter.com/2/problems/invalid-request",
    }
    clock.advance(1)
    status = {"command": "STATUS", "media_id": media}
    assert api.get("/2/media/upload", params=status).json()["data"]["processing_info"]["state"] == "in_progress"
    clock.advance(2)
    info = api.get("/2/media/upload", params=status).json()["data"]["processing_info"]
    assert info == {"state": "succeeded", "progress_percent": 100}
    posted(api, "now", media={"media_ids": [media]})


def test_segments_are_consecutive_and_may_be_sent_again(api: httpx.Client) -> None:
    """A gap is refused at the end, the same index again replaces the segment, and a wrong sum is refused."""
    media = start(api, len(MP4))
    assert append(api, media, 0, MP4[:9]).status_code == 200
    assert append(api, media, 0, MP4[:50]).status_code == 200
    assert api.post(f"/2/media/upload/{media}/finalize").status_code == 400
    assert append(api, media, 1, MP4[50:]).status_code == 200
    assert api.post(f"/2/media/upload/{media}/finalize").status_code == 200


def test_an_image_is_ready_without_processing(api: httpx.Client) -> None:
    """Finalize of an image has no processing information, and its status cannot be asked for (E19)."""
    media = start(api, len(PNG), "image/png", "tweet_image")
    body = {"media": base64.b64encode(PNG).decode(), "segment_index": 0}
    assert api.post(f"/2/media/upload/{media}/append", json=body).status_code == 200
    done = api.post(f"/2/media/upload/{media}/finalize").json()["data"]
    assert "processing_info" not in done
    assert done["image"] == {"image_type": "image/png", "w": 1, "h": 1}
    status = api.get("/2/media/upload", params={"command": "STATUS", "media_id": media})
    assert status.status_code == 400
    assert status.json()["errors"] == [{"message": "BadRequest: Not found"}]


def test_what_is_no_video_fails_in_processing(api: httpx.Client, clock: TestClock) -> None:
    """An image that was sent as a video ends in `failed`."""
    media = start(api, len(PNG))
    append(api, media, 0, PNG)
    api.post(f"/2/media/upload/{media}/finalize")
    clock.advance(10)
    info = api.get("/2/media/upload", params={"command": "STATUS", "media_id": media}).json()["data"]["processing_info"]
    assert info["state"] == "failed"
    assert info["error"]["name"] == "InvalidMedia"


@pytest.mark.parametrize("extra", ["command", "media_type", "shared"])
def test_one_shot_refuses_what_its_schema_does_not_have(api: httpx.Client, extra: str) -> None:
    """The old upload's parameters are refused, not ignored."""
    files = {"media": ("blob", PNG, "application/octet-stream")}
    answer = api.post("/2/media/upload", data={"media_category": "tweet_image", extra: "INIT"}, files=files)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].startswith(f"$.{extra}: is not defined in the schema")


def test_media_expire(api: httpx.Client, clock: TestClock) -> None:
    """Media that was uploaded a day ago can no longer be posted."""
    media = uploaded(api)
    clock.advance(days=1)
    answer = api.post("/2/tweets", json={"text": "late", "media": {"media_ids": [media]}})
    assert answer.status_code == 400


def test_alt_text_is_kept(api: httpx.Client) -> None:
    """The description given to an image is read back with the post."""
    media = uploaded(api)
    body = {"id": media, "metadata": {"alt_text": {"text": "A raincoat"}}}
    answer = api.post("/2/media/metadata", json=body)
    assert answer.json() == {"data": {"id": media, "associated_metadata": {"alt_text": {"text": "A raincoat"}}}}
    post = posted(api, "x", media={"media_ids": [media]})
    query = {"ids": post, "expansions": "attachments.media_keys", "media.fields": "alt_text"}
    assert api.get("/2/tweets", params=query).json()["includes"]["media"][0]["alt_text"] == "A raincoat"


# ── R4 and R6: reads ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_metrics_with_a_partial_error(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A post that is missing comes as an error beside the counts of the others."""
    post = posted(api)
    counts = {
        "retweet_count": 3,
        "reply_count": 1,
        "like_count": 25,
        "quote_count": 0,
        "bookmark_count": 2,
        "impression_count": 1480,
    }
    twitter.set_metrics(post, public=counts)
    missing = "1993000000000000999"
    answer = api.get("/2/tweets", params={"ids": f"{post},{missing}", "tweet.fields": "created_at,public_metrics"})
    assert answer.status_code == 200
    assert answer.json() == {
        "data": [
            {
                "id": post,
                "text": "Release day",
                "created_at": "2026-11-24T09:00:00.000Z",
                "edit_history_tweet_ids": [post],
                "public_metrics": counts,
            }
        ],
        "errors": [
            {
                "value": missing,
                "detail": f"Could not find tweet with ids: [{missing}].",
                "title": "Not Found Error",
                "resource_type": "tweet",
                "parameter": "ids",
                "resource_id": missing,
                "type": "https://api.twitter.com/2/problems/resource-not-found",
            }
        ],
    }


def test_reconcile_reads_the_timeline(api: httpx.Client, clock: TestClock) -> None:
    """The timeline gives the posts after an id, with their addresses as they were written."""
    old = posted(api, "old")
    clock.advance(1)
    new = posted(api, "Release day https://example.com/spring")
    query = {"since_id": old, "max_results": "5", "exclude": "retweets", "tweet.fields": "created_at,entities"}
    body = api.get(f"/2/users/{USER}/tweets", params=query).json()
    assert body["meta"] == {"result_count": 1, "newest_id": new, "oldest_id": new}
    (seen,) = body["data"]
    (url,) = seen["entities"]["urls"]
    assert seen["text"][url["start"] : url["end"]] == url["url"]
    assert url["expanded_url"] == "https://example.com/spring"


def test_timeline_pages(api: httpx.Client) -> None:
    """Pages follow one another without gap or repetition, and an empty page has no data."""
    posts = [posted(api, f"post {number}") for number in range(7)]
    first = api.get(f"/2/users/{USER}/tweets", params={"max_results": 5}).json()
    token = first["meta"]["next_token"]
    second = api.get(f"/2/users/{USER}/tweets", params={"max_results": 5, "pagination_token": token}).json()
    assert [one["id"] for one in first["data"] + second["data"]] == posts[::-1]
    assert "next_token" not in second["meta"]
    empty = api.get(f"/2/users/{USER}/tweets", params={"since_id": posts[-1]}).json()
    assert empty == {"meta": {"result_count": 0}}


def test_reads_lag_behind_writes(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """A new post stands in the timeline once the lag is over, and on the wall at once."""
    twitter.settings.timeline_lag = 5
    posted(api)
    assert len(twitter.wall) == 1
    assert "data" not in api.get(f"/2/users/{USER}/tweets").json()
    clock.advance(5)
    assert len(api.get(f"/2/users/{USER}/tweets").json()["data"]) == 1


def test_private_metrics_are_refused_one_by_one(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Private counts of somebody else's or an old post come as errors, one for each (E14)."""
    mine, other = posted(api), twitter.publish_as("12", "hello")
    fields = {"tweet.fields": "non_public_metrics"}
    body = api.get("/2/tweets", params={"ids": f"{mine},{other}", **fields}).json()
    assert body["data"][0]["non_public_metrics"]["url_link_clicks"] == 0
    assert {one["field"] for one in body["errors"]} == {
        f"non_public_metrics.{name}"
        for name in ("impression_count", "url_link_clicks", "user_profile_clicks", "engagements")
    }
    assert all(one["resource_id"] == other for one in body["errors"])
    clock.advance(days=31)
    assert len(api.get("/2/tweets", params={"ids": mine, **fields}).json()["errors"]) == 4


def test_the_other_vocabulary(clock: TestClock) -> None:
    """With spec 2.167 reads have the new names, and the old parameter is refused by name."""
    twitter = TwitterEmulator(clock=clock, vocabulary="post")
    headers = {"Authorization": "Bearer USER_TOKEN"}
    with httpx.Client(transport=twitter.transport(), base_url="https://api.x.com", headers=headers) as api:
        post = posted(api)
        (seen,) = api.get("/2/tweets", params={"ids": post, "post.fields": "public_metrics"}).json()["data"]
        assert seen["edit_history_post_ids"] == [post]
        assert seen["public_metrics"]["repost_count"] == 0
        refused = api.get("/2/tweets", params={"ids": post, "tweet.fields": "public_metrics"})
        assert refused.status_code == 400
        assert refused.json()["parameter"] == "tweet.fields"


# ── R5: tokens ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_refresh_tokens_rotate(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A refresh token works once: it gives a new pair, and the second use is refused (E13)."""
    twitter.grant("USER_TOKEN").refresh_token = "OLD_REFRESH"
    headers = {"Authorization": "Basic Q0xJRU5UX0lEOkNMSUVOVF9TRUNSRVQ="}
    form = {"grant_type": "refresh_token", "refresh_token": "OLD_REFRESH"}
    answer = api.post("/2/oauth2/token", data=form, headers=headers)
    assert answer.status_code == 200
    pair = answer.json()
    assert (pair["token_type"], pair["expires_in"]) == ("bearer", 7200)
    assert set(pair["scope"].split()) == {"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"}
    me = api.get("/2/users/me", headers={"Authorization": f"Bearer {pair['access_token']}"})
    assert me.json()["data"]["username"] == "brand"
    again = api.post("/2/oauth2/token", data=form, headers=headers)
    assert (again.status_code, again.json()) == (
        400,
        {"error": "invalid_request", "error_description": "Value passed for the token was invalid."},
    )


def test_a_code_is_exchanged_once_with_its_verifier(api: httpx.Client, clock: TestClock) -> None:
    """The consent page gives a code that works once, within half a minute, with the verifier of its challenge."""
    consent = {
        "response_type": "code",
        "client_id": "CLIENT_ID",
        "redirect_uri": "http://127.0.0.1/callback",
        "scope": "tweet.read users.read",
        "state": "s",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }

    def code() -> str:
        back = httpx.URL(api.get("https://x.com/i/oauth2/authorize", params=consent).headers["location"])
        assert back.params["state"] == "s"
        return str(back.params["code"])

    def exchange(given: str, verifier: str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": given, "code_verifier": verifier}
        form["redirect_uri"] = consent["redirect_uri"]
        return api.post("/2/oauth2/token", data=form, auth=httpx.BasicAuth("CLIENT_ID", "CLIENT_SECRET"))

    first = code()
    assert exchange(first, "wrong").status_code == 400
    good = exchange(first)
    assert good.status_code == 200
    assert "refresh_token" not in good.json()
    assert exchange(first).status_code == 400
    late = code()
    clock.advance(30)
    assert exchange(late).json()["error_description"] == "Value passed for the authorization code was invalid."


def test_the_token_endpoint_wants_the_client(api: httpx.Client) -> None:
    """Without the app's own credentials there is no token."""
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    answer = api.post("/2/oauth2/token", data=form)
    expected = {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}
    assert (answer.status_code, answer.json()) == (401, expected)


# ── the error bodies ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_e1_unauthorized(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """An unknown, an expired and a revoked token, and none, are refused alike."""
    e1 = {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
    answer = api.get("/2/users/me", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json()) == (401, e1)
    twitter.grant("USER_TOKEN").expires_at = twitter.clock.now()
    assert api.get("/2/users/me").json() == e1
    twitter.grant("USER_TOKEN").expires_at = None
    assert api.get("/2/users/me").status_code == 200
    twitter.revoke_tokens()
    assert api.get("/2/users/me").json() == e1


def test_e2_duplicate(api: httpx.Client, clock: TestClock, twitter: TwitterEmulator) -> None:
    """The same post again is refused within the window, and taken after it."""
    posted(api)
    answer = api.post("/2/tweets", json={"text": "Release day"})
    assert (answer.status_code, answer.json()) == (
        403,
        {
            "detail": "You are not allowed to create a Tweet with duplicate content.",
            "type": "about:blank",
            "title": "Forbidden",
            "status": 403,
        },
    )
    assert len(twitter.wall) == 1
    clock.advance(twitter.settings.duplicate_window)
    posted(api)


def test_e3_credits(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Writes and reads come off the balance; without one, 402 in the newer or the older form."""
    twitter.settings.credits = Decimal("0.21")
    posted(api)
    posted(api, "with https://example.com")
    assert twitter.ledger.spent == Decimal("0.215")
    newer = api.post("/2/tweets", json={"text": "more"})
    assert (newer.status_code, newer.json()) == (
        402,
        {
            "detail": "credits depleted",
            "status": 402,
            "title": "Payment Required",
            "type": "https://api.x.com/2/problems/credits-depleted",
        },
    )
    assert newer.headers["x-rate-limit-remaining"] == "97"
    twitter.settings.older_credits_body = True
    older = api.post("/2/tweets", json={"text": "more"})
    assert older.json() == {
        "account_id": 2051096097834344448,
        "title": "CreditsDepleted",
        "detail": "Your enrolled account [2051096097834344448] does not have any credits to fulfill this request.",
        "type": "https://api.twitter.com/2/problems/credits",
    }


def test_e4_and_e5_access(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """An app without a project, and one with a subset of the API, are told so; so is who calls v1.1."""
    assert api.post("/1.1/statuses/update.json", data={"status": "x"}).json()["errors"][0]["code"] == 453
    assert api.post("/1.1/media/upload.json").status_code == 410
    twitter.settings.plan = "none"
    answer = api.get("/2/users/me")
    assert answer.status_code == 403
    assert answer.json()["reason"] == "client-not-enrolled"
    twitter.settings.plan = "subset"
    assert api.get("/2/users/me").json()["errors"][0]["code"] == 453


def test_e6_usage_cap_and_e10_spend_cap(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """The month's reads and the cycle's spending end at what is set."""
    post = posted(api)
    twitter.settings.read_cap = 1
    assert api.get("/2/tweets", params={"ids": post}).status_code == 200
    capped = api.get("/2/tweets", params={"ids": post})
    assert (capped.status_code, capped.json()["title"]) == (429, "UsageCapExceeded")
    twitter.settings.spend_limit = Decimal("0.01")
    spent = api.post("/2/tweets", json={"text": "more"})
    assert (spent.status_code, spent.json()) == (
        403,
        {
            "title": "SpendCapReached",
            "detail": "Your monthly spend cap has been reached.",
            "type": "https://api.x.com/2/problems/spend-cap-reached",
        },
    )


def test_e7_rate_limit(api: httpx.Client, clock: TestClock) -> None:
    """The 76th call in a window is refused, with the time when the next one begins."""
    for _ in range(75):
        assert api.get("/2/users/me").status_code == 200
    answer = api.get("/2/users/me")
    assert (answer.status_code, answer.json()) == (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]})
    assert answer.headers["x-rate-limit-remaining"] == "0"
    assert int(answer.headers["x-rate-limit-reset"]) == int(clock.now().timestamp()) + 900
    clock.advance(900)
    assert api.get("/2/users/me").status_code == 200


def test_e9_app_only(api: httpx.Client) -> None:
    """The app's own token reads, and may not act for a user."""
    token = api.post(
        "/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=httpx.BasicAuth("CONSUMER_KEY", "CONSUMER_SECRET"),
    ).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    post = posted(api)
    assert api.get("/2/tweets", params={"ids": post}, headers=headers).status_code == 200
    answer = api.post("/2/tweets", json={"text": "x"}, headers=headers)
    assert (answer.status_code, answer.json()) == (
        403,
        {
            "title": "Unsupported Authentication",
            "detail": "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported "
            "authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
            "type": "https://api.twitter.com/2/problems/unsupported-authentication",
            "status": 403,
        },
    )


def test_e11_replies_and_quotes(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A reply is taken on one's own thread and where one was called on; a quote only from an enterprise."""
    own = posted(api, "one")
    posted(api, "two", reply={"in_reply_to_tweet_id": own})
    stranger = twitter.publish_as("12", "good morning")
    answer = api.post("/2/tweets", json={"text": "hi", "reply": {"in_reply_to_tweet_id": stranger}})
    assert answer.status_code == 403
    assert answer.json()["detail"].startswith("Reply to this conversation is not allowed")
    caller = twitter.publish_as("12", "what says @brand?")
    posted(api, "hi", reply={"in_reply_to_tweet_id": caller})
    assert api.post("/2/tweets", json={"text": "see", "quote_tweet_id": stranger}).status_code == 403
    twitter.settings.plan = "enterprise"
    posted(api, "see", quote_tweet_id=stranger)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"text": "x", "foo": 1}, "$.foo: is not defined in the schema and the schema does not allow additional"),
        ({"text": "x", "media": {"media_ids": ["1"], "foo": 1}}, "$.media.foo: is not defined in the schema"),
        ({"text": "x", "media": {}}, "$.media.media_ids: is missing but it is required"),
        ({"text": 5}, "$.text: "),
        ({"text": "x", "reply_settings": "everyone"}, "$.reply_settings: "),
        ({}, "$.text: is missing but it is required"),
        (
            {"text": "x", "poll": {"options": ["a", "b"], "duration_minutes": 5}, "card_uri": "card://1"},
            "You can only provide one of poll or quote_tweet_id or direct_message_deep_link or media or card_uri.",
        ),
        ({"text": "x", "poll": {"options": ["a"], "duration_minutes": 5}}, "$.poll.options: "),
    ],
)
def test_e15_schema(api: httpx.Client, twitter: TwitterEmulator, body: dict[str, object], message: str) -> None:
    """What the schema does not allow is refused at every level, by its path."""
    answer = api.post("/2/tweets", json=body)
    assert answer.status_code == 400
    told = answer.json()
    assert told["errors"][0]["message"].startswith(message)
    assert told["detail"] == INVALID["detail"]
    assert twitter.wall == ()


def test_e16_unknown_parameter(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A query parameter that is not known is refused with those that are."""
    twitter.settings.vocabulary = "legacy"
    answer = api.get("/2/tweets", params={"ids": "1", "post.fields": "public_metrics"})
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "errors": [
                {
                    "parameters": {"post.fields": ["public_metrics"]},
                    "message": "The query parameter [post.fields] is not one of [ids,expansions,tweet.fields,"
                    "media.fields,poll.fields,place.fields,user.fields]",
                }
            ],
            **INVALID,
            "type": "https://api.twitter.com/2/problems/invalid-request",
        },
    )


@pytest.mark.parametrize("ids", ["", ",".join(str(one) for one in range(1, 102)), "abc"])
def test_ids_have_bounds(api: httpx.Client, ids: str) -> None:
    """From 1 to 100 ids of digits may be asked for."""
    assert api.get("/2/tweets", params={"ids": ids}).status_code == 400


def test_e17_content_type(api: httpx.Client) -> None:
    """A form is no body for a post."""
    answer = api.post("/2/tweets", data={"text": "x"})
    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        [{"message": "Requests with bodies must have content-type of application/json."}],
    )


def test_e18_missing_scope(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A token without the scope is refused without saying which one is missing."""
    twitter.grant("USER_TOKEN").scopes = frozenset({"tweet.read", "tweet.write", "users.read"})
    answer = api.post("/2/media/upload", json={"media": "", "media_category": "tweet_image"})
    e18 = {"title": "Forbidden", "type": "about:blank", "status": 403, "detail": "Forbidden"}
    assert (answer.status_code, answer.json()) == (403, e18)


def test_too_long_is_refused(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """280 weighted characters are taken, 281 are not, unless the user pays for more."""
    posted(api, "a" * 256 + " https://example.com/a-very-long-path")
    answer = api.post("/2/tweets", json={"text": "a" * 257 + " https://example.com/a-very-long-path"})
    assert answer.status_code == 403
    assert api.post("/2/tweets", json={"text": "日" * 141}).status_code == 403
    twitter.user(USER).premium = True
    posted(api, "日" * 141)


def test_what_is_not_known_is_a_501(api: httpx.Client) -> None:
    """A path that the emulator does not know is never answered as if it worked."""
    answer = api.get("/2/tweets/counts/recent", params={"query": "x"})
    assert answer.status_code == 501
    assert "GET /2/tweets/counts/recent" in answer.json()["gap"]
