"""Facts live as data: no day, price or API version is typed into the library's code."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import socialconnect

SOURCE = Path(socialconnect.__file__).parent
FILES = sorted(file for file in SOURCE.rglob("*.py") if file.relative_to(SOURCE).parts[0] != "testing")

DAY = re.compile(r"\b(?:19|20)\d\d-(?:0\d|1[0-2])(?:-[0-3]\d)?\b")
WRITTEN_DAY = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?(?: \d{1,2},?)? (?:19|20)\d\d\b"
)
YEAR = re.compile(r"\b(?:since|until|in|from|by|before|after|of) (20[0-4]\d)\b")
MONTH_VERSION = re.compile(r"\b20\d{4}(?:\d\d)?\b")
BARE_VERSION = re.compile(r"^\d{2}\.0$")
BARE_AMOUNT = re.compile(r"^0?\.\d{2,3}$")
VERSION = re.compile(r"\bv\d+\.\d+\b")
SLASHED_DAY = re.compile(r"\b(?:\d{1,2}[./]){2}20\d\d\b|\b20\d\d/\d{1,2}/\d{1,2}\b")
PRICE = re.compile(r"[$€£]\s?\d|\b\d+(?:\.\d+)?\s?(?:USD|EUR|GBP)\b")
NUMBERS = (range(2010, 2041), range(200_001, 210_000), range(20_000_101, 20_991_232))
"""Numbers that are years, months of a year, or days of one."""
EXAMPLE = re.compile(
    r"\b(?:such as|as in|for example|like) (?:'[^']*'|\"[^\"]*\"|`[^`]*`(?: or `[^`]*`)*|\S+(?: USD)?)"
)
"""A message may show how something is written: what comes right after these words, and no more."""
PATTERNS = (DAY, WRITTEN_DAY, SLASHED_DAY, YEAR, MONTH_VERSION, VERSION, BARE_VERSION, BARE_AMOUNT, PRICE)


def strays(source: str) -> Iterator[tuple[int, str]]:
    """Give the line and text of every fact in the code; what documents it may speak of examples."""
    tree = ast.parse(source)
    documentation, steps = _documentation(tree), _rounding_steps(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("date", "datetime", "datetime.date"):
            if any(
                isinstance(one, ast.Constant) and isinstance(one.value, int) and one.value > 1990 for one in node.args
            ):
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Constant) and id(node) not in documentation | steps:
            if isinstance(node.value, str):
                text = EXAMPLE.sub("", node.value)
                for pattern in PATTERNS:
                    yield from ((node.lineno, found) for found in pattern.findall(text))
            elif isinstance(node.value, int) and any(node.value in known for known in NUMBERS):
                yield node.lineno, str(node.value)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Money", "Decimal") and id(node) not in steps:
            for one in [*node.args, *(word.value for word in node.keywords)]:
                if isinstance(one, ast.Constant) and str(one.value) not in ("0", "1", "USD") and one.value:
                    yield node.lineno, ast.unparse(node)


def _rounding_steps(tree: ast.Module) -> set[int]:
    """Give what amounts are rounded to: a cent is no price."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    rounded = [one for call in calls if call.func.attr == "quantize" for one in call.args]  # type: ignore[attr-defined]  # as above
    return {id(part) for one in rounded for part in ast.walk(one)}


def _documentation(tree: ast.Module) -> set[int]:
    """Give the texts that are statements of their own: they document, and nothing reads them."""
    statements = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return {id(one) for one in statements if isinstance(one, ast.Constant)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_code_holds_no_facts(file: Path) -> None:
    """Days, prices and versions stand in the catalogue, where each has a source."""
    assert list(strays(file.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "ENDS = date(2026, 9, 24)",
        "ENDS = datetime(2026, 9, 24, tzinfo=UTC)",
        'ENDS = "2026-09-24"',
        'HINT = "It ended in April 2023."',
        'HINT = "It ends on September 24, 2026."',
        'VERSION = "v26.0"',
        'url = f"https://example.com/v26.0/{node}"',
        'VERSION = "202609"',
        "VERSION = 202609",
        "ENDS = make_date(2026, 9, 24)",
        'ENDS = parse("24.09.2026")',
        'ENDS = parse("2026/9/24")',
        "GRACE = until(year=2027)",
        'COST = Decimal("0.015")',
        'COST = Money(amount="0.2")',
        'HINT = "It costs $100 a month."',
        'HINT = "It costs 0.015 USD."',
        'HINT = "It ends on Sep 24, 2026."',
        'HINT = "It is gone since 2026."',
        'HINT = "Give a version such as v26.0; it ends on 2028-07-29."',
        'PRICES = {"post": "0.015"}',
        'VERSION = "26.0"',
        "url = f\"/v{'26.0'}/me\"",
        'ENDS = "20260924"',
        "ENDS = 20260924",
    ],
)
def test_the_search_finds_what_it_is_for(code: str) -> None:
    """Each kind of fact is found where it is typed into code."""
    assert list(strays(code))


@pytest.mark.parametrize(
    "code",
    [
        '"""Since 2026-09-24, v26.0."""',
        "YEAR = 31_536_000",
        'COST = Decimal("0")',
        "N = 280",
        'told = amount.quantize(Decimal("0.01"))',
    ],
)
def test_the_search_lets_the_rest_be(code: str) -> None:
    """Documentation may give examples, and a number is not a price."""
    assert not list(strays(code))


COMMENT = re.compile(
    r"#.*?(?:(?:ends|ended|retired|since|until|costs?|dead)\b.*?(?:\b20\d\d-\d\d-\d\d\b|\bv\d+\.\d+\b|\d USD))", re.I
)
"""A comment that states a fact instead of where it is: it would age unseen."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_comments_hold_no_facts_either(file: Path) -> None:
    """When something ends, or what it costs, is not noted beside the code: the catalogue has it."""
    with file.open("rb") as source:
        comments = [one for one in tokenize.tokenize(source.readline) if one.type == tokenize.COMMENT]
    assert [(one.start[0], one.string) for one in comments if COMMENT.search(one.string)] == []
