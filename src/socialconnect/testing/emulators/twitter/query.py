"""Query parameters, checked as the X API checks them: what is not known, and what is out of bounds, is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter.errors import invalid, invalid_parameter
from socialconnect.testing.emulators.twitter.fields import MEDIA_FIELDS, PLACE_FIELDS, POLL_FIELDS, Names

__all__ = ["Asked", "Query"]

_ID = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True)
class Asked:
    """What a read asked for, and in which names."""

    names: Names
    post_fields: frozenset[str] = frozenset()
    user_fields: frozenset[str] = frozenset()
    media_fields: frozenset[str] = frozenset()
    poll_fields: frozenset[str] = frozenset()
    place_fields: frozenset[str] = frozenset()
    expansions: frozenset[str] = field(default_factory=frozenset[str])


class Query:
    """
    The parameters of one request.

    Args:
        request: The request.
        names: The vocabulary that it is answered in.
    """

    def __init__(self, request: EmulatedRequest, names: Names) -> None:
        self.names = names
        self._sent = request.query
        self._pairs = request.query_pairs

    def posts(self, *own: str) -> Asked:
        """Read what a read of posts takes, beside its own parameters."""
        names = self.names
        return self._asked(own, {
            "expansions": names.expansions,
            names.fields: names.post_fields,
            "media.fields": MEDIA_FIELDS,
            "poll.fields": POLL_FIELDS,
            "place.fields": PLACE_FIELDS,
            "user.fields": names.user_fields,
        })  # fmt: skip

    def users(self, *own: str) -> Asked:
        """Read what a read of users takes, beside its own parameters."""
        names = self.names
        return self._asked(own, {
            "expansions": names.user_expansions,
            names.fields: names.post_fields,
            "user.fields": names.user_fields,
        })  # fmt: skip

    def only(self, *own: str, **fields: Sequence[str]) -> dict[str, list[str]]:
        """Read parameters of another kind; fields are named with `_fields` for `.fields`."""
        known = {name.replace("_fields", ".fields"): values for name, values in fields.items()}
        self._check(own, known)
        return {name: self.listed(name) for name in known}

    def listed(self, name: str) -> list[str]:
        """Give the values of a list with commas."""
        return [one for one in self._sent.get(name, "").split(",") if one]

    def get(self, name: str) -> str | None:
        """Give a parameter's value, or `None`."""
        return self._sent.get(name)

    def required_list(self, name: str, most: int, *, pattern: re.Pattern[str] = _ID) -> list[str]:
        """Give the values of a list that must be there: from 1 to `most`, each of its form."""
        values = self.listed(name)
        if not values:
            raise self.bad(name, [], f"The `{name}` query parameter can not be empty")
        if len(values) > most:
            count = f"The number of values in the `{name}` query parameter list [{len(values)}] is not between 1 and"
            raise self.bad(name, values, f"{count} {most}")
        for one in values:
            if not pattern.fullmatch(one):
                raise self.bad(name, [one], f"The `{name}` query parameter value [{one}] is not valid")
        return values

    def post_id(self, name: str) -> int | None:
        """Give an id, or `None` if there is none."""
        sent = self.get(name)
        if sent is None:
            return None
        self.check_id(name, sent)
        return int(sent)

    def check_id(self, name: str, value: str) -> None:
        """Refuse what is no id."""
        if not _ID.fullmatch(value):
            raise self.bad(name, [value], f"The `{name}` query parameter value [{value}] is not valid")

    def number(self, name: str, least: int, most: int, default: int) -> int:
        """Give a whole number within bounds."""
        sent = self.get(name)
        if sent is None:
            return default
        if not sent.isascii() or not sent.isdecimal() or not least <= int(sent) <= most:
            told = f"The `{name}` query parameter value [{sent}] is not between {least} and {most}"
            raise self.bad(name, [sent], told)
        return int(sent)

    def one_of(self, name: str, values: Sequence[str], default: str | None) -> str | None:
        """Give one of some values."""
        sent = self.get(name)
        if sent is not None and sent not in values:
            told = f"The `{name}` query parameter value [{sent}] is not one of [{','.join(values)}]"
            raise self.bad(name, [sent], told)
        return default if sent is None else sent

    def some_of(self, name: str, values: Sequence[str]) -> set[str]:
        """Give some of some values."""
        for one in self.listed(name):
            if one not in values:
                told = f"The `{name}` query parameter value [{one}] is not one of [{','.join(values)}]"
                raise self.bad(name, [one], told)
        return set(self.listed(name))

    def time(self, name: str, *, required: bool = False) -> datetime | None:
        """Give a time."""
        sent = self.get(name)
        if sent is None:
            if required:
                raise self.bad(name, [], f"The `{name}` query parameter can not be empty")
            return None
        try:
            read = datetime.fromisoformat(sent)
        except ValueError:
            read = None
        if read is None or read.tzinfo is None or "T" not in sent:
            raise self.bad(
                name, [sent], f"The `{name}` query parameter value [{sent}] is not a valid RFC3339 date-time"
            )
        return read

    def bad(self, name: str, values: Sequence[str], message: str) -> Refused:
        """Make the refusal of a parameter, in the form of the vocabulary's time."""
        if self.names.legacy:
            return invalid(message, parameters={name: values})
        return invalid_parameter(name, ",".join(values), message)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _check(self, own: Sequence[str], fields: Mapping[str, Sequence[str]]) -> None:
        allowed = [*own, *fields]
        for name, value in self._pairs:
            if name not in allowed:
                told = f"The query parameter [{name}] is not one of [{','.join(allowed)}]"
                raise self.bad(name, value.split(","), told)
        for name, values in fields.items():
            if self.get(name) == "":
                raise self.bad(name, [], f"The `{name}` query parameter can not be empty")
            self.some_of(name, values)

    def _asked(self, own: Sequence[str], fields: Mapping[str, Sequence[str]]) -> Asked:
        self._check(own, fields)
        expansions = frozenset(self.listed("expansions"))
        post_fields = set(self.listed(self.names.fields))
        if not self.names.legacy:  # there these keys come with their expansion
            post_fields |= {"author_id", "in_reply_to_user_id", "referenced_posts", "username"} & expansions
        return Asked(
            self.names,
            frozenset(post_fields),
            frozenset(self.listed("user.fields")),
            frozenset(self.listed("media.fields")),
            frozenset(self.listed("poll.fields")),
            frozenset(self.listed("place.fields")),
            expansions,
        )
