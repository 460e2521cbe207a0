"""Who is calling: bearer tokens, OAuth 1.0a signatures, and the scopes that an operation needs."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.twitter.errors import (
    LEGACY_TYPE,
    forbidden,
    legacy,
    problem,
    suspended,
    unauthorized,
    unsupported_authentication,
)
from socialconnect.testing.emulators.twitter.state import Grant, State

__all__ = ["Authenticator", "Call"]

_APP_SCHEME = "OAuth 2.0 Application-Only"
_USER_OAUTH1 = "OAuth 1.0a User Context"
_USER_OAUTH2 = "OAuth 2.0 User Context"
_USER_SCHEMES = f"{_USER_OAUTH1}, {_USER_OAUTH2}"


@dataclass(frozen=True)
class Call:
    """
    A request whose caller is known.

    Args:
        request: The request.
        grant: The token that it came with.
        captures: The parts of the path.
    """

    request: EmulatedRequest
    grant: Grant
    captures: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def user_id(self) -> str:
        """The calling user; refused already where the app alone calls a user's operation."""
        return self.grant.user_id or ""


class Authenticator:
    """
    Finds a request's caller.

    Args:
        state: Where the tokens are.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._nonces: set[tuple[str, str]] = set()

    def identify(self, request: EmulatedRequest) -> Grant:
        """
        Give the request's token.

        Raises:
            Refused: There is none, or it is not accepted.
        """
        if request.bearer is not None:
            found = self._find(request.bearer, "oauth2", "app")
        elif request.headers.get("authorization", "").lower().startswith("oauth "):
            found = self._signed(request)
        else:
            raise unauthorized()
        if found is None or not found.valid(self._state.now):
            if self._state.settings.expired_as_app_only and request.bearer is not None:
                raise unsupported_authentication(_APP_SCHEME, _USER_SCHEMES)
            raise unauthorized()
        if found.user_id is not None and self._state.users[found.user_id].suspended:
            raise suspended()
        return found

    def authorize(
        self, grant: Grant, *, scopes: frozenset[str], app: bool, user: bool, oauth1: bool, writes: bool
    ) -> None:
        """
        See whether a token may be used for an operation.

        Args:
            grant: The token.
            scopes: The OAuth 2.0 scopes that the operation needs.
            app: Whether the app's own token may do it.
            user: Whether a user's token may do it.
            oauth1: Whether an OAuth 1.0a credential may do it.
            writes: Whether it changes something.

        Raises:
            Refused: It may not.
        """
        if grant.scheme == "app":
            if not app:
                raise unsupported_authentication(_APP_SCHEME, _USER_SCHEMES if oauth1 else _USER_OAUTH2)
            return
        if not user:
            sent = _USER_OAUTH2 if grant.scheme == "oauth2" else _USER_OAUTH1
            raise unsupported_authentication(sent, _APP_SCHEME)
        if grant.scheme == "oauth1":
            if not oauth1:
                raise unsupported_authentication(_USER_OAUTH1, _USER_OAUTH2)
            if writes and grant.access_level == "read":
                detail = (
                    "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."
                )
                kind = f"{LEGACY_TYPE}oauth1-permissions"
                raise problem(403, {"title": "Forbidden", "detail": detail, "type": kind, "status": 403})
            return
        if not scopes <= grant.scopes:
            raise forbidden()

    def _find(self, token: str, *schemes: str) -> Grant | None:
        return next((one for one in self._state.grants if one.token == token and one.scheme in schemes), None)

    def _signed(self, request: EmulatedRequest) -> Grant | None:
        escaped = header_parameters(request.headers["authorization"])
        plain = {name: unquote(value) for name, value in escaped.items()}
        found = self._find(plain.get("oauth_token", ""), "oauth1")
        if found is None or plain.get("oauth_consumer_key") != found.consumer_key:
            return None
        if plain.get("oauth_signature_method") != "HMAC-SHA1" or plain.get("oauth_version", "1.0") != "1.0":
            return None
        self._check_timestamp(plain.get("oauth_timestamp", ""))
        expected = signature(request, escaped, found.consumer_secret, found.token_secret)
        if not hmac.compare_digest(expected, plain.get("oauth_signature", "")):
            return None
        nonce = (plain.get("oauth_timestamp", ""), plain.get("oauth_nonce", ""))
        if nonce in self._nonces:  # a nonce is good for one request
            return None
        self._nonces.add(nonce)
        return found

    def _check_timestamp(self, sent: str) -> None:
        window = self._state.settings.timestamp_window
        if not sent.isdecimal():
            raise unauthorized()
        if window is not None and abs(self._state.now.timestamp() - int(sent)) > window:
            raise legacy(401, 135, "Timestamp out of bounds.")


def header_parameters(header: str) -> dict[str, str]:
    """Read an `OAuth` header; the values stay escaped."""
    pairs = (part.strip().partition("=") for part in header.partition(" ")[2].split(","))
    return {name: value.strip('"') for name, _, value in pairs}


def signature(
    request: EmulatedRequest, oauth_parameters: dict[str, str], consumer_secret: str, token_secret: str
) -> str:
    """
    Compute a request's OAuth 1.0a signature.

    The query and a urlencoded form are signed; a JSON or multipart body is not.

    Args:
        request: The request.
        oauth_parameters: Those of its header, still escaped.
        consumer_secret: The app's secret.
        token_secret: The user's.
    """
    from authlib.oauth1.rfc5849.signature import (  # type: ignore[import-untyped]  # authlib ships no types
        construct_base_string,  # pyright: ignore[reportUnknownVariableType]  # as above
        hmac_sha1_signature,  # pyright: ignore[reportUnknownVariableType]  # as above
    )

    sent = parse_qsl(request.raw_query, keep_blank_values=True)
    if request.media_type == "application/x-www-form-urlencoded":
        sent += parse_qsl(request.content.decode("utf-8", "replace"), keep_blank_values=True)
    # authlib takes off one layer of escaping from what is called `oauth_…`; those of the header still have theirs.
    parameters = [(name, quote(value, safe="") if name.startswith("oauth_") else value) for name, value in sent]
    base = construct_base_string(
        request.method, f"{request.origin}{request.raw_path}", [*oauth_parameters.items(), *parameters]
    )
    return str(hmac_sha1_signature(base, consumer_secret, token_secret))
