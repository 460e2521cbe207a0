"""Which version answered: an expired one is not refused, but served silently by the oldest that is live."""

from __future__ import annotations

from socialconnect.errors import SunsetWarning
from socialconnect.lifecycle import told

__all__ = ["ServedVersion"]


class ServedVersion:
    """
    Compares the version that was asked for with the one that answered, and says so once in a process if they differ.

    Args:
        network: The network's name.
        asked: The version that is asked for.
    """

    def __init__(self, network: str, asked: str) -> None:
        self._network = network
        self._asked = asked
        self._cause = f"{network}:{asked}:served by another"
        self.version: str | None = None
        """The version that served the last answer; `None` before the first."""

    @property
    def differs(self) -> bool:
        """Whether another version answers than the one that is asked for."""
        return self.version is not None and self.version != self._asked

    def learn(self, served: str) -> None:
        """Take note of an answer's version."""
        self.version = served
        # Where warnings are errors, this one must not hide the answer of a post that is live by now: the next call
        # raises it before anything is sent.
        try:
            self.tell()
        except SunsetWarning:
            told.forget(self._cause)

    def tell(self) -> None:
        """Give the warning, if there is reason and it was not given yet."""
        if not self.differs or not told.first_time(self._cause):
            return
        told.warn(
            f"{self._network}: API version {self._asked} was asked for, and {self.version} answered: {self._asked}"
            " is no longer served. Leave api_version out to use the newest.",
        )
