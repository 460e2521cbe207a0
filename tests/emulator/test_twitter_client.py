"""tweepy, which we did not write, drives the Twitter emulator over loopback."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
import tweepy
from requests_oauthlib import OAuth2Session  # type: ignore[import-untyped]  # ships no types

from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.testing.samples import sample_image, sample_video

USER = "2244994945"


class Loopback(requests.Session):
    """tweepy's own session, with X's host exchanged before a request is signed: tweepy writes the host in its code."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: str | bytes, url: str | bytes, *args: object, **kwargs: object) -> requests.Response:
        """Send to the emulator in place of X."""
        assert isinstance(url, str)
        moved = url.replace("https://api.twitter.com", self._url).replace("https://upload.twitter.com", self._url)
        return super().request(method, moved, *args, **kwargs)  # type: ignore[arg-type]  # passed on as it came


@pytest.fixture
def twitter() -> TwitterEmulator:
    return TwitterEmulator(clock=TestClock("2026-11-24T09:00:00+00:00"))


@contextmanager
def tweepy_client(emulator: TwitterEmulator, **credentials: str) -> Iterator[tweepy.Client]:
    with serving(emulator) as url, Loopback(url) as session:
        client = tweepy.Client(**credentials)
        client.session.close()
        client.session = session
        yield client


@pytest.fixture
def bearer(twitter: TwitterEmulator) -> Iterator[tweepy.Client]:
    """A client with an OAuth 2.0 user token."""
    with tweepy_client(twitter, bearer_token="USER_TOKEN") as client:
        yield client


def keys(twitter: TwitterEmulator) -> dict[str, str]:
    credential = twitter.oauth1_credential()
    return {
        "consumer_key": credential.consumer_key,
        "consumer_secret": credential.consumer_secret.get_secret_value(),
        "access_token": credential.token.get_secret_value(),
        "access_token_secret": credential.token_secret.get_secret_value(),
    }


@pytest.fixture
def signed(twitter: TwitterEmulator) -> Iterator[tweepy.Client]:
    """A client that signs by OAuth 1.0a."""
    with tweepy_client(twitter, **keys(twitter)) as client:
        yield client


def test_a_post_is_made_read_and_deleted(bearer: tweepy.Client, twitter: TwitterEmulator) -> None:
    """tweepy creates a post, reads it with its counts, lists it, and deletes it."""
    post = str(bearer.create_tweet(text="Release day https://example.com", user_auth=False).data["id"])
    assert [(one.id, one.link) for one in twitter.wall] == [(post, "https://example.com")]
    twitter.set_metrics(post, public={"like_count": 25, "impression_count": 1480})
    read = bearer.get_tweets([post, "1"], tweet_fields=["created_at", "public_metrics", "entities"])
    (seen,) = read.data
    assert seen.public_metrics["like_count"] == 25
    assert seen.entities["urls"][0]["expanded_url"] == "https://example.com"
    assert read.errors[0]["title"] == "Not Found Error"
    listed = bearer.get_users_tweets(USER, max_results=5)
    assert [str(one.id) for one in listed.data] == [post]
    assert bearer.delete_tweet(post, user_auth=False).data == {"deleted": True}
    assert twitter.wall == ()


def test_pages_follow(bearer: tweepy.Client) -> None:
    """tweepy's paginator walks the whole timeline."""
    for number in range(12):
        bearer.create_tweet(text=f"post {number}", user_auth=False)
    pages = tweepy.Paginator(bearer.get_users_tweets, USER, max_results=5)
    assert [len(page.data) for page in pages] == [5, 5, 2]


def test_signed_requests_are_accepted(signed: tweepy.Client, twitter: TwitterEmulator) -> None:
    """A signature made by another library over method, address and query is the one that the emulator computes."""
    signed.create_tweet(text="Signed & sealed: 100% “é”")
    assert [one.text for one in twitter.wall] == ["Signed & sealed: 100% “é”"]
    assert str(signed.get_me(user_fields=["created_at", "verified"]).data.id) == USER
    post = twitter.wall[0].id
    private = signed.get_tweets([post], tweet_fields=["non_public_metrics"], user_auth=True)
    assert private.data[0].non_public_metrics["engagements"] == 0


