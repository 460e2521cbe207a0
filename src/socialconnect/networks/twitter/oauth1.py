"""
Connecting a Twitter account by OAuth 1.0a, in three steps; the Ads API takes nothing else.

X has announced the end of OAuth 1.0a without a day: use `TwitterLogin`, unless drafts and plans on Twitter itself are
wanted. https://docs.x.com/fundamentals/authentication/oauth-1-0a
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Self
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from socialconnect.auth.signing import oauth1_headers
from socialconnect.auth.tokens import OAuth1Credential
from socialconnect.blocking import run
from socialconnect.clock import Clock, SystemClock
from socialconnect.errors import AuthError, OutcomeUnknown, PermissionDenied, ProtocolError, UnavailableError
from socialconnect.networks.twitter.errors import OAUTH1_RULES, read_refusal
from socialconnect.refusal import Rule, to_error
from socialconnect.transport.engine import AsyncHttpxTransport, HttpxTransport, Transport
from socialconnect.transport.http_client import AsyncHttpClient, HttpClient
from socialconnect.transport.redaction import Redactor
from socialconnect.transport.request import Effect, Request

__all__ = ["AsyncOAuth1Flow", "OAuth1Authorization", "OAuth1Flow"]

_HOST = "https://api.x.com"
_TIMEOUT = 30.0
_APP_RULE = Rule(PermissionDenied, status=(401, 403), hint="Check the app's key and secret, and its callback address.")
"""Without a token yet, what Twitter does not accept is the app."""
_AGAIN = "Start the authorisation again: its first token is used once."


class OAuth1Authorization(BaseModel):
    """
    An authorisation that has begun. Keep it in the user's session until the user comes back.

    Args:
        url: The page to send the user to.
        token: The first token, by which the user's answer is known.
        token_secret: Its secret.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    url: str
    token: SecretStr
    token_secret: SecretStr


class _Flow:
    def __init__(
        self,
        consumer_key: str,
        consumer_secret: SecretStr,
        callback: str,
        transport: Transport,
        clock: Clock,
        base_url: str | None,
    ) -> None:
        self._key, self._secret, self._callback = consumer_key, consumer_secret, callback
        self._transport, self._clock = transport, clock
        self._host = (base_url or _HOST).rstrip("/")

    async def _start(self) -> OAuth1Authorization:
        fields = await self._ask("/oauth/request_token", self._pair("", ""), {"oauth_callback": self._callback})
        if fields.get("oauth_callback_confirmed") != "true":
            raise AuthError("Twitter did not confirm the address to come back to.", network="twitter", hint=_AGAIN)
        token = fields["oauth_token"]
        return OAuth1Authorization(
            url=f"{self._host}/oauth/authorize?oauth_token={quote(token, safe='')}",
            token=SecretStr(token),
            token_secret=SecretStr(fields["oauth_token_secret"]),
        )

    async def _finish(self, answer: str, authorization: OAuth1Authorization) -> OAuth1Credential:
        verifier = _verifier(answer, authorization)
        first = self._pair(authorization.token.get_secret_value(), authorization.token_secret.get_secret_value())
        fields = await self._ask("/oauth/access_token", first, {"oauth_verifier": verifier})
        return self._pair(fields["oauth_token"], fields["oauth_token_secret"])

    def _pair(self, token: str, token_secret: str) -> OAuth1Credential:
        return OAuth1Credential(
            consumer_key=self._key,
            consumer_secret=self._secret,
            token=SecretStr(token),
            token_secret=SecretStr(token_secret),
        )

    async def _ask(self, path: str, pair: OAuth1Credential, extra: Mapping[str, str]) -> dict[str, str]:
        hidden = (pair.consumer_secret, pair.token, pair.token_secret)
        redactor = Redactor([*(one.get_secret_value() for one in hidden if one.get_secret_value()), *extra.values()])
        request = Request("POST", f"{self._host}{path}", Effect.PREPARE, content=b"", signed=False)
        now = int(self._clock.now().timestamp())
        headers = oauth1_headers("POST", request.url, pair, timestamp=now, extra=extra)
        try:
            response = await self._transport.send(request, {"Accept": "*/*", **headers}, _TIMEOUT)
        except OutcomeUnknown as error:
            # Nobody sees a token: that its answer was lost must never read as if a post may be live.
            told = redactor.text(error.message)
            raise UnavailableError(told, network="twitter", hint="Start the authorisation again.") from error
        if not response.ok:
            refusal = read_refusal(response, path=path, retry_after=None)
            rules = OAUTH1_RULES if pair.token.get_secret_value() else (_APP_RULE, *OAUTH1_RULES)
            refused = to_error(refusal, rules, answer=redactor.answer(response.content))
            refused.message, refused.network = redactor.text(refused.message), "twitter"
            refused.hint = refused.hint or _AGAIN
            raise refused
        fields = dict(parse_qsl(response.text))
        if not {"oauth_token", "oauth_token_secret"} <= fields.keys():
            raise ProtocolError(
                f"Twitter's answer to {path} holds no token.", network="twitter", status=response.status
            )
        return fields


