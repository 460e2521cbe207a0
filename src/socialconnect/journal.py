"""
The journal: what a publish of several steps has done so far.

An adapter wraps each step; the outbox keeps the record on disk, so that a restart goes on from the last step. A direct
`publish` keeps it in memory (`Progress`), for a caller who wants to go on after a failure.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, Self, TypedDict, cast

from pydantic import JsonValue

from socialconnect.errors import ConfigurationError, NotFound, OutcomeUnknown, SocialConnectError

if TYPE_CHECKING:
    from socialconnect.clock import Clock

__all__ = ["Journal", "NoJournal", "Progress", "ProgressJournal", "post_id_of"]


class Journal(Protocol):
    """Where the steps of one delivery are recorded. Step names are unique within a delivery."""

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        """
        Do a step that nobody sees, such as an upload, or give its recorded result while that lives.

        Args:
            name: The step, such as `upload[0]`.
            act: Does it and gives its result: the id of what was made.
            lives: How long the network keeps the result; `None` for ever.
        """
        ...

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """
        Do the one step that makes the post visible.

        The intent is on disk before `act` is called, and its result right after; nothing else runs between the two.
        A publish may have several such steps, such as the posts of a thread, each with a name of its own. The result is
        what was made: its id, or an object with its `id`. A result that a person settled is the id alone.
        """
        ...

    async def recorded(self, name: str) -> tuple[JsonValue] | None:
        """
        Give a visible step's result, alone in a tuple, if it is done already.

        What leads up to such a step, such as an upload, need not be done again, however short its result lives.
        """
        ...


class NoJournal:
    """Records nothing: for a publish without an outbox."""

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        """Do the step."""
        return await act()

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """Do the step."""
        return await act()

    async def recorded(self, name: str) -> tuple[JsonValue] | None:
        """Nothing is."""
        return None


def post_id_of(result: JsonValue) -> str:
    """
    Give the id in the result of a visible step.

    Raises:
        NotFound: There is none in it.
    """
    found = result.get("id") if isinstance(result, dict) else result
    if not isinstance(found, str) or not found:
        raise NotFound("The record of a visible step holds no id.", hint="Look at the account's recent posts.")
    return found


class _Done(TypedDict):
    result: JsonValue
    expires: str | None


class Progress:
    """
    What one publish has done so far. Give it to `publish`, and to `publish` again to go on after a failure.

    What was uploaded is not uploaded again while the network keeps it, and what is live is not published again. It is
    good for one post to one account; keep it as text with `to_json` if the program may stop in between.

    ```python
    progress = Progress()
    try:
        network.publish(post, progress=progress)
    except PartlyPublished as error:
        ...  # error.posts are live; later:
        network.publish(post, progress=progress)
    ```
    """

    def __init__(self) -> None:
        self._steps: dict[str, _Done] = {}
        self._live: list[str] = []
        self._unclear: str | None = None

    @property
    def live(self) -> tuple[str, ...]:
        """The ids of what is visible so far, in order."""
        return tuple(post_id_of(self._steps[name]["result"]) for name in self._live)

    @property
    def unclear(self) -> bool:
        """Whether the answer to a visible request was lost: see `settle`."""
        return self._unclear is not None

    def settle(self, post_id: str | None) -> None:
        """
        Say what became of the request whose answer was lost, after looking at the account.

        Args:
            post_id: The id of what it made; `None` if it made nothing.

        Raises:
            ConfigurationError: No answer was lost.
        """
        if self._unclear is None:
            raise ConfigurationError("There is nothing to settle: no answer was lost.")
        self.end(post_id, live=post_id is not None)

    def to_json(self) -> str:
        """Give it as text."""
        return json.dumps({"steps": self._steps, "live": self._live, "unclear": self._unclear})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """
        Read it from the text that `to_json` gave.

        Raises:
            ValueError: The text is not from `to_json`.
        """
        made = cls()
        told = json.loads(text)
        if not isinstance(told, dict) or set(cast("Mapping[str, object]", told)) != {"steps", "live", "unclear"}:
            raise ValueError("this is not the text of a Progress")
        whole = cast("dict[str, object]", told)
        made._steps = cast("dict[str, _Done]", whole["steps"])
        made._live = cast("list[str]", whole["live"])
        made._unclear = cast("str | None", whole["unclear"])
        return made

    def recorded(self, name: str, now: datetime) -> tuple[JsonValue] | None:
        """Give a step's result within a tuple, or `None` if it was not done or the network keeps it no more."""
        done = self._steps.get(name)
        if done is None or (done["expires"] is not None and datetime.fromisoformat(done["expires"]) <= now):
            return None
        return (done["result"],)

    def record(self, name: str, result: JsonValue, expires: datetime | None = None) -> None:
        """Keep a step's result."""
        self._steps[name] = {"result": result, "expires": None if expires is None else expires.isoformat()}

    def begin(self, name: str) -> None:
        """Note that a visible request is about to leave."""
        self._unclear = name

    def end(self, result: JsonValue = None, *, live: bool) -> None:
        """Note what became of the visible request: it is live, with its result, or it clearly was not carried out."""
        name, self._unclear = self._unclear, None
        if live and name is not None:
            self.record(name, result)
            self._live.append(name)


class ProgressJournal:
    """
    A journal in memory.

    Args:
        progress: What is known already, and is added to.
        clock: The clock; only asked where a step's result does not live for ever.
    """

    def __init__(self, progress: Progress, clock: Clock) -> None:
        self.progress = progress
        self._clock = clock

    @property
    def partly_live(self) -> bool:
        """Whether something is visible already."""
        return bool(self.progress.live)

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        """Do a step that nobody sees, or give its result while that lives."""
        began = self._clock.now()
        found = self.progress.recorded(name, began)
        if found is not None:
            return found[0]
        result = await act()
        self.progress.record(name, result, began + lives if lives is not None else None)
        return result

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """Do a step that people see, or give its result."""
        if self.progress.unclear:
            raise OutcomeUnknown(
                "The answer to an earlier request of this publish was lost.",
                hint="Look at the account's recent posts, tell progress.settle(), and publish again.",
            )
        found = self.progress.recorded(name, self._clock.now())
        if found is not None:
            return found[0]
        self.progress.begin(name)
        try:
            result = await act()
        except SocialConnectError as error:
            if not error.may_have_happened:
                self.progress.end(live=False)
            raise
        self.progress.end(result, live=True)
        return result

    async def recorded(self, name: str) -> tuple[JsonValue] | None:
        """Give a visible step's result if it is done already; see `Journal.recorded`."""
        return self.progress.recorded(name, self._clock.now())
