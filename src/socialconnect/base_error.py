"""The root of all errors: what every one of them tells."""

from __future__ import annotations

from typing import ClassVar, Self, TypedDict

__all__ = ["Facts", "SocialConnectError"]


class Facts(TypedDict, total=False):
    """What every error may say; see `SocialConnectError` for each key."""

    network: str | None
    account: str | None
    operation: str | None
    status: int | None
    code: str | None
    request_id: str | None
    hint: str | None
    docs: str | None
    retry_after: float | None
    answer: str | None


class SocialConnectError(Exception):
    """
    The root of every error that the library raises.

    Args:
        message: What happened, in one sentence; never holds a secret.
        network: The network's name, such as `facebook`.
        account: The account on that network.
        operation: The method that was called, such as `publish`.
        status: The HTTP status of the answer, where there was one.
        code: The network's own error code, as text.
        request_id: The network's id of the request, to give to its support.
        hint: What to do next.
        docs: A page that explains the error.
        retry_after: Seconds to wait before another attempt, where known.
        answer: The answer's body, redacted and cut to some kilobytes.
    """

    retryable: ClassVar[bool] = False
    """Whether the same call may succeed later, unchanged, without a risk of doing it twice."""

    default_hint: ClassVar[str | None] = None

    may_have_happened: bool = False
    """Whether the call may have been carried out in spite of the error. If so, never repeat it without looking."""

    request: str | None = None
    """The request that was refused, such as `GET /2/tweets?ids`: its method, its path, its parameters' names."""

    def __init__(
        self,
        message: str | None = None,
        *,
        network: str | None = None,
        account: str | None = None,
        operation: str | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        hint: str | None = None,
        docs: str | None = None,
        retry_after: float | None = None,
        answer: str | None = None,
    ) -> None:
        super().__init__(message or (type(self).__doc__ or type(self).__name__).strip().splitlines()[0])
        self.network = network
        self.account = account
        self.operation = operation
        self.status = status
        self.code = code
        self.request_id = request_id
        self.hint: str | None = hint or self.default_hint
        self.docs = docs
        self.retry_after = retry_after
        self.answer = answer

    @property
    def message(self) -> str:
        """What happened, in one sentence."""
        return str(self.args[0])

    @message.setter
    def message(self, message: str) -> None:
        # The only place where it is kept: what is masked in it is masked in `repr` and in `args` too.
        self.args = (message,)

    def __str__(self) -> str:
        where = " ".join(part for part in (self.network, self.account) if part)
        facts = [
            where,
            self.operation,
            f"HTTP {self.status}" if self.status else None,
            f"code {self.code}" if self.code else None,
            f"request {self.request_id}" if self.request_id else None,
            f"wait {self.retry_after:g} s" if self.retry_after is not None else None,
        ]
        told = ", ".join(fact for fact in facts if fact)
        text = f"{self.message} [{told}]" if told else self.message
        return f"{text} {self.hint}" if self.hint else text

    def at(self, *, network: str, account: str, operation: str) -> Self:
        """Say where the error happened, where that is not yet said. Gives the error itself."""
        self.network = self.network or network
        self.account = self.account or account
        self.operation = self.operation or operation
        return self

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions with keyword arguments do not survive pickling by themselves, and workers pass errors around.
        return _rebuild, (type(self), self.message), self.__dict__


def _rebuild(kind: type[SocialConnectError], message: str) -> SocialConnectError:
    error = kind.__new__(kind, message)
    Exception.__init__(error, message)
    return error
