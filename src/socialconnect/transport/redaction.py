"""Taking secrets out of what is shown: errors, logs, previews, recordings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

__all__ = ["MASK", "Redactor"]

MASK = "***"

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})
_SECRET_KEYS = "|".join(
    (
        "access_token",
        "refresh_token",
        "id_token",
        "client_secret",
        "app_secret",
        "appsecret_proof",
        "fb_exchange_token",
        "input_token",
        "oauth_token",
        "oauth_token_secret",
        "oauth_signature",
        "oauth_verifier",
        "code_verifier",
        "subject_token",
        "password",
        "code",
    )
)
_IN_QUERY = re.compile(rf"(?i)(?<![\w.-])({_SECRET_KEYS})=([^&\s\"']+)")
_IN_JSON = re.compile(rf'(?i)"({_SECRET_KEYS})"\s*:\s*"([^"]*)"')
_BEARER = re.compile(r"(?i)\b(bearer|oauth|basic)\s+[A-Za-z0-9._~+/=|-]{8,}")
_ANSWER_LIMIT = 4096


class Redactor:
    """
    Masks known secrets wherever they stand, and whatever stands under a secret's usual name.

    Args:
        secrets: Values to mask, such as the token in use. Very short ones are left out: they would mask plain words.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Mask this value too from now on."""
        if len(secret) >= 6:
            self._secrets.add(secret)

    def text(self, text: str) -> str:
        """Give the text with every secret masked."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, MASK)
        text = _IN_JSON.sub(lambda match: f'"{match[1]}":"{MASK}"' if not match[2].isdigit() else match[0], text)
        text = _IN_QUERY.sub(rf"\1={MASK}", text)
        return _BEARER.sub(rf"\1 {MASK}", text)

    def answer(self, content: bytes) -> str:
        """Give an answer's body as text to keep with an error: masked, and cut to four kilobytes."""
        text = self.text(content[: 4 * _ANSWER_LIMIT].decode("utf-8", "replace"))
        return text if len(text) <= _ANSWER_LIMIT else f"{text[:_ANSWER_LIMIT]}… (cut)"

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Give the headers with the secret ones masked; the scheme of an authorisation stays readable."""
        return {
            name: _masked_header(value) if name.lower() in _SECRET_HEADERS else self.text(value)
            for name, value in headers.items()
        }


def _masked_header(value: str) -> str:
    scheme, _, rest = value.partition(" ")
    return f"{scheme} {MASK}" if rest else MASK