@pytest.mark.parametrize("wrong", ["consumer_secret", "access_token_secret", "consumer_key", "access_token"])
def test_a_wrong_key_is_refused(twitter: TwitterEmulator, wrong: str) -> None:
    """A signature by any other key is refused, and nothing is posted."""
    with tweepy_client(twitter, **{**keys(twitter), wrong: "another"}) as client, pytest.raises(tweepy.Unauthorized):
        client.create_tweet(text="x")
    assert twitter.wall == ()


def test_a_read_only_credential_may_not_write(signed: tweepy.Client, twitter: TwitterEmulator) -> None:
    """What a credential may do is frozen in it, and told in a header."""
    next(one for one in twitter.grants if one.scheme == "oauth1").access_level = "read"
    assert signed.get_me().data.username == "brand"
    with pytest.raises(tweepy.Forbidden) as refused:
        signed.create_tweet(text="x")
    assert refused.value.response.headers["x-access-level"] == "read"


def test_tweepy_reads_the_refusals(bearer: tweepy.Client, twitter: TwitterEmulator) -> None:
    """A duplicate, an unknown token and too many requests are what tweepy takes them for."""
    bearer.create_tweet(text="once", user_auth=False)
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        bearer.create_tweet(text="once", user_auth=False)
    twitter.faults.add(Fault(FaultKind.THROTTLED))
    with pytest.raises(tweepy.TooManyRequests) as throttled:
        bearer.get_tweets(["1"])
    assert throttled.value.reset_time is not None
    twitter.revoke_tokens()
    with pytest.raises(tweepy.Unauthorized):
        bearer.get_tweets(["1"])


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESET, FaultKind.ERROR_AFTER, FaultKind.TRUNCATED])
def test_a_lost_answer_leaves_the_post(bearer: tweepy.Client, twitter: TwitterEmulator, kind: FaultKind) -> None:
    """Where the request took effect the post is on the wall, whatever the client saw."""
    twitter.faults.add(Fault(kind, method="POST"))
    with pytest.raises((requests.RequestException, tweepy.TweepyException)):
        bearer.create_tweet(text="kept", user_auth=False)
    assert [one.text for one in twitter.wall] == ["kept"]


@pytest.mark.parametrize("kind", [FaultKind.ERROR_BEFORE, FaultKind.HTML])
def test_an_error_before_the_effect_leaves_nothing(
    bearer: tweepy.Client, twitter: TwitterEmulator, kind: FaultKind
) -> None:
    """Where the request took no effect the wall is empty."""
    twitter.faults.add(Fault(kind, status=503))
    with pytest.raises(tweepy.TwitterServerError):
        bearer.create_tweet(text="lost", user_auth=False)
    assert twitter.wall == ()


# ── more of tweepy, and of requests-oauthlib ──────────────────────────────────────────────────────────────────────────


@contextmanager
def tweepy_api(emulator: TwitterEmulator) -> Iterator[tweepy.API]:
    """tweepy's client of version 1.1."""
    own = keys(emulator)
    auth = tweepy.OAuth1UserHandler(
        own["consumer_key"], own["consumer_secret"], own["access_token"], own["access_token_secret"]
    )
    with serving(emulator) as url, Loopback(url) as session:
        api = tweepy.API(auth)
        api.session.close()
        api.session = session
        yield api


def test_a_thread_with_a_poll(bearer: tweepy.Client, twitter: TwitterEmulator) -> None:
    """tweepy makes a poll and a thread, and reads them with what they expand to."""
    first = bearer.create_tweet(
        text="which?", poll_options=["a", "b"], poll_duration_minutes=60, reply_settings="following", user_auth=False
    ).data["id"]
    second = bearer.create_tweet(text="well", in_reply_to_tweet_id=first, user_auth=False).data["id"]
    assert [one.parent for one in twitter.wall] == [None, first]
    read = bearer.get_tweet(
        second,
        tweet_fields=["conversation_id", "referenced_tweets", "in_reply_to_user_id", "edit_controls"],
        expansions=["author_id", "referenced_tweets.id", "in_reply_to_user_id"],
        user_fields=["public_metrics"],
    )
    assert str(read.data.conversation_id) == first
    assert str(read.data.referenced_tweets[0].id) == first
    assert read.includes["users"][0].public_metrics["tweet_count"] == 2
    poll = bearer.get_tweet(first, expansions="attachments.poll_ids", poll_fields=["end_datetime", "voting_status"])
    assert poll.includes["polls"][0].voting_status == "open"
    found = bearer.search_recent_tweets(f"conversation_id:{first}", max_results=10)
    assert {str(one.id) for one in found.data} == {first, second}


