"""What only Instagram can do, for one post."""

from __future__ import annotations

from typing import ClassVar

from socialconnect.post import NetworkOptions

__all__ = ["InstagramOptions"]


class InstagramOptions(NetworkOptions):
    """
    What only Instagram can do, for one post.

    Args:
        collaborators: Public usernames of accounts to publish together with.
        location_id: The id of a Facebook page that has a place.
        is_ai_generated: Whether the media are made by artificial intelligence, to be labelled so.
    """

    network: ClassVar[str] = "instagram"

    collaborators: tuple[str, ...] = ()
    location_id: str | None = None
    is_ai_generated: bool | None = None
