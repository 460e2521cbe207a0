"""Every refusal that Instagram's publishing knows, on demand and by one way: `faults.add(graph_fault(…))`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.emulator.instagram_wire import BY_FACEBOOK, IMAGE, USER, Wire, codes

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.graph import graph_fault, known_refusals
from socialconnect.testing.emulators.instagram import InstagramEmulator

# https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/error-codes, read on
# 2026-11-24: codes, and the texts for people.
DOCUMENTED = {
    (-2, 2207003): "It takes too long to download the media.",
    (-2, 2207020): "The media you are trying to access has expired. Please try to upload again.",
    (-1, 2207001): None,
    (-1, 2207032): "Create media fail, please try to re-create media",
    (-1, 2207053): "unknown upload error",
    (1, 2207057): "Thumbnail offset must be greater than or equal to 0 and less than video duration",
    (4, 2207051): "We restrict certain activity to protect our community. Tell us if you think we made a mistake.",
    (9, 2207042): "You reached maximum number of posts that is allowed to be published by Content Publishing API.",
    (24, 2207006): "cannot be found",
    (24, 2207008): "does not exist or has been expired.",
    (25, 2207050): "The Instagram account is restricted.",
    (100, 2207023): "is unknown.",
    (100, 2207028): "Carousels need at least 2 photos/videos and no more than 10 photos/videos.",
    (100, 2207035): "Product tag positions should not be specified for video media.",
    (100, 2207036): "Product tag positions are required for photo media.",
    (100, 2207037): "We couldn't add all of your product tags.",
    (100, 2207040): "Cannot use more than",
    (352, 2207026): "The video format is not supported.",
    (9004, 2207052): "The media could not be fetched from this uri",
    (9007, 2207027): "The media is not ready for publishing, please wait for a moment",
    (36000, 2207004): "The image is too large to download. It should be less than",
    (36001, 2207005): "is not supported. Supported formats are:",
    (36003, 2207009): "cannot be published. Please submit an image with a valid aspect ratio.",
    (36004, 2207010): "Please submit media with a shorter caption.",
}
# What integrators reported beside them; the first code was not seen.
_REPORTED = (2207018, 2207073, 2207076, 2207077, 2207081, 2207082, 2207085, 2207089)
REPORTED = [(100, subcode) for subcode in _REPORTED]
AUDIO = [(100, subcode) for subcode in (9050, 9052, 9054, 9055, 9056, 9057, 9058, 9060, 9062, 9063, 9064)]


@pytest.fixture
def wire() -> Iterator[Wire]:
    clock = TestClock("2026-11-24T09:00:00+00:00")
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0))
    with emulator.client() as client:
        client.base_url = BY_FACEBOOK
        client.headers["Authorization"] = "Bearer IGTOKEN"
        yield Wire(emulator, clock, client)


@pytest.mark.parametrize(("pair", "text"), DOCUMENTED.items())
def test_each_documented_refusal_can_be_had(wire: Wire, pair: tuple[int, int], text: str | None) -> None:
    """Code, second code, status and the text for people are the documented ones, once, and nothing happens."""
    wire.emulator.faults.add(graph_fault(*pair, path="/media$"))
    refused = wire.create(**IMAGE)
    assert codes(refused) == pair
    # The block is documented with 400 and was captured with 403.
    assert refused.status_code == (403 if pair == (4, 2207051) else 400)
    error = refused.json()["error"]
    assert (error["type"], error["is_transient"]) == ("OAuthException", False)
    assert error["fbtrace_id"]
    if text is not None:
        assert text in error["error_user_msg"]
    assert wire.emulator.containers == ()
    assert wire.create(**IMAGE).status_code == 200


@pytest.mark.parametrize("pair", [*REPORTED, *AUDIO, (10, 9053)])
def test_each_other_refusal_can_be_had(wire: Wire, pair: tuple[int, int]) -> None:
    """What integrators reported, and what `/ig_audio` answers, has its row too."""
    assert pair in known_refusals()
    wire.emulator.faults.add(graph_fault(*pair, path="/media_publish$"))
    assert codes(wire.publish(wire.container(**IMAGE))) == pair


@pytest.mark.parametrize("subcode", [2207003, 2207020, 2207026, 2207032, 2207053, 2207076, 2207077, 2207082, 2207085])
def test_processing_can_fail_with_any_code(wire: Wire, subcode: int) -> None:
    """The status names the code, as clients read it."""
    wire.emulator.fail_next_container(subcode)
    made = wire.container(**IMAGE)
    told = wire.get(f"/{made}", fields="status_code,status")
    assert (told["status_code"], told["status"]) == (
        "ERROR",
        f"Error: Media upload has failed with error code {subcode}",
    )


@pytest.mark.parametrize(
    "text",
    [
        "The user is not an Instagram Business",
        "You cannot access the app till you log in to www.instagram.com",
        "Page request limit reached",
        "param collaborators is not allowed",
    ],
)
def test_a_refusal_can_have_any_text(wire: Wire, text: str) -> None:
    """Texts that integrators match are given as they are."""
    wire.emulator.faults.add(graph_fault(100, message=text, path=f"/{USER}$"))
    assert wire.client.get(f"/{USER}").json()["error"]["message"] == text


def test_the_documented_sample_is_given_as_it_stands(wire: Wire) -> None:
    """The page's only sample body, but for its trace."""
    wire.emulator.faults.add(graph_fault(36000, 2207004))
    error = wire.create(**IMAGE).json()["error"]
    error.pop("fbtrace_id")
    assert error == {
        "message": "The image size is too large.",
        "type": "OAuthException",
        "code": 36000,
        "error_subcode": 2207004,
        "is_transient": False,
        "error_user_title": "Image size too large",
        "error_user_msg": "The image is too large to download. It should be less than 8 MiB.",
    }


def test_a_container_may_seem_not_to_be_there(wire: Wire) -> None:
    """Reads of a container were seen to answer 100/33 for a while; the next one finds it."""
    made = wire.container(**IMAGE)
    wire.emulator.faults.add(graph_fault(100, 33, path=f"/{made}$", method="GET"))
    assert codes(wire.client.get(f"/{made}?fields=status_code")) == (100, 33)
    assert wire.status(made) == "FINISHED"
