"""
Tokens, where they come from, and the OAuth flows that give them.

The flows, stores and the refreshing token are loaded when they are first used: a token given as text needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from socialconnect.auth.tokens import Credential, OAuth1Credential, StaticToken, Token, TokenSource

if TYPE_CHECKING:
    from socialconnect.auth.flows import AsyncOAuthFlow, Authorization, OAuthFlow
    from socialconnect.auth.refreshing import RefreshingToken
    from socialconnect.auth.server import AuthorizationServer, OAuthApp
    from socialconnect.auth.stores import FileTokenStore, MemoryTokenStore, TokenStore

__all__ = [
    "AsyncOAuthFlow",
    "Authorization",
    "AuthorizationServer",
    "Credential",
    "FileTokenStore",
    "MemoryTokenStore",
    "OAuth1Credential",
    "OAuthApp",
    "OAuthFlow",
    "RefreshingToken",
    "StaticToken",
    "Token",
    "TokenSource",
    "TokenStore",
]

_WHERE = {
    "AsyncOAuthFlow": "flows",
    "Authorization": "flows",
    "AuthorizationServer": "server",
    "FileTokenStore": "stores",
    "MemoryTokenStore": "stores",
    "OAuthApp": "server",
    "OAuthFlow": "flows",
    "RefreshingToken": "refreshing",
    "TokenStore": "stores",
}


def __getattr__(name: str) -> object:
    where = _WHERE.get(name)
    if where is None:
        raise AttributeError(f"module 'socialconnect.auth' has no attribute {name!r}")
    from importlib import import_module

    loaded: object = getattr(import_module(f"socialconnect.auth.{where}"), name)
    globals()[name] = loaded
    return loaded
