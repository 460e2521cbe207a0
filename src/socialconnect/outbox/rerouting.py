"""What would become of a delivery on another account: proposed, with its problems and its cost, and moved by nobody."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from socialconnect.cost import CostEstimate
from socialconnect.errors import Problem
from socialconnect.post import Post
from socialconnect.times import UtcDatetime

__all__ = ["Proposal", "Rerouting"]


class Proposal(BaseModel):
    """
    One delivery as another account would get it.

    Args:
        delivery: The id of the delivery.
        network: The other network.
        account: The account on it.
        at: When it is to appear; `None` while it waits for its campaign's launch.
        post: The post as that network would get it: with its variant for it, and never altered otherwise.
        problems: What is wrong with it there; those of severity `warning` do not stop it.
        cost: What publishing it there costs.
        until: The moment from which a move can no longer be undone.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    delivery: str
    network: str
    account: str
    at: UtcDatetime | None = None
    post: Post
    problems: tuple[Problem, ...] = ()
    cost: CostEstimate
    until: UtcDatetime

    @property
    def possible(self) -> bool:
        """Whether nothing stands against it; warnings are for a person to weigh."""
        return all(one.severity != "error" for one in self.problems)

    def __str__(self) -> str:
        when = f"on {self.at:%Y-%m-%d %H:%M} UTC" if self.at is not None else "at its campaign's launch"
        price = f"{self.cost.high} {self.cost.currency}" if self.cost.priced else "no price known"
        text = " ".join(self.post.text.split())
        shown = f": {text[:60]}…" if len(text) > 60 else f": {text}" if text else ""
        lines = [f"{self.delivery} to {self.network} {self.account}, {when}, {price}{shown}"]
        lines += [f"  {one.severity}: {one}" for one in self.problems]
        return "\n".join(lines)


class Rerouting(BaseModel):
    """
    What is proposed for the deliveries of a network that ends. Nothing is moved until it is confirmed.

    Args:
        network: The network that ends.
        proposals: For each delivery one proposal for each other account.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    proposals: tuple[Proposal, ...] = ()

    @property
    def possible(self) -> tuple[Proposal, ...]:
        """The proposals that nothing stands against."""
        return tuple(one for one in self.proposals if one.possible)

    @property
    def stranded(self) -> tuple[str, ...]:
        """The ids of the deliveries for which there is no possible proposal."""
        saved = {one.delivery for one in self.possible}
        return tuple(dict.fromkeys(one.delivery for one in self.proposals if one.delivery not in saved))

    def of(self, delivery_id: str) -> tuple[Proposal, ...]:
        """Give the proposals for one delivery."""
        return tuple(one for one in self.proposals if one.delivery == delivery_id)

    def __str__(self) -> str:
        return "\n".join(str(one) for one in self.proposals) or f"nothing to move from {self.network}"
