"""A small catalogue of a network that does not exist, for the rules that hold whatever the facts are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pytest

from socialconnect.lifecycle import Catalogue

Row = Mapping[str, object]
MakeCatalogue = Callable[..., Catalogue]


def _entry(row: Row) -> dict[str, object]:
    whole = {"what": "It ends.", "state": "retired", "operations": ("publish",), "source": "https://example.com/notice"}
    return {"id": f"{row.get('state', 'retired')}-{row.get('effective')}", **whole, **row}


@pytest.fixture
def make_catalogue() -> MakeCatalogue:
    """Give a function from entries, versions and prices to the catalogue of a network called `sample`."""

    def make(
        *entries: Row,
        versions: Sequence[Row] = (),
        prices: Sequence[Row] = (),
        verified_on: date = date(2026, 11, 24),
    ) -> Catalogue:
        tables = {
            "network": "sample",
            "verified_on": verified_on,
            "entries": [_entry(one) for one in entries],
            "versions": [{"api": "main", "source": "https://example.com/versions", **one} for one in versions],
            "prices": [{"label": "Thing", "source": "https://example.com/prices", **one} for one in prices],
        }
        return Catalogue.model_validate(tables)

    return make
