"""
From a network's error answer to an error class, by one table for each network.

A network's `errors.py` holds its `RULES`, most specific first; the first that fits decides. No ladders of `if`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from socialconnect.errors import (
    ApiPaywalled,
    ApiRetired,
    NotFound,
    PermissionDenied,
    ProtocolError,
    RateLimited,
    RejectedError,
    SocialConnectError,
    TokenRevoked,
    UnavailableError,
)

__all__ = ["Refusal", "Rule", "matching", "to_error"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    What a network's error answer says, read out of its own shape.

    Args:
        status: The HTTP status.
        code: The network's code: a number as text, or a word.
        subcode: Its second code, where it has one.
        message: Its text for developers.
        request_id: Its id of the request.
        retry_after: Seconds to wait, where the answer or its headers tell.
        transient: Whether the network itself calls the fault passing.
        path: The path of the request that was refused: some answers mean another thing on an old path.
    """

    status: int
    code: str | None = None
    subcode: str | None = None
    message: str = ""
    request_id: str | None = None
    retry_after: float | None = None
    transient: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One row: what must be there, and the error that it means. What is `None` or empty is not looked at.

    Args:
        error: The class.
        status: The HTTP status, or several.
        code: The network's code, or several.
        subcode: Its second code, or several.
        text: A part of the message, in any case.
        path: How the request's path must begin.
        hint: What the caller should do.
        part: For `ApiRetired`: whether only something in the request is gone, such as a field.
        missing: For `PermissionDenied`: the scopes, permissions or roles to ask for.
        may_have_happened: Whether the call may have been carried out in spite of this answer.
        retry_after: Seconds to wait, where the network's documentation names a time and the answer does not.
        source: Where the network documents it.
    """

    error: type[SocialConnectError]
    status: int | tuple[int, ...] | None = None
    code: str | tuple[str, ...] | None = None
    subcode: str | tuple[str, ...] | None = None
    text: str | None = None
    path: str | None = None
    hint: str | None = None
    part: bool = False
    missing: tuple[str, ...] = ()
    may_have_happened: bool = False
    retry_after: float | None = None
    source: str | None = None

    def fits(self, refusal: Refusal) -> bool:
        """Whether the row is about this refusal."""
        return (
            _among(refusal.status, self.status)
            and _among(refusal.code, self.code)
            and _among(refusal.subcode, self.subcode)
            and (self.text is None or self.text.lower() in refusal.message.lower())
            and (self.path is None or refusal.path.startswith(self.path))
        )


def _among(value: object, wanted: object) -> bool:
    if wanted is None:
        return True
    return value in wanted if isinstance(wanted, tuple) else value == wanted


# What a status means where no row of the network's own table fits.
_BY_STATUS: dict[int, type[SocialConnectError]] = {
    401: TokenRevoked,
    402: ApiPaywalled,
    403: PermissionDenied,
    404: NotFound,
    408: UnavailableError,
    410: ApiRetired,
    429: RateLimited,
}


def matching(refusal: Refusal, rules: Sequence[Rule]) -> Rule:
    """Give the first row that fits; where none does, one made from the HTTP status alone."""
    for rule in rules:
        if rule.fits(refusal):
            return rule
    if refusal.status >= 500:
        return Rule(UnavailableError)
    if refusal.status in _BY_STATUS:
        return Rule(_BY_STATUS[refusal.status])
    if 400 <= refusal.status < 500:
        return Rule(RejectedError)
    return Rule(ProtocolError)


def to_error(refusal: Refusal, rules: Sequence[Rule], *, answer: str) -> SocialConnectError:
    """
    Turn a refusal into the error that it means.

    Args:
        refusal: What the network said.
        rules: The network's table.
        answer: The body, redacted, to keep with the error.
    """
    rule = matching(refusal, rules)
    code = ".".join(part for part in (refusal.code, refusal.subcode) if part) or None
    message = refusal.message.strip() or f"The network answered HTTP {refusal.status} without a reason."
    retry_after = rule.retry_after if refusal.retry_after is None else refusal.retry_after
    if issubclass(rule.error, PermissionDenied):
        error: SocialConnectError = rule.error(message, missing=rule.missing)
    else:
        error = rule.error(message)
    if isinstance(error, ApiRetired):
        error.part = rule.part
    error.status, error.code, error.request_id = refusal.status, code, refusal.request_id
    error.hint, error.docs = rule.hint or error.hint, rule.source
    error.retry_after, error.answer = retry_after, answer
    if rule.may_have_happened:
        error.may_have_happened = True
    return error
