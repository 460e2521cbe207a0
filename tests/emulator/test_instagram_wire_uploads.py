"""Videos uploaded to containers, whole, broken off and resumed, as Instagram's emulator takes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from tests.emulator.instagram_wire import BY_FACEBOOK, BY_INSTAGRAM, RUPLOAD, USER, Wire, codes

from socialconnect.media_facts import MediaFacts
from socialconnect.testing import TestClock
from socialconnect.testing.emulators.graph import upload_fault
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.samples import sample_video

RESUMABLE = {"media_type": "REELS", "upload_type": "resumable"}
FILM = sample_video(10.0, size=120_000)
UNAUTHORIZED = {
    "debug_info": {
        "retriable": False,
        "type": "ProcessingFailedError",
        "message": '{"success":false,"error":{"message":"unauthorized user request"}}',
    }
}


@pytest.fixture
def wire() -> Iterator[Wire]:
    clock = TestClock("2026-11-24T09:00:00+00:00")
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0))
    with emulator.client() as client:
        client.base_url = BY_FACEBOOK
        client.headers["Authorization"] = "Bearer IGTOKEN"
        yield Wire(emulator, clock, client)


def send(wire: Wire, uri: str, piece: bytes, offset: int = 0, size: int = len(FILM)) -> httpx.Response:
    """Send bytes as the documentation does."""
    headers = {"Authorization": "OAuth IGTOKEN", "offset": str(offset), "file_size": str(size)}
    return wire.client.post(uri, headers=headers, content=piece)


def phases(wire: Wire, container: str) -> tuple[object, object]:
    """Give how far upload and processing are."""
    told = wire.get(f"/{container}", fields="video_status")["video_status"]
    return told["uploading_phase"], told["processing_phase"]


@pytest.mark.parametrize("kind", ["REELS", "STORIES", "VIDEO"])
def test_a_video_is_uploaded_and_published(wire: Wire, kind: str) -> None:
    """The container names the upload host; after the bytes it finishes, and the video goes live."""
    extra = {"is_carousel_item": True} if kind == "VIDEO" else {}
    made = wire.create(media_type=kind, upload_type="resumable", **extra).json()
    assert made["uri"] == f"{RUPLOAD}/{made['id']}"
    assert wire.status(made["id"]) == "IN_PROGRESS"
    done = send(wire, made["uri"], FILM)
    assert done.json() == {"success": True, "message": "Upload successful."}
    assert wire.status(made["id"]) == "FINISHED"
    if kind != "VIDEO":
        assert wire.publish(made["id"]).status_code == 200
        assert len(wire.emulator.wall) == 1


def test_the_address_without_a_version_is_the_same(wire: Wire) -> None:
    """One page of the documentation leaves the version out."""
    made = wire.create(**RESUMABLE).json()["id"]
    assert send(wire, f"https://rupload.facebook.com/ig-api-upload/{made}", FILM).status_code == 200
    assert wire.status(made) == "FINISHED"


def test_what_curl_sends_is_taken(wire: Wire) -> None:
    """`curl --data-binary` calls the bytes a form; they are bytes all the same."""
    uri = wire.create(**RESUMABLE).json()["uri"]
    headers = {"Authorization": "OAuth IGTOKEN", "offset": "0", "file_size": str(len(FILM))}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    assert wire.client.post(uri, headers=headers, content=FILM).status_code == 200
    upload = wire.emulator.containers[0].upload
    assert upload is not None
    assert upload.sha256 == hashlib.sha256(FILM).hexdigest()


def test_processing_begins_when_the_upload_ends(wire: Wire) -> None:
    """The time of processing counts from the last byte, and the phases tell where it stands."""
    wire.emulator.limits.processing = timedelta(seconds=60)
    made = wire.create(**RESUMABLE).json()
    assert phases(wire, made["id"]) == ({"status": "not_started", "bytes_transferred": 0}, {"status": "not_started"})
    wire.clock.advance(120)
    send(wire, made["uri"], FILM)
    come = {"status": "complete", "bytes_transferred": len(FILM), "source_file_size": len(FILM)}
    assert phases(wire, made["id"]) == (come, {"status": "in_progress"})
    wire.clock.advance(59)
    assert wire.status(made["id"]) == "IN_PROGRESS"
    wire.clock.advance(1)
    assert wire.status(made["id"]) == "FINISHED"
    assert phases(wire, made["id"]) == (come, {"status": "complete"})


def test_a_broken_upload_is_resumed(wire: Wire) -> None:
    """What came before the break is kept; the upload goes on from there, and from nowhere else."""
    made = wire.create(**RESUMABLE).json()
    wire.emulator.interrupt_next_upload(after=50_002)
    with pytest.raises(httpx.ReadError):
        send(wire, made["uri"], FILM)
    uploading, processing = phases(wire, made["id"])
    assert uploading == {"status": "in_progress", "bytes_transferred": 50_002, "source_file_size": len(FILM)}
    assert processing == {"status": "not_started"}
    again = send(wire, made["uri"], FILM)
    assert again.json()["debug_info"]["type"] == "OffsetInvalidError"
    assert send(wire, made["uri"], FILM[50_002:], 50_002).status_code == 200
    assert wire.status(made["id"]) == "FINISHED"


@pytest.mark.parametrize(
    ("piece", "offset", "size", "kind"),
    [
        (FILM, 1, len(FILM) + 1, "OffsetInvalidError"),
        (FILM, 0, len(FILM) - 1, "PartialRequestError"),
        (FILM[:-1], 0, len(FILM), "PartialRequestError"),
    ],
)
def test_lengths_have_to_match(wire: Wire, piece: bytes, offset: int, size: int, kind: str) -> None:
    """An offset beyond what came, more bytes than announced and fewer are refused in the upload host's own shape."""
    uri = wire.create(**RESUMABLE).json()["uri"]
    answer = send(wire, uri, piece, offset, size)
    assert answer.status_code >= 400
    told = answer.json()
    assert set(told) == {"debug_info"}
    assert told["debug_info"]["type"] == kind


