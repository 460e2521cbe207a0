"""tweepy, which we did not write, drives the Twitter emulator over loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
import tweepy

from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.emulators.twitter import TwitterEmulator

USER = "2244994945"


class Loopback(requests.Session):
    """tweepy's own session, with X's host exchanged before a request is signed: tweepy writes the host in its code."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: str | bytes, url: str | bytes, *args: object, **kwargs: object) -> requests.Response:
        """Send to the emulator in place of X."""
        assert isinstance(url, str)
        moved = url.replace("https://api.twitter.com", self._url)
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
