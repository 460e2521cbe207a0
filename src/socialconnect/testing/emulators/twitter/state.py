"""What the Twitter emulator holds: users, their tokens, posts, media and plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from pydantic import JsonValue

from socialconnect.clock import Clock
from socialconnect.media_facts import MediaFacts
from socialconnect.testing.emulators.received import ReceivedFile
from socialconnect.testing.emulators.twitter.counts import Counts
from socialconnect.testing.emulators.twitter.days import Days
from socialconnect.testing.emulators.twitter.settings import TwitterSettings

__all__ = ["Grant", "Media", "Plan", "Poll", "State", "Tweet", "User"]

_EPOCH_MS = 1288834974657
_MEDIA_KEY_TYPES = {
    "tweet_video": "7", "dm_video": "7", "amplify_video": "13", "tweet_gif": "16", "dm_gif": "16",
}  # fmt: skip
SCOPES = frozenset({"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"})


@dataclass
class User:
    """
    One user.

    Args:
        premium: Whether it pays for long posts, long videos and edits.
        following: The users that it follows.
        liked: The posts that it likes, the latest last.
    """

    id: str
    username: str
    name: str
    premium: bool = False
    created_at: datetime | None = None
    description: str = ""
    location: str = ""
    url: str = ""
    email: str | None = None
    protected: bool = False
    suspended: bool = False
    following: set[str] = field(default_factory=set[str])
    liked: list[str] = field(default_factory=list[str])
    pinned: str | None = None


@dataclass
class Grant:
    """One token, and what it may do. `user_id` is `None` for the app's own."""

    token: str = field(repr=False)
    user_id: str | None
    scheme: Literal["oauth2", "oauth1", "app"] = "oauth2"
    scopes: frozenset[str] = SCOPES
    expires_at: datetime | None = None
    refresh_token: str | None = field(default=None, repr=False)
    consumer_key: str = field(default="", repr=False)
    consumer_secret: str = field(default="", repr=False)
    token_secret: str = field(default="", repr=False)
    access_level: str = "read-write"
    revoked: bool = False
    exchanged_from: str | None = field(default=None, repr=False)
    """The OAuth 1.0a token that it was exchanged for."""

    @property
    def level(self) -> str:
        """What it may do, as answers tell it."""
        if self.scheme == "oauth1":
            return self.access_level
        writes = self.scheme == "oauth2" and "tweet.write" in self.scopes
        messages = writes and "dm.write" in self.scopes
        return "read-write-directmessages" if messages else "read-write" if writes else "read"

    def valid(self, now: datetime) -> bool:
        """Whether it is accepted now."""
        return not self.revoked and (self.expires_at is None or now < self.expires_at)


@dataclass
class Poll:
    """A poll in a post."""

    options: list[str]
    minutes: int
    votes: list[int] = field(default_factory=list[int])


@dataclass
class Tweet:
    """One version of a post."""

    id: str
    author_id: str
    raw: str
    """What was written."""
    text: str
    """What reads give: with t.co addresses."""
    entities: dict[str, list[dict[str, object]]]
    created_at: datetime
    media_ids: list[str] = field(default_factory=list[str])
    reply_to: str | None = None
    quotes: str | None = None
    reposts: str | None = None
    """The post that it shows again, if it is nothing else than that."""
    poll: Poll | None = None
    reply_settings: str = "everyone"
    nullcast: bool = False
    link: str | None = None
    community_id: str | None = None
    place_id: str | None = None
    card_uri: str | None = None
    article_id: str | None = None
    made_with_ai: bool = False
    paid_partnership: bool = False
    super_followers_only: bool = False
    hidden: bool = False
    """Whether the author of the conversation has hidden it."""
    scheduled: bool = False
    history: list[str] = field(default_factory=list[str])
    """The ids of all its versions, oldest first, itself among them."""
    counts: Counts = field(default_factory=Counts)
    promoted: bool = False
    deleted_at: datetime | None = None

    @property
    def deleted(self) -> bool:
        """Whether it is gone; reads may not know it yet."""
        return self.deleted_at is not None

    @property
    def current(self) -> bool:
        """Whether it is the newest of its versions."""
        return self.id == self.history[-1]

    @property
    def parent(self) -> str | None:
        """The post that it replies to, quotes or shows again."""
        return self.reply_to or self.quotes or self.reposts

    @property
    def key(self) -> tuple[object, ...]:
        """What makes another post a duplicate of it."""
        options = tuple(self.poll.options) if self.poll else ()
        return (self.author_id, self.raw.strip(), tuple(self.media_ids), self.parent, options)