def _verifier(answer: str, authorization: OAuth1Authorization) -> str:
    """
    Read the proof out of the address at which the user came back; a PIN that the user typed is one already.

    Raises:
        AuthError: The address does not belong to this authorisation.
        PermissionDenied: The user said no.
    """
    if "://" not in answer:
        return answer.strip()
    fields = parse_qs(urlsplit(answer).query)
    mine = authorization.token.get_secret_value().encode()
    denied = fields.get("denied", [""])[0]
    if denied and secrets.compare_digest(denied.encode(), mine):
        raise PermissionDenied("The user did not give access.", network="twitter")
    if not secrets.compare_digest(fields.get("oauth_token", [""])[0].encode(), mine):
        raise AuthError("The answer does not belong to this authorisation.", network="twitter", hint=_AGAIN)
    found = fields.get("oauth_verifier", [""])[0]
    if not found:
        raise AuthError("The answer holds no verifier.", network="twitter", hint=_AGAIN)
    return found


class OAuth1Flow(_Flow):
    """
    Connects accounts by OAuth 1.0a, blocking.

    Args:
        consumer_key: The app's key.
        consumer_secret: The app's secret.
        callback: Where Twitter sends the user back to; `oob` for a PIN that the user types.
        http_client: The caller's own `httpx.Client`, which the caller closes.
        clock: The clock; the machine's unless given.
        base_url: Where Twitter is, in place of its own host.
    """

    def __init__(
        self,
        consumer_key: str,
        consumer_secret: SecretStr,
        *,
        callback: str = "oob",
        http_client: HttpClient | None = None,
        clock: Clock | None = None,
        base_url: str | None = None,
    ) -> None:
        clock = clock or SystemClock()
        super().__init__(consumer_key, consumer_secret, callback, HttpxTransport(clock, http_client), clock, base_url)

    def start(self) -> OAuth1Authorization:
        """Begin: get the first token, and give the page to send the user to."""
        return run(self._start())

    def finish(self, answer: str, authorization: OAuth1Authorization) -> OAuth1Credential:
        """
        Turn the user's answer into a credential. It does not end until it is withdrawn.

        Args:
            answer: The whole address at which the user came back, or the PIN.
            authorization: What `start` gave for this user.

        Raises:
            AuthError: The answer does not belong to this authorisation.
            PermissionDenied: The user said no.
            TokenRevoked: The first token was used already, or has ended.
        """
        return run(self._finish(answer, authorization))

    def close(self) -> None:
        """Close the connections that this object opened itself."""
        run(self._transport.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncOAuth1Flow(_Flow):
    """
    Connects accounts by OAuth 1.0a, async, under asyncio and trio alike.

    Args:
        consumer_key: The app's key.
        consumer_secret: The app's secret.
        callback: Where Twitter sends the user back to; `oob` for a PIN that the user types.
        http_client: The caller's own `httpx.AsyncClient`, which the caller closes.
        clock: The clock; the machine's unless given.
        base_url: Where Twitter is, in place of its own host.
    """

    def __init__(
        self,
        consumer_key: str,
        consumer_secret: SecretStr,
        *,
        callback: str = "oob",
        http_client: AsyncHttpClient | None = None,
        clock: Clock | None = None,
        base_url: str | None = None,
    ) -> None:
        clock = clock or SystemClock()
        transport = AsyncHttpxTransport(clock, http_client)
        super().__init__(consumer_key, consumer_secret, callback, transport, clock, base_url)

    async def start(self) -> OAuth1Authorization:
        """Begin: get the first token, and give the page to send the user to."""
        return await self._start()

    async def finish(self, answer: str, authorization: OAuth1Authorization) -> OAuth1Credential:
        """
        Turn the user's answer into a credential. It does not end until it is withdrawn.

        Args:
            answer: The whole address at which the user came back, or the PIN.
            authorization: What `start` gave for this user.

        Raises:
            AuthError: The answer does not belong to this authorisation.
            PermissionDenied: The user said no.
            TokenRevoked: The first token was used already, or has ended.
        """
        return await self._finish(answer, authorization)

    async def aclose(self) -> None:
        """Close the connections that this object opened itself."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
