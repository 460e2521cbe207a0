"""What data from a network may be used for, how long it may be kept, and where each piece of it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from socialconnect.errors import ConfigurationError, DataUseForbidden
from socialconnect.times import UtcDatetime

__all__ = [
    "DataKind",
    "DataUse",
    "HasProvenance",
    "Provenance",
    "Verdict",
    "keep_until",
    "provenance_of",
    "require_use",
    "required_use",
]

Verdict = Literal["allowed", "limited", "unstated", "forbidden"]
"""What a rule says of a use, from the freest to the strictest; where several rules speak, the strictest counts."""

DataKind = Literal["posts", "metrics", "account_metrics"]
"""What was read: posts, the numbers of posts, or the numbers of an account as a whole."""

_STRICTEST_FIRST: tuple[str, ...] = ("forbidden", "unstated", "limited", "allowed")


class DataUse(BaseModel):
    """
    A rule on what data from a network may be used for.

    Args:
        topic: What it is about, such as `ai-training` or `retention`.
        rule: The rule in one or two sentences.
        verdict: `allowed`, `forbidden`, `limited` or `unstated`.
        source: The document's address or name.
        read_on: The day on which it was read.
        keep: How long the data may be kept, where the rule names a time.
        data: The kinds of data that it is about; all if there are none.
        accounts: The accounts that it is about; `*` stands for any characters.
        effective: The day (UTC) from which it holds; `None` where that is not told: it then counts for every day.
        until: The day from which it no longer does.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    topic: str
    rule: str
    verdict: str = Field(pattern="^(allowed|forbidden|limited|unstated)$")
    source: str
    read_on: date
    keep: timedelta | None = Field(default=None, gt=timedelta(0))
    data: tuple[DataKind, ...] = ()
    accounts: str = "*"
    effective: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the rule is in force on a day."""
        return (self.effective is None or self.effective <= on) and (self.until is None or on < self.until)

    def covers(self, kind: DataKind, account: str) -> bool:
        """Whether the rule is about this kind of data of this account."""
        return (not self.data or kind in self.data) and fnmatchcase(account, self.accounts)


class Provenance(BaseModel):
    """
    Where a piece of data comes from, when it was read, and under which terms.

    Args:
        network: The network that gave it.
        account: The account that it was read for.
        kind: What was read.
        read_at: When.
        api_version: The version of the API that gave it, where the network has versions.
        keep_until: Until when it may be kept; `None` where the terms name no time, which is no leave to keep it for
            ever: see the rule on `retention`.
        terms: The rules that hold for it, each with its source and the day on which it was read.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    account: str
    kind: DataKind
    read_at: UtcDatetime
    api_version: str | None = None
    keep_until: UtcDatetime | None = None
    terms: tuple[DataUse, ...] = Field(default=(), repr=False)

    @property
    def ai_training(self) -> str:
        """Whether AI models may be trained on it: `allowed`, `limited`, `unstated` or `forbidden`."""
        found = _deciding(self.terms, "ai-training")
        return found.verdict if found is not None else "unstated"

    def require_use(self, topic: str, *, accept: Collection[Verdict] = ()) -> DataUse:
        """
        Go on only if the terms allow a use.

        Args:
            topic: The use, such as `ai-training`.
            accept: What counts as allowed besides `allowed` itself: `limited` or `unstated`, for one who has read the
                rule and keeps to it. What is forbidden can not be accepted.

        Returns:
            The rule that allows it.

        Raises:
            DataUseForbidden: They do not; with the rule and its source.
        """
        return required_use(self.network, self.terms, topic, accept)


def provenance_of(
    terms: Iterable[DataUse],
    *,
    network: str,
    account: str,
    kind: DataKind,
    read_at: datetime,
    api_version: str | None = None,
) -> Provenance:
    """Say where data comes from that was just read, with those of the network's terms that are about it that day."""
    day = read_at.astimezone(UTC).date()
    own = tuple(one for one in terms if one.covers(kind, account) and one.holds(day))
    return Provenance(
        network=network,
        account=account,
        kind=kind,
        read_at=read_at,
        api_version=api_version,
        keep_until=keep_until(own, read_at),
        terms=own,
    )


class HasProvenance(Protocol):
    """Data that says where it comes from: posts that were read back, the numbers of posts or of an account."""

    @property
    def provenance(self) -> Provenance | None:
        """Where it comes from; `None` if it does not say."""
        ...


def require_use(data: Iterable[HasProvenance], topic: str, *, accept: Collection[Verdict] = ()) -> dict[str, DataUse]:
    """
    Go on only if the terms of every network that data comes from allow a use: for a report about several.

    ```python
    require_use([*facebook_report, *twitter_report, *posts], "ai-training")
    ```

    Args:
        data: The data. An iterable of nothing is allowed every use.
        topic: The use, such as `ai-training`.
        accept: What counts as allowed besides `allowed` itself; see `Provenance.require_use`.

    Returns:
        The rule that allows it, by the network; where several of a network's do, that of the last piece of data.

    Raises:
        DataUseForbidden: One of them does not, or a piece of data does not say where it comes from. The message tells
            of each refusal once; the rule, the source and the network are the first one's.
    """
    found: dict[str, DataUse] = {}
    refused: dict[str, DataUseForbidden] = {}
    for one in data:
        where = one.provenance
        if where is None:
            raise DataUseForbidden(
                f"A piece of the data does not say where it comes from, and so not whether {topic} is allowed.",
                topic=topic,
                hint="Use what fetch_metrics, fetch_account_metrics and posts gave.",
            )
        try:
            found[where.network] = where.require_use(topic, accept=accept)
        except DataUseForbidden as error:
            refused.setdefault(error.message, error)  # a network's terms may differ by the day and the account
    if refused:
        first = next(iter(refused.values()))
        told = " ".join(one.message for one in refused.values())
        raise DataUseForbidden(told, topic=topic, rule=first.rule, network=first.network) from first
    return found


def keep_until(terms: Iterable[DataUse], read_at: datetime) -> datetime | None:
    """Say until when data may be kept: where several rules name a time, the shortest counts."""
    times = [one.keep for one in terms if one.keep is not None]
    return read_at + min(times) if times else None


def required_use(network: str, terms: Iterable[DataUse], topic: str, accept: Collection[Verdict] = ()) -> DataUse:
    """Give the rule that allows a use; see `Provenance.require_use`."""
    accepted = (accept,) if isinstance(accept, str) else accept  # a text is a collection too: of letters
    if "forbidden" in accepted:
        raise ConfigurationError("What the terms forbid cannot be accepted; accept takes `limited` and `unstated`.")
    rules = list(terms)
    found = _deciding(rules, topic)
    if found is None:
        known = ", ".join(sorted({one.topic for one in rules})) or "nothing"
        raise DataUseForbidden(
            f"The terms of {network} that the catalogue knows say nothing of {topic}; they speak of {known}.",
            topic=topic,
            network=network,
        )
    if found.verdict == "allowed" or found.verdict in accepted:
        return found
    raise DataUseForbidden(
        f"The terms of {network} on {topic}: {found.verdict}. {found.rule} "
        f"(source: {found.source}, read on {found.read_on})",
        topic=topic,
        rule=found,
        network=network,
    )


def _deciding(terms: Iterable[DataUse], topic: str) -> DataUse | None:
    rules = [one for one in terms if one.topic == topic]
    return min(rules, key=lambda one: _STRICTEST_FIRST.index(one.verdict), default=None)
