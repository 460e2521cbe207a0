"""The `socialconnect` command, also as `python -m socialconnect`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; exits with 0 (done), 1 (something failed) or 2 (what was given is wrong)."""
    try:
        from socialconnect.cli.app import run_app
    except ImportError as error:
        if error.name not in ("typer", "rich"):
            raise
        sys.exit("The command line needs its extra: pip install 'socialconnect[cli]'")
    run_app()


if __name__ == "__main__":
    main()
