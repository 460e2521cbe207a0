"""Replies, threads, polls, quotes, likes and lists of posts on the Twitter emulator."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.emulator.twitter_calls import USER, client, message, posted

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.base import EmulatedAccount
from socialconnect.testing.emulators.twitter import TwitterEmulator

OTHER = "12"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def twitter(clock: TestClock) -> TwitterEmulator:
    accounts = [EmulatedAccount(USER, "USER_TOKEN", "brand"), EmulatedAccount(OTHER, "OTHER_TOKEN", "fan")]
    return TwitterEmulator(clock=clock, accounts=accounts)


@pytest.fixture
def api(twitter: TwitterEmulator) -> Iterator[httpx.Client]:
    with client(twitter) as api:
        yield api


@pytest.fixture
def fan(twitter: TwitterEmulator) -> Iterator[httpx.Client]:
    """Another user of the app."""
    with client(twitter, "OTHER_TOKEN") as fan:
        yield fan


def reply_to(post: str) -> dict[str, object]:
    return {"in_reply_to_tweet_id": post}


def test_a_thread_hangs_together(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Each part replies to the one before; all are of the conversation that the first began."""
    parts = [posted(api, "1")]
    for number in range(2, 5):
        parts.append(posted(api, f"{number}", reply=reply_to(parts[-1])))
    assert [one.parent for one in twitter.wall] == [None, *parts[:-1]]
    query = {"ids": ",".join(parts), "tweet.fields": "conversation_id"}
    assert {one["conversation_id"] for one in api.get("/2/tweets", params=query).json()["data"]} == {parts[0]}
    found = api.get("/2/tweets/search/recent", params={"query": f"conversation_id:{parts[0]} is:reply"}).json()
    assert [one["id"] for one in found["data"]] == parts[:0:-1]


def test_a_reply_to_what_is_gone_is_refused(api: httpx.Client) -> None:
    """A deleted post cannot be replied to; deleting it again is a success."""
    post = posted(api)
    for _ in range(2):
        assert api.delete(f"/2/tweets/{post}").json() == {"data": {"deleted": True}}
    answer = api.post("/2/tweets", json={"text": "late", "reply": reply_to(post)})
    assert answer.status_code == 403
    assert answer.json()["detail"] == "You attempted to reply to a Tweet that is deleted or not visible to you."


@pytest.mark.parametrize(
    ("setting", "allowed"),
    [(None, True), ("mentionedUsers", False), ("following", False), ("verified", False), ("subscribers", False)],
)
def test_who_may_reply(
    api: httpx.Client, fan: httpx.Client, twitter: TwitterEmulator, setting: str | None, allowed: bool
) -> None:
    """A post's own setting decides, once the plan allows replies; who is followed, verified or named gets through."""
    twitter.settings.plan = "enterprise"
    fields = {"reply_settings": setting} if setting else {}
    post = posted(api, "well?", **fields)
    read = api.get(f"/2/tweets/{post}", params={"tweet.fields": "reply_settings"}).json()["data"]
    assert read["reply_settings"] == (setting or "everyone")
    assert fan.post("/2/tweets", json={"text": "yes", "reply": reply_to(post)}).status_code == (201 if allowed else 403)
    twitter.user(USER).following.add(OTHER)
    twitter.user(OTHER).premium = True
    opened = setting in ("following", "verified", None)
    assert fan.post("/2/tweets", json={"text": "no", "reply": reply_to(post)}).status_code == (201 if opened else 403)
    named = posted(api, "and @fan?", **fields)
    posted(fan, "me?", reply=reply_to(named))


def test_replies_were_free_before_they_had_to_be_summoned(
    fan: httpx.Client, api: httpx.Client, clock: TestClock
) -> None:
    """Until February 2026 an app that pays by use could reply to anybody."""
    clock.set("2026-02-22")
    posted(fan, "welcome", reply=reply_to(posted(api)))
    clock.set("2026-02-23")
    answer = fan.post("/2/tweets", json={"text": "again", "reply": reply_to(posted(api, "more"))})
    assert answer.status_code == 403


