"""
Connecting an account: the consent page's address, and from the code that comes back to a token.

The protocol's parts (state, proof key) are authlib's functions; what differs by network is in `AuthorizationServer`.
"""

from __future__ import annotations

import secrets
from typing import Self, cast
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from socialconnect.auth.server import AuthorizationServer, OAuthApp, answer_to, request_token
from socialconnect.auth.tokens import Token
from socialconnect.blocking import run
from socialconnect.clock import Clock, SystemClock
from socialconnect.errors import AuthError, ConfigurationError, PermissionDenied, UnsupportedFeature
from socialconnect.transport.engine import AsyncHttpxTransport, HttpxTransport, Transport
from socialconnect.transport.http_client import AsyncHttpClient, HttpClient

__all__ = ["AsyncOAuthFlow", "Authorization", "OAuthFlow", "callback_code", "start_authorization"]


class Authorization(BaseModel):
    """
    An authorisation that has begun. Keep it in the user's session until the user comes back.

    Args:
        url: The page to send the user to.
        state: What the network gives back, to tell this user's answer from a forged one.
        code_verifier: The proof key's secret half, where the network takes one.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    url: str
    state: str
    code_verifier: SecretStr | None = None


def start_authorization(server: AuthorizationServer, app: OAuthApp) -> Authorization:
    """Begin an authorisation: give the page to send the user to. Sends nothing."""
    # Loaded when first used: most processes never connect an account.
    from authlib.common.security import generate_token  # type: ignore[import-untyped]  # authlib ships no types
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]  # as above

    state = str(generate_token(32))
    verifier = str(generate_token(64)) if server.uses_pkce else None
    challenge = None if verifier is None else cast("str", create_s256_code_challenge(verifier))
    query = urlencode(server.authorize_params(app, state, challenge), quote_via=quote)
    return Authorization(
        url=f"{server.at(server.authorize_url)}?{query}",
        state=state,
        code_verifier=None if verifier is None else SecretStr(verifier),
    )


def callback_code(server: AuthorizationServer, callback_url: str, authorization: Authorization) -> str:
    """
    Read the code out of the address at which the user came back.

    Raises:
        AuthError: The address does not belong to this authorisation.
        PermissionDenied: The user said no.
        ConfigurationError: The network refused what the app asks for.
    """
    # Meta appends "#_=_" and "#_": a fragment is never part of the answer.
    fields = parse_qs(urlsplit(callback_url).query)
    state = fields.get("state", [""])[0]
    if not secrets.compare_digest(state.encode(), authorization.state.encode()):
        raise AuthError(
            "The answer does not belong to this authorisation: its state differs.",
            network=server.network,
            hint="Do not use its code. Start the authorisation again.",
        )
    refused = fields.get("error", [""])[0]
    if refused in server.denials:
        raise PermissionDenied("The user did not give access.", network=server.network, code=refused)
    if refused:
        told = fields.get("error_description", [refused])[0][:300]
        raise ConfigurationError(f"{server.network} refused to ask the user: {told}", hint="Check the app's scopes.")
    code = fields.get("code", [""])[0]
    if not code:
        raise AuthError("The answer holds no code.", network=server.network, hint="Start the authorisation again.")
    return code


class _Flow:
    def __init__(self, server: AuthorizationServer, app: OAuthApp, transport: Transport, clock: Clock) -> None:
        self.server = server
        self.app = app
        self._transport = transport
        self._clock = clock

    def start(self) -> Authorization:
        """Begin an authorisation: give the page to send the user to. Sends nothing."""
        return start_authorization(self.server, self.app)

    async def _finish(self, callback_url: str, authorization: Authorization) -> Token:
        server, app = self.server, self.app
        code = callback_code(server, callback_url, authorization)
        verifier = None if authorization.code_verifier is None else authorization.code_verifier.get_secret_value()
        hidden = (app.client_secret, code, verifier)
        exchange = server.exchange(app, code, verifier)
        token = await request_token(server, exchange, hidden, self._transport, self._clock)
        longer = server.lengthen(app, token)
        if longer is None:
            return token
        return await request_token(
            server, longer, (*hidden, token.access_token), self._transport, self._clock, before=token
        )

    async def _revoke(self, token: Token) -> None:
        request = self.server.revoke(self.app, token)
        if request is None:
            raise UnsupportedFeature(
                message=f"{self.server.network} has no way for software to withdraw a token.",
                hint="The user withdraws it in the settings of the account.",
            )
        hidden = (self.app.client_secret, token.access_token, token.refresh_token)
        await answer_to(self.server, request, hidden, self._transport, before=token)


class OAuthFlow(_Flow):
    """
    Connects accounts on one network, blocking.

    Args:
        server: The network's authorisation server, such as `TwitterLogin()`.
        app: The application as it is registered there.
        http_client: The caller's own `httpx.Client`, which the caller closes.
        clock: The clock; the machine's unless given.
    """

    def __init__(
        self,
        server: AuthorizationServer,
        app: OAuthApp,
        *,
        http_client: HttpClient | None = None,
        clock: Clock | None = None,
    ) -> None:
        clock = clock or SystemClock()
        super().__init__(server, app, HttpxTransport(clock, http_client), clock)

    def finish(self, callback_url: str, authorization: Authorization) -> Token:
        """
        Turn the address at which the user came back into a token, the longest-lived that the network gives.

        Args:
            callback_url: The whole address, with its query.
            authorization: What `start` gave for this user.

        Raises:
            AuthError: The answer does not belong to this authorisation.
            PermissionDenied: The user said no.
            RejectedError: The code was used already, or has ended.
            ConfigurationError: The network does not accept the app.
        """
        return run(self._finish(callback_url, authorization))

    def revoke(self, token: Token) -> None:
        """
        Withdraw a token.

        Raises:
            UnsupportedFeature: The network has no way for software to do so.
        """
        run(self._revoke(token))

    def close(self) -> None:
        """Close the connections that this object opened itself."""
        run(self._transport.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncOAuthFlow(_Flow):
    """
    Connects accounts on one network, async, under asyncio and trio alike.

    Args:
        server: The network's authorisation server, such as `TwitterLogin()`.
        app: The application as it is registered there.
        http_client: The caller's own `httpx.AsyncClient`, which the caller closes.
        clock: The clock; the machine's unless given.
    """

    def __init__(
        self,
        server: AuthorizationServer,
        app: OAuthApp,
        *,
        http_client: AsyncHttpClient | None = None,
        clock: Clock | None = None,
    ) -> None:
        clock = clock or SystemClock()
        super().__init__(server, app, AsyncHttpxTransport(clock, http_client), clock)

    async def finish(self, callback_url: str, authorization: Authorization) -> Token:
        """
        Turn the address at which the user came back into a token, the longest-lived that the network gives.

        Args:
            callback_url: The whole address, with its query.
            authorization: What `start` gave for this user.

        Raises:
            AuthError: The answer does not belong to this authorisation.
            PermissionDenied: The user said no.
            RejectedError: The code was used already, or has ended.
            ConfigurationError: The network does not accept the app.
        """
        return await self._finish(callback_url, authorization)

    async def revoke(self, token: Token) -> None:
        """
        Withdraw a token.

        Raises:
            UnsupportedFeature: The network has no way for software to do so.
        """
        await self._revoke(token)

    async def aclose(self) -> None:
        """Close the connections that this object opened itself."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
