"""
The wire: what an adapter calls to reach its network.

One call goes, top to bottom: pacing → token → signing → transport → the network's verdict → parsing. A refused token is
renewed once; a failure before the verdict is tried again where that is safe; a visible request whose verdict is not
known is `OutcomeUnknown`.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr
from pydantic import ValidationError as ShapeError

from socialconnect.auth.tokens import Credential, OAuth1Credential, Token, TokenSource
from socialconnect.clock import Clock
from socialconnect.errors import (
    ConfigurationError,
    DuplicatePost,
    NotSent,
    OutcomeUnknown,
    ProtocolError,
    SocialConnectError,
    TokenExpired,
    TokenRevoked,
    UnavailableError,
)
from socialconnect.media import MediaFile
from socialconnect.refusal import Refusal, to_error
from socialconnect.transport.deadline import send_within
from socialconnect.transport.engine import Transport
from socialconnect.transport.offline import OfflineTransport
from socialconnect.transport.pacing import Pacing
from socialconnect.transport.redaction import Redactor
from socialconnect.transport.request import Effect, Request, Response
from socialconnect.transport.retry import RetryPolicy, resend

if TYPE_CHECKING:
    from socialconnect.adapter import Adapter

__all__ = ["Wire"]

T = TypeVar("T")

_HEADERS = {
    "User-Agent": "socialconnect (+https://pypi.org/project/socialconnect/)",
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
}

# What code raises that reads an answer which is not as it expects; pydantic's ValidationError is a ValueError.
_NOT_OF_THE_SHAPE = (ValueError, LookupError, TypeError, AttributeError)


class Wire:
    """
    Args:
        adapter: The adapter that it serves: it signs, and reads the network's verdicts.
        transport: What sends.
        tokens: Where the credential comes from.
        clock: The clock.
        pacing: What is known of the account's rate limits.
        retry: How often to try.
        timeout: Seconds for a request.
        publish_timeout: Seconds for a visible request: longer, since giving up early leaves the outcome unknown.
    """

    def __init__(
        self,
        adapter: Adapter,
        transport: Transport,
        tokens: TokenSource,
        *,
        clock: Clock,
        pacing: Pacing,
        retry: RetryPolicy,
        timeout: float,
        publish_timeout: float,
    ) -> None:
        self.clock = clock
        self.pacing = pacing
        self.redactor = Redactor(adapter.secrets())
        self.transport = transport
        self._adapter = adapter.bind(self)  # so that what it reads of an answer may know the clock
        self._tokens = tokens
        self._retry = retry
        self._timeout = timeout
        self._publish_timeout = publish_timeout
        self._last_credential: Credential | None = None
        self._before_visible: Callable[[], Awaitable[float | None]] | None = None

    def guarded(self, before_visible: Callable[[], Awaitable[float | None]]) -> Wire:
        """
        Give a copy that awaits this right before each visible request, which its error keeps from leaving.

        What it gives is how many seconds the request may last as a whole; see `send_within`.

        The copy neither waits before a visible request nor repeats it: who guards it plans it again instead. A crash
        in such a wait would read as one with the request on its way.
        """
        guarded = copy.copy(self)
        guarded._before_visible = before_visible
        guarded._adapter = self._adapter.bind(guarded)
        return guarded

    async def call(self, request: Request, parse: Callable[[Response], T]) -> T:
        """
        Send a request and give what `parse` makes of the answer.

        Args:
            request: The request.
            parse: Reads an accepted answer; raises `ValueError`, `KeyError`, `TypeError` or pydantic's
                `ValidationError` if it is not of the expected shape.

        Raises:
            SocialConnectError: The network refused, or the request or its answer was lost.
        """
        try:
            response = await self._once(request)
        except SocialConnectError as first:
            if self._guards(request) or not request.resend:
                raise
            try:
                response = await resend(
                    first, lambda: self._once(request), request.effect, self._retry, self.transport.sleep
                )
            except DuplicatePost as error:
                if error is not first:
                    error.may_have_happened = True  # what is live already may be what was sent a moment ago
                raise
        try:
            return parse(response)
        except _NOT_OF_THE_SHAPE as error:
            not_understood = self._not_understood(request, response, error)
        # Outside the handler: pydantic's own error repeats what it was given, and must not travel along.
        raise not_understood

    def _guards(self, request: Request) -> bool:
        return self._before_visible is not None and request.effect is Effect.VISIBLE

    async def sleep(self, seconds: float) -> None:
        """Wait, by the clock."""
        await self.transport.sleep(seconds)

    async def read(self, media: MediaFile, start: int = 0, length: int | None = None) -> bytes:
        """Read a media file, or a part of it, into memory; what is large goes as a `FileSlice` instead."""
        return await self.transport.read(media, start, length)

    async def together(self, acts: Sequence[Callable[[], Awaitable[T]]], *, at_most: int) -> list[T]:
        """Do several things whose order does not matter; see `Transport.together`. Not for steps of a journal."""
        return await self.transport.together(acts, at_most=at_most)

    async def credential(self) -> Credential:
        """Give the credential to use now."""
        credential = await self._tokens.credential(self.transport, self.clock)
        if credential is not self._last_credential:
            self._learn(credential)
        return credential

    async def credential_at_hand(self) -> Credential:
        """Give the credential that is there without sending anything, or a stand-in for one that must be fetched."""
        try:
            return await self._tokens.credential(_Unplugged(), self.clock)
        except SocialConnectError:
            return Token(access_token=SecretStr("to-be-refreshed"))

    async def _once(self, request: Request) -> Response:
        longest = 0.0 if self._guards(request) else self._retry.longest_wait
        wait = self.pacing.refuse_if_longer(request.limit_key, longest)
        if wait:
            await self.transport.sleep(wait)
        if not request.signed:
            return await self._send(request, None)
        credential = await self.credential()
        try:
            return await self._send(request, credential)
        except (TokenExpired, TokenRevoked):
            # Revoked too: where another process has renewed the token, the old one is refused like that.
            newer = await self._tokens.renew(self.transport, self.clock, credential)
            if newer is None:
                raise
        self._learn(newer)
        try:
            return await self._send(request, newer)
        except TokenExpired as again:
            # A token that was renewed a moment ago is not old: it is refused for good.
            raise TokenRevoked(
                again.message,
                status=again.status,
                code=again.code,
                request_id=again.request_id,
                docs=again.docs,
                answer=again.answer,
            ) from again

    async def _send(self, request: Request, credential: Credential | None) -> Response:
        adapter = self._adapter
        headers = {**_HEADERS, **request.headers}
        if credential is not None:
            if not adapter.trusts(request.url):
                raise ConfigurationError(f"A token is not sent to {urlsplit(request.url).netloc}.")
            headers.update(adapter.sign(request, credential))
        visible = request.effect is Effect.VISIBLE
        timeout = request.timeout or (self._publish_timeout if visible else self._timeout)
        seconds = await self._before_visible() if visible and self._before_visible is not None else None
        try:
            response = await send_within(self.transport, request, headers, timeout, seconds=seconds)
        except OutcomeUnknown as error:
            if visible:
                raise
            # A lost answer to a request that nobody sees says only that the network could not be reached.
            raise UnavailableError(error.message, hint="Try again later.") from error
        except ProtocolError as error:
            if visible:
                raise self._unknown(error) from error
            raise
        self._note_limits(request, response)
        if adapter.accepts(response):
            return response
        raise self._refused(request, response)

    def _note_limits(self, request: Request, response: Response) -> None:
        try:
            for window in self._adapter.rate_windows(request, response):
                self.pacing.learn(window)
        except _NOT_OF_THE_SHAPE:
            # The headers are advice: what cannot be read of them must never hide what happened to the request.
            return

    def _learn(self, credential: Credential) -> None:
        self._last_credential = credential
        if isinstance(credential, OAuth1Credential):
            secrets = [credential.consumer_secret, credential.token, credential.token_secret]
        else:
            secrets = [one for one in (credential.access_token, credential.refresh_token) if one is not None]
        for secret in secrets:
            self.redactor.learn(secret.get_secret_value())

    def _refused(self, request: Request, response: Response) -> SocialConnectError:
        answer = self.redactor.answer(response.content)
        try:
            error = self._adapter.refused(request, response, answer=answer)
        except _NOT_OF_THE_SHAPE:
            # A refusal in a shape that nobody foresaw is still a refusal of that status.
            error = to_error(Refusal(response.status), (), answer=answer)
        error.message = self.redactor.text(error.message)
        error.request = self.redactor.text(_line(request))
        doubtful = isinstance(error, UnavailableError | ProtocolError) or error.may_have_happened
        if request.effect is Effect.VISIBLE and doubtful:
            return self._unknown(error)
        error.may_have_happened = False  # nothing that people see was asked for, or it was clearly refused
        return error

    def _not_understood(self, request: Request, response: Response, error: Exception) -> SocialConnectError:
        # pydantic repeats the value that it was given, which may hold a secret: only the places are told.
        if isinstance(error, ShapeError):
            told = ", ".join(".".join(map(str, one["loc"])) or one["type"] for one in error.errors()[:3])
        else:
            told = type(error).__name__
        what = f"{request.method} {request.url.partition('?')[0]}"
        protocol = ProtocolError(
            f"The answer to {what} is not of the expected shape ({told}).",
            status=response.status,
            answer=self.redactor.answer(response.content),
        )
        return self._unknown(protocol) if request.effect is Effect.VISIBLE else protocol

    def _unknown(self, cause: SocialConnectError) -> OutcomeUnknown:
        unknown = OutcomeUnknown(
            f"It may have been carried out: {cause.message}",
            status=cause.status,
            code=cause.code,
            request_id=cause.request_id,
            answer=cause.answer,
        )
        unknown.__cause__ = cause
        return unknown


def _line(request: Request) -> str:
    """Give a request's method, path and parameters' names; the values may be anybody's."""
    parts = urlsplit(request.full_url)
    names = "&".join(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return f"{request.method} {parts.path}{names and '?'}{names}"


class _Unplugged(OfflineTransport):
    """A transport that neither sends nor waits nor reads."""

    async def send(self, request: Request, headers: dict[str, str], timeout: float) -> Response:
        raise NotSent("Nothing is sent for a preview.")

    async def sleep(self, seconds: float) -> None:
        raise NotSent("Nothing is waited for in a preview.")

    async def read(self, media: MediaFile, start: int = 0, length: int | None = None) -> bytes:
        raise NotSent("Nothing is read for a token.")
