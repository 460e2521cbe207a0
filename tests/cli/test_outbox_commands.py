"""`socialconnect outbox …`: what an outbox holds, and what a person changes about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from socialconnect import Image, Post
from socialconnect.errors import OutcomeUnknown, PolicyBlocked
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.testing import FakeNetwork, TestClock, sample_image

if TYPE_CHECKING:
    from tests.cli.conftest import Ran

Cli: TypeAlias = "Callable[..., Ran]"
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def held(path: Path) -> dict[str, str]:
    """An outbox with a delivery in each of some states; gives their ids by state."""
    clock = TestClock(datetime.now(UTC) - timedelta(minutes=30))
    ids: dict[str, str] = {}
    with Outbox(path, clock=clock) as outbox:
        fake = FakeNetwork("facebook", "1000", clock=clock, outbox=outbox)
        fake.draft(Post("a draft"))
        for error in (None, PolicyBlocked("not today"), OutcomeUnknown("lost")):
            if error is not None:
                fake.fail_next("publish", error)
                fake.fail_next("posts", OutcomeUnknown("no look"))
            plan = fake.schedule(Post("Hello"), clock.now() + timedelta(minutes=1))
            clock.advance(minutes=1)
            outbox.run_due()
            ids[outbox.delivery(plan.id).state] = plan.id
        ids["planned"] = fake.schedule(Post("Tomorrow", media=[Image(sample_image(40, 40))]), TOMORROW).id
        outbox.add_campaign("spring", [("facebook", "1000", Post("Held"), timedelta(hours=2))])
    assert set(ids) == {"published", "failed", "unknown", "planned"}
    return ids


def test_list_shows_and_filters(cli: Cli, path: Path, held: dict[str, str]) -> None:
    """Deliveries come as a table or as data, filtered by state, account, campaign and time, and cut off with a word."""
    shown = cli("outbox", "list", "--outbox", path)
    assert shown.code == 0, shown.err
    assert all(one in shown.out for one in held.values())
    assert "start + 2:00:00" in shown.out

    def listed(*options: str) -> list[str]:
        ran = cli("outbox", "list", "--outbox", path, "--json", *options)
        assert ran.code == 0, ran.err
        return [one["state"] for one in json.loads(ran.out)]

    assert sorted(listed()) == ["failed", "held", "planned", "published", "unknown"]
    assert listed("--state", "failed", "--state", "held") == ["failed", "held"]
    assert listed("--campaign", "spring") == ["held"]
    assert listed("--network", "twitter") == listed("--account", "2000") == []
    assert listed("--since", (TOMORROW - timedelta(hours=1)).isoformat()) == ["planned"]
    assert listed("--until", TOMORROW.isoformat(), "--limit", "2") == ["published", "failed"]
    assert "There are more" in cli("outbox", "list", "--outbox", path, "--limit", "2").out
    assert "No deliveries" in cli("outbox", "list", "--outbox", path, "--network", "twitter").out


def test_a_list_fits_a_narrow_terminal(
    cli: Cli, path: Path, held: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 80 columns each id stands whole on a line with time and state, and no line is longer."""
    monkeypatch.setenv("COLUMNS", "80")
    with Outbox(path) as outbox:
        outbox.add_campaign(
            "long", [("linkedin", "urn:li:organization:5515715", Post("word " * 90), timedelta(days=9))]
        )
    lines = cli("outbox", "list", "--outbox", path).out.splitlines()
    assert max(map(len, lines)) <= 80
    assert [one.split()[0] for one in lines[::2]][:4] == [
        held[one] for one in ("published", "failed", "unknown", "planned")
    ]
    assert all(one.startswith("    ") for one in lines[1::2])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("list",), "Give either --outbox PATH or --accounts FILE"),
        (("list", "--outbox", "no-such.db"), "There is no outbox at no-such.db"),
        (("list", "--outbox", "{path}", "--state", "ready"), "no state 'ready'"),
        (("list", "--outbox", "{path}", "--since", "tomorrow"), "--since: write a time with its zone"),
        (("vacuum", "--outbox", "{path}", "--older-than", "long"), "such as 90d, not 'long'"),
        (("settle", "x", "--outbox", "{path}"), "Say either --live POST-ID"),
        (("pause", "--outbox", "{path}"), "name either a network or a campaign"),
        (("pause", "--network", "facebok", "--outbox", "{path}"), "no network named 'facebok'; known are facebook"),
        (("pause", "--campaign", "sprung", "--outbox", "{path}"), "no campaign named 'sprung'"),
        (("list", "--outbox", "{folder}"), "is a folder"),
        (("list", "--outbox", "mysql://me:hush@db/outbox"), "An outbox is kept in a file, or in PostgreSQL"),
    ],
)
def test_what_is_wrong_is_told(
    cli: Cli, path: Path, held: dict[str, str], arguments: tuple[str, ...], told: str
) -> None:
    """What was given wrong ends with exit code 2 and says what to write; no file is made."""
    ran = cli("outbox", *(one.format(path=path, folder=path.parent) for one in arguments))
    assert ran.code == 2
    with Outbox(path) as outbox:
        assert outbox.pauses() == []
    assert told in ran.err
    assert "hush" not in ran.err
    assert not Path("no-such.db").exists()


