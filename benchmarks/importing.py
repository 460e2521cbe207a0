"""What `import socialconnect` costs, and how soon the first network is ready."""

from __future__ import annotations

import statistics
import subprocess
import sys

from benchmarks.measure import Ratio

__all__ = ["first_network", "importing"]

_BARE = "import httpx, pydantic"
_TIMED = """
import time
start = time.perf_counter()
{code}
print(time.perf_counter() - start)
"""


def _seconds(code: str) -> float:
    run = subprocess.run([sys.executable, "-c", _TIMED.format(code=code)], capture_output=True, text=True, check=True)
    return float(run.stdout)


def _pair(ours: str, theirs: str) -> tuple[float, float]:
    taken = [(_seconds(ours), _seconds(theirs)) for _ in range(15)]
    return statistics.median(one for one, _ in taken), statistics.median(one for _, one in taken)


def importing() -> Ratio:
    """Import the library."""
    ours, theirs = _pair("import socialconnect", _BARE)
    return Ratio("import socialconnect", _BARE, ours * 1e3, theirs * 1e3, 0.1, "ms")


def first_network() -> Ratio:
    """Import the library and make a network, against the bare imports."""
    ours, theirs = _pair(
        "from socialconnect import Twitter; Twitter(token='benchmark-token', user_id='1')",
        _BARE,
    )
    return Ratio("first network ready", _BARE, ours * 1e3, theirs * 1e3, 1.25, "ms")
