"""
Stories: of a photo, and the list of all.

See https://developers.facebook.com/docs/page-stories-api; video stories come as `reels` has it.
"""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.nodes import Story
from socialconnect.testing.emulators.facebook.schema import LISTING
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.facebook.visibility import require_publish
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick
from socialconnect.testing.emulators.graph.paging import page_of, within

__all__ = ["list_stories", "publish_photo_story", "story_link"]

_FIELDS = ("post_id", "status", "creation_time", "media_type", "media_id", "url")


def publish_photo_story(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """Make a story of a photo that was uploaded before, unpublished, and is in no post."""
    page = state.page(page_id, call)
    require_publish(call)
    call.parameters.check({"photo_id": "string"})
    id_ = call.parameters.text("photo_id")
    if not id_:
        raise GraphError(100, "(#100) The parameter photo_id is required")
    photo = state.photo(id_, call.now)
    if photo is None or photo.page != page.id or photo.published or photo.post is not None:
        raise GraphError(100, f"(#100) Invalid photo_id: {id_} is no unpublished photo of this Page")
    story = Story(state.number("story"), page.id, photo.id, call.now)
    state.stories[story.id] = story
    photo.post = story.id
    return {"success": True, "post_id": story.id}


def list_stories(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """List a Page's stories, newest first: those that people see, and the archived ones if the Page keeps them."""
    page = state.page(page_id, call)
    call.token.require("pages_read_engagement", code=10)
    call.parameters.check({**LISTING, "status": "list<{ARCHIVED,PUBLISHED}>"})
    wanted = call.parameters.names("status") or ["PUBLISHED", "ARCHIVED"]
    found = [
        one
        for one in state.stories.values()
        if one.page == page.id
        and one.is_live(call.now)
        and state.readable(one.went_live(call.now), call.now)
        and _status(one, call) in wanted
        and (state.settings.story_archive or one.is_seen(call.now))
    ]
    listed = within(found, lambda one: one.went_live(call.now), call)
    fields = call.fields(*_FIELDS)
    ordered = sorted(listed, key=lambda one: one.place, reverse=True)
    return page_of(ordered, lambda one: one.place, lambda one: _shown(one, call, fields), call)


def _status(story: Story, call: Call) -> str:
    return "PUBLISHED" if story.is_seen(call.now) else "ARCHIVED"


def _shown(story: Story, call: Call, fields: tuple[Field, ...]) -> JsonValue:
    # The schema calls the time a text; that it holds seconds since 1970 follows the guide's lists of reels.
    readers: Readers = {
        "post_id": lambda _: story.id,
        "status": lambda _: _status(story, call),
        "creation_time": lambda _: str(int(story.went_live(call.now).timestamp())),
        "media_type": lambda _: story.kind,
        "media_id": lambda _: story.media,
        "url": lambda _: story_link(story),
        "id": lambda _: story.id,
    }
    return pick(fields, readers, node="Stories")


def story_link(story: Story) -> str:
    """Give the address of a story."""
    return f"https://www.facebook.com/stories/{story.page}/{story.id}"
