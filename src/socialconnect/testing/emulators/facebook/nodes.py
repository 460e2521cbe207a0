"""What stands on an emulated Page: posts, photos, videos, stories and comments, and how they perform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from pydantic import JsonValue

from socialconnect.testing.emulators.received import ReceivedFile

__all__ = ["Comment", "FacebookPost", "Failure", "Performance", "Photo", "Story", "Video", "VideoKind", "VideoStatus"]

STORY_LIFE = timedelta(hours=24)
"""How long a story is seen; then it is archived."""

_END = 10**11
"""A number above all times and ids here."""

VideoKind = Literal["video", "reel", "story"]
VideoStatus = Literal["uploading", "upload_complete", "processing", "ready", "error", "expired"]


@dataclass
class Performance:
    """
    How a post, a video or a story performs. Every new one performs alike until a test says otherwise.

    Args:
        views: How often it was shown.
        viewers: How many people saw it.
        views_from_ads: How many of the views came from advertisements.
        views_from_followers: How many of the views were followers'.
        clicks: How often it was clicked.
        reactions: The reactions by type, such as `like`.
        comments: How many comments visitors made; those that were made by calls count besides.
        shares: How often it was shared.
        video_views: How often its video was played.
        video_viewers: How many people played it.
        watch_time: For how many milliseconds it was played in all.
        replies: How many people answered a story.
    """

    views: int = 340
    viewers: int = 210
    views_from_ads: int = 40
    views_from_followers: int = 200
    clicks: int = 12
    reactions: dict[str, int] = field(default_factory=lambda: {"like": 8, "love": 1})
    comments: int = 2
    shares: int = 3
    video_views: int = 120
    video_viewers: int = 90
    watch_time: int = 600_000
    replies: int = 4


@dataclass
class Photo:
    """
    One uploaded photo.

    Args:
        id: Its id.
        page: The Page that it belongs to.
        source: The address that it was fetched from, or one of the emulator's for an upload.
        alt: Its description.
        created_at: When it came.
        published: Whether it came as a post of its own.
        temporary: Whether it dies after a day if no post takes it.
        post: The post or story that carries it.
        width: Its width in pixels, where it is known.
        height: Its height in pixels, where it is known.
    """

    id: str
    page: str
    source: str
    alt: str
    created_at: datetime
    published: bool
    temporary: bool
    post: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Failure:
    """
    Why a video cannot be used.

    Args:
        code: The code of the refusal.
        subcode: The second code.
        message: The text.
        early: Whether the status tells it as soon as the upload is complete, before the processing has ended with it.
    """

    code: int
    subcode: int | None
    message: str
    early: bool = False


@dataclass
class Video:
    """
    One video, reel or video story, from the start of its upload on.

    Args:
        id: Its id.
        page: The Page that it belongs to.
        kind: By which edge it came.
        created_at: When its upload began.
        file: The file as far as it has come; its bytes are not kept.
        session: The upload session of a chunked upload.
        source: The address that it is fetched from, if one was given.
        uploaded_at: When all of it had come.
        ready_at: When its processing ends; `None` before its upload is complete, or if it hangs.
        failure: Why it cannot be used.
        title: Its title.
        description: Its text.
        post: The post or story that shows it; `None` until its upload is finished.
        finished: Whether its author has told what to do with it.
        cancelled: Whether its upload was cancelled.
        kept: Parameters that are kept and have no effect here, such as `content_category`.
        updated_at: When it was last changed.
    """

    id: str
    page: str
    kind: VideoKind
    created_at: datetime
    file: ReceivedFile = field(default_factory=ReceivedFile)
    session: str | None = None
    source: str | None = None
    uploaded_at: datetime | None = None
    ready_at: datetime | None = None
    failure: Failure | None = None
    title: str = ""
    description: str = ""
    post: str | None = None
    finished: bool = False
    cancelled: bool = False
    kept: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    updated_at: datetime | None = None

    def is_ready(self, now: datetime) -> bool:
        """Whether its processing is done and went well."""
        return self.ready_at is not None and self.ready_at <= now and self.failure is None

    def has_failed(self, now: datetime) -> bool:
        """Whether it is known by now that it cannot be used."""
        return self.failure is not None and self.ready_at is not None and self.ready_at <= now

    def status(self, now: datetime, life: timedelta) -> VideoStatus:
        """
        Give its `video_status`.

        Args:
            now: The time.
            life: How long an upload may take until it is finished.
        """
        if self.has_failed(now):
            return "error"
        if not self.finished and self.created_at + life <= now:
            return "expired"
        if self.uploaded_at is None:
            return "uploading"
        if self.is_ready(now):
            return "ready"
        early = self.failure is not None and self.failure.early
        return "processing" if self.finished or early else "upload_complete"


@dataclass
class FacebookPost:
    """
    One post of a Page, whether people see it or not.

    Args:
        id: Its id: the Page's, an underscore, and its own.
        ordinal: Its place among all posts.
        page: The Page.
        message: Its text.
        link: The address that it shares.
        photos: The ids of its photos.
        created_at: When it was made.
        live_at: When it is due; `None` for one that nobody sees until it is published.
        scheduled: Whether Facebook is to publish it at `live_at`.
        content_type: The `unpublished_content_type` that it came with.
        kept: Parameters that are kept and have no effect here, such as `targeting`.
        performance: How it performs.
        updated_at: When it was last changed.
        clip: Its video, before whose processing is done nobody sees it.
        backdated_to: The time that it shows in place of its own.
        by_app: Whether it came by this API; what people made by hand cannot be changed by it.
        liked: Whether the Page itself likes it.
        hidden: Whether it is hidden from the Page's timeline.
    """

    id: str
    ordinal: int
    page: str
    message: str
    link: str | None
    photos: tuple[str, ...]
    created_at: datetime
    live_at: datetime | None
    scheduled: bool = False
    content_type: str | None = None
    kept: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    performance: Performance = field(default_factory=Performance)
    updated_at: datetime | None = None
    clip: Video | None = None
    backdated_to: datetime | None = None
    by_app: bool = True
    liked: bool = False
    hidden: bool = False

    @property
    def video(self) -> str | None:
        """The id of its video."""
        return self.clip.id if self.clip is not None else None

    @property
    def seen_from(self) -> datetime | None:
        """From when people see it: when it is due, and not before its video is ready."""
        return _seen_from(self.live_at, self.clip)

    def is_live(self, now: datetime) -> bool:
        """Whether people see it."""
        return self.seen_from is not None and self.seen_from <= now

    def went_live(self, now: datetime) -> datetime:
        """When it went live, or was made."""
        return self.seen_from if self.seen_from is not None and self.seen_from <= now else self.created_at

    def created_time(self, now: datetime) -> datetime:
        """The time that it shows: when it went live, or was made, or what it was backdated to."""
        return self.backdated_to or self.went_live(now)

    def place(self, now: datetime) -> str:
        """Its place in lists, later ones greater."""
        return f"{self.created_time(now).timestamp():020.6f}:{self.ordinal:010}"


@dataclass
class Story:
    """
    One story of a Page.

    Args:
        id: The id of its post.
        page: The Page.
        media: The id of the photo or the video.
        created_at: When it was made.
        clip: Its video, if it shows one: before its processing is done nobody sees the story.
        performance: How it performs.
    """

    id: str
    page: str
    media: str
    created_at: datetime
    clip: Video | None = None
    performance: Performance = field(default_factory=Performance)

    @property
    def kind(self) -> Literal["photo", "video"]:
        """What it shows."""
        return "photo" if self.clip is None else "video"

    @property
    def seen_from(self) -> datetime | None:
        """From when people see it."""
        return _seen_from(self.created_at, self.clip)

    def went_live(self, now: datetime) -> datetime:
        """When it went live, or was made."""
        return self.seen_from if self.seen_from is not None and self.seen_from <= now else self.created_at

    def is_live(self, now: datetime) -> bool:
        """Whether people have seen it, or still do."""
        return self.seen_from is not None and self.seen_from <= now

    def is_seen(self, now: datetime) -> bool:
        """Whether people see it now."""
        return self.seen_from is not None and self.seen_from <= now < self.seen_from + STORY_LIFE

    @property
    def place(self) -> str:
        """Its place in lists, later ones greater."""
        return f"{(self.seen_from or self.created_at).timestamp():020.6f}:{self.id:>020}"


def _seen_from(due: datetime | None, clip: Video | None) -> datetime | None:
    if due is None or clip is None:
        return due
    return None if clip.ready_at is None or clip.failure is not None else max(due, clip.ready_at)


@dataclass
class Comment:
    """
    One comment that was made by a call.

    Args:
        id: Its id: its post's own, an underscore, and its own.
        page: The Page whose post it is on, and which speaks.
        post: The post.
        parent: The post, or the comment that it answers.
        message: Its text.
        created_at: When it was made.
        attachment: The address of what it shows, if anything.
        hidden: Whether it is hidden.
    """

    id: str
    page: str
    post: str
    parent: str
    message: str
    created_at: datetime
    attachment: str | None = None
    hidden: bool = False

    @property
    def number(self) -> int:
        """Its own number."""
        return int(self.id.rpartition("_")[2])

    @property
    def place(self) -> str:
        """Its place in lists that begin with the last, later ones greater."""
        return f"{self.created_at.timestamp():020.6f}:{self.number:020}"

    @property
    def place_from_first(self) -> str:
        """Its place in lists that begin with the first, earlier ones greater."""
        return f"{_END - self.created_at.timestamp():020.6f}:{_END - self.number:020}"
