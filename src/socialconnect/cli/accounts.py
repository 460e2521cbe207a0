"""
Reading an accounts file: which accounts there are, and where their tokens come from.

```toml
outbox = "outbox.db"            # where plans are kept; beside this file, or a PostgreSQL address
media = "media"                 # where copies of media are kept; beside the outbox if it is a file
overlays = "overlays.toml"      # the application's own cut-offs; optional

[accounts.brand-page]
network = "facebook"
page_id = "1000"
token = { env = "FACEBOOK_TOKEN" }
```

Secrets are never in the file: each is a reference to an environment variable. The address of an outbox with a password
is one too: `outbox = { env = "OUTBOX" }`. The other keys of an account are the arguments of its network's class.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypedDict
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from socialconnect.auth.tokens import OAuth1Credential
from socialconnect.cli.toml_file import read_toml, table_of, validated
from socialconnect.clock import Clock
from socialconnect.errors import ApiRetired, ConfigurationError, Problem, ValidationError
from socialconnect.lifecycle import Lifecycle, load_overlays
from socialconnect.network import Network
from socialconnect.outbox import Outbox, OutboxSettings
from socialconnect.outbox.place import is_address
from socialconnect.registry import network_class

__all__ = ["Accounts", "load_accounts", "outbox_place"]

_SECRET = ("token", "app_secret")
_OAUTH1 = {"consumer_key", "consumer_secret", "token", "token_secret"}
_SETTINGS = ("base_url", "timeout", "publish_timeout", "spend_limit")


class _File(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="forbid")

    outbox: str | dict[str, str] | None = None
    media: str | None = None
    overlays: str | None = None
    accounts: dict[str, dict[str, object]] = Field(min_length=1)


class _Common(TypedDict, total=False):
    lifecycle: Lifecycle
    outbox: Outbox | None
    clock: Clock


@dataclass
class Accounts:
    """
    The accounts of a file, ready to use. Close them when done, or use them in a `with` block.

    Args:
        networks: The networks, by the account's name in the file.
        outbox: The outbox, if the file names one.
        lifecycle: The facts about APIs' lives, with the file's overlays.
    """

    networks: dict[str, Network]
    outbox: Outbox | None
    lifecycle: Lifecycle

    def __enter__(self) -> Accounts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the networks and the outbox."""
        for network in self.networks.values():
            network.close()
        if self.outbox is not None:
            self.outbox.close()


def load_accounts(
    path: Path,
    *,
    environment: Mapping[str, str] = os.environ,
    clock: Clock | None = None,
    need_outbox: bool = False,
    offline: bool = False,
) -> Accounts:
    """
    Read an accounts file and make its networks.

    Args:
        path: The file.
        environment: Where the secrets are.
        clock: The clock of all networks and of the outbox; the machine's if not given.
        need_outbox: Whether it is an error if the file names no outbox.
        offline: Whether nothing will be sent, as to tell the status: no secret is needed, and no outbox opened.

    Raises:
        ConfigurationError: It is no TOML (with line and column), or something in it is missing, unknown, of the wrong
            kind, or refers to an environment variable that is not set: all of it, each with its place.
    """
    file = validated(_File, read_toml(path), path)
    folder = path.parent
    if need_outbox and file.outbox is None:
        raise _no_outbox(path)
    lifecycle = Lifecycle(overlays=load_overlays(folder / file.overlays) if file.overlays else ())
    settings: _Common = {"lifecycle": lifecycle}
    if clock is not None:
        settings["clock"] = clock
    outbox = None
    if offline:
        environment = dict.fromkeys(_variables(file.accounts), "not needed")
    elif file.outbox is not None:
        where, given = outbox_place(path, environment)
        outbox = Outbox(where, **given | OutboxSettings(clock=clock))
        settings["outbox"] = outbox
    accounts = Accounts({}, outbox, lifecycle)
    problems = [
        problem
        for name, table in file.accounts.items()
        for problem in _add_account(accounts.networks, name, table, environment, settings)
    ]
    if problems:
        accounts.close()
        raise ConfigurationError(f"{path} is wrong", problems=problems)
    return accounts


def _variables(value: object) -> Iterator[str]:
    """Give the environment variables that are referred to."""
    table = table_of(value) or {}
    for key, one in table.items():
        if key == "env" and isinstance(one, str):
            yield one
        else:
            yield from _variables(one)


def outbox_place(path: Path, environment: Mapping[str, str] = os.environ) -> tuple[str, OutboxSettings]:
    """
    Give where the outbox that an accounts file names is, without its accounts: for that no token is needed.

    Args:
        path: The file.
        environment: Where the secrets are.

    Returns:
        The outbox's file or address, and its settings.

    Raises:
        ConfigurationError: The file is wrong, or names no outbox.
    """
    file = validated(_File, read_toml(path), path)
    if file.outbox is None:
        raise _no_outbox(path)
    settings: OutboxSettings = {} if file.media is None else {"media": path.parent / file.media}
    return _place(file.outbox, path, environment), settings


