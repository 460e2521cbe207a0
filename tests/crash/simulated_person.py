"""A person at the simulated outbox: launches campaigns, pauses, moves and calls them off, and takes deliveries back."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta

from socialconnect import SocialConnectError
from socialconnect.network import run
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.sqlite.store import SqliteStore
from socialconnect.outbox.store import Query
from socialconnect.testing import TestClock

__all__ = ["Person"]

_MAY_BE_CANCELLED = (DeliveryState.HELD, DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.NEEDS_ATTENTION)


class Person:
    """
    A person, or an application.

    Args:
        store: The store.
        clock: The machine's clock.
        dice: Decides.
        campaigns: The campaigns that wait for their launch.
        tell: Notes what happens.
    """

    def __init__(
        self,
        store: SqliteStore,
        clock: TestClock,
        dice: random.Random,
        campaigns: Sequence[str],
        tell: Callable[[str, str], None],
    ) -> None:
        self._store, self._clock, self._dice, self._tell = store, clock, dice, tell
        self._campaigns, self._waiting = list(campaigns), list(campaigns)
        self._left = 5 + 2 * len(campaigns)
        self.taken_back: set[str] = set()
        """The ids of what was cancelled."""

    def act(self) -> None:
        """Do something, while there is patience for it."""
        if self._left > 0:
            self._left -= 1
            deeds = (self._launch, self._pause, self._pause, self._resume, self._move, self._call_off, self._cancel)
            self._dice.choice(deeds)()

    def hurry(self) -> None:
        """Do less from now on; once patience is gone, launch and resume all, so that the world comes to its end."""
        self._left -= 3
        while self._left <= 0 and (self._waiting or run(self._store.pauses())):
            self._launch()
            self._resume()

    def _launch(self) -> None:
        if self._waiting:
            name = self._waiting.pop()
            run(self._store.launch(name, self._clock.now(), self._clock.now()))
            self._tell("", f"{name} is launched")

    def _pause(self) -> None:
        kind, name = "network", "simulated"
        if self._campaigns and self._dice.random() < 0.8:
            kind, name = "campaign", self._dice.choice(self._campaigns)
        run(self._store.pause(kind, name, self._clock.now()))
        self._tell("", f"{name} is paused")

    def _resume(self) -> None:
        for kind, name, _ in run(self._store.pauses())[:1]:
            run(self._store.resume(kind, name))
            self._tell("", f"{name} is resumed")

    def _move(self) -> None:
        if self._campaigns:
            name, now = self._dice.choice(self._campaigns), self._clock.now()
            run(self._store.move_start(name, now + timedelta(seconds=self._dice.random() * 600), now))
            self._tell("", f"{name} is moved")

    def _call_off(self) -> None:
        if self._campaigns and self._dice.random() < 0.3:
            name = self._dice.choice(self._campaigns)
            found = run(self._store.call_off(name, self._clock.now())) or []
            self.taken_back |= {one.id for one in found if one.state is DeliveryState.CANCELLED}
            self._tell("", f"{name} is called off")

    def _cancel(self) -> None:
        found = run(self._store.deliveries(Query(states=frozenset(_MAY_BE_CANCELLED), limit=20)))
        if not found:
            return
        chosen = self._dice.choice(found)
        if chosen.partly_live:
            return

        def decide(old: Delivery) -> Delivery:
            return old.model_copy(
                update={"state": DeliveryState.CANCELLED, "due": None, "changed_at": self._clock.now()}
            )

        try:
            run(self._store.change(chosen.id, decide))
        except SocialConnectError:
            return
        self.taken_back.add(chosen.id)
        self._tell(chosen.post.text, f"delivery {chosen.id} is cancelled")