def test_a_delivery_that_is_not_there(cli: Cli, path: Path, held: dict[str, str]) -> None:
    """An unknown id ends with exit code 1."""
    for command in (("show", "x"), ("cancel", "x"), ("retry", "x"), ("settle", "x", "--not-live"), ("call-off", "x")):
        ran = cli("outbox", *command, "--outbox", path)
        assert (ran.code, "NotFound" in ran.err) == (1, True), command


def test_the_accounts_file_names_the_outbox(
    cli: Cli, path: Path, held: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --accounts no secret is needed to look; a file without an outbox is told."""
    accounts = path.with_name("accounts.toml")
    account = '[accounts.page]\nnetwork = "facebook"\npage_id = "1000"\ntoken = { env = "NOT_SET" }\n'
    accounts.write_text(f'outbox = "{path.name}"\n{account}')
    ran = cli("outbox", "counts", "--accounts", accounts, "--json")
    assert ran.code == 0, ran.err
    counts = json.loads(ran.out)
    assert counts["networks"]["facebook"]["failed"] == counts["drafts"] == 1
    assert "5 deliveries, 1 drafts" in cli("outbox", "counts", "--accounts", accounts).out
    accounts.write_text(account)
    assert "names no outbox" in cli("outbox", "list", "--accounts", accounts).err


@pytest.mark.parametrize("address", ["postgresql://me:hush@db/outbox", "postgresql://db/outbox?user=me&password=hush"])
def test_a_password_in_the_accounts_file_is_refused(cli: Cli, tmp_path: Path, address: str) -> None:
    """The address of an outbox with a password stands in the environment, as tokens do; it is not told back."""
    accounts = tmp_path / "accounts.toml"
    accounts.write_text(f'outbox = "{address}"\n[accounts.page]\nnetwork = "facebook"\n')
    ran = cli("outbox", "list", "--accounts", accounts)
    assert (ran.code, "secrets do not belong in a file" in ran.err, "hush" in ran.err) == (2, True, False)


def test_show_tells_the_history(cli: Cli, path: Path, held: dict[str, str]) -> None:
    """Each change is there, with its time and what went wrong."""
    shown = cli("outbox", "show", held["failed"], "--outbox", path)
    assert shown.code == 0, shown.err
    for word in ("planned", "claimed", "sending", "failed", "PolicyBlocked: ", "not today", "(attempt 1)", "Hello"):
        assert word in shown.out
    told = json.loads(cli("outbox", "show", held["failed"], "--outbox", path, "--json").out)
    assert told["delivery"]["id"] == held["failed"]
    assert [one["became"] for one in told["history"]] == ["planned", "claimed", "sending", "failed"]


def test_cancel_and_retry(cli: Cli, path: Path, held: dict[str, str]) -> None:
    """A plan is taken back, a failed delivery is planned again; what cannot be is refused with exit code 2."""
    assert "cancelled" in cli("outbox", "cancel", held["planned"], "--outbox", path).out
    refused = cli("outbox", "cancel", held["published"], "--outbox", path)
    assert (refused.code, "published and cannot be cancelled" in refused.err) == (2, True)
    again = json.loads(cli("outbox", "retry", held["failed"], "--outbox", path, "--json").out)
    assert (again["state"], again["attempts"]) == ("planned", 0)
    assert abs(datetime.fromisoformat(again["at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    at = TOMORROW.isoformat()
    moved = json.loads(cli("outbox", "retry", held["failed"], "--at", at, "--outbox", path, "--json").out)
    assert datetime.fromisoformat(moved["at"]) == TOMORROW


@pytest.mark.parametrize("live", [True, False])
def test_settle(cli: Cli, path: Path, held: dict[str, str], *, live: bool) -> None:
    """A person says that it is live, as which post, or that it is not."""
    said = ("--live", "55", "--url", "https://example.com/55") if live else ("--not-live",)
    ran = cli("outbox", "settle", held["unknown"], *said, "--outbox", path, "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["state"] == ("published" if live else "failed")
    assert (told["published"] or {}).get("id") == ("55" if live else None)
    assert cli("outbox", "settle", held["unknown"], *said, "--outbox", path).code == 2


def test_pause_resume_and_call_off(cli: Cli, path: Path, held: dict[str, str]) -> None:
    """A network or campaign is paused and goes on; a campaign is called off."""
    assert "the network facebook" in cli("outbox", "pause", "--network", "facebook", "--outbox", path).out
    paused = json.loads(cli("outbox", "pause", "--campaign", "spring", "--outbox", path, "--json").out)
    assert [(one["of"], one["name"]) for one in paused] == [("network", "facebook"), ("campaign", "spring")]
    assert "was not paused" not in cli("outbox", "resume", "--network", "facebook", "--outbox", path).out
    assert "facebook was not paused" in cli("outbox", "resume", "--network", "facebook", "--outbox", path).out
    assert "Nothing is paused" in cli("outbox", "resume", "--campaign", "spring", "--outbox", path).out
    assert "cancelled" in cli("outbox", "call-off", "spring", "--outbox", path).out
    with Outbox(path) as outbox:
        assert {one.state for one in outbox.deliveries(campaign="spring")} == {DeliveryState.CANCELLED}


def test_export_writes_lines(cli: Cli, path: Path, held: dict[str, str]) -> None:
    """Everything comes as lines of JSON, to the output or to a new file; a file that is there is left alone."""
    lines = cli("outbox", "export", "--outbox", path).out.splitlines()
    assert [json.loads(one)["kind"] for one in lines] == ["outbox", "campaign", "draft", *["delivery"] * 5]
    to = path.with_name("all.jsonl")
    assert f"{len(lines)} lines" in cli("outbox", "export", "--outbox", path, "--to", to).out
    assert to.read_text("utf-8").splitlines()[1:] == lines[1:]
    again = cli("outbox", "export", "--outbox", path, "--to", to)
    assert (again.code, "File exists" in again.err) == (2, True)


def test_vacuum_says_what_it_cleared(cli: Cli, path: Path, held: dict[str, str]) -> None:
    """Copies that nothing refers to go; with an age what ended before it goes too, and only that."""
    cli("outbox", "cancel", held["planned"], "--outbox", path)
    assert "0 deliveries, 0 copies" in cli("outbox", "vacuum", "--outbox", path).out
    done = json.loads(cli("outbox", "vacuum", "--outbox", path, "--older-than", "90d", "--json").out)
    assert done == {"deliveries": 0, "copies": 0, "size": 0}
    cli("outbox", "settle", held["unknown"], "--not-live", "--outbox", path)
    done = json.loads(cli("outbox", "vacuum", "--outbox", path, "--older-than", "0m", "--json").out)
    assert (done["deliveries"], done["copies"]) == (4, 1)
    with Outbox(path) as outbox:
        assert [one.state for one in outbox.deliveries()] == ["held"]