def _place(outbox: str | dict[str, str], path: Path, environment: Mapping[str, str]) -> str:
    """Give the outbox's file, which is beside the accounts file, or its address."""
    if isinstance(outbox, str):
        if _has_password(outbox):
            raise ConfigurationError(
                f"{path} is wrong: outbox has a password in it, and secrets do not belong in a file.",
                hint='Put the address into an environment variable, and write: outbox = { env = "VARIABLE" }',
            )
        return outbox if is_address(outbox) else str(path.parent / outbox)
    variable = outbox.get("env")
    if variable is None or len(outbox) != 1:
        raise ConfigurationError(f"{path} is wrong: outbox.", hint='Write: outbox = { env = "VARIABLE" }')
    if not environment.get(variable):
        raise ConfigurationError(f"{path} takes the outbox from {variable}, which is not set in the environment.")
    return environment[variable]


def _has_password(place: str) -> bool:
    try:
        parts = urlsplit(place)
        return bool(parts.password) or "password" in parse_qs(parts.query)
    except ValueError:  # no address; whoever opens it says so
        return False


def _no_outbox(path: Path) -> ConfigurationError:
    return ConfigurationError(f"{path} names no outbox.", hint='Add a line such as: outbox = "outbox.db"')


def _add_account(
    networks: dict[str, Network],
    name: str,
    table: Mapping[str, object],
    environment: Mapping[str, str],
    settings: _Common,
) -> list[Problem]:
    """Make an account's network and add it; give what is wrong, if something is."""
    problems: list[Problem] = []
    make, given = _arguments(name, table, environment, problems)
    if problems:
        return problems
    try:
        network = make(**given, **settings)
    except (ConfigurationError, ValidationError, ApiRetired) as error:  # such as an author that is no URN
        return [Problem(field=f"accounts.{name}", rule="account", message=str(error))]
    for other, known in networks.items():
        if (known.name, known.account) == (network.name, network.account):
            network.close()
            message = f"it is the same account as accounts.{other}: every post would go there twice"
            return [Problem(field=f"accounts.{name}", rule="once", message=message)]
    networks[name] = network
    return []


def _arguments(
    name: str, table: Mapping[str, object], environment: Mapping[str, str], problems: list[Problem]
) -> tuple[Callable[..., Network], dict[str, object]]:
    """Give the class of an account's network and its arguments; what is wrong goes to `problems`."""

    def wrong(field: str, rule: str, message: str) -> None:
        problems.append(Problem(field=f"accounts.{name}{field}", rule=rule, message=message))

    chosen = table.get("network")
    if not isinstance(chosen, str):
        wrong("", "missing", 'say which network it is, such as: network = "facebook"')
        return Network, {}
    try:
        make: Callable[..., Network] = network_class(chosen)
    except (ConfigurationError, ApiRetired) as error:
        wrong(".network", "known_network", str(error))
        return Network, {}
    own = inspect.signature(make).parameters
    given: dict[str, object] = {}
    for key, value in table.items():
        if key == "network":
            continue
        if key not in own and key not in _SETTINGS:
            allowed = ", ".join(sorted({one for one in own if one not in ("self", "settings")} | set(_SETTINGS)))
            wrong(f".{key}", "unknown", f"{chosen} has no such setting; known are {allowed}")
        elif (reference := table_of(value)) is not None:
            given[key] = _secret(f".{key}", reference, environment, wrong)
        elif key in _SECRET:
            wrong(f".{key}", "reference", f'secrets do not belong in a file; write: {key} = {{ env = "VARIABLE" }}')
        else:
            given[key] = _setting(key, value, own[key].annotation if key in own else None, wrong)
    for key, parameter in own.items():
        needed = parameter.default is inspect.Parameter.empty and parameter.kind is inspect.Parameter.KEYWORD_ONLY
        if needed and key not in table:
            wrong(f".{key}", "missing", f"{chosen} needs it")
    return make, given


def _setting(key: str, value: object, annotation: object, wrong: Callable[[str, str, str], None]) -> object:
    """Give a setting that is no secret, of the kind that its argument takes."""
    if key in ("timeout", "publish_timeout"):
        if not isinstance(value, int | float) or isinstance(value, bool):
            wrong(f".{key}", "number", "write a number of seconds, such as 30")
    elif key == "spend_limit":
        try:
            return Decimal(str(value))
        except ArithmeticError:
            wrong(f".{key}", "number", 'write an amount, such as "12.50"')
    elif (key == "base_url" or annotation in ("str", "str | None")) and not isinstance(value, str):
        wrong(f".{key}", "text", f'write it in quotes: {key} = "{value}"')
    return value


def _secret(
    field: str, value: Mapping[str, object], environment: Mapping[str, str], wrong: Callable[[str, str, str], None]
) -> str | OAuth1Credential | None:
    """Follow a reference, or four of them for OAuth 1.0a."""
    if set(value) == {"env"}:
        return _variable(field, value["env"], environment, wrong)
    if set(value) == _OAUTH1:
        found = {
            key: _variable(f"{field}.{key}", (table_of(one) or {}).get("env"), environment, wrong)
            for key, one in value.items()
        }
        if any(one is None for one in found.values()):
            return None
        return OAuth1Credential.model_validate(found)
    wrong(field, "reference", 'write { env = "VARIABLE" }, or for OAuth 1.0a a table of ' + ", ".join(sorted(_OAUTH1)))
    return None


def _variable(
    field: str, name: object, environment: Mapping[str, str], wrong: Callable[[str, str, str], None]
) -> str | None:
    if not isinstance(name, str) or not name:
        wrong(field, "reference", 'write { env = "VARIABLE" }')
        return None
    found = environment.get(name, "").strip()
    if not found:
        wrong(field, "environment", f"the environment variable {name} is not set")
        return None
    return found
