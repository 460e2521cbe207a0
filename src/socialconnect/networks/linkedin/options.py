"""What only LinkedIn can do, for one post."""

from __future__ import annotations

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
        visibility: Who may see it: everyone, the member's `CONNECTIONS`, or all who are logged in. A page has no
            connections.
        feed: Whether it appears in feeds; `NONE` makes a post for advertisements alone.
        reshare_disabled: Whether others are kept from resharing it.
        reshare_of: The URN of a post to reshare; the text is then the comment on it.
        landing_page: Where the button leads.
        call_to_action: The button.
    """

    network: ClassVar[str] = "linkedin"

    visibility: Literal["PUBLIC", "CONNECTIONS", "LOGGED_IN"] = "PUBLIC"
    feed: Literal["MAIN_FEED", "NONE"] = "MAIN_FEED"
    reshare_disabled: bool = False
    reshare_of: str | None = Field(default=None, pattern=r"^urn:li:(share|ugcPost):\d+$")
    landing_page: str | None = Field(default=None, pattern=r"^https?://\S+$")
    call_to_action: CallToAction | None = None
