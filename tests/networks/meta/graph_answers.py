"""The Graph API as a script: what each test says that it answers, and what was sent to it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import httpx
from PIL import Image as Picture
from pydantic import JsonValue

from socialconnect.lifecycle import Lifecycle
from socialconnect.testing.clock import TestClock

if TYPE_CHECKING:
    from socialconnect.networks.facebook import Facebook

BAD_METRIC: JsonValue = {
    "error": {
        "message": "(#100) The value must be a valid insights metric",
        "type": "OAuthException",
        "code": 100,
        "fbtrace_id": "A2",
    }
}


class Answers:
    """
    Gives the answers one after another, and keeps the requests.

    What is only looked at in passing stays outside of the script, in `asides`: what the token may do (refused unless
    `permissions` are given), posts' public counters and the page's stories (none).
    """

    def __init__(
        self,
        *answers: httpx.Response | JsonValue | Callable[[httpx.Request], httpx.Response],
        permissions: dict[str, str] | None = None,
        stories: bool = False,
    ) -> None:
        self.left = list(answers)
        self.permissions = permissions
        self.stories = stories
        self.sent: list[httpx.Request] = []
        self.asides: list[httpx.Request] = []

    def aside(self, request: httpx.Request) -> httpx.Response | None:
        """Give the answer to what is only looked at in passing."""
        if request.url.path.endswith("/me/permissions"):
            if self.permissions is None:
                return httpx.Response(400, json={"error": {"message": "(#100) nonexisting field", "code": 100}})
            told = [{"permission": name, "status": status} for name, status in self.permissions.items()]
            return httpx.Response(200, json={"data": told})
        if request.method == "GET" and request.url.path.endswith("/1000/stories") and not self.stories:
            return httpx.Response(200, json={"data": []})
        form = dict(parse_qsl(request.content.decode(errors="replace")))
        if "fields%3Dshares" in request.content.decode(errors="replace") or "?fields=shares" in form.get("batch", ""):
            return httpx.Response(200, json=[None for _ in json.loads(form["batch"])])
        return None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        aside = self.aside(request)
        if aside is not None:
            self.asides.append(request)
            return aside
        self.sent.append(request)
        assert self.left, f"nothing is left to answer {request.method} {request.url}"
        answer = self.left.pop(0)
        if isinstance(answer, httpx.Response):
            return answer
        if callable(answer):
            return answer(request)
        return httpx.Response(200, json=answer, headers={"facebook-api-version": "v26.0"})

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))

    def facebook(
        self, *, app_secret: str | None = None, lifecycle: Lifecycle | None = None, clock: TestClock | None = None
    ) -> Facebook:
        """Give a page that speaks to this script."""
        from socialconnect.networks.facebook import Facebook

        return Facebook(
            page_id="1000",
            token="EAAPAGE",
            api_version="v26.0",
            app_secret=app_secret,
            http_client=self.client(),
            clock=clock or TestClock(),
            lifecycle=lifecycle or Lifecycle(),
        )

    def json(self, index: int = -1) -> JsonValue:
        parsed: JsonValue = json.loads(self.sent[index].content)
        return parsed

    def batch(self, index: int = -1) -> list[str]:
        """Give the addresses that a batch asks for."""
        form = dict(parse_qsl(self.sent[index].content.decode()))
        return [call["relative_url"] for call in json.loads(form["batch"])]


def jpeg() -> bytes:
    file = io.BytesIO()
    Picture.new("RGB", (8, 8), "red").save(file, "JPEG")
    return file.getvalue()


def insight(name: str, value: JsonValue, period: str = "lifetime") -> JsonValue:
    return {"name": name, "period": period, "values": [{"value": value}], "title": "…", "description": "…"}


def item(*insights: JsonValue) -> JsonValue:
    return {"code": 200, "body": json.dumps({"data": list(insights)})}


def refusal(body: JsonValue, code: int = 400) -> JsonValue:
    return {"code": code, "body": json.dumps(body)}
