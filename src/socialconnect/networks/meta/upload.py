"""
Sending a file to Meta's upload host: one streamed body, which goes on where it broke.

https://developers.facebook.com/docs/video-api/guides/reels-publishing/
https://developers.facebook.com/docs/instagram-platform/content-publishing
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from socialconnect.errors import ProtocolError, SocialConnectError
from socialconnect.media import MediaFile
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.wire import Success
from socialconnect.transport.request import Effect, FileSlice, Request
from socialconnect.transport.retry import may_resend

__all__ = ["fetch_from", "send_file"]

_WAITS = (1.0, 4.0, 16.0, 60.0)
"""Seconds before each further attempt."""

_OK = 200


async def send_file(
    adapter: GraphAdapter,
    address: str,
    media: MediaFile,
    received: Callable[[], Awaitable[int | None]],
    *,
    look_first: bool = False,
) -> None:
    """
    Send a whole file; after a break ask how much has arrived, and send the rest.

    Args:
        adapter: The account.
        address: Where to, as the network told.
        media: The file.
        received: Asks how many bytes have arrived; `None` if all have.
        look_first: Whether an earlier attempt may have sent a part.

    Raises:
        SocialConnectError: The network refused it, or it broke too often; what has arrived stays there.
    """
    start = await received() if look_first else 0
    for wait in (*_WAITS, None):
        if start is None:
            return
        try:
            await _send(adapter, address, media, start)
        except SocialConnectError as error:
            await _pause(adapter, error, wait)
            start = await received()
        else:
            return


async def _send(adapter: GraphAdapter, address: str, media: MediaFile, start: int) -> None:
    size = media.facts.size if media.facts else 0
    headers = {"offset": str(start), "file_size": str(size)}
    body = FileSlice(media, start, size - start)
    # Not sent again by the wire: where the body has to begin then is known only after a look.
    request = Request("POST", address, Effect.PREPARE, headers=headers, content=body, resend=False)
    await adapter.wire.call(request, lambda response: response.into(Success).confirmed())


async def fetch_from(
    adapter: GraphAdapter,
    address: str,
    url: str,
    taken: Callable[[], Awaitable[bool]],
    *,
    look_first: bool = False,
) -> None:
    """
    Have the upload host fetch a file from a public address; after a lost answer ask whether it was told to already.

    Args:
        adapter: The account.
        address: Where to ask for it, as the network told.
        url: Where the file is.
        taken: Asks whether the file is there, or on its way: the host refuses to be told twice.
        look_first: Whether an earlier attempt may have asked for it.

    Raises:
        SocialConnectError: The network refused it, or it broke too often.
    """
    done = await taken() if look_first else False
    for wait in (*_WAITS, None):
        if done:
            return
        try:
            request = Request("POST", address, Effect.PREPARE, headers={"file_url": url}, resend=False)
            await adapter.wire.call(request, lambda response: response.into(Success).confirmed())
        except SocialConnectError as error:
            await _pause(adapter, error, wait)
            done = await taken()
        else:
            return


async def _pause(adapter: GraphAdapter, error: SocialConnectError, wait: float | None) -> None:
    """
    Wait before a look at what has arrived.

    Raises:
        SocialConnectError: The error itself, where it does not pass, or was met too often.
    """
    pause = max(wait or 0.0, error.retry_after or 0.0)
    # What was accepted in words that were cut off has arrived all the same.
    passes = may_resend(Effect.PREPARE, error) or (isinstance(error, ProtocolError) and error.status == _OK)
    if wait is None or pause > _WAITS[-1] or not passes:
        raise error
    await adapter.wire.sleep(pause)
