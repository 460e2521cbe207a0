"""Which call goes where."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedAccount
from socialconnect.testing.emulators.facebook import (
    comments,
    editing,
    handles,
    insights,
    pages,
    photos,
    publishing,
    reading,
    reels,
    stories,
    video_reading,
    videos,
)
from socialconnect.testing.emulators.facebook.edges import no_edge
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import graph_error, missing
from socialconnect.testing.emulators.graph.tokens import APP_ID
from socialconnect.testing.emulators.refused import Gap

__all__ = ["Routes"]


class Routes:
    """
    Answers calls of good tokens.

    Args:
        state: What there is.
        user: The person who manages the Pages.
        business: The business that holds them.
    """

    def __init__(self, state: FacebookState, user: EmulatedAccount, business: EmulatedAccount | None) -> None:
        self._state = state
        self._user = user
        self._business = business

    def answer(self, call: Call, lag: timedelta) -> JsonValue:
        """
        Answer a call.

        Args:
            call: The call.
            lag: How long a new post has no insights.

        Raises:
            GraphError: The network refuses.
            Gap: The emulator does not know.
        """
        call = replace(call, edges=partial(self._read, lag=lag))
        match call.method:
            case "GET":
                return self._read(call, lag)
            case "POST":
                return self._read_after(call, self._write(call))
            case "DELETE":
                return self._delete(call)
            case _:
                raise missing(call.segments[0], call.method)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _read(self, call: Call, lag: timedelta) -> JsonValue:
        state = self._state
        match call.segments:
            case (node,):
                return self._read_node(call, node)
            case ("me" | self._user.id, "accounts"):
                return pages.list_managed_pages(state, call)
            case ("me" | self._user.id, "businesses"):
                return pages.list_businesses(self._business, call)
            case (node, "owned_pages" | "client_pages" as edge) if self._business and node == self._business.id:
                return pages.list_held_pages(state, call, owned=edge == "owned_pages")
            case (node, "insights", *named) if len(named) <= 2:
                metric = tuple(named)
                if node in state.pages or (node == "me" and call.token.kind == "PAGE"):
                    return insights.page_insights(state, call, node, lag, metric)
                return insights.post_insights(state, call, node, lag, metric)
            case (node, "video_insights", *named) if len(named) <= 2 and node in state.videos:
                return insights.video_insights(state, call, node, lag, tuple(named))
            case (node, edge):
                return self._read_edge(call, node, edge)
            case _:
                raise no_edge(state, call, self._user.id)

    def _read_edge(self, call: Call, node: str, edge: str) -> JsonValue:
        state = self._state
        if self._is_page(node, call):
            match edge:
                case "videos":
                    return video_reading.list_videos(state, call, node)
                case "video_reels":
                    return video_reading.list_reels(state, call, node)
                case "photos":
                    return photos.list_photos(state, call, node)
                case "stories":
                    return stories.list_stories(state, call, node)
                case _ if edge in reading.LISTS:
                    return reading.list_posts(state, call, node, edge)
                case _:
                    raise no_edge(state, call, self._user.id)
        shows_post = node in state.posts or node in state.photos or node in state.videos
        if edge == "comments" and (shows_post or node in state.comments):
            return comments.list_comments(state, call, node)
        if shows_post and edge in reading.POST_EDGES and (edge != "attachments" or node in state.posts):
            return reading.read_edge(state, call, node, edge)
        raise no_edge(state, call, self._user.id)

    def _is_page(self, node: str, call: Call) -> bool:
        return node in self._state.pages or (node == "me" and call.token.kind == "PAGE")

    def _read_node(self, call: Call, node: str) -> JsonValue:
        state = self._state
        photo = state.photo(node, call.now)
        if self._is_page(node, call):
            return pages.read_page(state, call, node)
        if node in ("me", self._user.id):
            return pages.read_user(self._user, call)
        if self._business is not None and node == self._business.id:
            return pages.read_business(self._business, call)
        if photo is not None:
            return photos.read_photo(state, call, photo)
        if node in state.videos:
            return video_reading.read_video(state, call, state.video(node, call))
        if node in state.comments:
            return comments.read_comment(state, call, state.comments[node])
        if node in state.stories or node == APP_ID:
            raise Gap("this node")
        return reading.read_post(state, call, node)

    # ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _write(self, call: Call) -> JsonValue:
        state = self._state
        match call.segments:
            case (node,):
                return self._write_node(call, node)
            case (app, "uploads") if app == APP_ID:
                return handles.start_upload(state, call)
            case ("me" | self._user.id, "feed" | "photos" | "videos") if call.token.kind == "USER":
                raise graph_error(200, variant="publish_actions")
            case (page, "feed"):
                return publishing.publish_feed(state, call, page)
            case (page, "photos"):
                return photos.publish_photo(state, call, page)
            case (page, "videos"):
                return videos.publish_video(state, call, page)
            case (page, "video_reels"):
                return reels.publish_in_phases(state, call, page, "reel")
            case (page, "video_stories"):
                return reels.publish_in_phases(state, call, page, "story")
            case (page, "photo_stories"):
                return stories.publish_photo_story(state, call, page)
            case (node, "comments") if not self._is_page(node, call):
                return comments.make_comment(state, call, node)
            case (node, "likes") if node in state.posts or node in state.videos or node in state.photos:
                return editing.like_post(state, call, node)
            case _:
                raise no_edge(state, call, self._user.id)

    def _write_node(self, call: Call, node: str) -> JsonValue:
        state = self._state
        if node in state.comments:
            return comments.edit_comment(state, call, state.comments[node])
        if node in state.videos:
            return editing.edit_video(state, call, state.video(node, call))
        if self._is_page(node, call) or node in state.photos or node in state.stories or node == "me":
            raise Gap("this node")
        return editing.edit_post(state, call, node)

    def _read_after(self, call: Call, made: JsonValue) -> JsonValue:
        """Answer what a call asks for in `fields` about the thing that it made, in place of its id."""
        if (
            "fields" not in call.parameters
            or not isinstance(made, dict)
            or "id" not in made
            or "upload" in str(made["id"])
        ):
            return made
        state, fields = self._state, call.fields("id")
        id_ = str(made["id"])
        if id_ in state.posts:
            return reading.shown_post(state, state.posts[id_], call, fields)
        if id_ in state.comments:
            return comments.shown_comment(state, state.comments[id_], call, fields)
        if id_ in state.photos:
            return photos.shown_photo(state, state.photos[id_], fields)
        return video_reading.shown_video(state, state.videos[id_], call, fields)

    # ── deleting ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _delete(self, call: Call) -> JsonValue:
        state = self._state
        match call.segments:
            case (node, "likes") if node in state.posts or node in state.videos or node in state.photos:
                return editing.like_post(state, call, node)
            case (node,):
                pass
            case _:
                raise no_edge(state, call, self._user.id)
        if node in state.comments:
            return comments.delete_comment(state, call, state.comments[node])
        if node in state.photos:
            return editing.delete_photo(state, call, node)
        if node in state.videos:
            return editing.delete_video(state, call, state.video(node, call))
        if self._is_page(node, call) or node in state.stories or node == "me":
            raise Gap("this node")
        if node not in state.posts:
            raise missing(node, call.method)
        return editing.delete_post(state, call, node)
