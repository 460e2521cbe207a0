"""Tokens, and where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict, SecretStr

from socialconnect.post import UtcDatetime

if TYPE_CHECKING:
    from socialconnect.clock import Clock
    from socialconnect.transport.engine import Transport

__all__ = ["Credential", "OAuth1Credential", "StaticToken", "Token", "TokenSource"]


class Token(BaseModel):
    """
    An OAuth 2.0 token. Its secrets are never shown.

    Args:
        access_token: What is sent with each call.
        refresh_token: What gets a new one, where the network gives it.
        expires_at: When it ends; `None` for one that does not end, or whose end is not known.
        refresh_expires_at: When `refresh_token` ends and the user must be asked again, where the network tells.
        scopes: What it may do; empty if not known.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    access_token: SecretStr
    refresh_token: SecretStr | None = None
    expires_at: UtcDatetime | None = None
    refresh_expires_at: UtcDatetime | None = None
    scopes: frozenset[str] = frozenset()


class OAuth1Credential(BaseModel):
    """
    An OAuth 1.0a credential: the app's key pair and the user's, with which every request is signed.

    Args:
        consumer_key: The app's key.
        consumer_secret: The app's secret.
        token: The user's token.
        token_secret: The user's token secret.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    consumer_key: str
    consumer_secret: SecretStr
    token: SecretStr
    token_secret: SecretStr


Credential = Token | OAuth1Credential
"""What a request is signed with."""


class TokenSource(Protocol):
    """Where a network gets its credential from. Safe to share between networks, threads and tasks."""

    async def credential(self, transport: Transport, clock: Clock) -> Credential:
        """Give the credential to use now, refreshed first if it is about to end."""
        ...

    async def renew(self, transport: Transport, clock: Clock, rejected: Credential) -> Credential | None:
        """Give a newer credential than the one that the network has just refused, or `None` if there is none."""
        ...


class StaticToken:
    """
    A token that the caller renews.

    Args:
        token: The token, as text, `Token` or `OAuth1Credential`.
    """

    def __init__(self, token: str | Token | OAuth1Credential) -> None:
        # Unchecked: there is nothing to check, and the first check builds the checker.
        self._credential: Credential = (
            Token.model_construct(access_token=SecretStr(token)) if isinstance(token, str) else token
        )

    async def credential(self, transport: Transport, clock: Clock) -> Credential:
        """Give the token."""
        return self._credential

    async def renew(self, transport: Transport, clock: Clock, rejected: Credential) -> Credential | None:
        """There is no newer one."""
        return None

    def __repr__(self) -> str:
        return f"<StaticToken {type(self._credential).__name__}>"
