"""What the Facebook emulator remembers: Pages, posts, photos, and how the posts perform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from socialconnect.testing.emulators.base import EmulatedAccount
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import graph_error, missing

__all__ = ["FacebookPost", "FacebookState", "Performance", "Photo"]

TEMPORARY = timedelta(hours=24)
"""How long a temporary photo lives if no post takes it."""


@dataclass
class Performance:
    """
    How a post performs. Every new post performs alike until a test says otherwise.

    Args:
        views: How often it was shown.
        viewers: How many people saw it.
        clicks: How often it was clicked.
        reactions: The reactions by type, such as `like`.
        comments: How many comments it has.
        shares: How often it was shared.
    """

    views: int = 340
    viewers: int = 210
    clicks: int = 12
    reactions: dict[str, int] = field(default_factory=lambda: {"like": 8, "love": 1})
    comments: int = 2
    shares: int = 3


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
        post: The post that carries it.
    """

    id: str
    page: str
    source: str
    alt: str
    created_at: datetime
    published: bool
    temporary: bool
    post: str | None = None


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
        live_at: From when people see it; `None` for one that nobody sees until it is published.
        scheduled: Whether Facebook is to publish it at `live_at`.
        content_type: The `unpublished_content_type` that it came with.
        kept: Parameters that are kept and have no effect here, such as `targeting`.
        performance: How it performs.
        updated_at: When it was last changed.
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
    kept: dict[str, str] = field(default_factory=dict[str, str])
    performance: Performance = field(default_factory=Performance)
    updated_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether people see it."""
        return self.live_at is not None and self.live_at <= now

    def created_time(self, now: datetime) -> datetime:
        """The time that it shows: when it went live, or was made."""
        return self.live_at if self.live_at is not None and self.live_at <= now else self.created_at

    def place(self, now: datetime) -> str:
        """Its place in lists, later ones greater."""
        return f"{self.created_time(now).timestamp():020.6f}:{self.ordinal:010}"


class FacebookState:
    """
    The Pages and everything on them.

    Args:
        pages: The Pages.
        readable: Whether what was written at a time can be read at another.
    """

    def __init__(self, pages: dict[str, EmulatedAccount], readable: Callable[[datetime, datetime], bool]) -> None:
        self.pages = pages
        self.readable = readable
        self.posts: dict[str, FacebookPost] = {}
        self.photos: dict[str, Photo] = {}
        self.refuse_repeats = False
        self._next_post = 2001
        self._next_photo = 3001

    def add_post(self, page: str, **fields: object) -> FacebookPost:
        """Keep a new post."""
        ordinal = self._next_post
        self._next_post += 1
        post = FacebookPost(id=f"{page}_{ordinal}", ordinal=ordinal, page=page, **fields)  # type: ignore[arg-type]  # the dataclass's own fields
        self.posts[post.id] = post
        for photo in post.photos:
            self.photos[photo].post = post.id
        return post

    def add_photo(self, page: str, **fields: object) -> Photo:
        """Keep a new photo."""
        id_ = str(self._next_photo)
        self._next_photo += 1
        photo = Photo(id=id_, page=page, **fields)  # type: ignore[arg-type]  # as above
        self.photos[id_] = photo
        return photo

    def photo(self, id_: str, now: datetime) -> Photo | None:
        """Give a photo that has not died."""
        found = self.photos.get(id_)
        if found is None or (found.temporary and found.post is None and found.created_at + TEMPORARY <= now):
            return None
        return found

    def page(self, id_: str, call: Call) -> EmulatedAccount:
        """
        Give the Page of a call, whose token must be that Page's own.

        Raises:
            GraphError: There is no such Page, or the token is a person's or another Page's.
        """
        if id_ == "me" and call.token.kind == "PAGE":
            id_ = call.token.owner
        found = self.pages.get(id_)
        if found is None:
            raise missing(id_, call.method)
        if call.token.kind != "PAGE":
            raise graph_error(190, 2069032)
        if id_ not in call.token.targets:
            raise graph_error(210)
        return found

    def post(self, id_: str, call: Call) -> FacebookPost:
        """
        Give the post of a call.

        Raises:
            GraphError: There is none, it cannot be read yet, or it is another Page's.
        """
        found = self.posts.get(id_)
        if found is None or (call.method == "GET" and not self.readable(found.created_time(call.now), call.now)):
            raise missing(id_, call.method)
        self.page(found.page, call)
        return found

    def live(self, page: str | None, now: datetime) -> list[FacebookPost]:
        """Give the posts that people see, newest first."""
        found = [one for one in self.posts.values() if one.is_live(now) and page in (None, one.page)]
        return sorted(found, key=lambda one: one.place(now), reverse=True)
