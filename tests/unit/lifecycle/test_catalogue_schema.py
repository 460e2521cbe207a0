"""A catalogue file: what is wrong with one is told with the file and the row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from socialconnect import ConfigurationError
from socialconnect.lifecycle.catalogue import bundled, load, parsed

HEAD = 'network = "sample"\nverified_on = 2026-11-24\n'
ENTRY = '[[entries]]\nid = "an-end"\nwhat = "It ends."\nstate = "retired"\nsource = "https://example.com"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("network = ]\n", "not valid TOML.*line 1, column 11"),
        ('network = "sample"\n', "verified_on: Field required"),
        (HEAD + ENTRY + 'colour = "red"\n', r"entries\[0\] \(an-end\).colour: Extra inputs"),
        (HEAD + ENTRY + 'operations = ["like"]\n', r"entries\[0\] \(an-end\).operations.*no such operation: like"),
        (HEAD + ENTRY + "effective = 2026-12-01T10:00:00\n", r"entries\[0\] \(an-end\).effective"),
        (HEAD + ENTRY + 'price = "a lot"\n', r"entries\[0\] \(an-end\).price.*100 USD per month"),
        (HEAD + ENTRY + 'resources = { publish = "x" }\n', r"\(an-end\).*resources names.*publish"),
        (HEAD + ENTRY + ENTRY, "more than one row is called entry an-end"),
        (HEAD + ENTRY.replace("retired", "dead"), r"entries\[0\] \(an-end\).state"),
        (HEAD + 'entries = "none"\n', "entries: "),
    ],
)
def test_a_faulty_file_says_where(text: str, told: str) -> None:
    """Each fault names the file, the row and the field."""
    with pytest.raises(ConfigurationError, match=told) as caught:
        parsed(text, "sample.toml")
    assert caught.value.message.startswith("sample.toml ")


def test_several_faults_are_told_at_once() -> None:
    """All that is wrong with a file stands in one error."""
    with pytest.raises(ConfigurationError) as caught:
        parsed(HEAD + ENTRY + 'colour = "red"\nuntil = "soon"\n', "sample.toml")
    assert "colour" in caught.value.message
    assert "until" in caught.value.message


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing file is a fault of the set-up."""
    with pytest.raises(ConfigurationError, match=r"Cannot read .*gone\.toml"):
        load(tmp_path / "gone.toml")


def test_a_file_is_read_as_written(tmp_path: Path) -> None:
    """Days stay days, moments stay moments, money is exact."""
    file = tmp_path / "sample.toml"
    file.write_text(HEAD + ENTRY + 'announced = 2026-01-01\neffective = 2026-12-01T10:00:00Z\nprice = "0.10 EUR"\n')
    entry = load(file).entries[0]
    assert entry.announced == date(2026, 1, 1)
    assert entry.effective == datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert str(entry.price) == "0.10 EUR"


def test_an_unknown_network_has_no_catalogue() -> None:
    """A third party's network is not an error."""
    assert bundled("mastodon") is None


def test_a_version_is_chosen_even_where_no_row_is_live() -> None:
    """Old facts and early days stop nobody: the newest version that was seen is asked for."""
    row = '[[versions]]\napi = "a"\nversion = "{}"\nreleased = {}\nends = {}\nsource = "https://example.com"\n'
    rows = row.format("1", "2020-01-01", "2021-01-01") + row.format("2", "2021-01-01", "2022-01-01")
    catalogue = parsed(HEAD + rows, "sample.toml")
    assert catalogue.newest_version("a", date(2020, 6, 1)) == "1"
    assert catalogue.live_version("a", date(2023, 1, 1)) is None
    assert catalogue.default_version("a", date(2023, 1, 1)) == "2"
    assert catalogue.default_version("a", date(2019, 1, 1)) == "2"
    with pytest.raises(ConfigurationError, match="knows no live version of a on 2023-01-01"):
        catalogue.newest_version("a", date(2023, 1, 1))
    with pytest.raises(ConfigurationError, match="no version of an API named 'b'"):
        catalogue.default_version("b", date(2023, 1, 1))


def test_the_closest_name_decides() -> None:
    """An exact name comes before a pattern, and a longer pattern before a shorter one."""
    row = '[[metrics]]\nlevel = "post"\nnames = ["{}"]\nends = {}\nsource = "https://example.com"\n'
    rows = row.format("seen*", "2021-01-01") + row.format("seen*_unique", "2022-01-01")
    catalogue = parsed(HEAD + rows + row.format("seen_all_unique", "2023-01-01"), "sample.toml")
    ends = {name: catalogue.metric(name, "post") for name in ("seen_all", "seen_x_unique", "seen_all_unique", "other")}
    assert [row and row.ends for row in ends.values()] == [
        date(2021, 1, 1),
        date(2022, 1, 1),
        date(2023, 1, 1),
        None,
    ]
    assert catalogue.metric("seen_all", "page") is None
