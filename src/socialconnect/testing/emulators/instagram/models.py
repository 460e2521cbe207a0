"""The things that Instagram knows: profiles, containers, media, comments, and how they perform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from socialconnect.media_facts import MediaFacts
from socialconnect.testing.emulators.received import ReceivedFile

__all__ = [
    "CONTAINER_LIFE",
    "STORY_LIFE",
    "AccountPerformance",
    "Comment",
    "Container",
    "ContainerKind",
    "ContainerStatus",
    "Media",
    "MediaKind",
    "MediaPerformance",
    "PlannedMedia",
    "Product",
    "Profile",
]

CONTAINER_LIFE = timedelta(hours=24)
"""How long a container waits to be published (https://developers.facebook.com/docs/instagram-platform/content-publishing)."""
STORY_LIFE = timedelta(hours=24)
"""How long people see a story."""

ContainerKind = Literal["IMAGE", "VIDEO", "REELS", "STORIES", "CAROUSEL"]
ContainerStatus = Literal["IN_PROGRESS", "FINISHED", "PUBLISHED", "ERROR", "EXPIRED"]
MediaKind = Literal["IMAGE", "VIDEO", "CAROUSEL_ALBUM"]
Product = Literal["FEED", "REELS", "STORY"]


@dataclass
class MediaPerformance:
    """
    How a medium performs. Every new one performs alike until a test says otherwise.

    Args:
        views: How often it was shown.
        reach: How many accounts saw it; of a story with fewer than 5 Instagram shows no insights.
        likes: How many like it.
        comments: How many comments it has, besides those that were made here.
        shares: How often it was shared.
        saved: How often it was saved.
        total_interactions: What people did in all; likes, comments, shares and saves together if not given.
        reposts: How often it was reposted.
        follows: How many accounts followed because of it.
        profile_visits: How many accounts looked at the profile because of it.
        profile_activity: What people did in the profile, by `action_type`.
        replies: How many replies a story got.
        navigation: What people did while they saw a story, by `story_navigation_action_type`.
        link_clicks: How often a story's link was followed.
        avg_watch_time: How long a reel was watched each time, in milliseconds.
        total_watch_time: How long a reel was watched in all, in milliseconds.
        skip_rate: The part of a reel's views that ended within 3 seconds, in percent.
        facebook_views: How often it was shown on Facebook.
    """

    views: int = 128
    reach: int = 96
    likes: int = 8
    comments: int = 2
    shares: int = 3
    saved: int = 1
    total_interactions: int | None = None
    reposts: int = 1
    follows: int = 2
    profile_visits: int = 6
    profile_activity: dict[str, int] = field(default_factory=lambda: {"BIO_LINK_CLICKED": 3, "EMAIL": 1})
    replies: int = 2
    navigation: dict[str, int] = field(
        default_factory=lambda: {"TAP_FORWARD": 19, "TAP_BACK": 3, "TAP_EXIT": 2, "SWIPE_FORWARD": 1}
    )
    link_clicks: int = 1
    avg_watch_time: int = 4_200
    total_watch_time: int = 537_600
    skip_rate: float = 31.5
    facebook_views: int = 40


@dataclass
class AccountPerformance:
    """
    How an account performs on each day.

    Args:
        views: How often its media were shown.
        reach: How many accounts saw them; the same ones each day, so that days do not add up.
        accounts_engaged: How many accounts did something; the same ones each day.
        likes: How many likes its media got.
        comments: How many comments they got.
        shares: How often they were shared.
        saves: How often they were saved.
        replies: How many replies its stories got.
        reposts: How often its media were reposted.
        profile_views: How often its profile was looked at.
        website_clicks: How often its website was followed.
        follower_count: How many followers it won.
        follows_and_unfollows: How many accounts followed and left, by `follow_type`.
        profile_links_taps: What people tapped in the profile, by `contact_button_type`.
        online_followers: How many followers are there in each hour of the day.
    """

    views: int = 340
    reach: int = 210
    accounts_engaged: int = 46
    likes: int = 21
    comments: int = 5
    shares: int = 4
    saves: int = 3
    replies: int = 2
    reposts: int = 1
    profile_views: int = 17
    website_clicks: int = 2
    follower_count: int = 3
    follows_and_unfollows: dict[str, int] = field(default_factory=lambda: {"FOLLOWER": 5, "NON_FOLLOWER": 2})
    profile_links_taps: dict[str, int] = field(default_factory=lambda: {"CALL": 1, "EMAIL": 2})
    online_followers: dict[int, int] = field(default_factory=lambda: {hour: 20 + hour for hour in range(24)})


@dataclass
class Profile:
    """
    An account as people see it, and how it does. Tests may change it at any time.

    Args:
        followers: How many follow it; below 100 some insights are not given.
        follows: How many it follows.
        biography: What it says about itself.
        website: Its website.
        picture: The address of its picture.
        account_type: `BUSINESS` or `MEDIA_CREATOR`.
        engagements: How many accounts engaged in the time that a demographic insight asks for.
        audience: The followers by `age`, `city`, `country` and `gender`; each adds up to 1,000 parts.
        performance: How it performs on each day.
    """

    followers: int = 1_500
    follows: int = 120
    biography: str = "An emulated account."
    website: str = "https://example.com/"
    picture: str = "https://cdn.example.com/profile.jpg"
    account_type: Literal["BUSINESS", "MEDIA_CREATOR"] = "BUSINESS"
    engagements: int = 400
    audience: dict[str, dict[str, int]] = field(
        default_factory=lambda: {
            "age": {"18-24": 250, "25-34": 450, "35-44": 200, "45-54": 100},
            "city": {"Berlin, Berlin": 400, "London, England": 350, "Paris, Île-de-France": 250},
            "country": {"DE": 400, "GB": 350, "FR": 250},
            "gender": {"F": 520, "M": 430, "U": 50},
        }
    )
    performance: AccountPerformance = field(default_factory=AccountPerformance)


@dataclass
class Container:
    """
    What becomes a medium when it is published; nobody sees it until then.

    Args:
        id: Its id.
        account: The account that it belongs to.
        kind: The `media_type` that it was made with.
        created_at: When it was made.
        ready_at: From when it can be published; `None` for one that is never done, or that waits for its upload.
        caption: Its text.
        address: Where its image or video was fetched from.
        alt: The image's description.
        video: Whether it is a video.
        is_item: Whether it is for a carousel.
        children: A carousel's items.
        kept: Parameters that are kept and shown where Instagram shows them, such as `collaborators`, as they came.
        facts: What its file is.
        upload: What has been uploaded; `None` for a container whose file is fetched.
        processing: How long it is in progress once its file is there; `None` for ever.
        failed: The subcode with which its processing fails.
        media: The id of the medium that it became.
    """

    id: str
    account: str
    kind: ContainerKind
    created_at: datetime
    ready_at: datetime | None
    caption: str = ""
    address: str = ""
    alt: str = ""
    video: bool = False
    is_item: bool = False
    children: tuple[str, ...] = ()
    kept: dict[str, str] = field(default_factory=dict[str, str])
    facts: MediaFacts | None = None
    upload: ReceivedFile | None = None
    processing: timedelta | None = None
    failed: int | None = None
    media: str | None = None

    @property
    def media_kind(self) -> MediaKind:
        """What kind of medium it becomes."""
        return "CAROUSEL_ALBUM" if self.kind == "CAROUSEL" else "VIDEO" if self.video else "IMAGE"

    @property
    def product(self) -> Product:
        """Where its medium is seen."""
        return "STORY" if self.kind == "STORIES" else "REELS" if self.kind == "REELS" else "FEED"


@dataclass
class Media:
    """
    One published medium.

    Args:
        id: Its id.
        ordinal: Its place among all media.
        account: The account.
        kind: What it is.
        product: Where it is seen.
        created_at: When it went live.
        caption: Its text.
        media_url: Where its image or video was fetched from.
        alt: The image's description.
        children: The ids of an album's media.
        album: The album that it is in.
        kept: What its container was made with, such as `collaborators`.
        comments_enabled: Whether people may comment.
        likes_hidden: Whether its owner hides its likes.
        media_url_withheld: Whether its address is left out, as it is for what may infringe a copyright.
        shared_to_facebook: Whether it is on Facebook too.
        performance: How it performs.
    """

    id: str
    ordinal: int
    account: str
    kind: MediaKind
    product: Product
    created_at: datetime
    caption: str = ""
    media_url: str = ""
    alt: str = ""
    children: tuple[str, ...] = ()
    album: str | None = None
    kept: dict[str, str] = field(default_factory=dict[str, str])
    comments_enabled: bool = True
    likes_hidden: bool = False
    media_url_withheld: bool = False
    shared_to_facebook: bool = False
    performance: MediaPerformance = field(default_factory=MediaPerformance)

    @property
    def shortcode(self) -> str:
        """The short name in its address."""
        return f"E{self.ordinal:09d}"

    @property
    def place(self) -> str:
        """Its place in lists, later ones greater."""
        return f"{self.created_at.timestamp():020.6f}:{self.ordinal:010}"


@dataclass
class Comment:
    """
    A comment on a medium, or a reply to one.

    Args:
        id: Its id.
        ordinal: Its place among all comments.
        media: The medium's id.
        account: The account that the medium belongs to.
        username: Who wrote it.
        text: What it says.
        created_at: When it was written.
        parent: The comment that it replies to.
        hidden: Whether the medium's owner hides it.
        likes: How many like it.
    """

    id: str
    ordinal: int
    media: str
    account: str
    username: str
    text: str
    created_at: datetime
    parent: str | None = None
    hidden: bool = False
    likes: int = 0

    @property
    def place(self) -> str:
        """Its place in lists, later ones greater."""
        return f"{self.created_at.timestamp():020.6f}:{self.ordinal:010}"


@dataclass(frozen=True)
class PlannedMedia:
    """
    What somebody planned in Instagram's own app; the API can only list it.

    Args:
        id: Its id.
        account: The account.
        caption: Its text.
        media_url: Where its image is.
        at: When it goes live.
    """

    id: str
    account: str
    caption: str
    media_url: str
    at: datetime
