"""What the tests of archives put in, and look at."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from socialconnect import (
    Image,
    Outbox,
    OutcomeUnknown,
    Post,
    PostVariant,
)
from socialconnect.testing import FakeNetwork, TestClock
from socialconnect.testing.samples import sample_image

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
MEMBER = "urn:li:person:a"
PICTURE = Image(sample_image(8, 8), alt="A square")


def fill(outbox: Outbox, clock: TestClock) -> None:
    """Put in drafts, plans, a held campaign, what was published, what is unknown, what failed, and numbers."""
    twitter = FakeNetwork("twitter", "7", clock=clock, outbox=outbox)
    facebook = FakeNetwork("facebook", "1000", clock=clock, outbox=outbox)
    picture = Image(sample_image(64, 64), alt="A raincoat")
    twitter.draft(Post("Not ready: é, “quotes”, a\nsecond line \u2028 and a comma,"))
    twitter.draft(Post("With a picture", media=[picture]))
    facebook.draft(Post("A draft of Facebook's"))
    outbox.add_campaign("spring", [("twitter", "7", Post("At the start"), timedelta(days=1))])
    twitter.schedule(Post("Done", media=[picture]), NOW + timedelta(hours=1))
    outbox.run(until=NOW + timedelta(hours=2))
    twitter.schedule(Post("Lost"), clock.now() + timedelta(hours=1))
    twitter.fail_next("publish", OutcomeUnknown("The answer was lost."))
    outbox.run(until=clock.now() + timedelta(hours=2))
    later = Post("Later", variants={"twitter": PostVariant(text="Later, short", media=[picture])})
    twitter.schedule(later, NOW + timedelta(days=9))
    facebook.schedule(Post("Facebook's"), NOW + timedelta(days=9))
    (published,) = [one for one in twitter.wall if one.text == "Done"]
    twitter.set_metrics(published, views=12, likes=3)
    outbox.keep(twitter.fetch_metrics([published]), twitter.fetch_account_metrics(), twitter.posts())


def everything(outbox: Outbox) -> list[str]:
    """Give all that an outbox holds as text, its folder left out."""
    lines = [line for line in outbox.export() if '"kind": "outbox"' not in line and '"kind": "pause"' not in line]
    return [line.replace(f"{outbox.path}-media/", "") for line in [*lines, *map(str, outbox.readings())]]


def files(folder: Path) -> dict[str, bytes]:
    """Give the bytes of an archive's files, except of its manifest, which holds the moment."""
    found = [one for one in folder.rglob("*") if one.is_file() and one.name != "manifest.json"]
    return {str(one.relative_to(folder)): one.read_bytes() for one in found}


def rows(path: Path) -> list[dict[str, str]]:
    """Read a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def forged(folder: Path, name: str, change: Callable[[str], str], *, errors: str = "strict") -> None:
    """Change a file and make the manifest fit, as one would who knows the format."""
    from socialconnect.outbox.archive.manifest import ArchiveManifest, digest_of

    path = folder / name
    path.write_text(change(path.read_text("utf-8")), "utf-8", errors, newline="\n")
    manifest = ArchiveManifest.model_validate_json((folder / "manifest.json").read_text("utf-8"))
    size, sha256 = digest_of(path)
    told = [
        one.model_copy(update={"size": size, "sha256": sha256}) if one.path == name else one for one in manifest.files
    ]
    whole = manifest.model_copy(update={"files": tuple(told)}).sealed()
    (folder / "manifest.json").write_bytes(whole)
