"""What only LinkedIn can do, for one post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from socialconnect.post import NetworkOptions

__all__ = ["CallToAction", "LinkedInOptions"]

CallToAction = Literal[
    "APPLY",
    "DOWNLOAD",
    "VIEW_QUOTE",
    "LEARN_MORE",
    "SIGN_UP",
    "SUBSCRIBE",
    "REGISTER",
    "JOIN",
    "ATTEND",
    "REQUEST_DEMO",
    "SEE_MORE",
    "BUY_NOW",
    "SHOP_NOW",
]
"""The button under a post, by LinkedIn's name for it."""


class LinkedInOptions(NetworkOptions):
    """
    What only LinkedIn can do, for one post.

    Args:
        visibility: Who may see it: everyone, the member's `CONNECTIONS`, all who are logged in, or a `CONTAINER`, which
            is a group. A page has no connections.
        container: The URN of that group.
        feed: Whether it appears in feeds; `NONE` makes a post for advertisements alone.
        targets: Whom a page's post is for: one mapping from a facet such as `seniorities` to URNs for each audience.
            An audience must be larger than 300.
        reshare_disabled: Whether others are kept from resharing it.
        reshare_of: The URN of a post to reshare; the text is then the comment on it.
        reference: The URN of something on LinkedIn that the post is about, such as an event.
        landing_page: Where the button leads.
        call_to_action: The button.
        voters_visible: Whether the author of a poll sees who chose what.
    """

    network: ClassVar[str] = "linkedin"

    visibility: Literal["PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER"] = "PUBLIC"
    container: str | None = Field(default=None, pattern=r"^urn:li:[A-Za-z]+:\S+$")
    feed: Literal["MAIN_FEED", "NONE"] = "MAIN_FEED"
    targets: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    reshare_disabled: bool = False
    reshare_of: str | None = Field(default=None, pattern=r"^urn:li:(share|ugcPost):\d+$")
    reference: str | None = Field(default=None, pattern=r"^urn:li:[A-Za-z]+:\S+$")
    landing_page: str | None = Field(default=None, pattern=r"^https?://\S+$")
    call_to_action: CallToAction | None = None
    voters_visible: bool = True
