"""What only Facebook can do, for one post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import JsonValue

from socialconnect.post import NetworkOptions, UtcDatetime

__all__ = ["FacebookOptions"]


class FacebookOptions(NetworkOptions):
    """
    What only Facebook can do, for one post. What does not go with a kind of post is told by `validate`.

    Args:
        format: `post`, `reel` (one video) or `story` (one photo or video, without a text).
        targeting: Who may see the post, such as `{"geo_locations": {"countries": ["CA"]}}`.
        feed_targeting: To whom the post is shown rather than to others, in the same form.
        place: The id of the page of a place.
        tags: The ids of people who are in it; Facebook wants a place too.
        backdated_time: When it is to look as if it was posted, in the past.
        call_to_action: A button below a link, such as `{"type": "SHOP_NOW", "value": {"link": "https://…"}}`.
        child_attachments: The cards of a link that is shown as a carousel, such as `[{"link": "https://…"}]`.
        text_format_preset_id: The id of a coloured background for a short text.
    """

    network: ClassVar[str] = "facebook"

    format: Literal["post", "reel", "story"] | None = None
    targeting: Mapping[str, JsonValue] | None = None
    feed_targeting: Mapping[str, JsonValue] | None = None
    place: str | None = None
    tags: tuple[str, ...] | None = None
    backdated_time: UtcDatetime | None = None
    call_to_action: Mapping[str, JsonValue] | None = None
    child_attachments: tuple[Mapping[str, JsonValue], ...] | None = None
    text_format_preset_id: str | None = None
