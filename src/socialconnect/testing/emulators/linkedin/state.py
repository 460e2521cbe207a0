"""What the LinkedIn emulator holds: members, pages, tokens, posts, comments, reactions and media."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from pydantic import JsonValue

from socialconnect.clock import Clock
from socialconnect.testing.emulators.linkedin.counts import Counts
from socialconnect.testing.emulators.linkedin.settings import LinkedInSettings
from socialconnect.testing.emulators.received import ReceivedFile

__all__ = ["AccessToken", "Asset", "Comment", "Organization", "Person", "Reaction", "Share", "State"]

SELF_SERVE_SCOPES = frozenset({"openid", "profile", "email", "w_member_social"})
MEMBER_SCOPES = frozenset(
    {
        "openid",
        "profile",
        "w_member_social",
        "w_member_social_feed",
        "r_member_postAnalytics",
        "r_member_profileAnalytics",
        "r_basicprofile",
        "r_1st_connections_size",
    }
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
class Person:
    """A member."""

    urn: str
    name: str
    followers: Counts = field(default_factory=Counts)
    """How many follow: `organic`."""


@dataclass
class Organization:
    """A page, and the roles of members on it."""

    urn: str
    name: str
    roles: dict[str, str] = field(default_factory=dict[str, str])
    """The role of each member, by the member's URN."""
    followers: Counts = field(default_factory=Counts)
    """How many follow: `organic` and `paid`."""
    follower_facets: dict[str, list[JsonValue]] = field(default_factory=dict[str, list[JsonValue]])
    """Followers by facet, such as `followerCountsBySeniority`."""
    page: Counts = field(default_factory=Counts)
    """Views and clicks of the page itself, such as `overviewPageViews`."""


@dataclass
class AccessToken:
    """One access token: of one member, or the app's own."""

    token: str = field(repr=False)
    member: str
    scopes: frozenset[str]
    issued_at: datetime
    expires_at: datetime | None = None
    refresh_token: str | None = field(default=None, repr=False)
    refresh_expires_at: datetime | None = None
    revoked: bool = False
    authorized_at: datetime | None = None
    """When the member consented; as it was issued if not given."""


@dataclass
class Asset:
    """An image, a video or a document."""

    urn: str
    kind: Literal["image", "video", "document"]
    owner: str
    upload_path: str
    expires_at: datetime
    file: ReceivedFile
    parts: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """For a video: the first and last byte of each part."""
    etags: dict[int, str] = field(default_factory=dict[int, str])
    """What was answered to each part."""
    wants_captions: bool = False
    wants_thumbnail: bool = False
    captions: ReceivedFile | None = None
    thumbnail: ReceivedFile | None = None
    received_at: datetime | None = None
    """When all of it was there."""
    fault: str | None = None
    """Why it cannot be processed."""


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
    activity: str
    """The other URN that it goes by."""
    edited: bool = False
    before: dict[str, JsonValue] | None = None
    """How it was read before its last change, for reads that are behind."""
    deleted_at: datetime | None = None
    assets: list[str] = field(default_factory=list[str])
    link: str | None = None
    parent: str | None = None
    root: str | None = None
    comments_open: bool = True
    metrics: Counts = field(default_factory=Counts)

    @property
    def deleted(self) -> bool:
        """Whether it was deleted."""
        return self.deleted_at is not None

    @property
    def thread(self) -> str:
        """What its comments name: a share goes by its activity, a ugcPost by itself."""
        return self.activity if self.urn.startswith("urn:li:share:") else self.urn


@dataclass
class Comment:
    """One comment, or a reply to one."""

    id: str
    share: Share
    actor: str
    impersonator: str | None
    """The member who wrote it in a page's name."""
    text: str
    fields: dict[str, JsonValue]
    created_at: datetime
    modified_at: datetime
    parent: str | None = None
    """The comment that it replies to."""
    deleted: bool = False

    @property
    def urn(self) -> str:
        """Its URN, of the thread and its id."""
        return f"urn:li:comment:({self.share.thread},{self.id})"


