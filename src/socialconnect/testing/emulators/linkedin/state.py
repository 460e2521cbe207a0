"""What the LinkedIn emulator holds: members, pages, tokens, posts and media."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from pydantic import JsonValue

from socialconnect.clock import Clock

__all__ = ["AccessToken", "Asset", "LinkedInSettings", "Organization", "Person", "Share", "State", "Tier"]

Tier = Literal["standard", "development", "self_serve"]

SELF_SERVE_SCOPES = frozenset({"openid", "profile", "email", "w_member_social"})
MEMBER_SCOPES = frozenset(
    {"openid", "profile", "w_member_social", "w_member_social_feed", "r_member_postAnalytics"}
)  # reading a member's posts needs r_member_social, which LinkedIn gives to nobody now
PAGE_SCOPES = frozenset(
    {
        "openid",
        "profile",
        "w_organization_social",
        "r_organization_social",
        "rw_organization_admin",
        "r_organization_social_feed",
        "w_organization_social_feed",
        "r_organization_followers",
    }
)
POSTING_ROLES = frozenset(
    {"ADMINISTRATOR", "CONTENT_ADMIN", "CONTENT_ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER"}
)


@dataclass
class LinkedInSettings:
    """
    What a test may change, at any time.

    Args:
        tier: What the app may use: `self_serve` (Share on LinkedIn), or the Community Management API in its
            `development` or `standard` tier.
        read_lag: Seconds until a new post can be read.
        image_seconds: How long an image is processed.
        document_seconds: How long a document is processed.
        video_seconds: How long a video is processed.
        processing_hangs: Whether processing never ends.
        processing_fails: Whether processing ends in failure.
        upload_life: Seconds for which an upload address lives.
        duplicate_window: Seconds for which the same post again is refused, even if the first was deleted.
        unescaped: What an unescaped reserved character does to a text: `truncate` cuts it there without a word, as is
            reported; `refuse` answers 400.
        accept_drafts: Whether a post may be created as a draft, which the documentation denies.
        tells_id: Whether a created post's id is told.
        sunset_lag_days: For how many days a version still answers after its end.
        checks_versions: Whether the version header is checked at all.
        token_seconds: How long a new access token lives.
        refresh_tokens: Whether the app is given refresh tokens, as approved partners are.
        propagation_seconds: For how long a new token is refused as if it were revoked.
        posts_per_member: Posts that a member may make in a UTC day; `None` for the tier's own number.
        calls_per_member: Calls that a member may make to one endpoint in a UTC day; `None` for the tier's own number.
        unknown_parents: Whether a post that the emulator does not hold may be reshared.
    """

    tier: Tier = "standard"
    read_lag: float = 0.0
    image_seconds: float = 0.0
    document_seconds: float = 0.0
    video_seconds: float = 3.0
    processing_hangs: bool = False
    processing_fails: bool = False
    upload_life: float = 86_400.0
    duplicate_window: float = 600.0
    unescaped: Literal["truncate", "refuse"] = "truncate"
    accept_drafts: bool = False
    tells_id: bool = True
    sunset_lag_days: int = 0
    checks_versions: bool = True
    token_seconds: int = 5_184_000
    refresh_tokens: bool = False
    propagation_seconds: float = 0.0
    posts_per_member: int | None = None
    calls_per_member: int | None = None
    unknown_parents: bool = False


@dataclass
class Person:
    """A member."""

    urn: str
    name: str


@dataclass
class Organization:
    """A page, and the roles of members on it."""

    urn: str
    name: str
    roles: dict[str, str] = field(default_factory=dict[str, str])
    """The role of each member, by the member's URN."""


@dataclass
class AccessToken:
    """One access token of one member."""

    token: str = field(repr=False)
    member: str
    scopes: frozenset[str]
    issued_at: datetime
    expires_at: datetime | None = None
    refresh_token: str | None = field(default=None, repr=False)
    refresh_expires_at: datetime | None = None
    revoked: bool = False


@dataclass
class Asset:
    """An image, a video or a document."""

    urn: str
    kind: Literal["image", "video", "document"]
    owner: str
    upload_path: str
    expires_at: datetime
    parts: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """For a video: the first and last byte of each part."""
    uploaded: dict[int, bytes] = field(default_factory=dict[int, bytes])
    total: int = 0
    received_at: datetime | None = None
    """When all of it was there."""
    broken: bool = False
    """Whether its bytes are not what they should be."""


@dataclass
class Share:
    """One post."""

    urn: str
    author: str
    commentary: str
    """As it is read back: little text."""
    text: str
    """As people read it."""
    fields: dict[str, JsonValue]
    """The body as it was sent."""
    state: str
    created_at: datetime
    published_at: datetime | None
    modified_at: datetime
    edited: bool = False
    deleted: bool = False
    assets: list[str] = field(default_factory=list[str])
    link: str | None = None
    parent: str | None = None
    metrics: dict[str, int] = field(default_factory=dict[str, int])


class State:
    """
    Everything an emulator holds; belongs to one instance.

    Args:
        clock: The clock that it lives by.
        settings: What tests may change.
    """

    def __init__(self, clock: Clock, settings: LinkedInSettings) -> None:
        self.clock = clock
        self.settings = settings
        self.people: dict[str, Person] = {}
        self.organizations: dict[str, Organization] = {}
        self.tokens: list[AccessToken] = []
        self.shares: dict[str, Share] = {}
        self.assets: dict[str, Asset] = {}
        self._sequence = count(1)

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock.now()

    def new_number(self) -> int:
        """Make a number that tells its time: milliseconds since 1970, then a sequence."""
        return (millis(self.now) << 22) | (next(self._sequence) & 0x3FFFFF)

    def status(self, asset: Asset) -> str:
        """Tell how far an asset is."""
        if asset.received_at is None:
            return "WAITING_UPLOAD"
        seconds = {
            "image": self.settings.image_seconds,
            "document": self.settings.document_seconds,
            "video": self.settings.video_seconds,
        }[asset.kind]
        if self.settings.processing_hangs or self.now < asset.received_at + timedelta(seconds=seconds):
            return "PROCESSING"
        return "PROCESSING_FAILED" if asset.broken or self.settings.processing_fails else "AVAILABLE"

    def lifecycle(self, share: Share) -> str:
        """Tell a post's state: a published one waits for its media, and fails with them."""
        if share.state != "PUBLISHED":
            return share.state
        found = {self.status(self.assets[one]) for one in share.assets if one in self.assets}
        if "PROCESSING_FAILED" in found:
            return "PUBLISH_FAILED"
        return "PUBLISHED" if found <= {"AVAILABLE"} else "PUBLISH_REQUESTED"

    def role(self, member: str, organization: str) -> str | None:
        """Give a member's role on a page."""
        page = self.organizations.get(organization)
        return page.roles.get(member) if page else None


def millis(moment: datetime) -> int:
    """Give the milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
