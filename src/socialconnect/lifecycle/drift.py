"""
Drift: where a network's own answer contradicts the catalogue.

The answer wins. A record of it, small and without secrets or ids, can be kept in a file for whoever maintains the
catalogue: what was believed, what came, the request line and the codes.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Collection, Iterable
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
_VERSION = re.compile(r"v?\d{1,2}(\.\d+)?")
_URL = re.compile(r"(https?://[^\s/\"'<>]+)[^\s\"'<>]*")
# In the network's words: names of things and people, addresses, long numbers, what mixes letters and digits as ids and
# tokens do, and whole phrases in quotes, which may be somebody's text.
_PERSONAL = re.compile(
    r"urn:[^\s,()\"']+|[\w.+-]+@[\w-]+\.[\w.]+|@\w+|\w*\d{5,}[\w.]*|(?<![\w-])(?=[A-Za-z-]*\d)(?=[\d-]*[A-Za-z])[A-Za-z\d-]{8,}(?!\w)"
    r"|\"[^\"]*\s[^\"]*\"|“[^”]*\s[^”]*”|(?<!\w)'[^']*\s[^']*'(?!\w)"
)


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
            except (OSError, ValueError) as error:  # a full disk, a wrong path, letters that no file takes
                _log.warning("Cannot write the drift record to %s: %s", self._path, error)
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
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(f"Cannot read the drift records {path}: {why}.") from error
    records: list[DriftRecord] = []
    for number, line in enumerate(lines, 1):
        try:
            records.append(DriftRecord.model_validate_json(line))
        except ShapeError as error:
            raise ConfigurationError(
                f"{path}, line {number} is no drift record: {error.errors()[0]['msg']}."
            ) from error
    return records


def masked_line(request: str, known: Iterable[str] | None = None) -> str:
    """
    Give a request line, such as `GET /2/tweets/123?ids`, without what names an account or a post.

    Args:
        request: The line.
        known: For a request of the caller's own, in which a word may be a person's name: paths whose words are not.
    """
    method, _, address = request.partition(" ")
    path, mark, names = address.partition("?")
    words = None if known is None else {word for one in known for word in one.split("/")}
    return f"{method} {'/'.join(_masked_part(part, words) for part in path.split('/'))}{mark}{names}"


def _masked_part(part: str, words: Collection[str] | None) -> str:
    named = _NO_ID.fullmatch(part) if words is None else part in words or _VERSION.fullmatch(part)
    return part if not part or named else "{id}"


def masked_text(text: str, *secrets: str) -> str:
    """Give a network's words without ids, names and quoted texts, and cut."""
    text = text[: 2 * _LONGEST]  # so that nobody's megabyte is searched
    for one in secrets:
        text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", "{id}", text) if one else text
    masked = _PERSONAL.sub("{id}", _URL.sub(r"\1/…", text.encode("utf-8", "replace").decode("utf-8")))
    return masked if len(masked) <= _LONGEST else f"{masked[:_LONGEST]}…"
