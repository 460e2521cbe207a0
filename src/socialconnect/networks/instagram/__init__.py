"""Instagram professional accounts."""

from __future__ import annotations

from typing import Literal, Unpack

from socialconnect.network import AsyncNetwork, AsyncSettings, Network, Settings, TokenLike, newest_version
from socialconnect.networks.instagram.adapter import adapter_class

__all__ = ["AsyncInstagram", "Instagram"]


class Instagram(Network):
    """
    One Instagram professional account.

    Args:
        user_id: The account's id, as `GET /me?fields=user_id` or the page's `instagram_business_account` gives it.
        token: The access token, or where it comes from.
        login: By which login the token was got: `facebook` or `instagram`. It decides the host.
        app_secret: The app's secret; with it every call carries a proof that it comes from the app's own servers.
        api_version: The Graph API version, such as `v26.0`; the newest in the catalogue if not given.
        settings: As for every network; see `Settings`.
    """

    def __init__(
        self,
        *,
        user_id: str,
        token: TokenLike,
        login: Literal["facebook", "instagram"] = "facebook",
        app_secret: str | None = None,
        api_version: str | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        adapter = adapter_class(login)(
            account=user_id,
            api_version=api_version or newest_version(settings, "instagram", "graph"),
            app_secret=app_secret,
            base_url=settings.get("base_url"),
        )
        self._open(adapter, token, api="graph", **settings)


class AsyncInstagram(AsyncNetwork):
    """
    One Instagram professional account.

    Args:
        user_id: The account's id, as `GET /me?fields=user_id` or the page's `instagram_business_account` gives it.
        token: The access token, or where it comes from.
        login: By which login the token was got: `facebook` or `instagram`. It decides the host.
        app_secret: The app's secret; with it every call carries a proof that it comes from the app's own servers.
        api_version: The Graph API version, such as `v26.0`; the newest in the catalogue if not given.
        settings: As for every network; see `AsyncSettings`.
    """

    def __init__(
        self,
        *,
        user_id: str,
        token: TokenLike,
        login: Literal["facebook", "instagram"] = "facebook",
        app_secret: str | None = None,
        api_version: str | None = None,
        **settings: Unpack[AsyncSettings],
    ) -> None:
        adapter = adapter_class(login)(
            account=user_id,
            api_version=api_version or newest_version(settings, "instagram", "graph"),
            app_secret=app_secret,
            base_url=settings.get("base_url"),
        )
        self._open(adapter, token, api="graph", **settings)
