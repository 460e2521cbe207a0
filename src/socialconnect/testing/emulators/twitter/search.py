"""
The recent search's query language, as far as the emulator knows it: words, phrases and operators, all
of which must hold.

Source: https://docs.x.com/x-api/posts/search/integrate/operators.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from socialconnect.testing.emulators.refused import Gap
from socialconnect.testing.emulators.twitter.state import State, Tweet

__all__ = ["matcher"]

_TERM = re.compile(r'-?(?:[a-z_]+:)?(?:"[^"]*"|\S+)')
Test = Callable[[Tweet], bool]


def matcher(query: str, state: State) -> Test:
    """
    Give what tells whether a post is found.

    Raises:
        Gap: The query has an operator, a group or an `OR`, that the emulator does not know.
    """
    tests = [_test(term, state) for term in _TERM.findall(query)]
    return lambda tweet: all(test(tweet) for test in tests)


def _test(term: str, state: State) -> Test:
    if term.startswith("-"):
        inner = _test(term[1:], state)
        return lambda tweet: not inner(tweet)
    if term == "OR" or term[0] in "()":
        raise Gap(f"{term} in a search")
    operator, colon, value = term.partition(":")
    if colon and operator.replace("_", "").isalpha() and not value.startswith("//"):
        return _operator(operator, value.strip('"'), state)
    word = term.strip('"').lower()
    if word[:1] in "#@$":
        return lambda tweet: re.search(rf"(?<!\\w){re.escape(word)}(?!\\w)", tweet.text.lower()) is not None
    return lambda tweet: word in tweet.raw.lower()


def _operator(name: str, value: str, state: State) -> Test:
    def author(tweet: Tweet | None) -> bool:
        user = state.users.get(tweet.author_id) if tweet else None
        return user is not None and value.removeprefix("@").lower() in (user.id, user.username.lower())

    tests: dict[tuple[str, str], Test] = {
        ("is", "reply"): lambda tweet: tweet.reply_to is not None,
        ("is", "retweet"): lambda tweet: tweet.reposts is not None,
        ("is", "quote"): lambda tweet: tweet.quotes is not None,
        ("is", "nullcast"): lambda tweet: tweet.nullcast,
        ("has", "media"): lambda tweet: bool(tweet.media_ids),
        ("has", "links"): lambda tweet: tweet.link is not None,
        ("has", "hashtags"): lambda tweet: "hashtags" in tweet.entities,
        ("has", "mentions"): lambda tweet: "mentions" in tweet.entities,
        ("has", "images"): lambda tweet: any(state.media[one].kind == "photo" for one in tweet.media_ids),
        ("has", "videos"): lambda tweet: any(state.media[one].kind == "video" for one in tweet.media_ids),
        ("lang", "en"): lambda tweet: True,
    }
    values: dict[str, Test] = {
        "from": author,
        "to": lambda tweet: author(state.tweets.get(tweet.reply_to or "")),
        "conversation_id": lambda tweet: state.conversation(tweet) == value,
        "in_reply_to_tweet_id": lambda tweet: tweet.reply_to == value,
        "quotes_of_tweet_id": lambda tweet: tweet.quotes == value,
        "retweets_of_tweet_id": lambda tweet: tweet.reposts == value,
        "url": lambda tweet: any(value in str(one["expanded_url"]) for one in tweet.entities.get("urls", [])),
    }
    found = tests.get((name, value)) or values.get(name)
    if found is None:
        raise Gap(f"the operator {name}:{value} in a search")
    return found
