"""
A token that renews itself ahead of its end.

One refresh is in flight for each account, across tasks, threads and processes: lock, read again, refresh, compare and
swap. A new pair is on disk before it is used: some networks' refresh tokens work once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from socialconnect.auth.server import AuthorizationServer, OAuthApp, request_token
from socialconnect.auth.stores import TokenStore
from socialconnect.auth.tokens import Credential, Token
from socialconnect.errors import ConfigurationError, NotSent, TokenExpired, TokenRevoked, UnavailableError

if TYPE_CHECKING:
    from socialconnect.clock import Clock
    from socialconnect.transport.engine import Transport

__all__ = ["RefreshingToken"]

_LOOK_AGAIN = 0.05
"""Seconds between two looks while somebody else refreshes."""


class RefreshingToken:
    """
    A token from a store, refreshed ahead of its end. Pass it as `token=`.

    It has no connection of its own: it sends by the transport of the network that asks.

    Args:
        store: Where the token is kept.
        account: The account's name in the store.
        server: The network's authorisation server, such as `TwitterLogin()`.
        app: The application as it is registered there.
        margin: How long before its end the token is refreshed; the network's own unless given.
        patience: How long to wait for somebody else's refresh of a token that has ended.
    """

    def __init__(
        self,
        store: TokenStore,
        account: str,
        *,
        server: AuthorizationServer,
        app: OAuthApp,
        margin: timedelta | None = None,
        patience: timedelta = timedelta(seconds=60),
    ) -> None:
        self._store = store
        self._account = account
        self._server = server
        self._app = app
        self._margin = server.margin if margin is None else margin
        self._patience = patience.total_seconds()
        self._current: Token | None = None
        self._unsaved: tuple[Token, Token] | None = None  # a new pair and the one it follows, if the store failed

    def __repr__(self) -> str:
        return f"<RefreshingToken {self._account}>"

    async def credential(self, transport: Transport, clock: Clock) -> Credential:
        """
        Give the token to use now, refreshed first if it is about to end.

        Raises:
            ConfigurationError: The store holds no token for the account, or failed.
            TokenExpired: The token has ended and cannot be refreshed.
            TokenRevoked: The network no longer refreshes it.
            UnavailableError: It has ended, and the network cannot be reached for a new one.
        """
        token = self._current
        if token is None or not self._fresh(token, clock.now()):
            token = self._load()
        if self._fresh(token, clock.now()):
            return token
        try:
            return await self._renewed(transport, clock, token)
        except (UnavailableError, NotSent):
            if _ended(token, clock.now()):
                raise
            return token  # the old one still works: the next call tries again

    async def renew(self, transport: Transport, clock: Clock, rejected: Credential) -> Credential | None:
        """Give a newer token than the one that the network has just refused, or `None` if there is none."""
        if not isinstance(rejected, Token):
            return None
        stored = self._load()
        if stored.access_token != rejected.access_token:
            return stored
        if self._server.refresh(self._app, stored) is None:
            return None
        return await self._renewed(transport, clock, stored, refused=True)

    def _fresh(self, token: Token, now: datetime) -> bool:
        return token.expires_at is None or now < token.expires_at - self._margin

    def _load(self) -> Token:
        """Read the token again; the object stays the same while the token does."""
        self._save_unsaved()
        stored = self._store.load(self._account)
        if stored is None:
            raise ConfigurationError(
                f"The token store holds nothing for {self._account}.", hint="Connect the account first (OAuthFlow)."
            )
        if stored != self._current:
            self._current = stored
        return self._current or stored

    async def _renewed(self, transport: Transport, clock: Clock, stale: Token, *, refused: bool = False) -> Token:
        """Refresh, or take what somebody else refreshed meanwhile."""
        give_up = clock.monotonic() + self._patience
        while True:
            with self._store.lock(self._account) as held:
                stored = self._load()
                if stored != stale:
                    return stored
                if held:
                    return await self._refreshed(transport, clock, stored)
            if not refused and not _ended(stale, clock.now()):
                return stale  # somebody is at it, and the old one works until then
            if clock.monotonic() >= give_up:
                raise UnavailableError(
                    f"Somebody else has been refreshing the token of {self._account} for {self._patience:g} s.",
                    hint="Try again later; nothing was sent.",
                )
            await transport.sleep(_LOOK_AGAIN)

    async def _refreshed(self, transport: Transport, clock: Clock, stored: Token) -> Token:
        """Ask the network for a new token, with the lock held."""
        request = self._server.refresh(self._app, stored)
        if request is None:
            if not _ended(stored, clock.now()):
                return stored
            raise TokenExpired(f"The token of {self._account} ended on {stored.expires_at:%Y-%m-%d}.")
        hidden = (self._app.client_secret, stored.access_token, stored.refresh_token)
        try:
            new = await request_token(self._server, request, hidden, transport, clock, before=stored)
        except TokenRevoked:
            # Somebody without our lock may have been faster: their token is in the store then.
            again = self._load()
            if again != stored:
                return again
            raise
        return self._kept(new, stored)

    def _kept(self, new: Token, before: Token) -> Token:
        self._unsaved = (new, before)
        self._save_unsaved()
        # If another token was put there meanwhile (the user connected the account anew), that one counts.
        return self._load()

    def _save_unsaved(self) -> None:
        """Store a new pair; one that could not be stored is kept for the next call, for it is the only one."""
        if self._unsaved is not None:
            new, before = self._unsaved
            self._store.swap(self._account, new, expected=before)
            self._unsaved = None


def _ended(token: Token, now: datetime) -> bool:
    return token.expires_at is not None and token.expires_at <= now
