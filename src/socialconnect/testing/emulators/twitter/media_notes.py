"""What is told about media after their upload: descriptions, warnings, subtitles; and reading media by their keys."""

from __future__ import annotations

import re

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.errors import invalid
from socialconnect.testing.emulators.twitter.fields import MEDIA_FIELDS, names_for
from socialconnect.testing.emulators.twitter.media import NOT_FOUND
from socialconnect.testing.emulators.twitter.media_wire import DeleteSubtitlesBody, MetadataBody, SubtitlesBody
from socialconnect.testing.emulators.twitter.metrics import PrivateCounts, missing
from socialconnect.testing.emulators.twitter.query import Asked, Query
from socialconnect.testing.emulators.twitter.schema import json_body
from socialconnect.testing.emulators.twitter.state import Media, State
from socialconnect.testing.emulators.twitter.views import envelope, media_view
from socialconnect.transport.request import Response

__all__ = ["MediaNotes"]

_KEY = re.compile(r"[0-9]+_[0-9]+")
_SUBTITLED = {"TweetVideo": "tweet_video", "AmplifyVideo": "amplify_video"}


class MediaNotes:
    """
    The metadata and subtitles endpoints, and media by key.

    Args:
        state: Where media are.
        ledger: What is charged.
        private: Which private counts a caller sees.
    """

    def __init__(self, state: State, ledger: Ledger, private: PrivateCounts) -> None:
        self._state = state
        self._ledger = ledger
        self._private = private

    def metadata(self, call: Call) -> Response:
        """`POST /2/media/metadata`."""
        body = json_body(call.request, MetadataBody)
        media = self._own(call, body.id)
        told: dict[str, JsonValue] = body.metadata.model_dump(exclude_none=True)
        if body.metadata.alt_text:
            media.alt_text = body.metadata.alt_text.text
        media.metadata |= told
        self._ledger.charge("media_metadata")
        return json_response(200, {"data": {"id": media.id, "associated_metadata": {**media.metadata}}})

    def add_subtitles(self, call: Call) -> Response:
        """`POST /2/media/subtitles`."""
        body = json_body(call.request, SubtitlesBody)
        media = self._subtitled(call, body.id, body.media_category)
        file = self._own(call, body.subtitles.id)
        if file.category != "subtitles":
            raise invalid(NOT_FOUND)
        told: dict[str, JsonValue] = body.subtitles.model_dump(exclude_none=True)
        media.subtitles[body.subtitles.language_code] = told
        self._ledger.charge("media_metadata")
        every: list[JsonValue] = [*media.subtitles.values()]
        data: JsonValue = {"id": media.id, "associated_subtitles": every, "media_category": body.media_category}
        return json_response(200, {"data": data})

    def delete_subtitles(self, call: Call) -> Response:
        """`DELETE /2/media/subtitles`."""
        body = json_body(call.request, DeleteSubtitlesBody)
        media = self._subtitled(call, body.id, body.media_category)
        if media.subtitles.pop(body.language_code, None) is None:
            raise invalid(NOT_FOUND)
        self._ledger.charge("media_metadata")
        return json_response(200, {"data": {"deleted": True}})

    def by_keys(self, call: Call) -> Response:
        """`GET /2/media`."""
        query = self._query(call)
        asked = self._asked(call, query, "media_keys")
        keys = query.required_list("media_keys", 100, pattern=_KEY)
        found = {one.key: one for one in self._state.media.values() if one.finalized_at}
        data: list[JsonValue] = [self._view(call, found[key], asked) for key in keys if key in found]
        errors: list[JsonValue] = [missing(asked, "media", key, "media_keys") for key in keys if key not in found]
        return json_response(200, envelope(data, errors=errors))

    def by_key(self, call: Call) -> Response:
        """`GET /2/media/:media_key`."""
        query = self._query(call)
        asked, key = self._asked(call, query), call.captures["media_key"]
        found = next((one for one in self._state.media.values() if one.key == key and one.finalized_at), None)
        if found is None:
            return json_response(200, {"errors": [missing(asked, "media", key, "media_key")]})
        return json_response(200, {"data": self._view(call, found, asked)})

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _query(self, call: Call) -> Query:
        return Query(call.request, names_for(call.request, self._state.settings.vocabulary))

    def _asked(self, call: Call, query: Query, *own: str) -> Asked:
        fields = query.only(*own, media_fields=MEDIA_FIELDS)["media.fields"]
        asked = Asked(query.names, media_fields=frozenset(fields))
        self._private.check(call, asked)
        return asked

    def _view(self, call: Call, media: Media, asked: Asked) -> JsonValue:
        self._ledger.charge_reads("media_read", [media.key])
        private = self._private.of_media(call, media, media.owner_id, media.created_at, asked)
        return media_view(media, self._state, asked) | private

    def _own(self, call: Call, media_id: str) -> Media:
        media = self._state.media.get(media_id)
        expired = media is not None and self._state.now >= media.expires_at
        if media is None or expired or not media.usable_by(call.user_id) or media.finalized_at is None:
            raise invalid(NOT_FOUND)
        return media

    def _subtitled(self, call: Call, media_id: str, category: str) -> Media:
        media = self._own(call, media_id)
        if media.category != _SUBTITLED[category]:
            raise invalid(NOT_FOUND)
        return media
