"""
Signing for OAuth 1.0a, by authlib's protocol functions.

Its `ClientAuth` is not used: that reads the system clock and guesses what the body is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import parse_qsl, urlsplit

from socialconnect.auth.tokens import OAuth1Credential

__all__ = ["oauth1_headers"]

_METHOD = "HMAC-SHA1"


def oauth1_headers(
    method: str,
    url: str,
    credential: OAuth1Credential,
    *,
    form: Mapping[str, str] | None = None,
    timestamp: int,
    nonce: str | None = None,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """
    Give the header that signs a request with HMAC-SHA1.

    What is signed is the method, the address with its query, and a urlencoded form. A JSON or multipart body is not
    part of the signature (RFC 5849, section 3.4.1.3.1): do not give its fields as `form`.

    Args:
        method: The HTTP method.
        url: The whole address with its query, as it is sent.
        credential: The key pairs of the app and the user.
        form: The fields of a urlencoded body.
        timestamp: The time of day in whole seconds since 1970, from the clock.
        nonce: A value that is used once; a random one unless given.
        extra: Further protocol parameters, such as `oauth_callback`.
    """
    # Loaded when first used: most accounts sign nothing.
    from authlib.common.security import generate_token  # type: ignore[import-untyped]  # authlib ships no types
    from authlib.oauth1.rfc5849.parameters import prepare_headers  # type: ignore[import-untyped]  # as above
    from authlib.oauth1.rfc5849.signature import (  # type: ignore[import-untyped]  # as above
        construct_base_string,  # pyright: ignore[reportUnknownVariableType]  # as above
        hmac_sha1_signature,  # pyright: ignore[reportUnknownVariableType]  # as above
    )
    from authlib.oauth1.rfc5849.util import escape  # type: ignore[import-untyped]  # as above

    protocol = {
        "oauth_consumer_key": credential.consumer_key,
        "oauth_nonce": nonce or str(generate_token()),
        "oauth_signature_method": _METHOD,
        "oauth_timestamp": str(timestamp),
        "oauth_version": "1.0",
        **(extra or {}),
    }
    if token := credential.token.get_secret_value():
        protocol["oauth_token"] = token
    signed = [*parse_qsl(urlsplit(url).query, keep_blank_values=True), *protocol.items(), *(form or {}).items()]
    # authlib takes off one layer of escaping from what is called `oauth_…`: put one on, so that "%" survives.
    params = [(name, escape(value) if name.startswith("oauth_") else value) for name, value in signed]
    base = construct_base_string(method, url, params)
    secrets = credential.consumer_secret.get_secret_value(), credential.token_secret.get_secret_value()
    protocol["oauth_signature"] = str(hmac_sha1_signature(base, *secrets))
    return cast("dict[str, str]", prepare_headers(list(protocol.items())))
