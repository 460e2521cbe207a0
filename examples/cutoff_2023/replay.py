"""
The year 2023 again: how an ad platform leaves Twitter in good order. Run it: `python examples/cutoff_2023/replay.py`.

The story is told step by step in `socialconnect/cli/demo_replay.py`, which `make demo` plays too.
"""

from __future__ import annotations

import sys

from rich.console import Console

from socialconnect.cli.demo_replay import Replay

if __name__ == "__main__":
    sys.exit(0 if Replay(Console()).run() else 1)
