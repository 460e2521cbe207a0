"""LinkedIn: pages and members."""

from __future__ import annotations

from typing import Unpack

from socialconnect.network import AsyncNetwork, AsyncSettings, Network, Settings, TokenLike, newest_version
from socialconnect.networks.linkedin.adapter import LinkedInAdapter
from socialconnect.networks.linkedin.options import LinkedInOptions

__all__ = ["AsyncLinkedIn", "LinkedIn", "LinkedInAdapter", "LinkedInOptions"]


class LinkedIn(Network):
    """
    A page or a member on LinkedIn, blocking.

    Args:
        author: The URN that posts: `urn:li:organization:…` or `urn:li:person:…`.
        token: The token, or where it comes from.
        api_version: The API version as year and month; the newest that the catalogue knows if not given.
        settings: As for every network; see `Settings`.

    Raises:
        ConfigurationError: An argument is not of the right form.
    """

    def __init__(
        self, *, author: str, token: TokenLike, api_version: str | None = None, **settings: Unpack[Settings]
    ) -> None:
        version = api_version or newest_version(settings, "linkedin", "rest")
        adapter = LinkedInAdapter(author=author, api_version=version, base_url=settings.get("base_url"))
        self._open(adapter, token, api="rest", **settings)


class AsyncLinkedIn(AsyncNetwork):
    """
    A page or a member on LinkedIn, async.

    Args:
        author: The URN that posts: `urn:li:organization:…` or `urn:li:person:…`.
        token: The token, or where it comes from.
        api_version: The API version as year and month; the newest that the catalogue knows if not given.
        settings: As for every network; see `AsyncSettings`.

    Raises:
        ConfigurationError: An argument is not of the right form.
    """

    def __init__(
        self, *, author: str, token: TokenLike, api_version: str | None = None, **settings: Unpack[AsyncSettings]
    ) -> None:
        version = api_version or newest_version(settings, "linkedin", "rest")
        adapter = LinkedInAdapter(author=author, api_version=version, base_url=settings.get("base_url"))
        self._open(adapter, token, api="rest", **settings)