@dataclass
class Reaction:
    """What one actor feels about a post or a comment."""

    actor: str
    impersonator: str | None
    root: str
    """What it is about, as it was sent."""
    kind: str
    created_at: datetime
    modified_at: datetime


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
        self.latest: dict[tuple[str, ...], Share] = {}
        """The latest post of each author, text and content: what another one of them is a duplicate of."""
        self.comments: dict[str, Comment] = {}
        """By their ids."""
        self.reactions: dict[tuple[str, str], Reaction] = {}
        """By the actor, and the post or comment by its first URN."""
        self.assets: dict[str, Asset] = {}
        self._sequence = count(1)

    @property
    def now(self) -> datetime:
        """The clock's time."""
        return self.clock.now()

    @property
    def counted(self) -> datetime:
        """The time up to which statistics have counted."""
        return self.now - timedelta(seconds=self.settings.insights_lag)

    def new_number(self) -> int:
        """Make a number that tells its time: milliseconds since 1970, then a sequence."""
        return (millis(self.now) << 22) | (next(self._sequence) & 0x3FFFFF)

    def share(self, urn: str) -> Share | None:
        """Give a post that was not deleted by any of its URNs."""
        found = self.any_share(urn)
        return None if found is None or found.deleted else found

    def any_share(self, urn: str) -> Share | None:
        """Give a post, even a deleted one, by any of its URNs."""
        found = self.shares.get(urn)
        if found is None and urn.startswith("urn:li:activity:"):
            found = next((one for one in self.shares.values() if one.activity == urn), None)
        return found

    def comment(self, urn: str) -> Comment | None:
        """Give a comment that was not deleted by its URN, whichever of its post's URNs it names."""
        if not urn.startswith("urn:li:comment:("):
            return None
        thread, _, number = urn.removeprefix("urn:li:comment:(").removesuffix(")").partition(",")
        found = self.comments.get(number)
        share = self.share(thread)
        return found if found is not None and not found.deleted and found.share is share else None

    def comments_of(self, share: Share) -> Iterator[Comment]:
        """Give a post's comments and replies that were not deleted, oldest first."""
        return (one for one in self.comments.values() if one.share is share and not one.deleted)

    def settled(self, moment: datetime) -> bool:
        """Whether what was done at a moment can be read by now."""
        return moment + timedelta(seconds=self.settings.read_lag) <= self.now

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
        return "PROCESSING_FAILED" if asset.fault or self.settings.processing_fails else "AVAILABLE"

    def lifecycle(self, share: Share) -> str:
        """Tell a post's state: a published one waits for its media, and fails with them."""
        if share.state != "PUBLISHED":
            return share.state
        found = {self.status(self.assets[one]) for one in share.assets if one in self.assets}
        if "PROCESSING_FAILED" in found:
            return "PUBLISH_FAILED"
        return "PUBLISHED" if found <= {"AVAILABLE"} else "PUBLISH_REQUESTED"

    def seen(self, share: Share) -> bool:
        """Whether people see a post: one that is for advertisements alone they do not."""
        distribution = share.fields.get("distribution")
        dark = isinstance(distribution, dict) and distribution.get("feedDistribution") == "NONE"
        live = share.published_at is not None and self.lifecycle(share) == "PUBLISHED"
        return live and not share.deleted and not dark

    def role(self, member: str, organization: str) -> str | None:
        """Give a member's role on a page."""
        page = self.organizations.get(organization)
        return page.roles.get(member) if page else None

    def names(self, urn: str) -> frozenset[str] | None:
        """Give the names that a mention may use: a page's whole name, a member's first, last or whole one."""
        if urn in self.organizations:
            return frozenset({self.organizations[urn].name})
        if urn in self.people:
            name = self.people[urn].name
            first, _, last = name.partition(" ")
            return frozenset({name, first, last} - {""})
        return None


def millis(moment: datetime) -> int:
    """Give the milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
