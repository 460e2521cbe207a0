"""Overlays: what the application itself declares, in code or in a file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pydantic
import pytest

from socialconnect import ConfigurationError, Overlay, load_overlays
from socialconnect.lifecycle import OPERATIONS, ApiState, Lifecycle

LEAVING = Overlay(network="twitter", effective=date(2026, 12, 1), reason="We leave.", source="the board")


def test_it_touches_everything_unless_told() -> None:
    """A network that is given up is given up whole: on its day nothing of it is left."""
    lifecycle = Lifecycle(overlays=[LEAVING])
    status = lifecycle.status("twitter", date(2026, 12, 1))
    assert status.state is ApiState.RETIRED
    assert {one.reason for one in status.operations.values()} == {"We leave."}
    assert set(status.operations) == set(OPERATIONS)


def test_it_touches_no_other_network() -> None:
    """The others go on."""
    lifecycle = Lifecycle(overlays=[LEAVING])
    for network in ("facebook", "instagram", "linkedin"):
        assert lifecycle.status(network, date(2027, 1, 1)).state is ApiState.ACTIVE


def test_it_is_told_at_once_unless_announced_later() -> None:
    """An overlay without a day of announcement is known from the moment it is there."""
    quiet = LEAVING.model_copy(update={"announced": date(2026, 11, 20)})
    for overlay, told in ((LEAVING, True), (quiet, False)):
        draft = Lifecycle(overlays=[overlay]).status("twitter", date(2026, 11, 1)).operations["draft"]
        assert (draft.ends is not None) is told
        assert draft.since is None


def test_it_may_touch_one_operation() -> None:
    """Giving up the numbers leaves publishing as it is."""
    overlay = LEAVING.model_copy(update={"network": "facebook", "operations": ("fetch_metrics",)})
    operations = Lifecycle(overlays=[overlay]).status("facebook", date(2026, 12, 1)).operations
    assert operations["fetch_metrics"].state is ApiState.RETIRED
    assert operations["publish"].state is ApiState.ACTIVE


def test_it_can_be_taken_back() -> None:
    """A decision may be revised while the application runs."""
    lifecycle = Lifecycle()
    lifecycle.add(LEAVING)
    lifecycle.remove(LEAVING)
    assert lifecycle.overlays == ()
    assert lifecycle.status("twitter", date(2026, 12, 1)).operations["draft"].state is ApiState.ACTIVE


@pytest.mark.parametrize(
    "wrong",
    [
        {"operations": ("like",)},
        {"operations": ()},
        {"reason": ""},
        {"source": ""},
        {"state": "active"},
        {"effective": datetime(2026, 12, 1, 9)},  # the fault that is tested
        {"effective": datetime(2026, 12, 1)},
        {"effective": "2026-12-01T00:00:00"},
        {"colour": "red"},
    ],
)
def test_a_faulty_overlay_is_refused(wrong: dict[str, object]) -> None:
    """Operations must exist, reasons and sources be given, and moments have a zone."""
    whole: dict[str, object] = {"network": "x", "effective": date(2026, 12, 1), "reason": "We leave.", "source": "us"}
    with pytest.raises(pydantic.ValidationError):
        Overlay.model_validate({**whole, **wrong})


def test_a_moment_at_midnight_elsewhere_stays_that_moment() -> None:
    """A zone is not lost where the clock there shows midnight."""
    moment = datetime(2026, 12, 1, tzinfo=UTC) - timedelta(hours=1)
    overlay = Overlay.model_validate(
        {"network": "x", "effective": "2026-12-01T00:00:00+01:00", "reason": "We leave.", "source": "us"}
    )
    assert overlay.effective == moment


def test_a_file_holds_several(tmp_path: Path) -> None:
    """Each [[overlay]] table is one, in order."""
    file = tmp_path / "overlays.toml"
    file.write_text(
        """
        [[overlay]]
        network = "twitter"
        effective = 2026-12-01
        reason = "We leave."
        source = "the board"

        [[overlay]]
        network = "linkedin"
        effective = 2027-01-01T12:00:00Z
        reason = "Too dear."
        source = "the board"
        state = "paywalled"
        operations = ["fetch_metrics"]
        plan = "Partner"
        price = "500 USD per month"
        """
    )
    first, second = load_overlays(file)
    assert first == LEAVING
    assert (second.effective, str(second.price)) == (datetime(2027, 1, 1, 12, tzinfo=UTC), "500 USD per month")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[overlay]\n", r"not valid TOML.*line 1, column 10"),
        ("[[overlays]]\n", r"must hold \[\[overlay\]\] tables"),
        ("", r"must hold \[\[overlay\]\] tables"),
        ('overlay = "none"\n', r"must hold \[\[overlay\]\] tables"),
        ('[[overlay]]\nnetwork = "twitter"\n', r"overlay\[0\] \(twitter\).effective: Field required"),
    ],
)
def test_a_faulty_file_says_where_it_is(tmp_path: Path, text: str, told: str) -> None:
    """The error names the file, the place and the fault."""
    file = tmp_path / "overlays.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=told) as caught:
        load_overlays(file)
    assert str(file) in caught.value.message


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is a fault of the set-up."""
    with pytest.raises(ConfigurationError, match="Cannot read the overlays"):
        load_overlays(tmp_path / "gone.toml")


def test_a_network_that_is_misspelt_is_told(tmp_path: Path) -> None:
    """Its day would pass unnoticed: the place and the known names are told; a network of one's own can be named."""
    file = tmp_path / "overlays.toml"
    file.write_text('[[overlay]]\nnetwork = "twiter"\neffective = 2026-12-01\nreason = "r"\nsource = "s"\n', "utf-8")
    with pytest.raises(ConfigurationError, match=r"overlay\[0\]\.network.*known are facebook") as caught:
        load_overlays(file)
    assert "twiter" in str(caught.value)
    assert load_overlays(file, networks=["twiter"])[0].network == "twiter"
