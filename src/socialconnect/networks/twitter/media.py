"""Uploading images: one request for the file, one for its description."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.errors import MediaNotReady, MediaRejected
from socialconnect.journal import Journal
from socialconnect.media import Image
from socialconnect.networks.twitter.limits import LONGEST_PROCESSING, MEDIA_LIFE
from socialconnect.networks.twitter.wire import Uploaded
from socialconnect.post import Post
from socialconnect.transport.request import Effect, FilePart, Request, Response

__all__ = ["upload_images"]


async def upload_images(adapter: Adapter, post: Post, journal: Journal) -> list[str]:
    """Upload a post's images, each as a step of its own, and give their ids in order."""
    images = [media for media in post.media if isinstance(media, Image)]
    return [await _with_alt_text(adapter, index, image, journal) for index, image in enumerate(images)]


async def _with_alt_text(adapter: Adapter, index: int, image: Image, journal: Journal) -> str:
    async def upload() -> JsonValue:
        return await _upload(adapter, image)

    media_id = str(await journal.step(f"upload[{index}]", upload, lives=MEDIA_LIFE))
    if image.alt:

        async def describe() -> JsonValue:
            return await _describe(adapter, media_id, image.alt or "")

        # Named by the upload: a file that has to be uploaded again has to be described again.
        await journal.step(f"alt[{index}] of {media_id}", describe, lives=MEDIA_LIFE)
    return media_id


async def _upload(adapter: Adapter, image: Image) -> str:
    facts = image.facts
    kind = facts.type if facts is not None and facts.type is not None else "application/octet-stream"
    request = Request(
        "POST",
        adapter.url("api", "/2/media/upload"),
        Effect.PREPARE,
        form={"media_category": "tweet_image"},
        files=[FilePart("media", await adapter.wire.read(image), filename="image", type=kind)],
        limit_key="POST /2/media/upload",
    )
    uploaded = await adapter.wire.call(request, _uploaded)
    return await _ready(adapter, uploaded)


async def _describe(adapter: Adapter, media_id: str, text: str) -> bool:
    request = Request(
        "POST",
        adapter.url("api", "/2/media/metadata"),
        Effect.PREPARE,
        json={"id": media_id, "metadata": {"alt_text": {"text": text}}},
        limit_key="POST /2/media/metadata",
    )
    return await adapter.wire.call(request, lambda response: response.ok)


async def _ready(adapter: Adapter, uploaded: Uploaded) -> str:
    """Wait until the network has processed the file; an image is nearly always ready at once, and then never asked."""
    waited = 0
    while (processing := uploaded.data.processing_info) is not None and processing.state != "succeeded":
        if processing.state == "failed" or processing.error is not None:
            reason = processing.error.message if processing.error else ""
            raise MediaRejected(reason or "Twitter could not process the file.")
        if waited >= LONGEST_PROCESSING:
            raise MediaNotReady(f"Twitter has not processed the file within {waited} seconds.")
        pause = max(1, processing.check_after_secs)
        await adapter.wire.sleep(pause)
        waited += pause
        request = Request(
            "GET",
            adapter.url("api", "/2/media/upload"),
            Effect.READ,
            query={"command": "STATUS", "media_id": uploaded.data.id},
            limit_key="GET /2/media/upload",
        )
        uploaded = await adapter.wire.call(request, _uploaded)
    return uploaded.data.id


def _uploaded(response: Response) -> Uploaded:
    return response.into(Uploaded)
