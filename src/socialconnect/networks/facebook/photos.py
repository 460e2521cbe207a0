"""Photos: by their address, or with the file itself."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from socialconnect.errors import ValidationError
from socialconnect.journal import Journal
from socialconnect.media import Image, MediaFile
from socialconnect.networks.facebook import limits
from socialconnect.networks.facebook.content import as_form
from socialconnect.networks.facebook.wire import UnpublishedPhoto
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.transport.request import Effect, FilePart, Request

__all__ = ["photo_request", "upload_photo"]


async def photo_request(
    adapter: GraphAdapter, image: MediaFile, told: Mapping[str, JsonValue], effect: Effect
) -> Request:
    """
    Make the request for a photo.

    Raises:
        ValidationError: The file cannot be read.
        UnsupportedFeature: It is no photo.
    """
    if not isinstance(image, Image):
        raise adapter.unsupported("video beside photos", "publish the video by itself")
    told = {**told, "alt_text_custom": image.alt} if image.alt else told
    address = adapter.address(adapter.account, "photos")
    if image.url is not None:
        return Request("POST", address, effect, json={"url": image.url, **told})
    wrong = image.problems("media")
    if wrong:  # a draft is not validated before, and the file may have gone since
        raise ValidationError(wrong)
    kind = (image.facts.type if image.facts else None) or "application/octet-stream"
    part = FilePart("source", await adapter.wire.read(image), filename=f"photo.{kind.rpartition('/')[2]}", type=kind)
    return Request("POST", address, effect, form=as_form(told), files=(part,))


async def upload_photo(
    adapter: GraphAdapter, image: MediaFile, journal: Journal, step: str, *, temporary: bool = False
) -> str:
    """Upload a photo that nobody sees yet, to attach it; gives its id."""

    async def act() -> JsonValue:
        told: dict[str, JsonValue] = {"published": False, **({"temporary": True} if temporary else {})}
        request = await photo_request(adapter, image, told, Effect.PREPARE)
        return (await adapter.wire.call(request, lambda response: response.into(UnpublishedPhoto))).id

    return str(await journal.step(step, act, lives=limits.PHOTO_LIVES))
