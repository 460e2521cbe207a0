"""Run all benchmarks and print the ratios: `python -m benchmarks`."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.importing import first_network, importing
from benchmarks.measure import Ratio
from benchmarks.metrics import requests_for_metrics
from benchmarks.outbox import outbox_figures, outbox_ratios, show_figures
from benchmarks.publishing import blocking_publish, thousand_at_once
from benchmarks.uploading import uploading


def main() -> None:
    """Run them; exits with 1 if a limit is not kept."""
    found: list[Ratio] = [importing(), first_network(), blocking_publish(), thousand_at_once(), uploading()]
    found += [*requests_for_metrics(), *outbox_ratios()]
    table = Table("what", "against", "ours", "theirs", "unit", "ratio", "at most")
    for one in found:
        colour = "green" if one.holds else "bold red"
        figures = (f"{one.ours:.4g}", f"{one.theirs:.4g}", one.unit)
        table.add_row(one.what, one.against, *figures, Text(f"{one.ratio:.3f}", colour), f"{one.limit:g}")
    Console().print(table)
    show_figures(Console(), outbox_figures())
    sys.exit(0 if all(one.holds for one in found) else 1)


if __name__ == "__main__":
    main()
