"""Waiting until Twitter has processed an upload."""

from __future__ import annotations

from socialconnect.adapter import Adapter
from socialconnect.errors import MediaNotReady, MediaRejected
from socialconnect.networks.twitter.limits import FIRST_PAUSE, LONGEST_PAUSE, NEXT_LOOK
from socialconnect.networks.twitter.wire import Processing, Uploaded
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["until_ready", "uploaded"]

_DONE = "succeeded"


async def until_ready(adapter: Adapter, media_id: str, processing: Processing | None, longest: int) -> None:
    """
    Wait until an upload may be posted. One whose answer tells of no processing is ready, and never asked for.

    Args:
        adapter: The adapter that asks.
        media_id: The upload.
        processing: What the last answer told of it.
        longest: Seconds to wait at most.

    Raises:
        MediaRejected: Twitter could not process the file.
        MediaNotReady: It takes longer than that; nothing was posted.
    """
    waited, pause = 0, FIRST_PAUSE
    while processing is not None:
        # Twitter was seen to tell an error while it still called the state "in progress".
        if processing.error is not None or processing.state == "failed":
            raise MediaRejected(_reason(processing), hint=_MEND)
        if processing.state == _DONE:
            return
        if waited >= longest:
            raise MediaNotReady(
                f"Twitter has not processed the upload {media_id} within {waited} seconds.",
                hint="Nothing was posted. Try again later: with the same progress the upload is not repeated.",
                retry_after=NEXT_LOOK,
            )
        seconds = processing.check_after_secs
        if seconds <= 0:
            seconds, pause = pause, min(pause * 2, LONGEST_PAUSE)
        await adapter.wire.sleep(seconds)
        waited += seconds
        processing = await _look(adapter, media_id)


_MEND = "Mend the file: H.264 with AAC sound, within the limits of X's page on media, and of the type that it says."


def _reason(processing: Processing) -> str:
    error = processing.error
    if error is None:
        return "Twitter could not process the file."
    told = error.message or error.name or "no reason given"
    return f"Twitter could not process the file: {told}."


async def _look(adapter: Adapter, media_id: str) -> Processing | None:
    request = Request(
        "GET",
        adapter.url("api", "/2/media/upload"),
        Effect.READ,
        query={"command": "STATUS", "media_id": media_id},
        limit_key="GET /2/media/upload",
    )
    return (await adapter.wire.call(request, uploaded)).data.processing_info


def uploaded(response: Response) -> Uploaded:
    """Read the answer to an upload, or to the question for its state."""
    return response.into(Uploaded)