def test_tweepy_likes_reposts_and_hides(twitter: TwitterEmulator) -> None:
    """The other writes of tweepy reach what they are for, in an enterprise."""
    twitter.settings.plan = "enterprise"
    with tweepy_client(twitter, **keys(twitter)) as signed:
        post = twitter.publish_as("12", "hello @brand")
        assert signed.like(post).data == {"liked": True}
        assert signed.retweet(post).data["retweeted"] is True
        assert signed.follow_user("12").data["following"] is True
        assert [str(one.id) for one in signed.get_liking_users(post, user_auth=True).data] == [USER]
        assert [str(one.id) for one in signed.get_retweeters(post, user_auth=True).data] == [USER]
        assert [str(one.id) for one in signed.get_users_mentions(USER, user_auth=True).data] == [post]
        own = signed.create_tweet(text="what do you think?").data["id"]
        reply = twitter.publish_as("12", "boo", reply_to=own)
        assert signed.hide_reply(reply).data == {"hidden": True}
        assert signed.unlike(post).data == {"liked": False}
        assert signed.unretweet(post).data == {"retweeted": False}
        quote = signed.create_tweet(text="look", quote_tweet_id=post).data["id"]
        assert next(one for one in twitter.wall if one.id == quote).parent == post
        assert [str(one.id) for one in signed.get_quote_tweets(post, user_auth=True).data] == [quote]


@pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # tweepy imports it
def test_version_1_1_is_closed(twitter: TwitterEmulator) -> None:
    """A status cannot be posted by version 1.1 any more, and the upload is gone."""
    with tweepy_api(twitter) as api:
        with pytest.raises(tweepy.Forbidden) as closed:
            api.update_status("hello")
        assert closed.value.api_codes == [453]
        with pytest.raises(tweepy.HTTPException) as gone:
            api.media_upload("a.png", file=io.BytesIO(sample_image(40, 30)))
        assert gone.value.response.status_code == 410
    assert twitter.wall == ()


@pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # tweepy imports it
def test_the_older_upload_was_good_while_it_lasted(twitter: TwitterEmulator) -> None:
    """Before its end what version 1.1 uploads can be posted; after it, an answer's id is refused."""
    clock = twitter.clock
    assert isinstance(clock, TestClock)
    clock.set("2025-06-08")
    with tweepy_api(twitter) as api, tweepy_client(twitter, **keys(twitter)) as signed:
        image = api.media_upload("a.png", file=io.BytesIO(sample_image(40, 30)))
        video = api.media_upload(
            "a.mp4",
            file=io.BytesIO(sample_video(5, width=720, height=720)),
            chunked=True,
            media_category="tweet_video",
            wait_for_async_finalize=False,
        )
        assert image.media_id_string == str(image.media_id)
        signed.create_tweet(text="one", media_ids=[image.media_id])
        clock.advance(5)
        assert api.get_media_upload_status(video.media_id).processing_info["state"] == "succeeded"
        signed.create_tweet(text="two", media_ids=[video.media_id])
        assert [one.media for one in twitter.wall] == [1, 1]
        clock.set("2025-06-09")
        twitter.settings.old_upload_answers = True
        late = api.media_upload("a.png", file=io.BytesIO(sample_image(40, 31)))
        with pytest.raises(tweepy.BadRequest, match="Your media IDs are invalid"):
            signed.create_tweet(text="three", media_ids=[late.media_id])


def test_oauth2_with_another_library(twitter: TwitterEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """requests-oauthlib walks the code flow with PKCE, and refreshes, over loopback."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # loopback has no TLS
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    scope = ["tweet.read", "tweet.write", "users.read", "offline.access"]
    app = ("CLIENT_ID", "CLIENT_SECRET")
    with (
        serving(twitter) as url,
        OAuth2Session(app[0], redirect_uri="http://127.0.0.1/callback", scope=scope, pkce="S256") as session,
    ):
        address, _ = session.authorization_url(f"{url}/i/oauth2/authorize")
        back = requests.get(address, allow_redirects=False, timeout=5).headers["location"]
        session.fetch_token(f"{url}/2/oauth2/token", authorization_response=back, auth=app)
        assert session.post(f"{url}/2/tweets", json={"text": "by code"}).status_code == 201
        session.refresh_token(f"{url}/2/oauth2/token", auth=app)
        assert session.get(f"{url}/2/users/me").json()["data"]["id"] == USER
