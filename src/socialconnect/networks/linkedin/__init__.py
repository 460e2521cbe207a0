"""LinkedIn: pages and members."""

from __future__ import annotations

from typing import Unpack

from socialconnect.network import AsyncNetwork, AsyncSettings, Network, Settings, TokenLike, newest_version
from socialconnect.networks.linkedin.adapter import LinkedInAdapter
from socialconnect.networks.linkedin.allowances import Tier
from socialconnect.networks.linkedin.little_text import mention
from socialconnect.networks.linkedin.options import LinkedInOptions
from socialconnect.networks.linkedin.scopes import scopes_for

__all__ = ["AsyncLinkedIn", "LinkedIn", "LinkedInAdapter", "LinkedInOptions", "mention", "scopes_for"]


class LinkedIn(Network):
    """
    A page or a member on LinkedIn, blocking.

    Args:
        author: The URN that posts: `urn:li:organization:…` or `urn:li:person:…`.
        token: The token, or where it comes from.
        api_version: The API version as year and month; the newest that the catalogue knows if not given.
        tier: What the app may do, as its page in LinkedIn's developer portal says: `self_serve`, or `development` or
            `standard` of the Community Management API. With it the day's allowances are known, and kept.
        settings: As for every network; see `Settings`.

    Raises:
        ConfigurationError: An argument is not of the right form.
    """

    def __init__(
        self,
        *,
        author: str,
        token: TokenLike,
        api_version: str | None = None,
        tier: Tier | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        version = api_version or newest_version(settings, "linkedin", "rest")
        adapter = LinkedInAdapter(author=author, api_version=version, base_url=settings.get("base_url"), tier=tier)
        self._open(adapter, token, api="rest", **settings)


class AsyncLinkedIn(AsyncNetwork):
    """
    A page or a member on LinkedIn, async.

    Args:
        author: The URN that posts: `urn:li:organization:…` or `urn:li:person:…`.
        token: The token, or where it comes from.
        api_version: The API version as year and month; the newest that the catalogue knows if not given.
        tier: What the app may do, as its page in LinkedIn's developer portal says: `self_serve`, or `development` or
            `standard` of the Community Management API. With it the day's allowances are known, and kept.
        settings: As for every network; see `AsyncSettings`.

    Raises:
        ConfigurationError: An argument is not of the right form.
    """

    def __init__(
        self,
        *,
        author: str,
        token: TokenLike,
        api_version: str | None = None,
        tier: Tier | None = None,
        **settings: Unpack[AsyncSettings],
    ) -> None:
        version = api_version or newest_version(settings, "linkedin", "rest")
        adapter = LinkedInAdapter(author=author, api_version=version, base_url=settings.get("base_url"), tier=tier)
        self._open(adapter, token, api="rest", **settings)
