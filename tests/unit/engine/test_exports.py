"""The public names: complete, sorted, documented, and loaded no sooner than needed."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import socialconnect

SOURCE = Path(socialconnect.__file__)
NAMES = [name for name in socialconnect.__all__ if name != "__version__"]


def _checked_imports() -> dict[str, str]:
    """Give what type checkers see: each name, and the module that it is imported from."""
    tree = ast.parse(SOURCE.read_text("utf-8"))
    block = next(one for one in tree.body if isinstance(one, ast.If) and ast.unparse(one.test) == "TYPE_CHECKING")
    found: dict[str, str] = {}
    for one in block.body:
        assert isinstance(one, ast.ImportFrom)
        assert one.module is not None
        for alias in one.names:
            assert alias.asname == alias.name, "only a redundant alias is an export to type checkers"
            found[alias.name] = one.module.removeprefix("socialconnect.")
    return found


def test_type_checkers_see_what_python_sees() -> None:
    """The imports for type checkers and the table for run time name the same things in the same modules."""
    assert _checked_imports() == socialconnect._WHERE


def test_the_names_are_sorted() -> None:
    """The public names are in order, so that a new one has one place."""
    assert sorted(NAMES) == NAMES
    assert len(set(NAMES)) == len(NAMES)
    assert dir(socialconnect) == sorted(socialconnect.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name(name: str) -> None:
    """Every public name is there, is public where it comes from, and says what it is."""
    found = getattr(socialconnect, name)
    assert name in sys.modules[f"socialconnect.{socialconnect._WHERE[name]}"].__all__
    assert inspect.getdoc(found)


@pytest.mark.parametrize("name", [one for one in NAMES if inspect.isclass(getattr(socialconnect, one))])
def test_every_public_method_says_what_it_does(name: str) -> None:
    """Each public method and property that a public class has of its own has a docstring."""
    kind = getattr(socialconnect, name)
    own = {key: one for key, one in vars(kind).items() if not key.startswith("_") and key != "model_config"}
    functions = {
        key: getattr(one, "__func__", one) for key, one in own.items() if callable(getattr(one, "__func__", one))
    }
    properties = {key: one for key, one in own.items() if isinstance(one, property)}
    bare = [key for key, one in {**functions, **properties}.items() if not inspect.getdoc(one)]
    assert not bare


def test_an_unknown_name() -> None:
    """A name that is not there is an `AttributeError`, as of any module."""
    with pytest.raises(AttributeError, match="Mastodon"):
        socialconnect.Mastodon  # noqa: B018  # the look-up is the test


def _fresh(program: str, *paths: Path) -> str:
    environment = {"PYTHONPATH": ":".join(map(str, paths)), "PATH": ""}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_importing_costs_next_to_nothing() -> None:
    """`import socialconnect` loads none of its parts, nor what they stand on."""
    program = (
        "import sys, socialconnect\n"
        "heavy = ('httpx', 'pydantic', 'authlib', 'tenacity', 'anyio', 'socialconnect.')\n"
        "print([one for one in sys.modules if one.startswith(heavy)])"
    )
    assert _fresh(program) == "[]"


def test_one_network_loads_no_other() -> None:
    """Who uses one network does not pay for another."""
    program = (
        "import sys\nfrom socialconnect import Twitter\n"
        "others = ('facebook', 'instagram', 'linkedin', 'meta')\n"
        "print([one for one in sys.modules if one.startswith(tuple(f'socialconnect.networks.{n}' for n in others))])"
    )
    assert _fresh(program) == "[]"


def test_another_http_library_beside_ours_is_not_used(tmp_path: Path) -> None:
    """With `httpx2` installed beside `httpx`, no module of the library loads it, or authlib's clients that would."""
    (tmp_path / "httpx2").mkdir()
    (tmp_path / "httpx2" / "__init__.py").write_text("raise RuntimeError('httpx2 was imported')\n")
    program = (
        "import pkgutil, sys, importlib, socialconnect\n"
        "for found in pkgutil.walk_packages(socialconnect.__path__, 'socialconnect.'):\n"
        "    importlib.import_module(found.name)\n"
        "from socialconnect.auth import OAuth1Credential, OAuthApp\n"
        "from socialconnect.auth.flows import start_authorization\n"
        "from socialconnect.auth.signing import oauth1_headers\n"
        "from socialconnect.networks.twitter.oauth import TwitterLogin\n"
        "app = OAuthApp(client_id='a', redirect_uri='http://127.0.0.1/')\n"
        "start_authorization(TwitterLogin(), app)\n"
        "keys = OAuth1Credential(consumer_key='a', consumer_secret='b', token='c', token_secret='d')\n"
        "oauth1_headers('GET', 'https://api.x.com/', keys, timestamp=1)\n"
        "print([one for one in sys.modules if one.startswith(('httpx2', 'authlib.integrations'))])"
    )
    assert _fresh(program, tmp_path) == "[]"
