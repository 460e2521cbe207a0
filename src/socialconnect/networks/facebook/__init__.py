"""Facebook pages."""

from __future__ import annotations

from typing import Unpack

from socialconnect.network import AsyncNetwork, AsyncSettings, Network, Settings, TokenLike, newest_version
from socialconnect.networks.facebook.adapter import FacebookAdapter

__all__ = ["AsyncFacebook", "Facebook"]


class Facebook(Network):
    """
    One Facebook page.

    Args:
        page_id: The page's id.
        token: The page's own access token, or where it comes from; a user's token is refused by the network.
        app_secret: The app's secret; with it every call carries a proof that it comes from the app's own servers.
        api_version: The Graph API version, such as `v26.0`; the newest in the catalogue if not given.
        settings: As for every network; see `Settings`.
    """

    def __init__(
        self,
        *,
        page_id: str,
        token: TokenLike,
        app_secret: str | None = None,
        api_version: str | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        adapter = FacebookAdapter(
            account=page_id,
            api_version=api_version or newest_version(settings, "facebook", "graph"),
            app_secret=app_secret,
            base_url=settings.get("base_url"),
        )
        self._open(adapter, token, api="graph", **settings)


class AsyncFacebook(AsyncNetwork):
    """
    One Facebook page.

    Args:
        page_id: The page's id.
        token: The page's own access token, or where it comes from; a user's token is refused by the network.
        app_secret: The app's secret; with it every call carries a proof that it comes from the app's own servers.
        api_version: The Graph API version, such as `v26.0`; the newest in the catalogue if not given.
        settings: As for every network; see `AsyncSettings`.
    """

    def __init__(
        self,
        *,
        page_id: str,
        token: TokenLike,
        app_secret: str | None = None,
        api_version: str | None = None,
        **settings: Unpack[AsyncSettings],
    ) -> None:
        adapter = FacebookAdapter(
            account=page_id,
            api_version=api_version or newest_version(settings, "facebook", "graph"),
            app_secret=app_secret,
            base_url=settings.get("base_url"),
        )
        self._open(adapter, token, api="graph", **settings)
