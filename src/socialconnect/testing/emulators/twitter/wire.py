"""The request bodies of the X API. Every level refuses a key that it does not know."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic import ValidationError as ShapeError

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.twitter.errors import invalid

__all__ = ["AppendBody", "CreatePost", "InitializeBody", "MetadataBody", "OneShotBody", "json_body", "validated"]

ModelT = TypeVar("ModelT", bound=BaseModel)
Id = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,19}$")]
ONE_SHOT_CATEGORIES = ("tweet_image", "dm_image", "subtitles", "tweet_gif", "dm_gif", "tweet_video", "dm_video")
LARGEST_UPLOAD = 17_179_869_184


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class VisitSite(_Body):
    """A card's button that opens a page."""

    url: str


class AppInstall(_Body):
    """A card's button that opens an app store."""

    app_store_id: str | None = None
    ipad_app_store_id: str | None = None
    play_store_id: str | None = None


class CallToActions(_Body):
    """A card's button; one of the three."""

    visit_site: VisitSite | None = None
    watch_now: VisitSite | None = None
    app_install: AppInstall | None = None


class PostMedia(_Body):
    """What is attached."""

    media_ids: Annotated[list[Id], Field(min_length=1, max_length=4)]
    tagged_user_ids: Annotated[list[Id], Field(max_length=10)] = []
    title: str | None = None
    description: str | None = None
    embeddable: bool | None = None
    preview_media_id: Id | None = None
    call_to_actions: CallToActions | None = None


class PostPoll(_Body):
    """A poll."""

    options: Annotated[list[Annotated[str, Field(min_length=1, max_length=25)]], Field(min_length=2, max_length=4)]
    duration_minutes: Annotated[int, Field(ge=5, le=10080)]
    reply_settings: str | None = None


class PostReply(_Body):
    """What the post replies to."""

    in_reply_to_tweet_id: Id
    exclude_reply_user_ids: list[Id] = []
    auto_populate_reply_metadata: bool | None = None


class PostGeo(_Body):
    """Where it is."""

    place_id: str


class EditOptions(_Body):
    """Which post it is a new version of."""

    previous_post_id: Id


class CreatePost(_Body):
    """The body of `POST /2/tweets`."""

    text: str = ""
    media: PostMedia | None = None
    poll: PostPoll | None = None
    reply: PostReply | None = None
    quote_tweet_id: Id | None = None
    reply_settings: Literal["following", "mentionedUsers", "subscribers", "verified"] | None = None
    geo: PostGeo | None = None
    for_super_followers_only: bool = False
    community_id: Id | None = None
    share_with_followers: bool = False
    made_with_ai: bool | None = None
    paid_partnership: bool | None = None
    card_uri: str | None = None
    direct_message_deep_link: str | None = None
    nullcast: bool = False
    edit_options: EditOptions | None = None


class OneShotBody(_Body):
    """The body of `POST /2/media/upload`."""

    media: str
    media_category: Literal["tweet_image", "dm_image", "subtitles", "tweet_gif", "dm_gif", "tweet_video", "dm_video"]
    additional_owners: str | list[Id] | None = None


class InitializeBody(_Body):
    """The body of `POST /2/media/upload/initialize`."""

    media_type: Literal[
        "image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/pjpeg", "image/tiff", "video/mp4",
        "video/quicktime", "video/webm", "video/mp2t", "text/srt", "text/vtt", "model/gltf-binary",
        "model/vnd.usdz+zip",
    ]  # fmt: skip
    total_bytes: Annotated[int, Field(ge=0, le=LARGEST_UPLOAD)]
    media_category: Literal[
        "tweet_image", "dm_image", "subtitles", "tweet_gif", "dm_gif", "tweet_video", "dm_video", "amplify_video"
    ]
    additional_owners: list[Id] = []
    shared: bool = False


class AppendBody(_Body):
    """The JSON body of `POST /2/media/upload/{id}/append`."""

    media: str
    segment_index: Annotated[int, Field(ge=0, le=999)]


class AltText(_Body):
    """A description for people who cannot see the image."""

    text: Annotated[str, Field(max_length=1000)]


class AllowDownload(_Body):
    """Whether people may download it."""

    allow_download: bool


class SensitiveMediaWarning(_Body):
    """What the media shows."""

    adult_content: bool = False
    graphic_violence: bool = False
    other: bool = False


class Metadata(_Body):
    """What is told about a file."""

    alt_text: AltText | None = None
    allow_download_status: AllowDownload | None = None
    sensitive_media_warning: SensitiveMediaWarning | None = None


class MetadataBody(_Body):
    """The body of `POST /2/media/metadata`."""

    id: Id
    metadata: Metadata


def json_body(request: EmulatedRequest, model: type[ModelT]) -> ModelT:
    """
    Read a JSON body.

    Raises:
        Refused: It is no JSON, or not of that shape.
    """
    if request.media_type != "application/json":
        raise invalid("Requests with bodies must have content-type of application/json.")
    try:
        content = request.json()
    except ValueError:
        raise invalid("Request body is not valid JSON.") from None
    return validated(content, model)


def validated(content: object, model: type[ModelT]) -> ModelT:
    """Check a body against its schema; raises `Refused` with one message for each fault."""
    try:
        return model.model_validate(content)
    except ShapeError as error:
        raise invalid(*[_message(one["loc"], one["type"], one["msg"]) for one in error.errors()]) from None


def _message(where: tuple[int | str, ...], kind: str, told: str) -> str:
    path = "$" + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in where)
    if kind == "extra_forbidden":
        return f"{path}: is not defined in the schema and the schema does not allow additional properties"
    if kind == "missing":
        return f"{path}: is missing but it is required"
    return f"{path}: {told[:1].lower()}{told[1:]}"
