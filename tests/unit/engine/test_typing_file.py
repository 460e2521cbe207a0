"""The file that pins what users' type checkers see is whole."""

from __future__ import annotations

import ast
from pathlib import Path

import socialconnect

FILE = Path(__file__).parents[2] / "typing" / "public_names.py"


def test_every_public_name_is_used() -> None:
    """A public name that the typing file does not use is not pinned."""
    tree = ast.parse(FILE.read_text("utf-8"))
    used = {
        one.attr
        for one in ast.walk(tree)
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "sc"
    }
    imported = {alias.name for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) for alias in one.names}
    assert set(socialconnect.__all__) <= used | imported
