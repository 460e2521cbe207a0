"""Media: exactly one source, and what a file is by its own content."""

from __future__ import annotations

import io
from pathlib import Path

import pydantic
import pytest

from socialconnect import Image, Post, Video

PICTURE = Path("examples/spring/raincoats.jpg")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Image(),
        lambda: Video(),
        lambda: Image("a.jpg", url="https://cdn.example/a.jpg"),
        lambda: Image(b"a", path="a.jpg"),
    ],
)
def test_exactly_one_source(make: type[Image]) -> None:
    """No source, or two, is refused when the object is made."""
    with pytest.raises(pydantic.ValidationError, match="exactly one of path, url and content"):
        make()


def test_only_web_addresses() -> None:
    """An address must be one that a network can fetch."""
    with pytest.raises(pydantic.ValidationError, match="must begin with http"):
        Image(url="ftp://cdn.example/a.jpg")


@pytest.mark.parametrize("source", [PICTURE, str(PICTURE), PICTURE.read_bytes(), io.BytesIO(PICTURE.read_bytes())])
def test_the_same_picture_from_anywhere(source: Path | str | bytes | io.BytesIO) -> None:
    """A path, bytes and a file object give the same facts and the same bytes."""
    image = Image(source, alt="Three raincoats")
    assert image.facts is not None
    assert (image.facts.type, image.facts.size) == ("image/jpeg", PICTURE.stat().st_size)
    assert image.facts.width is not None
    assert image.facts.height is not None
    assert image.problems("media[0]") == []
    with image.open() as file:
        assert file.read() == PICTURE.read_bytes()


def test_what_is_fetched_by_the_network_is_not_looked_at() -> None:
    """Media by address has no facts and no problems here, and cannot be opened."""
    image = Image("https://cdn.example/a.jpg")
    assert image.facts is None
    assert image.problems("media[0]") == []
    with pytest.raises(ValueError, match="fetched by the network"):
        image.open()


def test_pieces_are_the_file() -> None:
    """A file in pieces is the file, whole or from a place in it."""
    whole = PICTURE.read_bytes()
    pieces = list(Image(PICTURE).chunks(1000))
    assert {len(piece) for piece in pieces[:-1]} == {1000}
    assert b"".join(pieces) == whole
    assert b"".join(Image(PICTURE).chunks(1000, start=777)) == whole[777:]


@pytest.mark.parametrize(
    ("media", "rule", "told"),
    [
        (Image("no/such/file.jpg"), "readable", "No such file"),
        (Image(b""), "not_empty", "empty"),
        (Image(b"no picture at all, whatever its name says"), "media_type", "not an image"),
        (Image(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"), "media_type", "application/pdf"),
        (Video(PICTURE), "media_type", "not a video: the file's content is image/jpeg"),
    ],
)
def test_what_is_wrong_with_a_file(media: Image | Video, rule: str, told: str) -> None:
    """A file that is missing, empty or of another kind is one problem, at the place where it stands."""
    (found,) = media.problems("media[0]")
    assert (found.field, found.rule) == ("media[0]", rule)
    assert told in found.message


def test_a_name_proves_nothing(tmp_path: Path) -> None:
    """A text that is called .jpg is a text."""
    liar = tmp_path / "picture.jpg"
    liar.write_text("Our spring line is here.", "utf-8")
    assert [one.rule for one in Image(liar).problems("media[0]")] == ["media_type"]


def test_media_survive_json() -> None:
    """A post with media of each kind reads back from its JSON as the same post, bytes and all."""
    post = Post(
        "x", media=[Image(PICTURE), Image(b"\x00\xff raw", alt="Raw"), Video("https://cdn.example/film.mp4", title="T")]
    )
    assert Post.model_validate_json(post.model_dump_json()) == post


def test_one_medium_needs_no_list() -> None:
    """A single image may stand for a list of one where a post is checked from data."""
    assert Post.model_validate({"media": Image(PICTURE)}).media == (Image(PICTURE),)


def test_bytes_are_not_shown() -> None:
    """What a file holds does not fill a log."""
    assert "secret bytes" not in repr(Post("x", media=[Image(b"secret bytes")]))