def test_replies_are_hidden_by_who_began(api: httpx.Client, fan: httpx.Client, twitter: TwitterEmulator) -> None:
    """The author of a conversation hides others' replies, with the scope for it; nobody else does."""
    for token in ("USER_TOKEN", "OTHER_TOKEN"):
        twitter.grant(token).scopes |= {"tweet.moderate.write"}
    post = posted(api, "what says @fan?")
    reply = posted(fan, "boo", reply=reply_to(post))
    assert fan.put(f"/2/tweets/{reply}/hidden", json={"hidden": True}).status_code == 403
    assert api.put(f"/2/tweets/{reply}/hidden", json={"hidden": True}).json() == {"data": {"hidden": True}}
    assert [one.id for one in twitter.wall] == [post]
    assert api.put(f"/2/tweets/{reply}/hidden", json={"hidden": False}).json() == {"data": {"hidden": False}}
    assert message(api.put(f"/2/tweets/{reply}/hidden", json={})) == "$.hidden: is missing but it is required"
    twitter.grant("USER_TOKEN").scopes -= {"tweet.moderate.write"}
    assert api.put(f"/2/tweets/{reply}/hidden", json={"hidden": True}).json()["detail"] == "Forbidden"


def test_a_poll_runs_and_closes(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """A poll is read with its votes, its end and whether it is open."""
    post = posted(api, "which?", poll={"options": ["a", "b", "c"], "duration_minutes": 60})
    twitter.vote(post, 5, 2)
    query = {
        "expansions": "attachments.poll_ids",
        "poll.fields": "duration_minutes,end_datetime,options,voting_status",
    }
    body = api.get(f"/2/tweets/{post}", params={**query, "tweet.fields": "attachments"}).json()
    (poll,) = body["includes"]["polls"]
    assert body["data"]["attachments"] == {"poll_ids": [poll["id"]]}
    assert [(one["position"], one["label"], one["votes"]) for one in poll["options"]] == [
        (1, "a", 5),
        (2, "b", 2),
        (3, "c", 0),
    ]
    assert (poll["voting_status"], poll["end_datetime"]) == ("open", "2026-11-24T10:00:00.000Z")
    clock.advance(minutes=60)
    assert api.get(f"/2/tweets/{post}", params=query).json()["includes"]["polls"][0]["voting_status"] == "closed"


@pytest.mark.parametrize(
    ("poll", "told"),
    [
        ({"options": ["a"], "duration_minutes": 5}, "$.poll.options: there must be a minimum of 2 items in the array"),
        ({"options": ["a"] * 5, "duration_minutes": 5}, "$.poll.options: there must be a maximum of 4 items"),
        ({"options": ["a", "x" * 26], "duration_minutes": 5}, "$.poll.options[1]: may only be 25 characters long"),
        ({"options": ["a", ""], "duration_minutes": 5}, "$.poll.options[1]: must be at least 1 characters long"),
        ({"options": ["a", "b"], "duration_minutes": 4}, "$.poll.duration_minutes: must have a minimum value of 5"),
        ({"options": ["a", "b"], "duration_minutes": 10081}, "$.poll.duration_minutes: must have a maximum value of"),
        ({"options": ["a", "b"]}, "$.poll.duration_minutes: is missing but it is required"),
        ({"options": ["a", "b"], "duration_minutes": "5"}, "$.poll.duration_minutes: string found, integer expected"),
        ({"options": ["a", "b"], "duration_minutes": 5, "colour": 1}, "$.poll.colour: is not defined in the schema"),
        (None, "$.poll: null found, object expected"),
    ],
)
def test_a_poll_has_bounds(api: httpx.Client, poll: object, told: str) -> None:
    """Options, their length and the duration are checked by the schema."""
    assert message(api.post("/2/tweets", json={"text": "which?", "poll": poll})).startswith(told)


def test_what_else_a_post_says_is_read_back(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Community, place and paid partnership come back; a community's members alone may post to it."""
    post = posted(
        api,
        community_id="77",
        geo={"place_id": "df51dec6f4ee2b2c"},
        paid_partnership=True,
        made_with_ai=True,
        share_with_followers=True,
        for_super_followers_only=True,
    )
    fields = {"tweet.fields": "community_id,geo,paid_partnership,scopes", "expansions": "geo.place_id"}
    body = api.get(f"/2/tweets/{post}", params=fields).json()
    assert body["data"]["community_id"] == "77"
    assert body["data"]["paid_partnership"] is True
    assert body["includes"]["places"][0]["id"] == body["data"]["geo"]["place_id"] == "df51dec6f4ee2b2c"
    assert twitter.state.tweets[post].made_with_ai
    twitter.state.communities["77"] = {OTHER}
    assert api.post("/2/tweets", json={"text": "again", "community_id": "77"}).status_code == 403


def test_a_create_may_tell_less(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """The history of edits in a create's answer has been seen blank, and absent."""
    twitter.settings.create_history = "blank"
    assert api.post("/2/tweets", json={"text": "a"}).json()["data"]["edit_history_tweet_ids"] == [""]
    twitter.settings.create_history = "absent"
    assert set(api.post("/2/tweets", json={"text": "b"}).json()["data"]) == {"id", "text"}


def test_long_posts_are_notes(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A long post's text is cut in reads; all of it stands in the note."""
    twitter.user(USER).premium = True
    text = "word " * 100
    post = posted(api, text)
    old = api.get(f"/2/tweets/{post}", params={"tweet.fields": "note_tweet"}).json()["data"]
    assert (len(old["text"]), old["note_tweet"]["text"]) == (280, text)
    new = api.get(f"/2/tweets/{post}", params={"post.fields": "note_post"}).json()["data"]
    assert new["note_post"]["text"] == text


def test_an_account_has_a_daily_limit(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Beyond an account's posts of a day there is code 185, until midnight in UTC."""
    twitter.settings.daily_posts = 1
    posted(api, "one")
    answer = api.post("/2/tweets", json={"text": "two"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, 185)
    clock.set("2026-11-25")
    posted(api, "two")


# ── likes, reposts, follows ───────────────────────────────────────────────────────────────────────────────────────────


def test_reposts(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A repost stands on the wall and in the timeline until it is taken back, and can be left out."""
    post = twitter.publish_as(OTHER, "news")
    answer = api.post(f"/2/users/{USER}/retweets", json={"tweet_id": post})
    repost = answer.json()["data"]["rest_id"]
    assert answer.json()["data"]["retweeted"] is True
    assert [(one.id, one.parent) for one in twitter.wall] == [(post, None), (repost, post)]
    listed = api.get(f"/2/users/{USER}/tweets", params={"tweet.fields": "referenced_tweets"}).json()["data"]
    assert listed[0]["text"] == "RT @fan: news"
    assert listed[0]["referenced_tweets"] == [{"type": "retweeted", "id": post}]
    assert api.get(f"/2/users/{USER}/tweets", params={"exclude": "retweets"}).json()["meta"]["result_count"] == 0
    assert api.get(f"/2/tweets/{post}/retweets").json()["data"][0]["id"] == repost
    assert api.get(f"/2/tweets/{post}/retweeted_by").json()["data"][0]["id"] == USER
    assert api.post(f"/2/users/{USER}/retweets", json={"tweet_id": post}).status_code == 400
    assert api.delete(f"/2/users/{USER}/retweets/{post}").json() == {"data": {"retweeted": False}}
    assert [one.id for one in twitter.wall] == [post]


def test_likes_and_follows_are_for_enterprises(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Since April 2026 self-serve plans may neither like nor follow; before, and in an enterprise, they may."""
    twitter.grant("USER_TOKEN").scopes |= {"like.write", "like.read", "follows.write", "follows.read"}
    post = twitter.publish_as(OTHER, "news")
    like, follow = (
        (f"/2/users/{USER}/likes", {"tweet_id": post}),
        (f"/2/users/{USER}/following", {"target_user_id": OTHER}),
    )
    for path, body in (like, follow):
        answer = api.post(path, json=body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, 453)
    twitter.settings.plan = "enterprise"
    assert api.post(like[0], json=like[1]).json() == {"data": {"liked": True}}
    assert api.post(follow[0], json=follow[1]).json()["data"]["following"] is True
    assert api.get(f"/2/tweets/{post}/liking_users").json()["data"][0]["username"] == "brand"
    assert api.get(f"/2/users/{USER}/liked_tweets").json()["data"][0]["id"] == post
    assert api.get(f"/2/users/{OTHER}/followers").json()["data"][0]["id"] == USER
    assert api.get(f"/2/users/{USER}/following").json()["data"][0]["id"] == OTHER
    home = api.get(f"/2/users/{USER}/timelines/reverse_chronological").json()
    assert [one["id"] for one in home["data"]] == [post]
    assert api.delete(f"/2/users/{USER}/likes/{post}").json() == {"data": {"liked": False}}
    assert api.delete(f"/2/users/{USER}/following/{OTHER}").json() == {"data": {"following": False}}
    assert message(api.post(f"/2/users/{OTHER}/likes", json=like[1])).endswith(f"the authenticating user [{USER}]")


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_pages_go_back_as_well(api: httpx.Client) -> None:
    """The token for the page before leads to the same posts again."""
    posts = [posted(api, f"post {number}") for number in range(12)][::-1]
    where = f"/2/users/{USER}/tweets"
    pages = [api.get(where, params={"max_results": "5"}).json()]
    while "next_token" in pages[-1]["meta"]:
        query = {"max_results": "5", "pagination_token": pages[-1]["meta"]["next_token"]}
        pages.append(api.get(where, params=query).json())
    assert [one["id"] for page in pages for one in page["data"]] == posts
    assert "previous_token" not in pages[0]["meta"]
    back = {"max_results": "5", "pagination_token": pages[2]["meta"]["previous_token"]}
    assert api.get(where, params=back).json()["data"] == pages[1]["data"]


def test_mentions_and_quotes_are_listed(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Whoever names a user is found, and whoever quotes a post."""
    post = posted(api)
    named = twitter.publish_as(OTHER, "hello @Brand")
    quoting = twitter.publish_as(OTHER, "see", quotes=post)
    query = {"expansions": "entities.mentions.username"}
    body = api.get(f"/2/users/{USER}/mentions", params=query).json()
    assert [one["id"] for one in body["data"]] == [named]
    assert [one["id"] for one in body["includes"]["users"]] == [USER]
    assert [one["id"] for one in api.get(f"/2/tweets/{post}/quote_tweets").json()["data"]] == [quoting]


def test_a_search_takes_words_and_operators(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """All terms must hold, a minus turns one round, seven days are searched; what is not known is a 501."""
    old = posted(api, "spring sale #coats")
    clock.advance(days=6)
    new = posted(api, "winter sale https://example.com")
    twitter.publish_as(OTHER, "a sale")

    def found(query: str) -> list[str]:
        body = api.get("/2/tweets/search/recent", params={"query": query}).json()
        return [one["id"] for one in body.get("data", [])]

    assert found("sale from:brand") == [new, old]
    assert found("sale -has:links from:brand") == [old]
    assert found("#coats") == [old]
    assert found('"winter sale"') == [new]
    clock.advance(days=1, hours=1)
    assert found("#coats") == []
    assert api.get("/2/tweets/search/recent", params={"query": "a OR b"}).status_code == 501
    assert api.get("/2/tweets/search/recent").status_code == 400


def test_users_are_found_by_id_and_handle(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """One or several, with errors beside those that are missing."""
    twitter.user(USER).pinned = posted(api)
    query = {"user.fields": "pinned_tweet_id,subscription_type", "expansions": "pinned_tweet_id"}
    body = api.get("/2/users/me", params=query).json()
    assert body["data"]["pinned_tweet_id"] == body["includes"]["tweets"][0]["id"]
    assert body["data"]["subscription_type"] == "None"
    assert api.get("/2/users/by/username/FAN").json()["data"]["id"] == OTHER
    several = api.get("/2/users/by", params={"usernames": "brand,nobody"}).json()
    assert (several["data"][0]["id"], several["errors"][0]["value"]) == (USER, "nobody")
    assert several["errors"][0]["detail"] == "Could not find user with usernames: [nobody]."
    assert len(api.get("/2/users", params={"ids": f"{USER},{OTHER},1"}).json()["data"]) == 2
    assert api.get("/2/users/by/username/not a name").status_code == 400


def test_reads_by_id_lag_both_ways(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """A new post is missing until the lag is over, a deleted one still there; the wall knows at once."""
    twitter.settings.read_lag = 5
    post = posted(api)
    assert "errors" in api.get(f"/2/tweets/{post}").json()
    clock.advance(5)
    assert api.get(f"/2/tweets/{post}").json()["data"]["id"] == post
    api.delete(f"/2/tweets/{post}")
    assert not twitter.wall
    assert api.get(f"/2/tweets/{post}").json()["data"]["id"] == post
    clock.advance(5)
    assert "data" not in api.get(f"/2/tweets/{post}").json()


def test_articles_are_drafted_and_published(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A draft has an id and a title; publishing makes a post, once. They are for those who pay."""
    body = {"title": "News", "content_state": {"blocks": [{"text": "Hello"}], "entities": []}}
    assert api.post("/2/articles/draft", json=body).status_code == 403
    twitter.user(USER).premium = True
    answer = api.post("/2/articles/draft", json=body)
    assert (answer.status_code, answer.json()["data"]["title"]) == (201, "News")
    article = answer.json()["data"]["id"]
    post = api.post(f"/2/articles/{article}/publish").json()["data"]["post_id"]
    assert api.post(f"/2/articles/{article}/publish").json()["data"]["post_id"] == post
    assert [one.id for one in twitter.wall] == [post]
    assert api.post("/2/articles/1/publish").status_code == 404
    assert message(api.post("/2/articles/draft", json={"title": ""})).startswith("$.")
