"""Run all benchmarks and print the ratios: `python -m benchmarks [--planned 1000000]`."""

from __future__ import annotations

import sys

from benchmarks.importing import first_network, importing
from benchmarks.measure import Ratio, console, show_ratios
from benchmarks.metrics import requests_for_metrics
from benchmarks.outbox import measure_outbox, planned_from, show_figures
from benchmarks.publishing import blocking_publish, thousand_at_once
from benchmarks.uploading import uploading


def main() -> None:
    """Run them; exits with 1 if a limit is not kept."""
    planned = planned_from(sys.argv[1:])
    found: list[Ratio] = [importing(), first_network(), blocking_publish(), thousand_at_once(), uploading()]
    found += requests_for_metrics()
    ratios, figures = measure_outbox(planned)
    found += ratios
    show_ratios(console(), found)
    show_figures(console(), figures)
    sys.exit(0 if all(one.holds for one in found) else 1)


if __name__ == "__main__":
    main()
