"""Uploading what a post carries: pictures in one request, films and GIFs in parts, then what belongs to them."""

from __future__ import annotations

import base64

from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.errors import RejectedError
from socialconnect.journal import Journal
from socialconnect.media import Image, MediaFile, Subtitles, Video
from socialconnect.networks.twitter.chunked import NO_FORMS, ChunkedUpload
from socialconnect.networks.twitter.limits import GIF_TYPE, LONGEST_PROCESSING, MEDIA_LIFE
from socialconnect.networks.twitter.processing import until_ready, uploaded
from socialconnect.networks.twitter.subtitles import language_code, subtitles_type
from socialconnect.networks.twitter.wire import Uploaded
from socialconnect.post import Post
from socialconnect.transport.request import Effect, FilePart, Request

__all__ = ["is_gif", "upload_media"]


def is_gif(media: MediaFile) -> bool:
    """Whether a file is a GIF, by its own bytes: Twitter plays those, and takes them another way than pictures."""
    facts = media.facts
    return isinstance(media, Image) and facts is not None and facts.type == GIF_TYPE


async def upload_media(adapter: Adapter, post: Post, journal: Journal, prefix: str = "") -> list[str]:
    """
    Upload a post's media, each as steps of its own, and give their ids in order.

    Args:
        adapter: The adapter that sends.
        post: The post.
        journal: Where each step is recorded.
        prefix: What the steps' names begin with, for a post of a thread.
    """
    found: list[str] = []
    for index, media in enumerate(post.media):
        place = f"{prefix}upload[{index}]"
        if isinstance(media, Video):
            media_id = await ChunkedUpload(adapter, media, "tweet_video", journal).run(place)
            for number, one in enumerate(media.subtitles):
                await _add_subtitles(adapter, media_id, one, journal, f"{place}.subtitles[{number}]")
        elif is_gif(media):
            media_id = await ChunkedUpload(adapter, media, "tweet_gif", journal).run(place)
        else:
            media_id = await _upload_picture(adapter, media, journal, place)
        if isinstance(media, Image) and media.alt:
            await _describe(adapter, media_id, media.alt, journal, f"{prefix}alt[{index}] of {media_id}")
        found.append(media_id)
    return found


async def _upload_picture(adapter: Adapter, media: MediaFile, journal: Journal, place: str) -> str:
    async def upload() -> JsonValue:
        facts = media.facts
        kind = facts.type if facts is not None and facts.type is not None else "application/octet-stream"
        answer = await _one_shot(adapter, media, "tweet_image", filename="image", kind=kind)
        # An image is nearly always ready at once, and then never asked for: Twitter would know no state of it.
        await until_ready(adapter, answer.data.id, answer.data.processing_info, LONGEST_PROCESSING)
        return answer.data.id

    return str(await journal.step(place, upload, lives=MEDIA_LIFE))


async def _describe(adapter: Adapter, media_id: str, text: str, journal: Journal, step: str) -> None:
    body: JsonValue = {"id": media_id, "metadata": {"alt_text": {"text": text}}}
    # Named by the upload: a file that has to be uploaded again has to be described again.
    await _once(adapter, "/2/media/metadata", body, journal, step)


async def _add_subtitles(adapter: Adapter, media_id: str, one: Subtitles, journal: Journal, place: str) -> None:
    async def upload() -> JsonValue:
        kind = subtitles_type(one) or "text/srt"
        return (await _one_shot(adapter, one, "subtitles", filename="subtitles", kind=kind)).data.id

    subtitles_id = str(await journal.step(place, upload, lives=MEDIA_LIFE))
    code = language_code(one.language)
    told: dict[str, JsonValue] = {"id": subtitles_id, "language_code": code, "display_name": one.name or one.language}
    body: JsonValue = {"id": media_id, "media_category": "TweetVideo", "subtitles": told}
    await _once(adapter, "/2/media/subtitles", body, journal, f"{place} of {media_id} as {subtitles_id}")


async def _once(adapter: Adapter, path: str, body: JsonValue, journal: Journal, step: str) -> None:
    request = Request("POST", adapter.url("api", path), Effect.PREPARE, json=body, limit_key=f"POST {path}")

    async def send() -> JsonValue:
        return await adapter.wire.call(request, lambda response: response.ok)

    await journal.step(step, send, lives=MEDIA_LIFE)


async def _one_shot(adapter: Adapter, media: MediaFile, category: str, *, filename: str, kind: str) -> Uploaded:
    content = await adapter.wire.read(media)
    part = FilePart("media", content, filename=filename, type=kind)
    try:
        return await adapter.wire.call(_whole(adapter, form={"media_category": category}, part=part), uploaded)
    except RejectedError as error:
        if error.status != 400 or NO_FORMS not in error.message:
            raise
    body: JsonValue = {"media": base64.b64encode(content).decode(), "media_category": category}
    return await adapter.wire.call(_whole(adapter, json=body), uploaded)


def _whole(
    adapter: Adapter, *, form: dict[str, str] | None = None, part: FilePart | None = None, json: JsonValue = None
) -> Request:
    return Request(
        "POST",
        adapter.url("api", "/2/media/upload"),
        Effect.PREPARE,
        form=form,
        files=() if part is None else (part,),
        json=json,
        limit_key="POST /2/media/upload",
    )
