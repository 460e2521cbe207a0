"""The outbox's own copies of media."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.wall import Wall, network

from socialconnect import Image, Link, Post, PostVariant, Video
from socialconnect.errors import ConfigurationError, ValidationError
from socialconnect.outbox import Outbox
from socialconnect.outbox.shelf import MediaShelf
from socialconnect.testing import TestClock

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    picture = tmp_path / "Picture.PNG"
    picture.write_bytes(PNG)
    return picture


def test_a_file_deleted_before_its_time_loses_nothing(path: Path, wall: Wall, clock: TestClock, picture: Path) -> None:
    """What is published is what the file held when it was planned, also after a restart."""
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock).schedule(Post("hello", media=[Image(picture)]), clock.now() + timedelta(hours=1))
    picture.write_bytes(b"something else")
    picture.unlink()
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock)
        (delivery,) = outbox.deliveries()
        assert b"".join(delivery.post.media[0].chunks(1000)) == PNG
        assert outbox.run(until_idle=True).published == 1


def test_every_place_of_a_post_is_looked_at(outbox: Outbox, wall: Wall, clock: TestClock, picture: Path) -> None:
    """Bytes, files, the link's picture and the variants' media are copied; addresses stay; equal files are one."""
    post = Post(
        "hello",
        media=[Image(PNG, alt="one"), Image(picture), Image("https://example.com/a.jpg"), Video(b"film")],
        link=Link("https://example.com", image=Image(picture)),
        variants={"wall": PostVariant(media=(Image(picture, alt="two"),))},
    )
    kept = outbox._core._shelf._keep(post)
    shelf = outbox._core._shelf.folder
    assert [one.path and one.path.parent for one in kept.media] == [shelf, shelf, None, shelf]
    assert [one.url for one in kept.media] == [None, None, "https://example.com/a.jpg", None]
    assert all(one.content is None for one in kept.media)
    assert kept.link is not None
    assert kept.link.image is not None
    assert kept.link.image.path == kept.media[1].path
    variant = kept.variants["wall"].media
    assert variant is not None
    assert isinstance(variant[0], Image)
    assert (variant[0].path, variant[0].alt) == (kept.media[1].path, "two")
    assert sorted(one.suffix for one in shelf.iterdir()) == ["", "", ".png"]
    assert outbox._core._shelf._keep(kept) is kept


def test_the_folder_may_be_moved(path: Path, wall: Wall, clock: TestClock, picture: Path, tmp_path: Path) -> None:
    """The database and its folder can be moved together: copies are named without the folder."""
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock).draft(Post("hello", media=[Image(picture)]))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for one in tmp_path.glob("outbox.db*"):
        one.rename(elsewhere / one.name)
    with Outbox(elsewhere / "outbox.db", clock=clock) as outbox:
        (draft,) = outbox.drafts()
        assert draft.post is not None
        assert b"".join(draft.post.media[0].chunks(1000)) == PNG


def test_a_missing_file_is_told(outbox: Outbox, wall: Wall, clock: TestClock, tmp_path: Path) -> None:
    """A draft, too, needs its files: what is not there cannot be kept."""
    with pytest.raises(ValidationError, match=r"media\[0\]: cannot read"):
        network(wall, outbox, clock).draft(Post("hello", media=[Image(tmp_path / "nothing.png")]))
    assert outbox.drafts() == []


def test_a_copy_that_is_cut_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: Path) -> None:
    """If the copy cannot be forced to disk, the error says so, and nothing stands under a final name."""
    shelf = MediaShelf(tmp_path / "shelf", blocking=True)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        shelf._keep(Post("hello", media=[Image(picture)]))
    assert list(shelf.folder.iterdir()) == []
