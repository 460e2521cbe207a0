"""Between the outbox's models and the rows of its database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from pydantic_core import PydanticSerializationError

from socialconnect.errors import Problem, ValidationError
from socialconnect.outbox.delivery import Delivery, DeliveryState
from socialconnect.post import Draft, Post, PublishedPost

__all__ = ["Row", "Rows", "Value", "micros", "moment", "plain", "published_text"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Value = str | int | None
"""What a column holds."""


class Row(Protocol):
    """A row of any of the databases: its columns by name."""

    def __getitem__(self, name: str, /) -> Any:
        """Give a column."""
        ...


class Rows:
    """
    Args:
        pack: Turns a post into text.
        unpack: Turns the text into the post.
        require: Raises unless the copies of a post's media are there; called while they cannot be cleared away.
    """

    def __init__(
        self,
        pack: Callable[[Post], str],
        unpack: Callable[[str], Post],
        require: Callable[[Post], None] = lambda _: None,
    ) -> None:
        self._pack, self._unpack = pack, unpack
        self.require = require

    def require_copies(self, packed: str) -> None:
        """Make sure that the copies which a post names are there, as `require` does; most posts name none."""
        if '"path":"' in packed:
            self.require(self._unpack(packed))

    def of_delivery(self, delivery: Delivery) -> dict[str, Value]:
        """
        Give the columns that a delivery fills; the lease, the fence and the intent are the store's own.

        Raises:
            ValidationError: A name in it, or its post, holds what no database keeps.
        """
        _require_plain(network=delivery.network, account=delivery.account, campaign=delivery.campaign)
        return {
            "id": delivery.id,
            "network": delivery.network,
            "account": delivery.account,
            "post": self._pack(delivery.post),
            "state": delivery.state.value,
            "at": micros(delivery.at),
            "after": None if delivery.after is None else delivery.after // _MICROSECOND,
            "campaign": delivery.campaign,
            "due": micros(delivery.due),
            "attempts": delivery.attempts,
            "published": published_text(delivery.published),
            "error": delivery.error,
            "error_kind": delivery.error_kind,
            "created": micros(delivery.created_at),
            "changed": micros(delivery.changed_at),
        }

    def delivery(self, row: Row) -> Delivery:
        """Read a delivery."""
        return Delivery(
            id=row["id"],
            network=row["network"],
            account=row["account"],
            post=self._unpack(row["post"]),
            state=DeliveryState(row["state"]),
            at=moment(row["at"]),
            after=None if row["after"] is None else row["after"] * _MICROSECOND,
            campaign=row["campaign"],
            due=moment(row["due"]),
            attempts=row["attempts"],
            partly_live=row["answers"] > 0,
            intent_at=moment(row["intent_at"]),
            looks=row["looks"],
            look_at=moment(row["look_at"]),
            seen=row["seen"],
            published=PublishedPost.model_validate_json(row["published"]) if row["published"] else None,
            error=row["error"],
            error_kind=row["error_kind"],
            created_at=_EPOCH + row["created"] * _MICROSECOND,
            changed_at=_EPOCH + row["changed"] * _MICROSECOND,
        )

    def of_draft(self, draft: Draft) -> dict[str, Value]:
        """Give the columns that a draft fills."""
        return {
            "id": draft.id,
            "network": draft.network,
            "account": draft.account,
            "post": self._pack(draft.post or Post()),
            "created": micros(draft.created_at),
        }

    def draft(self, row: Row) -> Draft:
        """Read a draft."""
        return Draft(
            network=row["network"],
            account=row["account"],
            id=row["id"],
            post=self._unpack(row["post"]),
            held_by="outbox",
            created_at=moment(row["created"]),
        )


def published_text(published: PublishedPost | None) -> str | None:
    """Give a live post as text. What a network answered is kept whatever it holds: the post is live."""
    if published is None:
        return None
    try:
        return published.model_dump_json()
    except PydanticSerializationError:  # half of a pair of surrogates somewhere in it
        return plain(json.dumps(published.model_dump(mode="json"), ensure_ascii=False))


def plain(told: str | None) -> str | None:
    """Give a network's words without what a database does not take: a zero byte, half of a pair of surrogates."""
    return None if told is None else told.replace("\0", "\N{SYMBOL FOR NULL}").encode(errors="replace").decode()


def _require_plain(**names: str | None) -> None:
    message = "holds a zero byte or half of a character, which no database keeps"
    if broken := [name for name, value in names.items() if plain(value) != value]:
        raise ValidationError([Problem(field=name, rule="characters", message=message) for name in broken])


def micros(moment: datetime | None) -> int | None:
    """Give a moment as microseconds since 1970: exact, and in order."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def moment(value: int | None) -> datetime | None:
    """Give the moment back."""
    return None if value is None else _EPOCH + value * _MICROSECOND
