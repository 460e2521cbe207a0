"""
The version segment of a Graph address.

An ended version is not refused: the oldest live one serves the call, and only the `facebook-api-version` header tells
(https://developers.facebook.com/docs/apps/versions). The Marketing API refuses it with code 2635; so does the emulator
if told to.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from socialconnect.lifecycle.catalogue import ApiVersion, bundled
from socialconnect.testing.emulators.graph.errors import GraphError

__all__ = ["EndedVersions", "served_version", "split_version"]

EndedVersions = Literal["forward", "reject-2635"]
"""What happens to a call for a version that has ended."""

_VERSION = re.compile(r"v\d+\.\d+")
_API = "graph"


def split_version(path: str) -> tuple[str | None, list[str]]:
    """Split a path into its version, if it names one, and the segments after it."""
    segments = [one for one in path.split("/") if one]
    if segments and _VERSION.fullmatch(segments[0]):
        return segments[0], segments[1:]
    return None, segments


def served_version(asked: str | None, path: str, on: date, ended: EndedVersions) -> str:
    """
    Give the version that serves a call on a day; without a version in the address, the oldest live one.

    Raises:
        GraphError: There is no such version on that day, or it has ended and is refused.
    """
    catalogue = bundled("meta")
    released = [row for row in catalogue.versions if row.api == _API and row.released <= on] if catalogue else []
    if not released:
        raise GraphError(2500, f"Unknown path components: {path}")
    live = [row for row in released if row.ends is None or on < row.ends] or [max(released, key=_release)]
    oldest = min(live, key=_release).version
    if asked is None:
        return oldest
    row = next((one for one in released if one.version == asked), None)
    if row is None:
        raise GraphError(2500, f"Unknown path components: {path}")
    if row in live:
        return asked
    if ended == "reject-2635":
        newest = max(live, key=_release).version
        raise GraphError(
            2635,
            "(#2635) You are calling a deprecated version of the Ads API. "
            f"Please update to the latest version: {newest}.",
        )
    return oldest


def _release(row: ApiVersion) -> date:
    return row.released
