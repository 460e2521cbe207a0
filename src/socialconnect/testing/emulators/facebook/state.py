"""What the Facebook emulator remembers: Pages and everything on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedAccount, WallPost
from socialconnect.testing.emulators.facebook.nodes import Comment, FacebookPost, Photo, Story, Video, VideoKind
from socialconnect.testing.emulators.facebook.settings import FacebookSettings
from socialconnect.testing.emulators.facebook.visibility import Visibility
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import graph_error, missing
from socialconnect.testing.emulators.received import ReceivedFile

__all__ = ["FacebookState"]

TEMPORARY = timedelta(hours=24)
"""How long a temporary photo lives if no post takes it."""
DAY = timedelta(hours=24)


class FacebookState:
    """
    The Pages and everything on them.

    Args:
        pages: The Pages.
        readable: Whether what was written at a time can be read at another.
        settings: What tests may set.
    """

    def __init__(
        self,
        pages: dict[str, EmulatedAccount],
        readable: Callable[[datetime, datetime], bool],
        settings: FacebookSettings,
    ) -> None:
        self.pages = pages
        self.readable = readable
        self.settings = settings
        self.posts: dict[str, FacebookPost] = {}
        self.photos: dict[str, Photo] = {}
        self.videos: dict[str, Video] = {}
        self.stories: dict[str, Story] = {}
        self.comments: dict[str, Comment] = {}
        self.handles: dict[str, ReceivedFile] = {}
        """Files that were uploaded for later use, by handle."""
        self.uploads: dict[str, ReceivedFile] = {}
        """Files that are being uploaded for later use, by the session's name."""
        self.reels: list[tuple[str, datetime]] = []
        """Page and time of every reel that was published by a call, which the quota counts."""
        self._next = {"post": 2001, "photo": 3001, "video": 4001, "story": 6001, "comment": 7001, "session": 8001}

    # ── making ────────────────────────────────────────────────────────────────────────────────────────────────────

    def add_post(
        self,
        page: str,
        when: Visibility,
        *,
        now: datetime,
        message: str,
        link: str | None = None,
        photos: tuple[str, ...] = (),
        kept: Mapping[str, JsonValue] | None = None,
        video: Video | None = None,
    ) -> FacebookPost:
        """Keep a new post; that of a video has the video's own number."""
        number = self.number("post")
        post = FacebookPost(
            id=f"{page}_{video.id if video is not None else number}",
            ordinal=int(number),
            page=page,
            message=message,
            link=link,
            photos=photos,
            created_at=now,
            live_at=when.live_at,
            scheduled=when.scheduled,
            content_type=when.content_type,
            kept=dict(kept or {}),
            clip=video,
        )
        self.posts[post.id] = post
        for photo in photos:
            self.photos[photo].post = post.id
        if video is not None:
            video.post = post.id
        return post

    def add_photo(self, page: str, **fields: object) -> Photo:
        """Keep a new photo."""
        id_ = self.number("photo")
        photo = Photo(id=id_, page=page, **fields)  # type: ignore[arg-type]  # the dataclass's own fields
        self.photos[id_] = photo
        return photo

    def add_video(self, page: str, kind: VideoKind, now: datetime) -> Video:
        """Keep a video whose upload begins."""
        video = Video(self.number("video"), page, kind, now)
        self.videos[video.id] = video
        return video

    def number(self, what: str) -> str:
        """Give the next number of a kind of thing."""
        self._next[what] += 1
        return str(self._next[what] - 1)

    # ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────

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
        if found is not None and self._has_died(found, call.now):
            found = None
        if found is None or (call.method == "GET" and not self.readable(found.went_live(call.now), call.now)):
            raise missing(id_, call.method)
        self.page(found.page, call)
        return found

    def _has_died(self, post: FacebookPost, now: datetime) -> bool:
        return post.content_type == "DRAFT" and post.created_at + self.settings.draft_life <= now

    def video(self, id_: str, call: Call, kind: VideoKind | None = None) -> Video:
        """
        Give the video of a call.

        Raises:
            GraphError: There is none, it is of another kind, or it is another Page's.
        """
        found = self.videos.get(id_)
        if found is None or found.cancelled or kind not in (None, found.kind):
            raise missing(id_, call.method)
        self.page(found.page, call)
        return found

    def post_of(self, id_: str, call: Call) -> FacebookPost:
        """
        Give the post that an id means: a post's own, or that of what it shows.

        Raises:
            GraphError: There is none.
        """
        shown = self.photos.get(id_) or self.videos.get(id_)
        return self.post(shown.post or "" if shown is not None else id_, call)

    def live(self, page: str | None, now: datetime) -> list[FacebookPost]:
        """Give the posts that people see, newest first."""
        seen = [one for one in self.posts.values() if one.is_live(now) and not one.hidden]
        found = [one for one in seen if page in (None, one.page)]
        return sorted(found, key=lambda one: one.place(now), reverse=True)

    def said(self, parent: str, now: datetime) -> list[Comment]:
        """Give the comments on a post, or the answers to a comment, that can be read, newest first."""
        found = [one for one in self.comments.values() if one.parent == parent and self.readable(one.created_at, now)]
        return sorted(found, key=lambda one: one.place, reverse=True)

    def reels_since(self, page: str, since: datetime) -> int:
        """Count a Page's reels since a time."""
        return sum(who == page and at > since for who, at in self.reels)

    def remove(self, post: FacebookPost) -> None:
        """Take a post away with what it shows and what was said about it."""
        del self.posts[post.id]
        self.comments = {id_: one for id_, one in self.comments.items() if one.post != post.id}
        if post.video is not None:
            self.videos.pop(post.video, None)

    def wall(self, now: datetime) -> tuple[WallPost, ...]:
        """Give what people see now, oldest first: posts, stories and comments."""
        seen = [
            WallPost(
                one.id,
                one.page,
                one.message,
                len(one.photos) or int(one.video is not None),
                one.link,
                one.went_live(now),
            )
            for one in reversed(self.live(None, now))
        ]
        seen += [
            WallPost(one.id, one.page, "", 1, None, one.went_live(now))
            for one in self.stories.values()
            if one.is_seen(now)
        ]
        seen += [
            WallPost(one.id, one.page, one.message, int(one.attachment is not None), None, one.created_at, one.parent)
            for one in self.comments.values()
            if not one.hidden
        ]
        return tuple(sorted(seen, key=lambda one: one.created_at))
