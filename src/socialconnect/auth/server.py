"""
What is to be known of a network's authorisation server, and one token request to it.

Each network's facts are in `networks/<network>/oauth.py`, as a subclass that only builds requests and reads answers.
What deviates from RFC 6749 is overridden there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, JsonValue, SecretStr
from pydantic import ValidationError as ShapeError

from socialconnect.auth.tokens import Token
from socialconnect.errors import (
    ConfigurationError,
    OutcomeUnknown,
    ProtocolError,
    RejectedError,
    SocialConnectError,
    TokenRevoked,
    UnavailableError,
)
from socialconnect.refusal import Refusal, Rule, to_error
from socialconnect.transport.redaction import Redactor
from socialconnect.transport.request import Effect, Request, Response

if TYPE_CHECKING:
    from socialconnect.clock import Clock
    from socialconnect.transport.engine import Transport

__all__ = ["AuthorizationServer", "OAuthApp", "request_token"]

_START_AGAIN = "Start the authorisation again: a code is used once, and ends soon."

# RFC 6749, section 5.2. A network's own rows come first.
_RULES: tuple[Rule, ...] = (
    Rule(ConfigurationError, code=("invalid_client", "unauthorized_client"), hint="Check client_id and client_secret."),
    Rule(ConfigurationError, code=("invalid_scope", "unsupported_grant_type"), hint="Check the app's set-up."),
    Rule(UnavailableError, code="temporarily_unavailable"),
)
_EXCHANGE_RULES = (*_RULES, Rule(RejectedError, code=("invalid_grant", "invalid_request"), hint=_START_AGAIN))
_REFRESH_RULES = (*_RULES, Rule(TokenRevoked, code="invalid_grant"))


class OAuthApp(BaseModel):
    """
    An application as it is registered with a network.

    Args:
        client_id: Its id.
        client_secret: Its secret; `None` for a public client, where the network has those.
        redirect_uri: Where the network sends the user back to, byte for byte as registered.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    client_id: str
    client_secret: SecretStr | None = None
    redirect_uri: str

    @property
    def secret(self) -> str:
        """
        The secret as text.

        Raises:
            ConfigurationError: The app was given none.
        """
        if self.client_secret is None:
            raise ConfigurationError("This needs the app's client_secret.")
        return self.client_secret.get_secret_value()


class TokenAnswer(BaseModel):
    """A token answer as in RFC 6749, section 5.1; further fields are left alone."""

    access_token: SecretStr
    expires_in: float | None = None
    refresh_token: SecretStr | None = None
    refresh_token_expires_in: float | None = None
    scope: str | None = None


class AuthorizationServer(ABC):
    """
    One network's authorisation server: builds requests and reads answers, and sends nothing itself.

    Args:
        scopes: What to ask the user for; the network's `default_scopes` unless given.
        base_url: Where its hosts are, in place of the network's own: an emulator's address, or a proxy's.
    """

    network: ClassVar[str]
    """The network's name."""
    authorize_url: ClassVar[str]
    """The page on which the user consents."""
    default_scopes: ClassVar[tuple[str, ...]]
    """What posting, reading back and metrics need."""
    scope_separator: ClassVar[str] = " "
    uses_pkce: ClassVar[bool] = False
    """Whether the code is bound to a proof key (RFC 7636, S256)."""
    denials: ClassVar[frozenset[str]] = frozenset({"access_denied"})
    """What the network puts into `error` when the user says no."""
    margin: ClassVar[timedelta]
    """How long before its end a token is refreshed."""
    rules: ClassVar[Sequence[Rule]] = ()
    """From the server's error codes to error classes, before the RFC's own."""

    def __init__(self, *, scopes: Iterable[str] | None = None, base_url: str | None = None) -> None:
        self.scopes: tuple[str, ...] = self.default_scopes if scopes is None else tuple(scopes)
        self._base_url = base_url.rstrip("/") if base_url else None

    def at(self, address: str) -> str:
        """Give one of the network's addresses, moved to `base_url` if that is set."""
        if self._base_url is None:
            return address
        _, _, rest = address.partition("://")
        return f"{self._base_url}/{rest.partition('/')[2]}"

    def authorize_params(self, app: OAuthApp, state: str, challenge: str | None) -> dict[str, str]:
        """Give the parameters of the consent page."""
        params = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": app.redirect_uri,
            "scope": self.scope_separator.join(self.scopes),
            "state": state,
        }
        return params if challenge is None else {**params, "code_challenge": challenge, "code_challenge_method": "S256"}

    @abstractmethod
    def exchange(self, app: OAuthApp, code: str, verifier: str | None) -> Request:
        """Give the request that turns a code into a token."""

    def lengthen(self, app: OAuthApp, token: Token) -> Request | None:
        """Give the request that turns a new token into one that lives longer; `None` where there is no such step."""
        return None

    @abstractmethod
    def refresh(self, app: OAuthApp, token: Token) -> Request | None:
        """Give the request that gets a newer token; `None` if this one cannot be refreshed."""

    def revoke(self, app: OAuthApp, token: Token) -> Request | None:
        """Give the request that withdraws a token; `None` where the network has none."""
        return None

    def read_token(self, response: Response, now: datetime, before: Token | None) -> Token:
        """
        Read a token answer.

        Args:
            response: The answer.
            now: The time of day.
            before: The token that was refreshed or lengthened: what the answer leaves out stays as it was.
        """
        return token_from(response.into(TokenAnswer), now, before)

    def read_refusal(self, response: Response) -> Refusal:
        """Read an error answer; takes HTML and empty bodies too."""
        fields = json_object(response)
        described = fields.get("error_description") or fields.get("error") or ""
        return Refusal(response.status, code=text_or_none(fields.get("error")), message=str(described)[:300])


