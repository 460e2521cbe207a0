"""What the Twitter emulator holds: users, their tokens, posts, media and plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Literal

from socialconnect.clock import Clock

__all__ = ["Grant", "Media", "Plan", "Poll", "State", "Tweet", "TwitterSettings", "User"]

_EPOCH_MS = 1288834974657
SCOPES = frozenset({"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"})
Vocabulary = Literal["legacy", "post"]
AccessPlan = Literal["pay_per_use", "enterprise", "subset", "none"]


@dataclass
class TwitterSettings:
    """
    What a test may change, at any time.

    Args:
        vocabulary: Which names reads use: `legacy` (`tweet.fields`) or `post` (spec 2.167).
        plan: What the app may use: `pay_per_use`; `enterprise`, which may quote and reply freely; `subset`, to which
            almost all answers 403 with code 453; `none`, an app that is attached to no project.
        read_lag: Seconds until a new post can be read by its id.
        timeline_lag: Seconds until a new post stands in its author's timeline.
        duplicate_window: Seconds for which the same post again is refused as a duplicate.
        processing_seconds: How long a GIF or a video is processed.
        processing_hangs: Whether processing never ends.
        media_fails: The failure that processing ends with, such as `InvalidMedia`; `None` if it succeeds.
        token_seconds: How long a new access token lives.
        timestamp_window: How many seconds an OAuth 1.0a timestamp may be off; `None` checks none, for signers that
            read another clock than the emulator's.
        credits: The balance in US dollars; `None` for one that never ends.
        older_credits_body: Whether a 402 has the body seen until the middle of 2026.
        spend_limit: US dollars that may be spent in the billing cycle; `None` for no limit.
        read_cap: Posts that may be read in the month.
        daily_headers: Whether answers show the 24-hour limits too.
        escapes_html: Whether `&`, `<` and `>` in a post's text come back as entities.
        unknown_parents: Whether a post that the emulator does not hold may be replied to and edited.
    """

    vocabulary: Vocabulary = "legacy"
    plan: AccessPlan = "pay_per_use"
    read_lag: float = 0.0
    timeline_lag: float = 0.0
    duplicate_window: float = 7200.0
    processing_seconds: float = 3.0
    processing_hangs: bool = False
    media_fails: str | None = None
    token_seconds: int = 7200
    timestamp_window: float | None = None
    credits: Decimal | None = None
    older_credits_body: bool = False
    spend_limit: Decimal | None = None
    read_cap: int | None = None
    daily_headers: bool = False
    escapes_html: bool = False
    unknown_parents: bool = False


@dataclass
class User:
    """One user."""

    id: str
    username: str
    name: str
    premium: bool = False
    created_at: datetime | None = None


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

    def valid(self, now: datetime) -> bool:
        """Whether it is accepted now."""
        return not self.revoked and (self.expires_at is None or now < self.expires_at)


@dataclass
class Poll:
    """A poll in a post."""

    options: list[str]
    minutes: int


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
    poll: Poll | None = None
    reply_settings: str = "everyone"
    nullcast: bool = False
    link: str | None = None
    history: list[str] = field(default_factory=list[str])
    """The ids of all its versions, oldest first, itself among them."""
    public: dict[str, int] = field(default_factory=dict[str, int])
    private: dict[str, int] = field(default_factory=dict[str, int])
    promoted: bool = False
    deleted: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What makes another post a duplicate of it."""
        options = tuple(self.poll.options) if self.poll else ()
        return (self.author_id, self.raw.strip(), tuple(self.media_ids), self.reply_to, self.quotes, options)


@dataclass
class Media:
    """One uploaded file."""

    id: str
    owner_id: str
    category: str
    type: str
    total: int
    expires_at: datetime
    segments: dict[int, bytes] = field(default_factory=dict[int, bytes])
    content: bytes = b""
    finalized_at: datetime | None = None
    processed: bool = False
    """Whether it has a processing record; an image has none."""
    alt_text: str | None = None

    @property
    def key(self) -> str:
        """The media key, which is not what a post takes."""
        kinds = {"tweet_video": "7", "dm_video": "7", "amplify_video": "13", "tweet_gif": "16", "dm_gif": "16"}
        return f"{kinds.get(self.category, '3')}_{self.id}"

    @property
    def kind(self) -> str:
        """What it is in a post: `photo`, `video` or `animated_gif`."""
        if self.category.endswith("gif"):
            return "animated_gif"
        return "video" if self.category.endswith("video") else "photo"


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
        self.users: dict[str, User] = {}
        self.grants: list[Grant] = []
        self.tweets: dict[str, Tweet] = {}
        self.media: dict[str, Media] = {}
        self.plans: dict[str, Plan] = {}
        self.ads_accounts: dict[str, set[str]] = {}
        """Which users each ads account may write as."""
        self.drafts: dict[str, Plan] = {}
        self._sequence = count(1)

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock.now()

    def new_id(self) -> str:
        """Make an id that tells its time: milliseconds since X's epoch, then a sequence."""
        return str(((_ms(self.now) - _EPOCH_MS) << 22) | (next(self._sequence) & 0x3FFFFF))

    def live(self, post_id: str, *, lag: float | None = None) -> Tweet | None:
        """Give a post that can be read by now, or `None`."""
        tweet = self.tweets.get(post_id)
        wait = timedelta(seconds=self.settings.read_lag if lag is None else lag)
        return tweet if tweet and not tweet.deleted and tweet.created_at + wait <= self.now else None


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def iso(moment: datetime) -> str:
    """Write a time as the v2 API does."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
