"""Which permissions each ability of an account needs, by either login."""

from __future__ import annotations

from collections.abc import Mapping

from socialconnect.errors import ConfigurationError

__all__ = ["FACEBOOK_LOGIN_SCOPES", "SCOPES", "scopes_for"]

# https://developers.facebook.com/docs/instagram-platform/content-publishing (reading, publishing) and the pages of
# insights and comments, read in November 2026. That deleting needs instagram_manage_contents is told by users only.
SCOPES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "facebook": {
        "read": ("instagram_basic", "pages_show_list", "pages_read_engagement"),
        "publish": ("instagram_content_publish",),
        "metrics": ("instagram_manage_insights",),
        "comments": ("instagram_manage_comments",),
        "delete": ("instagram_manage_contents",),
    },
    "instagram": {
        "read": ("instagram_business_basic",),
        "publish": ("instagram_business_content_publish",),
        "metrics": ("instagram_business_manage_insights",),
        "comments": ("instagram_business_manage_comments",),
    },
}
"""By login and ability: `read`, `publish`, `metrics`, `comments` (a first comment), `delete`."""


def scopes_for(login: str, *abilities: str) -> tuple[str, ...]:
    """
    Give the permissions to ask for, for some abilities; reading is always among them.

    Args:
        login: `facebook` or `instagram`.
        abilities: `publish`, `metrics`, `comments`, `delete`.

    Raises:
        ConfigurationError: There is no such login, or no such ability with it.
    """
    table = SCOPES.get(login)
    if table is None:
        raise ConfigurationError(f"login must be one of {', '.join(SCOPES)}, not {login!r}.")
    unknown = [one for one in abilities if one not in table]
    if unknown:
        raise ConfigurationError(f"With login {login!r} there is no {', '.join(unknown)}; there is {', '.join(table)}.")
    wanted = dict.fromkeys(("read", *abilities))
    return tuple(scope for ability in wanted for scope in table[ability])


FACEBOOK_LOGIN_SCOPES = scopes_for("facebook", "publish", "metrics")
"""
What to ask for with `FacebookLogin` in order to publish to a linked Instagram account and read its numbers.

`scopes_for("facebook", "publish", "metrics", "comments", "delete")` asks for first comments and deletion too.
"""