def token_from(answer: TokenAnswer, now: datetime, before: Token | None) -> Token:
    """Make a token of an answer; what the answer leaves out stays as it was."""
    scopes = None if answer.scope is None else split_scopes(answer.scope)
    refresh, refresh_ends = answer.refresh_token, _after(now, answer.refresh_token_expires_in)
    if before is not None:
        refresh_ends = refresh_ends if refresh is not None else before.refresh_expires_at
        refresh = refresh or before.refresh_token
        scopes = before.scopes if scopes is None else scopes
    return Token(
        access_token=answer.access_token,
        refresh_token=refresh,
        expires_at=_after(now, answer.expires_in),
        refresh_expires_at=refresh_ends,
        scopes=scopes or frozenset(),
    )


def _after(now: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)


def split_scopes(scopes: str) -> frozenset[str]:
    """Split a list of scopes, however the network joins them: by spaces, commas or plus signs."""
    return frozenset(scopes.replace(",", " ").replace("+", " ").split())


def json_object(response: Response) -> dict[str, JsonValue]:
    """Give a body that is a JSON object; an empty one for every other body."""
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def text_or_none(value: object) -> str | None:
    """Give a code as text, or `None` where there is none."""
    return str(value) if isinstance(value, str | int) else None


async def request_token(
    server: AuthorizationServer,
    request: Request,
    secrets: Iterable[str | SecretStr | None],
    transport: Transport,
    clock: Clock,
    *,
    before: Token | None = None,
    timeout: float = 30.0,
) -> Token:
    """
    Send a token request, once, and read the token.

    Args:
        server: The authorisation server.
        request: From the server's `exchange`, `lengthen` or `refresh`.
        secrets: What must not be seen in an error.
        transport: What sends.
        clock: The clock, for when the token ends.
        before: The token that is refreshed; `None` when a code is exchanged.
        timeout: Seconds for the request.

    Raises:
        TokenRevoked: The token can no longer be refreshed.
        RejectedError: The code is not accepted.
        ConfigurationError: The app itself is not accepted.
        UnavailableError: The server is down, or its answer was lost; nothing was posted.
    """
    response = await answer_to(server, request, secrets, transport, before=before, timeout=timeout)
    try:
        return server.read_token(response, clock.now(), before)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        # pydantic's own error repeats the answer, and the answer is a secret: neither travels along.
        places = [".".join(map(str, one["loc"])) for one in error.errors()[:3]] if isinstance(error, ShapeError) else []
    told = f" ({', '.join(places)})" if places else ""
    raise ProtocolError(
        f"{server.network}'s token answer is not of the expected shape{told}.",
        network=server.network,
        status=response.status,
    )


async def answer_to(
    server: AuthorizationServer,
    request: Request,
    secrets: Iterable[str | SecretStr | None],
    transport: Transport,
    *,
    before: Token | None,
    timeout: float = 30.0,
) -> Response:
    """Send a request to an authorisation server and give its answer, or raise what its refusal means."""
    redactor = Redactor(one.get_secret_value() if isinstance(one, SecretStr) else one for one in secrets if one)
    try:
        response = await transport.send(request, {"Accept": "application/json", **request.headers}, timeout)
    except OutcomeUnknown as error:
        # Nobody sees a token: that its answer was lost must never read as if a post may be live.
        raise UnavailableError(redactor.text(error.message), network=server.network, hint="Try again.") from error
    except SocialConnectError as error:
        error.message = redactor.text(error.message)
        error.network = error.network or server.network
        raise
    if response.ok:
        return response
    rules = (*server.rules, *(_EXCHANGE_RULES if before is None else _REFRESH_RULES))
    refused = to_error(server.read_refusal(response), rules, answer=redactor.answer(response.content))
    refused.message = redactor.text(refused.message)
    refused.network = server.network
    raise refused


def form_request(url: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Request:
    """Make a POST of a form to an authorisation server."""
    return Request("POST", url, Effect.PREPARE, form=form, headers=headers or {}, signed=False)


def query_request(url: str, query: Mapping[str, str]) -> Request:
    """Make a GET with parameters, for the servers that take their secrets there."""
    return Request("GET", url, Effect.PREPARE, query=query, signed=False)
