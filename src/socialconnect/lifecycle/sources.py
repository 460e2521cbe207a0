"""
Where newer facts come from without a release of the library: files, folders, and packages with an entry point.

A package brings catalogue files with the entry-point group `socialconnect.catalogues`: the entry point names an
importable package that holds `twitter.toml` and the like. Nothing is signed; see `docs/decisions/`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from socialconnect.errors import ConfigurationError
from socialconnect.lifecycle.catalogue import Catalogue, bundled_file, load, merged, parsed

__all__ = ["ENTRY_POINTS", "VARIABLE", "CatalogueSources", "read_catalogues"]

ENTRY_POINTS = "socialconnect.catalogues"
"""The entry-point group of packages that bring catalogue files."""

VARIABLE = "SOCIALCONNECT_CATALOGUES"
"""The environment variable with files and folders of catalogues, separated as in PATH."""


class CatalogueSources:
    """
    Finds a network's facts: what the application gave, what the environment names, then the newest of what installed
    packages bring and what comes with the library.

    Args:
        given: Catalogues, or files and folders of them, that the application gave.
        environment: Where `SOCIALCONNECT_CATALOGUES` is looked up.

    Raises:
        ConfigurationError: A file cannot be read or is no valid catalogue, or a network has two; says where.
    """

    def __init__(
        self, given: Iterable[Catalogue | Path | str] = (), *, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._chosen = {**_named(environment.get(VARIABLE, "")), **read_catalogues(given)}
        self._whole: dict[str, Catalogue | None] = {}

    def find(self, network: str) -> Catalogue | None:
        """
        Give a network's facts with the rows of the files that it includes, or `None` if there are none.

        Raises:
            ConfigurationError: It includes a file that there is not, or a package brings a file that is not valid.
        """
        if network not in self._whole:  # the same for every thread, whoever is first
            own = self.file(network)
            self._whole[network] = own and merged(own, [self._included(own, name) for name in own.includes])
        return self._whole[network]

    def file(self, name: str) -> Catalogue | None:
        """Give one file's rows alone, such as those of `meta`, or `None`."""
        if name in self._chosen:
            return self._chosen[name]
        known = [one for one in (bundled_file(name), _packaged().get(name)) if one is not None]
        return max(known, key=lambda one: one.verified_on, default=None)

    def _included(self, own: Catalogue, name: str) -> Catalogue:
        found = self.file(name)
        if found is None:
            raise ConfigurationError(f"The catalogue of {own.network} includes {name!r}, and there is no such file.")
        return found


def read_catalogues(given: Iterable[Catalogue | Path | str]) -> dict[str, Catalogue]:
    """
    Read catalogues, each by the name that it is for.

    Args:
        given: Catalogues, files, and folders whose `*.toml` files are catalogues.

    Raises:
        ConfigurationError: A file cannot be read or is no valid catalogue, a folder holds none, or a network has two.
    """
    found: dict[str, Catalogue] = {}
    for one in given:
        for catalogue, where in [(one, "a Catalogue")] if isinstance(one, Catalogue) else _at(Path(one)):
            if catalogue.network in found:
                raise ConfigurationError(f"There are two catalogues of {catalogue.network}; the second is {where}.")
            found[catalogue.network] = catalogue
    return found


def _at(path: Path) -> list[tuple[Catalogue, str]]:
    if not path.is_dir():
        return [(load(path), str(path))]
    files = sorted(path.glob("*.toml"))
    if not files:
        raise ConfigurationError(f"The folder {path} holds no catalogue: there is no *.toml file in it.")
    return [(load(file), str(file)) for file in files]


@lru_cache
def _named(paths: str) -> dict[str, Catalogue]:
    """Read what the environment names, once in a process."""
    return read_catalogues(one for one in paths.split(os.pathsep) if one)


@lru_cache
def _packaged() -> dict[str, Catalogue]:
    """Read what installed packages bring; of two files for one network the one that was checked last."""
    from importlib import metadata, resources  # a network is ready before its catalogue is read

    found: dict[str, Catalogue] = {}
    for point in metadata.entry_points(group=ENTRY_POINTS):
        try:
            folder = resources.files(point.value)
            files = [one for one in folder.iterdir() if one.name.endswith(".toml")]
        except (ImportError, TypeError, OSError) as error:
            raise ConfigurationError(
                f"The entry point {point.name!r} in {ENTRY_POINTS} names no package with catalogue files: {error}."
            ) from error
        for file in files:
            read = parsed(file.read_text("utf-8"), f"{point.value}: {file.name}")
            known = found.get(read.network)
            if known is None or known.verified_on < read.verified_on:
                found[read.network] = read
    return found
