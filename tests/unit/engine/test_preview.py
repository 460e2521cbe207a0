"""A preview shows the exact requests, and sends nothing."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from tests.tiny_network import Script, ok, tiny

from socialconnect import Facebook, Instagram, LinkedIn, Network, Post, Twitter, UnsupportedFeature
from socialconnect.testing.clock import TestClock

TOKEN = "sesame-token-0123456789"
POST = Post("Our spring line is here: use code=SPRING25", link="https://shop.example/spring?code=SPRING25")


def _unplugged() -> httpx.Client:
    def fail(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"{request.method} {request.url} was sent")

    return httpx.Client(transport=httpx.MockTransport(fail))


NETWORKS: dict[str, Callable[[], Network]] = {
    "facebook": lambda: Facebook(page_id="1024", token=TOKEN, http_client=_unplugged(), clock=TestClock()),
    "linkedin": lambda: LinkedIn(
        author="urn:li:organization:1024", token=TOKEN, http_client=_unplugged(), clock=TestClock()
    ),
    "twitter": lambda: Twitter(token=TOKEN, http_client=_unplugged(), clock=TestClock()),
}


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_a_preview_sends_nothing_and_shows_all(name: str) -> None:
    """The requests of a publish are shown, the visible one marked, the token masked, the words untouched."""
    prepared = NETWORKS[name]().preview(POST)
    assert [one.visible for one in prepared].count(True) == 1
    shown = "".join(one.model_dump_json() for one in prepared)
    assert TOKEN not in shown
    assert "***" in shown
    assert "code=SPRING25" in shown


def test_a_preview_of_several_steps() -> None:
    """What later steps need of earlier answers comes from the emulator."""
    instagram = Instagram(user_id="178414", token=TOKEN, http_client=_unplugged(), clock=TestClock())
    from socialconnect import Image

    prepared = instagram.preview(Post("Spring", media=[Image("https://cdn.example/spring.jpg")]))
    assert len(prepared) >= 2
    assert prepared[-1].visible
    assert TOKEN not in "".join(one.model_dump_json() for one in prepared)


def test_a_network_without_an_emulator() -> None:
    """A network that has no emulator cannot be previewed, and says so."""
    script = Script(ok())
    with pytest.raises(UnsupportedFeature, match="tiny has no emulator"):
        tiny(script).preview(Post("hello"))
    assert script.requests == []
