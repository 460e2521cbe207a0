"""What the tests of Instagram's emulator share: an account, its hosts, and the calls that every flow makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.instagram import InstagramEmulator

USER = "17841400000000001"
BY_FACEBOOK = "https://graph.facebook.com/v26.0"
BY_INSTAGRAM = "https://graph.instagram.com/v26.0"
RUPLOAD = "https://rupload.facebook.com/ig-api-upload/v26.0"
IMAGE = {"image_url": "https://cdn.example.com/1.jpg"}
REEL = {"media_type": "REELS", "video_url": "https://cdn.example.com/1.mp4"}
STORY = {"media_type": "STORIES", "image_url": "https://cdn.example.com/1.jpg"}


def codes(answer: httpx.Response) -> tuple[int, int | None]:
    """Give code and subcode of a refusal."""
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


@dataclass
class Wire:
    """
    The calls of one account, by Facebook Login unless an address says otherwise.

    Args:
        emulator: What answers.
        clock: Its clock.
        client: The client, with the account's token.
    """

    emulator: InstagramEmulator
    clock: TestClock
    client: httpx.Client

    def create(self, **body: object) -> httpx.Response:
        """Ask for a container."""
        return self.client.post(f"/{USER}/media", json=body)

    def container(self, **body: object) -> str:
        """Make a container."""
        answer = self.create(**body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def status(self, container: str) -> str:
        """Give how far a container is."""
        return str(self.client.get(f"/{container}?fields=status_code").json()["status_code"])

    def publish(self, container: str) -> httpx.Response:
        """Publish a container."""
        return self.client.post(f"/{USER}/media_publish", json={"creation_id": container})

    def post(self, **body: object) -> str:
        """Make a container, wait for it and publish it."""
        made = self.container(**body)
        answer = self.publish(made)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def get(self, path: str, **query: object) -> Any:
        """Read something that is there."""
        answer = self.client.get(path, params={name: str(value) for name, value in query.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()
