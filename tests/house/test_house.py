"""The rules of the house, over the sources and the pages themselves."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "socialconnect"
FILES = {str(file.relative_to(SOURCE)): ast.parse(file.read_text("utf-8")) for file in sorted(SOURCE.rglob("*.py"))}
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
NETWORKS = ("facebook", "instagram", "linkedin", "twitter")

CLOCK = re.compile(
    r"(time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|sleep)|(datetime\.)?(datetime|date)\.(now|today|utcnow)"
    r"|(anyio|asyncio|trio)\.sleep)"
)
REASONLESS = re.compile(
    r"#\s*(?:type: ignore(?:\[[^\]]*\])?|pyright: ignore(?:\[[^\]]*\])?|noqa(?:: [A-Z0-9, ]+)?)\s*$"
)


def imports(tree: ast.AST) -> Iterator[str]:
    """Give the modules that a file imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def clock_reads(tree: ast.AST) -> list[str]:
    """Give the calls that read the machine's clock or wait by it."""
    calls = (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [one for one in calls if CLOCK.fullmatch(one)]


def users_of(*modules: str) -> set[str]:
    """Give the files that import any of the modules, or what is in them."""
    return {
        name
        for name, tree in FILES.items()
        if any(one == module or one.startswith(f"{module}.") for one in imports(tree) for module in modules)
    }


def test_the_engine_is_in_one_room() -> None:
    """httpx is imported by the transport, and by the testing kit that serves it."""
    users = users_of("httpx", "httpx2", "requests", "aiohttp")
    assert "transport/engine.py" in users
    assert {one for one in users if not one.startswith(("transport/", "testing/"))} == set()


def test_time_is_read_in_one_file() -> None:
    """The machine's clock is read and waited for in clock.py alone."""
    assert {name: found for name, tree in FILES.items() if (found := clock_reads(tree))}.keys() == {"clock.py"}


@pytest.mark.parametrize("code", ["time.sleep(1)", "datetime.now(UTC)", "date.today()", "anyio.sleep(1)"])
def test_the_search_for_clocks_finds_them(code: str) -> None:
    """What the rule is about is found."""
    assert clock_reads(ast.parse(code))


def test_adapters_bring_no_event_loop() -> None:
    """A network's folder awaits what it is given: no event loop, no pool of threads."""
    loops = users_of("asyncio", "anyio", "trio", "concurrent")
    assert {one for one in loops if one.startswith("networks/")} == set()


@pytest.mark.parametrize("network", NETWORKS)
def test_networks_do_not_know_each_other(network: str) -> None:
    """A network's folder is used by itself and its emulator; the package and the demo only name its classes."""
    users = users_of(f"socialconnect.networks.{network}")
    own = (f"networks/{network}/", f"testing/emulators/{network}/")
    assert {one for one in users if not one.startswith(own)} - {"__init__.py", "cli/demo.py"} == set()


def test_hosts_and_ids_stay_in_their_folder() -> None:
    """No host and no kind of id of a network stands in code outside its folder and its emulator."""
    theirs = re.compile(r"graph\.(facebook|instagram)\.com|api\.(x|twitter|linkedin)\.com|urn:li:")
    own = ("networks/", "testing/emulators/")
    found = {
        (name, node.value)
        for name, tree in FILES.items()
        if not name.startswith(own)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and theirs.search(node.value)
    }
    assert found == set()


@pytest.mark.parametrize("network", NETWORKS)
def test_each_networks_folder_has_the_same_files(network: str) -> None:
    """Whoever knows one network's folder finds the way in the others."""
    found = {file.name for file in (SOURCE / "networks" / network).glob("*.py")}
    expected = {"__init__.py", "adapter.py", "wire.py", "limits.py", "errors.py", "options.py", "oauth.py"}
    assert expected - found == set()


def test_what_the_checkers_are_told_to_overlook_has_a_reason() -> None:
    """No bare `type: ignore`, `pyright: ignore` or `noqa`: the reason stands on its line."""
    bare = []
    for file in [*sorted(SOURCE.rglob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]:
        with file.open("rb") as source:
            comments = [one for one in tokenize.tokenize(source.readline) if one.type == tokenize.COMMENT]
        bare += [f"{file.relative_to(ROOT)}:{one.start[0]}" for one in comments if REASONLESS.search(one.string)]
    assert bare == []


@pytest.mark.parametrize("comment", ["# type: ignore[arg-type]", "# noqa: S105", "# noqa", "# pyright: ignore"])
def test_the_search_for_reasons_finds_bare_ones(comment: str) -> None:
    """What the rule is about is found, and a reason satisfies it."""
    assert REASONLESS.search(comment)
    assert not REASONLESS.search(f"{comment}  # the mistake is the point")


def test_files_and_functions_stay_short() -> None:
    """No file over 400 lines, and no function over 40 without its docstring."""
    long = [name for name in FILES if len((SOURCE / name).read_text("utf-8").splitlines()) > 400]
    for name, tree in FILES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0] if ast.get_docstring(node) is None or len(node.body) == 1 else node.body[1]
                if node.end_lineno is not None and node.end_lineno - first.lineno + 1 > 40:
                    long.append(f"{name}: {node.name}")
    assert long == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a file of the project leads to one."""
    text = re.sub(r"```.*?```|`[^`\n]*`(?!\])", "", page.read_text("utf-8"), flags=re.DOTALL)
    links = [one.partition("#")[0] for one in re.findall(r"\]\(([^)\s]+)\)", text) if not one.startswith("http")]
    assert [one for one in links if one and not (page.parent / one).exists()] == []


def test_decisions_are_numbered_without_a_gap() -> None:
    """The decisions are 1, 2, 3 and so on, and each page's heading says its file's number."""
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert page.read_text("utf-8").startswith(f"# {int(page.name[:4])}. ")


def test_the_architecture_page_names_what_there_is() -> None:
    """Every module and folder of the package is on the page, every file on the page exists, and so does every name."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    modules = {one.name for one in SOURCE.glob("*.py")} - {"__main__.py"}
    folders = {f"{one.name}/" for one in SOURCE.iterdir() if (one / "__init__.py").is_file()}
    assert {one for one in modules | folders if one not in page} == set()
    paths = page.partition("## The path of a call")[2].partition("\n## Three rules")[0]
    named = re.findall(r"`([\w/]+\.py)`(?: `(\w+)`)?", paths)
    assert len(named) > 30
    for file, name in named:
        assert file in FILES, file
        if name:
            assert re.search(rf"(def|class) {name}\b", (SOURCE / file).read_text("utf-8")), (file, name)


def test_one_line_sends() -> None:
    """The line that the architecture page calls the one that sends is there, once for each face, and nowhere else."""
    sending = {name for name in FILES if re.search(r"\b_http\.send\(", (SOURCE / name).read_text("utf-8"))}
    assert sending == {"transport/engine.py"}
    assert (SOURCE / "transport" / "engine.py").read_text("utf-8").count("self._http.send(") == 2