@pytest.mark.parametrize(
    "authorization", ["", "Bearer IGTOKEN", "OAuth nonsense", "OAuth"], ids=["none", "bearer", "unknown", "empty"]
)
def test_the_upload_host_wants_oauth(wire: Wire, authorization: str) -> None:
    """Without `Authorization: OAuth` and a good token the documented failure comes back."""
    uri = wire.create(**RESUMABLE).json()["uri"]
    headers = {"Authorization": authorization, "offset": "0", "file_size": str(len(FILM))}
    answer = wire.client.post(uri, headers=headers, content=FILM)
    assert answer.json() == UNAUTHORIZED


def test_an_ended_token_uploads_nothing(wire: Wire) -> None:
    """A token that ended or lost its permission meanwhile is refused by the upload host too."""
    uri = wire.create(**RESUMABLE).json()["uri"]
    token = wire.emulator.tokens["IGTOKEN"]
    token.permissions.discard("instagram_content_publish")
    assert send(wire, uri, FILM).json() == UNAUTHORIZED
    token.permissions.add("instagram_content_publish")
    token.expires_at = wire.clock.now()
    assert send(wire, uri, FILM).json() == UNAUTHORIZED


def test_an_upload_without_its_headers_is_refused(wire: Wire) -> None:
    """Both `offset` and `file_size` are needed, and are numbers."""
    uri = wire.create(**RESUMABLE).json()["uri"]
    for headers in ({"offset": "0"}, {"file_size": "3"}, {"offset": "x", "file_size": "3"}):
        answer = wire.client.post(uri, headers={"Authorization": "OAuth IGTOKEN", **headers}, content=b"abc")
        assert answer.json()["debug_info"]["type"] == "ProcessingFailedError"


def test_an_unfit_video_fails_after_its_upload(wire: Wire) -> None:
    """The upload succeeds; the container fails with its code, and the processing phase says so."""
    short = sample_video(1.0)
    made = wire.create(**RESUMABLE).json()
    assert send(wire, made["uri"], short, size=len(short)).status_code == 200
    assert wire.status(made["id"]) == "ERROR"
    _, processing = phases(wire, made["id"])
    text = "Error: Media upload has failed with error code 2207026"
    assert processing == {"status": "error", "errors": [{"code": 2207026, "message": text}]}


