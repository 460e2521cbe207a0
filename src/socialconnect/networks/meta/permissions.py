"""What a token may do: looked up once, where an answer is empty and could mean that a permission is missing."""

from __future__ import annotations

from socialconnect.errors import SocialConnectError
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.wire import Permissions

__all__ = ["may"]


async def may(adapter: GraphAdapter, permission: str) -> bool | None:
    """Whether the token has a permission; `None` if the network does not tell for this kind of token."""
    if not adapter.granted:
        adapter.granted.append(await _look(adapter))
    granted = adapter.granted[0]
    return None if granted is None else permission in granted


async def _look(adapter: GraphAdapter) -> frozenset[str] | None:
    try:
        found = await adapter.get("me", "permissions", query={}, model=Permissions)
    except SocialConnectError:
        return None
    return frozenset(one.permission for one in found.data if one.status == "granted")
