"""What `import socialconnect` costs, and how soon the first network is ready."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

from benchmarks.measure import Ratio

__all__ = ["first_network", "importing"]

_BARE = "import httpx, pydantic"
_TIMED = """
import time
start = time.process_time()
{code}
print(time.process_time() - start)
"""


def _seconds(code: str, cache: str) -> float:
    # Compiled once, as after an installation, even where the machine is told to keep no bytecode.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache
    command = [sys.executable, "-c", _TIMED.format(code=code)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(run.stdout)


def _pair(ours: str, theirs: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as cache:
        for code in (ours, theirs):
            _seconds(code, cache)
        taken = [(_seconds(ours, cache), _seconds(theirs, cache)) for _ in range(15)]
    return statistics.median(one for one, _ in taken), statistics.median(one for _, one in taken)


def importing() -> Ratio:
    """Import the library."""
    ours, theirs = _pair("import socialconnect", _BARE)
    return Ratio("import socialconnect", _BARE, ours * 1e3, theirs * 1e3, 0.1, "ms CPU")


def first_network() -> Ratio:
    """Import the library and make a network, against the bare imports."""
    ours, theirs = _pair(
        "from socialconnect import Twitter; Twitter(token='benchmark-token', user_id='1')",
        _BARE,
    )
    return Ratio("first network ready", _BARE, ours * 1e3, theirs * 1e3, 1.25, "ms CPU")
