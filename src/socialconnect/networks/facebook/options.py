"""What only Facebook can do, for one post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import JsonValue

from socialconnect.post import NetworkOptions

__all__ = ["FacebookOptions"]


class FacebookOptions(NetworkOptions):
    """
    What only Facebook can do, for one post.

    Args:
        targeting: Who may see the post, such as `{"geo_locations": {"countries": ["CA"]}}`.
        feed_targeting: To whom the post is shown rather than to others, in the same form.
        place: The id of the page of a place.
    """

    network: ClassVar[str] = "facebook"

    targeting: Mapping[str, JsonValue] | None = None
    feed_targeting: Mapping[str, JsonValue] | None = None
    place: str | None = None
