"""Taking secrets out of what is shown: errors, logs, previews, recordings."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from pydantic import JsonValue

__all__ = ["MASK", "MaskedLog", "Redactor"]

MASK = "***"

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})
_SECRET_FIELDS = (
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
)
_NAMES = "|".join(_SECRET_FIELDS)
# `code` is a secret in an address, and an error's number or name in an answer.
_IN_QUERY = re.compile(rf"(?i)(?<![\w.-])({_NAMES}|code)=(\"?)([^&\s\"']+)")
_IN_JSON = re.compile(rf'(?i)"({_NAMES})"\s*:\s*"([^"]*)("|\Z)')
# A word alone after the scheme may be plain speech ("OAuth authentication"): a credential holds a digit.
_SCHEME = re.compile(r"(?i)\b(bearer|oauth|basic)\s+(?=[A-Za-z0-9._~+/=|-]*\d)[A-Za-z0-9._~+/=|-]{8,}")
_ANSWER_LIMIT = 4096
_ANSWER_READ = 4 * _ANSWER_LIMIT
_SHORTEST = 6


class Redactor:
    """
    Masks known secrets wherever they stand, and whatever stands under a secret's usual name.

    Args:
        secrets: Values to mask, such as the token in use. Very short ones are left out: they would mask plain words.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # Replaced as a whole, never changed: other threads may be masking meanwhile. The longest come first, so that
        # one secret within another does not leave the rest of it readable.
        self._forms: tuple[str, ...] = ()
        for secret in secrets:
            self.learn(secret)

    def __repr__(self) -> str:
        return f"<Redactor of {len(self._forms)} forms>"

    def learn(self, secret: str) -> None:
        """Mask this value too from now on: as it is, and as addresses and JSON write it."""
        if len(secret) < _SHORTEST:
            return
        quoted = json.dumps(secret)[1:-1]
        forms = {secret, quote(secret, safe=""), quote_plus(secret), quoted, quoted.replace("/", "\\/")}
        self._forms = tuple(sorted({*self._forms, *forms}, key=len, reverse=True))

    def known(self, text: str) -> str:
        """Give the text with the known secrets masked, and nothing else: for what the caller wrote."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text

    def text(self, text: str) -> str:
        """Give the text with every secret masked, the known and what looks like one."""
        text = self.known(text)
        text = _IN_JSON.sub(rf'"\1":"{MASK}\3', text)
        text = _IN_QUERY.sub(rf"\1=\2{MASK}", text)
        return _SCHEME.sub(rf"\1 {MASK}", text)

    def answer(self, content: bytes) -> str:
        """Give an answer's body as text to keep with an error: masked, and cut to four kilobytes."""
        text = self.text(content[:_ANSWER_READ].decode("utf-8", "replace"))
        if len(content) > _ANSWER_READ and self._forms:
            text = text[: -len(self._forms[0])]  # the cut may have gone through a secret
        return text if len(text) <= _ANSWER_LIMIT else f"{text[:_ANSWER_LIMIT]}… (cut)"

    def field(self, name: str, value: str) -> str:
        """Give a form field's value, masked if its name is a secret's, else without the known secrets."""
        return MASK if name.lower() in (*_SECRET_FIELDS, "code") else self.known(value)

    def json(self, value: JsonValue) -> JsonValue:
        """Give a JSON value with the secrets in it masked."""
        if isinstance(value, str):
            return self.known(value)
        if isinstance(value, list):
            return [self.json(one) for one in value]
        if isinstance(value, dict):
            return {
                name: MASK if name.lower() in _SECRET_FIELDS and one is not None else self.json(one)
                for name, one in value.items()
            }
        return value

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Give the headers with the secret ones masked; the scheme of an authorisation stays readable."""
        return {
            name: _masked_header(value) if name.lower() in _SECRET_HEADERS else self.text(value)
            for name, value in headers.items()
        }


def _masked_header(value: str) -> str:
    scheme, _, rest = value.partition(" ")
    return f"{scheme} {MASK}" if rest else MASK


class MaskedLog(logging.Filter):
    """Masks what stands under a secret's usual name in another library's log, such as in the addresses of calls."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, masked."""
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(one) for one in record.args)
        return True


def _masked(value: object) -> object:
    text = str(value)
    masked = Redactor().text(text)
    return value if masked == text else masked
