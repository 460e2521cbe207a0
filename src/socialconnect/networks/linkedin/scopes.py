"""
Which scope each operation needs, for a page and for a member.

https://learn.microsoft.com/en-us/linkedin/marketing/increasing-access, and the page of each resource.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SCOPES", "scopes_for"]

SCOPES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "publish": (("w_organization_social",), ("w_member_social",)),
    "update": (("w_organization_social",), ("w_member_social",)),
    "delete": (("w_organization_social",), ("w_member_social",)),
    "first_comment": (("w_organization_social_feed",), ("w_member_social_feed",)),
    "posts": (("r_organization_social",), ("r_member_social",)),
    "fetch_metrics": (("rw_organization_admin",), ("r_member_postAnalytics",)),
    "social_metadata": (("r_organization_social_feed",), ("w_member_social_feed",)),
    "fetch_account_metrics": (("rw_organization_admin",), ("r_member_profileAnalytics", "r_member_postAnalytics")),
}
"""For each operation the scopes of a page, and those of a member."""


def scopes_for(operation: str, *, is_page: bool) -> tuple[str, ...]:
    """
    Give the scopes that an operation needs.

    Args:
        operation: A name of `SCOPES`: an operation of `Network`, or a part of one.
        is_page: Whether a page does it; else a member.
    """
    page, member = SCOPES[operation]
    return page if is_page else member
