"""A film's facts, read from its own index."""

from __future__ import annotations

from pathlib import Path

import pytest

from socialconnect import Document, Image, Subtitles, Video, media
from socialconnect.testing import sample_image, sample_video, write_sample_video
from socialconnect.testing.emulators.received import ReceivedFile


def test_what_a_film_tells() -> None:
    """Length, size in pixels, frame rate, codecs, and whether the index stands in front."""
    facts = Video(sample_video(16, width=720, height=1280, frame_rate=25, size=100_000)).facts
    assert facts is not None
    assert (facts.type, facts.size, facts.seconds) == ("video/mp4", 100_000, 16)
    assert (facts.width, facts.height, facts.ratio) == (720, 1280, 720 / 1280)
    assert (facts.frame_rate, facts.bit_rate) == (25, 50_000)
    assert (facts.video_codec, facts.audio_codec, facts.audio_rate, facts.streamable) == ("AVC", "AAC", 48_000, True)


def test_a_silent_film() -> None:
    """A film without sound has no audio codec."""
    facts = Video(sample_video(sound=False)).facts
    assert facts is not None
    assert facts.audio_codec is None


def test_a_film_of_a_gigabyte_is_not_read_through(tmp_path: Path) -> None:
    """Only the index is read, and the sparse file takes next to nothing of the disk."""
    path = write_sample_video(tmp_path / "long.mp4", 600, size=2**30)
    facts = Video(path).facts
    assert facts is not None
    assert (facts.size, facts.seconds) == (2**30, 600)
    assert path.stat().st_blocks * 512 < 2**20


def test_a_damaged_film_has_a_type_and_a_size() -> None:
    """What cannot be read is None, never a guess."""
    facts = Video(sample_video()[:40]).facts
    assert facts is not None
    assert (facts.type, facts.seconds, facts.width) == ("video/mp4", None, None)


def test_without_the_library_the_user_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A film whose length was not checked says so, as a warning that names what to install."""
    monkeypatch.setattr(media, "can_measure_videos", lambda: False)
    (problem,) = Video(sample_video()).problems("media[0]")
    assert (problem.severity, problem.rule) == ("warning", "measured")
    assert "socialconnect[video]" in problem.message


def test_what_belongs_to_a_film_is_looked_at_too() -> None:
    """A thumbnail that is no image and empty subtitles are told with their places."""
    film = Video(sample_video(), thumbnail=Image(b"no picture"), subtitles=[Subtitles(b" "), Subtitles("gone.srt")])
    told = {(one.field, one.rule) for one in film.problems("media[0]")}
    assert told == {("media[0].thumbnail", "media_type"), ("media[0].subtitles[1]", "readable")}


def test_a_picture_is_no_film() -> None:
    """A file goes by its content."""
    (problem,) = Video(sample_image()).problems("media[0]")
    assert (problem.rule, problem.actual) == ("media_type", "image/png")
    assert Document(b"%PDF-1.7 ...").problems("media[0]") == []


def test_sample_pictures_differ_by_their_shade() -> None:
    """Tests that need two pictures get two."""
    first = Image(sample_image(400, 300)).facts
    assert first is not None
    assert (first.type, first.width, first.height) == ("image/png", 400, 300)
    assert sample_image(shade=1) != sample_image(shade=2)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_a_file_received_in_parts(order: tuple[int, ...]) -> None:
    """Parts are counted once whatever their order, and the facts come from the first bytes alone."""
    film = sample_video(30, size=3000)
    file = ReceivedFile(3000)
    for part in (*order, 1):
        file.append(film[part * 1000 : (part + 1) * 1000], offset=part * 1000)
    assert (file.received, file.complete) == (3000, True)
    assert file.facts.size == 3000
