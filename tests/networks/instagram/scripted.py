"""Instagram as a script: its quota answers by itself, and each other answer is what the test says."""

from __future__ import annotations

import httpx
from pydantic import JsonValue
from tests.networks.meta.graph_answers import Answers

from socialconnect.networks.instagram import Instagram
from socialconnect.testing.clock import TestClock

ACCOUNT = "17841400000000001"
CONTAINER = "17990000000000001"
MEDIA = "18000000000000001"


class Script(Answers):
    """
    Gives the answers one after another, and keeps the requests; those for the quota are answered beside them.

    Set `quota` to what that answer is to be.
    """

    def __init__(self, *answers: httpx.Response | JsonValue) -> None:
        super().__init__(*answers)
        self.quota: httpx.Response | None = None
        self.used, self.total = 2, 50
        self.quota_asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/content_publishing_limit"):
            return super().__call__(request)
        self.quota_asked.append(request)
        told = {"quota_usage": self.used, "config": {"quota_total": self.total, "quota_duration": 86400}}
        return self.quota or httpx.Response(200, json={"data": [told]})

    def account(self, clock: TestClock | None = None, login: str = "facebook") -> Instagram:
        """Give an account that speaks to this script."""
        return Instagram(
            user_id=ACCOUNT,
            token="EAAUSER",
            login="instagram" if login == "instagram" else "facebook",
            api_version="v26.0",
            http_client=self.client(),
            clock=clock or TestClock(),
        )

    def paths(self) -> list[tuple[str, str]]:
        """Give what was sent, in order, by the last part of each path."""
        return [(request.method, request.url.path.rpartition("/")[2]) for request in self.sent]


def status(code: str, told: str = "", container: str = CONTAINER) -> JsonValue:
    """Give a container's state as Instagram tells it."""
    return {"status_code": code, "status": told, "id": container}
