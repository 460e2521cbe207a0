"""What may be passed as `http_client=`, in our own words: public signatures name no third party's type."""

from __future__ import annotations

from typing import Protocol

__all__ = ["AsyncHttpClient", "HttpClient"]


class HttpAnswer(Protocol):
    """What a client's `request` gives; only named so that `HttpClient` can be written down."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        ...


class HttpClient(Protocol):
    """What may be passed as `http_client=` to a blocking network: an `httpx.Client`."""

    def request(self, method: str, url: str) -> HttpAnswer:
        """Send a request."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class AsyncHttpClient(Protocol):
    """What may be passed as `http_client=` to an async network: an `httpx.AsyncClient`."""

    async def request(self, method: str, url: str) -> HttpAnswer:
        """Send a request."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
