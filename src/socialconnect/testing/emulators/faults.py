"""Faults on demand and by seed: what real networks do to real requests."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from socialconnect.transport.request import Response

__all__ = ["Dropped", "Fault", "FaultKind", "Faults"]


class FaultKind(Enum):
    """What goes wrong, and whether the request takes effect before it does."""

    LOST_ANSWER = "lost_answer"
    """The request takes effect, and its answer never comes."""
    RESET = "reset"
    """The request takes effect, and the connection breaks before the answer."""
    ERROR_BEFORE = "error_before"
    """A 5xx before anything happened."""
    ERROR_AFTER = "error_after"
    """A 5xx although the request took effect."""
    REFUSED = "refused"
    """Any answer of the test's own (`status`, `body`, `headers`), before anything happened."""
    TRUNCATED = "truncated"
    """The request takes effect; half of the answer's body comes."""
    HTML = "html"
    """An HTML error page in place of the answer, before anything happened."""
    THROTTLED = "throttled"
    """The network's own answer to too many requests (a 429, or what the network has in its place), with its headers."""
    THROTTLED_BARE = "throttled_bare"
    """The same without headers."""
    TOKEN_REVOKED = "token_revoked"  # noqa: S105  # a name, not a secret
    """The token is revoked: this request and all later ones are refused."""
    SLOW = "slow"
    """The request takes effect; the answer comes after `seconds` on the clock."""


class Dropped(Exception):
    """
    There is no answer: whoever serves the emulator breaks the connection.

    Args:
        kind: `LOST_ANSWER` or `RESET`.
    """

    def __init__(self, kind: FaultKind) -> None:
        super().__init__(kind.value)
        self.kind = kind


@dataclass
class Fault:
    """
    One fault to come.

    Args:
        kind: What goes wrong.
        method: Only for requests of this method; any if not given.
        path: Only for requests whose path matches this regular expression; any if not given.
        times: How many requests it strikes.
        after: How many matching requests pass before it strikes.
        status: The HTTP status, for `REFUSED`, `HTML` and the errors.
        body: The body, for `REFUSED` and the errors.
        headers: The headers, for `REFUSED`.
        seconds: How long, for `SLOW`.
    """

    kind: FaultKind
    method: str | None = None
    path: str | None = None
    times: int = 1
    after: int = 0
    status: int = 500
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    seconds: float = 0.0

    def strikes(self, method: str, path: str) -> bool:
        """Whether it is for this request; counts down."""
        if self.times <= 0 or (self.method and self.method != method) or (self.path and not re.search(self.path, path)):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.times -= 1
        return True

    def response(self) -> Response:
        """Give the answer of a `REFUSED` fault."""
        return Response(self.status, {"content-type": "application/json", **self.headers}, self.body)


class Faults:
    """The faults that an emulator has still to show. Safe to share between threads."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []
        self._lock = threading.Lock()
        self._random: random.Random | None = None
        self._rate = 0.0
        self._kinds: Sequence[FaultKind] = ()
        self.shown: list[FaultKind] = []
        """Every fault that has struck."""

    def add(self, fault: Fault) -> None:
        """Plan a fault; the first that was planned strikes first."""
        with self._lock:
            self._planned.append(fault)

    def seed(self, seed: int, *, rate: float, kinds: Sequence[FaultKind]) -> None:
        """Let faults of these kinds strike a part (0 to 1) of all requests, the same ones for the same seed."""
        with self._lock:
            self._random, self._rate, self._kinds = random.Random(seed), rate, tuple(kinds)  # noqa: S311  # no secret

    def clear(self) -> None:
        """Plan none any more."""
        with self._lock:
            self._planned.clear()
            self._random = None

    def take(self, method: str, path: str) -> Fault | None:
        """Give the fault that strikes this request, if one does."""
        with self._lock:
            found = next((one for one in self._planned if one.strikes(method, path)), None)
            if found is None and self._random is not None and self._random.random() < self._rate:
                found = Fault(self._random.choice(self._kinds))
            if found is not None:
                self.shown.append(found.kind)
            return found
