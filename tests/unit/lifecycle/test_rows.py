"""Rows that contradict themselves are refused, and a row's own check is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from socialconnect import ApiRetired, ApiVersionRetired
from socialconnect.lifecycle import Catalogue, Gate, Lifecycle
from socialconnect.lifecycle.drift import read_drift
from socialconnect.testing import TestClock

MakeCatalogue = Callable[..., Catalogue]
DAY = date(2026, 1, 1)
PRICE = {"resource": "thing", "low": "1 USD", "high": "1 USD", "effective": DAY}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({"versions": [{"version": "1", "released": DAY, "ends": DAY}]}, "ends .* is not after released"),
        ({"prices": [{**PRICE, "until": DAY}]}, "until .* is not after effective"),
        ({"prices": [{**PRICE, "low": "2 USD"}]}, "low .2 USD. is not at most high"),
        ({"prices": [{**PRICE, "high": "9 EUR"}]}, "is not at most high"),
        ({"prices": [PRICE, PRICE]}, "more than one row is called price thing from 2026-01-01"),
        (
            {"prices": [PRICE, {**PRICE, "effective": date(2026, 3, 1)}]},
            "price of thing from 2026-03-01 begins while .* from 2026-01-01 holds: give that one until = 2026-03-01",
        ),
    ],
)
def test_a_row_that_contradicts_itself_is_refused(
    make_catalogue: MakeCatalogue, rows: dict[str, object], told: str
) -> None:
    """What cannot be true is a slip of the pen, told when the file is read."""
    with pytest.raises(ValueError, match=told):
        make_catalogue(**rows)


def test_a_rows_own_check_is_told(make_catalogue: MakeCatalogue) -> None:
    """The status says when the very claim was last checked; the file's day stands in for it."""
    catalogue = make_catalogue(
        {"effective": DAY, "operations": ("posts",), "verified_on": date(2026, 3, 1)}, {"id": "b", "effective": DAY}
    )
    operations = Lifecycle(catalogues=[catalogue]).status("sample", date(2026, 12, 1)).operations
    assert operations["posts"].verified_on == date(2026, 3, 1)
    assert operations["publish"].verified_on == date(2026, 11, 24)
    assert operations["delete"].verified_on is None


def test_facts_have_no_age_before_they_were_checked(make_catalogue: MakeCatalogue) -> None:
    """A clock of the past does not make facts younger than none."""
    lifecycle = Lifecycle(catalogues=[make_catalogue()])
    assert lifecycle.status("sample", DAY).checked_days_ago == 0
    now = datetime(2026, 12, 4, tzinfo=UTC)
    assert lifecycle.status("sample", DAY, known_until=now).checked_days_ago == 10


def test_an_account_that_is_no_number_is_masked_too(make_catalogue: MakeCatalogue, tmp_path: object) -> None:
    """Whatever an account is called, its name does not reach the drift record."""
    path = f"{tmp_path}/drift.jsonl"
    lifecycle = Lifecycle(catalogues=[make_catalogue()], drift_file=path)
    gate = Gate(lifecycle, network="sample", account="brand.example", clock=TestClock())
    gate.learn(ApiRetired("brand.example may not.", status=410), "publish")
    assert read_drift(path)[0].message == "{id} may not."


def test_an_end_that_the_adapter_knows_the_source_of_is_foreseen(make_catalogue: MakeCatalogue) -> None:
    """A metric's end is told to the adapter by the catalogue: its answer contradicts nothing."""
    gate = Gate(Lifecycle(catalogues=[make_catalogue()]), network="sample", account="7", clock=TestClock())
    gate.learn(ApiRetired("The metric is gone.", status=400, source="https://example.com/metrics"), "fetch_metrics")
    assert not gate.status().answers[0].contradicts


def test_a_surprise_has_no_source_but_the_answer(make_catalogue: MakeCatalogue) -> None:
    """The source of when a version will end is none for the claim that it has ended already."""
    versions = [{"version": "1", "released": date(2025, 1, 1), "ends": date(2027, 1, 1)}]
    lifecycle = Lifecycle(catalogues=[make_catalogue(versions=versions)])
    gate = Gate(lifecycle, network="sample", account="7", clock=TestClock(), api="main", version="1")
    error = ApiVersionRetired("Not active.", status=426)
    gate.learn(error, "posts")
    assert error.source == "answer"


def test_an_unexpected_success_stays_told(make_catalogue: MakeCatalogue) -> None:
    """What works against the catalogue is told from the first time on, and not taken back by working again."""
    lifecycle = Lifecycle(catalogues=[make_catalogue({"effective": DAY})], enforce=False)
    clock = TestClock()
    gate = Gate(lifecycle, network="sample", account="7", clock=clock)
    with pytest.warns(match="The call goes on"):
        gate.check("publish")
    first = clock.now()
    for _ in range(2):
        gate.passed("publish")
        clock.advance(60)
    assert [one.at for one in gate.status().answers] == [first]