@dataclass
class Media:
    """One uploaded file."""

    id: str
    owner_id: str
    category: str
    type: str
    total: int
    created_at: datetime
    expires_at: datetime
    owners: frozenset[str] = frozenset()
    """Who may use it besides its owner."""
    segments: dict[int, int] = field(default_factory=dict[int, int])
    """The bytes of each segment that came."""
    heads: dict[int, bytes] = field(default_factory=dict[int, bytes])
    """The beginnings of those segments that may hold the file's beginning."""
    file: ReceivedFile = field(default_factory=ReceivedFile)
    facts: MediaFacts = field(default_factory=lambda: MediaFacts(type=None, size=0))
    """What it is, once it is there."""
    finalized_at: datetime | None = None
    processed: bool = False
    """Whether it has a processing record; an image has none."""
    failure: tuple[int, str, str] | None = None
    """The code, name and message that processing ends with, if the file is at fault."""
    old_upload: bool = False
    """Whether it came by version 1.1."""
    alt_text: str | None = None
    metadata: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    subtitles: dict[str, dict[str, JsonValue]] = field(default_factory=dict[str, dict[str, JsonValue]])
    """By language."""
    counts: Counts = field(default_factory=Counts)
    library_name: str | None = None

    @property
    def key(self) -> str:
        """The media key, which is not what a post takes."""
        return f"{_MEDIA_KEY_TYPES.get(self.category, '3')}_{self.id}"

    @property
    def kind(self) -> str:
        """What it is in a post: `photo`, `video` or `animated_gif`."""
        if self.category.endswith("gif"):
            return "animated_gif"
        return "video" if self.category.endswith("video") else "photo"

    def usable_by(self, user_id: str) -> bool:
        """Whether a user may put it into a post."""
        return user_id == self.owner_id or user_id in self.owners


@dataclass
class Plan:
    """A draft or a scheduled post of the Ads API."""

    id: str
    account_id: str
    user_id: str
    text: str
    media_keys: list[str]
    card_uri: str | None
    nullcast: bool
    name: str | None
    created_at: datetime
    updated_at: datetime
    scheduled_at: datetime | None = None
    """`None` for a draft."""
    status: str = "SCHEDULED"
    completed_at: datetime | None = None
    tweet_id: str | None = None


@dataclass
class Article:
    """A long-form article."""

    id: str
    author_id: str
    title: str
    cover: str | None = None
    post_id: str | None = None
    """The post that it was published as."""


class State:
    """
    Everything an emulator holds; belongs to one instance.

    Args:
        clock: The clock that it lives by.
        settings: What tests may change.
    """

    def __init__(self, clock: Clock, settings: TwitterSettings) -> None:
        self.clock = clock
        self.settings = settings
        self.days = Days(clock)
        self.users: dict[str, User] = {}
        self.grants: list[Grant] = []
        self.tweets: dict[str, Tweet] = {}
        self.media: dict[str, Media] = {}
        self.plans: dict[str, Plan] = {}
        self.drafts: dict[str, Plan] = {}
        self.articles: dict[str, Article] = {}
        self.ads_accounts: dict[str, set[str]] = {}
        """Which users each ads account may write as."""
        self.communities: dict[str, set[str]] = {}
        """The members of each community; if there are none, anybody may post to any."""
        self._sequence = count(1)

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock.now()

    def new_id(self, at: datetime | None = None) -> str:
        """Make an id that tells its time, now if none is given: milliseconds since X's epoch, then a sequence."""
        return str(((_ms(at or self.now) - _EPOCH_MS) << 22) | (next(self._sequence) & 0x3FFFFF))

    def live(self, post_id: str, *, lag: float | None = None) -> Tweet | None:
        """Give a post that can be read by now, or `None`; a deleted one can be read until the lag is over."""
        tweet = self.tweets.get(post_id)
        if tweet is None:
            return None
        then = self.now - timedelta(seconds=self.settings.read_lag if lag is None else lag)
        gone = tweet.deleted_at is not None and tweet.deleted_at <= then
        return tweet if tweet.created_at <= then and not gone else None

    def user_named(self, username: str) -> User | None:
        """Give a user by its handle, in any case."""
        return next((one for one in self.users.values() if one.username.lower() == username.lower()), None)

    def conversation(self, tweet: Tweet) -> str:
        """Give the id of the post that began a conversation."""
        while tweet.reply_to and tweet.reply_to in self.tweets:
            tweet = self.tweets[tweet.reply_to]
        return tweet.reply_to or tweet.id


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def iso(moment: datetime) -> str:
    """Write a time as the v2 API does."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
