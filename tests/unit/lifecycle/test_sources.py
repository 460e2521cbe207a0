"""Newer facts without a release: files, folders, the environment, and packages with an entry point."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from datetime import date
from importlib import metadata
from pathlib import Path

import pytest

from socialconnect import ConfigurationError, Lifecycle
from socialconnect.lifecycle import sources
from socialconnect.lifecycle.catalogue import bundled, bundled_file
from socialconnect.lifecycle.sources import VARIABLE, CatalogueSources, read_catalogues

HEAD = 'network = "{network}"\nverified_on = {day}\n'
VERSION = '[[versions]]\napi = "graph"\nversion = "v99.0"\nreleased = 2026-11-01\nsource = "https://example.com"\n'


def write(path: Path, network: str, day: str = "2027-01-01", more: str = "") -> Path:
    """Write a catalogue file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(network=network, day=day) + more, "utf-8")
    return path


def checked(lifecycle: Lifecycle, network: str) -> date:
    """Give the day on which the facts in use were checked."""
    found = lifecycle.catalogue(network)
    assert found is not None
    return found.verified_on


def test_a_file_takes_the_place_of_the_bundled_one(tmp_path: Path) -> None:
    """One network's facts are the file's, the others' stay; text and Path are taken alike."""
    file = write(tmp_path / "twitter.toml", "twitter")
    for given in (file, str(file)):
        lifecycle = Lifecycle(catalogues=[given])
        assert checked(lifecycle, "twitter") == date(2027, 1, 1)
        assert lifecycle.catalogue("linkedin") is bundled("linkedin")


def test_a_folder_holds_several(tmp_path: Path) -> None:
    """Every *.toml file in it is read; a network of a third party has its facts too."""
    write(tmp_path / "twitter.toml", "twitter")
    write(tmp_path / "mastodon.toml", "mastodon")
    lifecycle = Lifecycle(catalogues=[tmp_path])
    assert checked(lifecycle, "mastodon") == checked(lifecycle, "twitter") == date(2027, 1, 1)
    assert lifecycle.status("mastodon", date(2027, 1, 2)).verified_on == date(2027, 1, 1)


def test_a_newer_shared_file_reaches_those_that_include_it(tmp_path: Path) -> None:
    """New Graph versions in `meta.toml` alone are known for Facebook and Instagram, beside their own metrics."""
    lifecycle = Lifecycle(catalogues=[write(tmp_path / "meta.toml", "meta", more=VERSION)])
    for network in ("facebook", "instagram"):
        found = lifecycle.catalogue(network)
        known = bundled_file(network)
        assert found is not None
        assert known is not None
        assert [one.version for one in found.versions] == ["v99.0"]
        assert found.metrics == known.metrics
        assert found.verified_on == known.verified_on, "no fresher than its oldest part"


def test_an_own_file_gets_the_shared_rows(tmp_path: Path) -> None:
    """A file that includes `meta` gets the bundled rows of it; its own row of the same name comes first."""
    row = '[[entries]]\nid = "groups-api"\nwhat = "Ours."\nstate = "retired"\nsource = "https://example.com"\n'
    lifecycle = Lifecycle(catalogues=[write(tmp_path / "f.toml", "facebook", more=f'includes = ["meta"]\n{row}')])
    found = lifecycle.catalogue("facebook")
    assert found is not None
    assert found.version("graph", "v26.0") is not None
    assert [one.what for one in found.entries if one.id == "groups-api"] == ["Ours."]


def test_what_is_whole_already_is_not_doubled() -> None:
    """The bundled catalogue, passed on as it is, stays as it is."""
    whole = bundled("facebook")
    assert whole is not None
    assert Lifecycle(catalogues=[whole]).catalogue("facebook") == whole