def test_what_is_no_video_fails_after_its_upload(wire: Wire) -> None:
    """Bytes of no known kind are taken and then fail."""
    made = wire.create(**RESUMABLE).json()
    send(wire, made["uri"], b"no film", size=7)
    assert wire.status(made["id"]) == "ERROR"


def test_a_thumbnail_outside_the_video_fails_after_its_upload(wire: Wire) -> None:
    """The offset is looked at again when the length is known."""
    made = wire.create(**RESUMABLE, thumb_offset=10_000).json()
    send(wire, made["uri"], FILM)
    assert wire.get(f"/{made['id']}", fields="status")["status"].endswith("2207057")


def test_a_hosted_video_is_fetched(wire: Wire) -> None:
    """`file_url` stands in for the bytes; what cannot be fetched is refused, and can be tried again."""
    address = "https://media.example.com/film.mp4"
    headers = {"Authorization": "OAuth IGTOKEN", "file_url": address}
    wire.emulator.hosted.add(address, failure="unreachable")
    made = wire.create(**RESUMABLE).json()
    assert wire.client.post(made["uri"], headers=headers).json()["debug_info"]["type"] == "ProcessingFailedError"
    wire.emulator.hosted.add(address, facts=MediaFacts(type="video/mp4", size=5_000, seconds=9.0))
    assert wire.client.post(made["uri"], headers=headers).status_code == 200
    assert wire.status(made["id"]) == "FINISHED"
    uploading, _ = phases(wire, made["id"])
    assert uploading == {"status": "complete", "bytes_transferred": 5_000}


def test_the_upload_host_is_only_written_to(wire: Wire) -> None:
    """Reading from it is a gap: nothing is documented of that."""
    made = wire.create(**RESUMABLE).json()
    assert wire.client.get(made["uri"]).status_code == 501


def test_a_container_takes_one_upload(wire: Wire) -> None:
    """A container that is done, one that fetches its video, and one that is unknown take none."""
    made = wire.create(**RESUMABLE).json()
    send(wire, made["uri"], FILM)
    assert send(wire, made["uri"], FILM).status_code == 400
    fetched = wire.container(media_type="REELS", video_url="https://cdn.example.com/1.mp4")
    assert send(wire, f"{RUPLOAD}/{fetched}", FILM).status_code == 400
    assert send(wire, f"{RUPLOAD}/1", FILM).json() == UNAUTHORIZED


def test_an_upload_can_be_told_to_fail(wire: Wire) -> None:
    """The next container's processing fails with any code, uploaded or fetched."""
    wire.emulator.fail_next_container(2207082)
    made = wire.create(**RESUMABLE).json()
    send(wire, made["uri"], FILM)
    assert wire.get(f"/{made['id']}", fields="status")["status"].endswith("2207082")


@pytest.mark.parametrize("kind", ["OffsetInvalidError", "PartialRequestError", "ProcessingFailedError"])
def test_each_refusal_of_the_upload_host_can_be_had(wire: Wire, kind: str) -> None:
    """One call of a fault gives each of its three refusals, once, without an effect."""
    made = wire.create(**RESUMABLE).json()
    wire.emulator.faults.add(upload_fault(kind))  # type: ignore[arg-type]  # the three words
    assert send(wire, made["uri"], FILM).json()["debug_info"]["type"] == kind
    assert send(wire, made["uri"], FILM).status_code == 200


def test_uploads_are_for_facebook_login(wire: Wire) -> None:
    """By Instagram Login a container takes no upload unless the test says so."""
    edge = f"{BY_INSTAGRAM}/{USER}/media"
    assert codes(wire.client.post(edge, json=RESUMABLE)) == (100, None)
    wire.emulator.resumable_for_instagram_login = True
    assert "uri" in wire.client.post(edge, json=RESUMABLE).json()


def test_the_bytes_are_not_kept(wire: Wire) -> None:
    """Of a long film the container holds its facts, its hash and its first bytes."""
    made = wire.create(**RESUMABLE).json()
    film = sample_video(10.0, size=8_000_000)
    send(wire, made["uri"], film, size=len(film))
    container = wire.emulator.containers[0]
    assert container.facts is not None
    assert (container.facts.size, container.facts.seconds) == (8_000_000, 10.0)
    assert container.upload is not None
    assert len(container.upload.head) == 1024 * 1024
