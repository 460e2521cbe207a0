"""
Drift: where a network's own answer contradicts the catalogue.

The answer wins. A record of it, small and without secrets or ids, can be kept in a file for whoever maintains the
catalogue: what was believed, what came, the request line and the codes.
"""

from __future__ import annotations

import logging
import re
import threading
from datetime import date
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic import ValidationError as ShapeError

from socialconnect.errors import ConfigurationError

__all__ = ["DriftFile", "DriftRecord", "masked_line", "masked_text", "read_drift"]

_log = logging.getLogger("socialconnect.lifecycle")

_LONGEST = 400
# What names something of the API in a path: a word, or a version. All else is somebody's id.
_NO_ID = re.compile(r"[A-Za-z][A-Za-z_]*|v?\d{1,2}(\.\d+)?|[a-z_]+\.json")
_IDS = re.compile(r"urn:[^\s,()]+|\b\d{5,}\b")


class DriftRecord(BaseModel):
    """
    One contradiction.

    Args:
        at: When the network answered.
        network: The network's name.
        operation: The operation that was called.
        believed: What the catalogue said, in a few words.
        entry: The id of the catalogue's entry that said so, if one did.
        checked: The day on which the catalogue's facts were last checked.
        came: What the network's answer meant, such as the error's class.
        message: The network's words, ids masked.
        request: The method, the path without ids, and the names of its parameters.
        status: The HTTP status.
        code: The network's own code.
        api_version: The API version that was asked for.
        served_version: The version that answered, where the network tells.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    at: AwareDatetime
    network: str
    operation: str
    believed: str
    entry: str | None = None
    checked: date | None = None
    came: str
    message: str | None = None
    request: str | None = None
    status: int | None = None
    code: str | None = None
    api_version: str | None = None
    served_version: str | None = None

    def __str__(self) -> str:
        """Give it in a sentence."""
        return f"the catalogue said {self.believed}; the network answered {self.came}"

    @property
    def cause(self) -> str:
        """What it is about: the same for each time that the same answer comes."""
        told = (self.network, self.operation, self.came, self.code, self.api_version, self.served_version)
        return ":".join(part for part in told if part)


class DriftFile:
    """
    A file with one JSON record in each line. Each contradiction is written once for each object. Thread-safe.

    Args:
        path: The file; made if it is not there, added to if it is.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._written: set[str] = set()
        self._lock = threading.Lock()

    def add(self, record: DriftRecord) -> None:
        """Write a record. A file that cannot be written is logged, and breaks no call."""
        with self._lock:
            if record.cause in self._written:
                return
            try:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(f"{record.model_dump_json(exclude_none=True)}\n")
            except OSError as error:
                _log.warning("Cannot write the drift record to %s: %s", self._path, error.strerror)
                return
            self._written.add(record.cause)


def read_drift(path: Path | str) -> list[DriftRecord]:
    """
    Read a file of drift records.

    Raises:
        ConfigurationError: It cannot be read, or a line of it is no record; says which.
    """
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"Cannot read the drift records {path}: {error}.") from error
    records: list[DriftRecord] = []
    for number, line in enumerate(lines, 1):
        try:
            records.append(DriftRecord.model_validate_json(line))
        except ShapeError as error:
            raise ConfigurationError(
                f"{path}, line {number} is no drift record: {error.errors()[0]['msg']}."
            ) from error
    return records


def masked_line(request: str) -> str:
    """Give a request line, such as `GET /2/tweets/123?ids`, without what names an account or a post."""
    method, _, address = request.partition(" ")
    path, mark, names = address.partition("?")
    parts = [part if not part or _NO_ID.fullmatch(part) else "{id}" for part in path.split("/")]
    return f"{method} {'/'.join(parts)}{mark}{names}"


def masked_text(text: str, *secrets: str) -> str:
    """Give a network's words without ids, and cut."""
    for one in secrets:
        text = text.replace(one, "{id}") if one else text
    masked = _IDS.sub("{id}", text)
    return masked if len(masked) <= _LONGEST else f"{masked[:_LONGEST]}…"