def test_the_environment_names_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Operators put files in place without a change to the program, whose own choice comes first."""
    theirs, ours = write(tmp_path / "a" / "twitter.toml", "twitter"), tmp_path / "b" / "twitter.toml"
    other = write(tmp_path / "c" / "linkedin.toml", "linkedin")
    monkeypatch.setenv(VARIABLE, f"{theirs}{os.pathsep}{other.parent}")
    assert checked(Lifecycle(), "twitter") == checked(Lifecycle(), "linkedin") == date(2027, 1, 1)
    write(ours, "twitter", "2028-01-01")
    assert checked(Lifecycle(catalogues=[ours]), "twitter") == date(2028, 1, 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "Cannot read the catalogue .*twitter.toml"),
        ("\udcff", "twitter.toml is not valid TOML"),
        ("network = ", "twitter.toml is not valid TOML"),
        ('network = "twitter"', "twitter.toml is not a valid catalogue: verified_on: Field required"),
        (HEAD.format(network="twitter", day="2027-01-01") + "format = 2", "format: Input should be 1"),
        (HEAD.format(network="twitter", day="2027-02-30"), "twitter.toml is not valid TOML"),
        (HEAD.format(network="twitter", day='"yesterday"'), "verified_on: Input should be a valid date"),
    ],
)
def test_a_broken_file_is_told_with_its_place(tmp_path: Path, text: str | None, told: str) -> None:
    """The error comes where the file is named, not at the first call."""
    file = tmp_path / "twitter.toml"
    if text is not None:
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigurationError, match=told):
        Lifecycle(catalogues=[file])


def test_an_empty_folder_and_a_second_file_are_told(tmp_path: Path) -> None:
    """A folder without facts is a mistake, and so are two files for one network."""
    with pytest.raises(ConfigurationError, match="holds no catalogue"):
        read_catalogues([tmp_path])
    one, two = write(tmp_path / "1.toml", "twitter"), write(tmp_path / "2.toml", "twitter")
    with pytest.raises(ConfigurationError, match=r"two catalogues of twitter; the second is .*2\.toml"):
        read_catalogues([one, two])


def test_a_file_that_is_included_must_be_there(tmp_path: Path) -> None:
    """A misspelt include is told with the network that asks for it."""
    file = write(tmp_path / "twitter.toml", "twitter", more='includes = ["mta"]')
    with pytest.raises(ConfigurationError, match="twitter includes 'mta'"):
        Lifecycle(catalogues=[file]).catalogue("twitter")


# ── packages ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package named `newer_facts` that the entry point names; give its folder."""
    folder = tmp_path / "newer_facts"
    folder.mkdir()
    (folder / "__init__.py").write_text("", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = metadata.EntryPoint("facts", "newer_facts", sources.ENTRY_POINTS)
    monkeypatch.setattr(metadata, "entry_points", lambda *, group: [point] if group == sources.ENTRY_POINTS else [])
    sources._packaged.cache_clear()
    importlib.invalidate_caches()
    yield folder
    sys.modules.pop("newer_facts", None)
    sources._packaged.cache_clear()


def test_a_package_brings_newer_facts(package: Path) -> None:
    """Installing it is enough."""
    write(package / "twitter.toml", "twitter")
    assert checked(Lifecycle(), "twitter") == date(2027, 1, 1)


def test_a_package_that_is_older_than_the_library_is_passed_over(package: Path) -> None:
    """After an upgrade of the library a forgotten package does not bring old facts back."""
    write(package / "twitter.toml", "twitter", "2020-01-01")
    assert Lifecycle().catalogue("twitter") is not None
    assert checked(Lifecycle(), "twitter") > date(2020, 1, 1)


def test_a_broken_package_is_told(package: Path) -> None:
    """The package and the file are named."""
    (package / "twitter.toml").write_text("network = 1", "utf-8")
    with pytest.raises(ConfigurationError, match=r"newer_facts: twitter\.toml is not a valid catalogue"):
        CatalogueSources().find("twitter")


def test_an_entry_point_without_a_package_is_told(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry point is named, with its group."""
    point = metadata.EntryPoint("facts", "no_such_package", sources.ENTRY_POINTS)
    monkeypatch.setattr(metadata, "entry_points", lambda *, group: [point])
    with pytest.raises(ConfigurationError, match=r"'facts' in socialconnect\.catalogues names no package"):
        CatalogueSources().find("twitter")
