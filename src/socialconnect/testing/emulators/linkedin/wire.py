"""
The request bodies of LinkedIn's resources. A field that is not in the schema is refused.

See https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/post-api-schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic import ValidationError as ShapeError

from socialconnect.testing.emulators.linkedin.errors import schema_faults

__all__ = [
    "CommentPatch",
    "Content",
    "CreateComment",
    "CreateLike",
    "CreateReaction",
    "CreateShare",
    "FinalizeBody",
    "InitializeBody",
    "InitializeVideoBody",
    "PatchBody",
    "SocialPatch",
    "validated",
]

ModelT = TypeVar("ModelT", bound=BaseModel)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Distribution(_Body):
    """Who is shown the post."""

    feedDistribution: Literal["MAIN_FEED", "NONE"]
    targetEntities: list[dict[str, JsonValue]] = []
    thirdPartyDistributionChannels: list[JsonValue] = []


class MediaContent(_Body):
    """One image, video or document."""

    id: str
    altText: str | None = None
    title: str | None = None


class ImageContent(_Body):
    """One of several images."""

    id: str
    altText: str | None = None


class MultiImage(_Body):
    """Several images."""

    images: list[ImageContent]


class Article(_Body):
    """A link, with what is shown of it."""

    source: str
    title: str | None = None
    description: str | None = None
    thumbnail: str | None = None
    thumbnailAltText: str | None = None


class PollOption(_Body):
    """A choice."""

    text: str


class PollSettings(_Body):
    """How a poll runs."""

    duration: Literal["ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS"]
    voteSelectionType: Literal["SINGLE_VOTE", "MULTIPLE_VOTE"] = "SINGLE_VOTE"
    isVoterVisibleToAuthor: bool = True


class PollContent(_Body):
    """A poll."""

    question: str
    options: list[PollOption]
    settings: PollSettings


class Reference(_Body):
    """An event, a job or another thing on LinkedIn."""

    id: str


class Card(_Body):
    """One card of a carousel."""

    media: MediaContent
    landingPage: str


class Carousel(_Body):
    """Cards side by side, for advertisements."""

    cards: list[Card]


class Content(_Body):
    """What a post carries: one of these."""

    media: MediaContent | None = None
    multiImage: MultiImage | None = None
    article: Article | None = None
    poll: PollContent | None = None
    reference: Reference | None = None
    carousel: Carousel | None = None
    celebration: JsonValue = None


class ReshareContext(_Body):
    """What a post shares again."""

    parent: str


class CreateShare(_Body):
    """The body of `POST /rest/posts`."""

    author: str
    commentary: str
    visibility: Literal["PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER"]
    distribution: Distribution
    lifecycleState: Literal["PUBLISHED", "DRAFT", "PUBLISH_REQUESTED", "PUBLISH_FAILED"]
    isReshareDisabledByAuthor: bool = False
    content: Content | None = None
    reshareContext: ReshareContext | None = None
    contentLandingPage: str | None = None
    contentCallToActionLabel: str | None = None
    container: str | None = None
    adContext: dict[str, JsonValue] | None = None


class InnerPatch(_Body):
    """What an update sets and removes in a record of the post."""

    set: dict[str, JsonValue] = Field(default={}, alias="$set")
    delete: list[str] = Field(default=[], alias="$delete")


class Patch(InnerPatch):
    """What an update sets and removes."""

    adContext: InnerPatch | None = None


class PatchBody(_Body):
    """The body of a partial update."""

    patch: Patch


class MentionAttribute(_Body):
    """A stretch of a comment that names somebody."""

    start: int
    length: int
    value: dict[str, JsonValue]


class CommentMessage(_Body):
    """What a comment says."""

    text: str
    attributes: list[MentionAttribute] = []


class CommentEntity(_Body):
    """The image in a comment."""

    image: str


class CommentContent(_Body):
    """What a comment carries."""

    entity: CommentEntity


class CreateComment(_Body):
    """The body of a new comment."""

    actor: str
    message: CommentMessage
    object: str
    parentComment: str | None = None
    content: list[CommentContent] = []


class CreateLike(_Body):
    """The body of a new like."""

    actor: str
    object: str


class CreateReaction(_Body):
    """The body of a new reaction."""

    root: str
    reactionType: Literal["LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION", "ENTERTAINMENT"]


class MessagePatch(_Body):
    """What an update of a comment changes in its message."""

    set: CommentMessage = Field(alias="$set")


class CommentChanges(_Body):
    """What an update of a comment changes."""

    message: MessagePatch


class CommentPatch(_Body):
    """The body of a comment's update."""

    patch: CommentChanges


class CommentsState(_Body):
    """Whether a post takes comments."""

    commentsState: Literal["OPEN", "CLOSED"]


class SocialChanges(_Body):
    """What an update of social metadata changes."""

    set: CommentsState = Field(alias="$set")


class SocialPatch(_Body):
    """The body of an update of social metadata."""

    patch: SocialChanges


class InitializeRequest(_Body):
    """What an upload is begun with."""

    owner: str
    mediaLibraryMetadata: dict[str, JsonValue] | None = None


class InitializeVideoRequest(_Body):
    """What a video's upload is begun with."""

    owner: str
    fileSizeBytes: Annotated[int, Field(ge=1)]
    uploadCaptions: bool = False
    uploadThumbnail: bool = False
    templateName: str | None = None
    linkbackContext: JsonValue = None


class InitializeBody(_Body):
    """The body of `initializeUpload` of images and documents."""

    initializeUploadRequest: InitializeRequest


class InitializeVideoBody(_Body):
    """The body of `initializeUpload` of videos."""

    initializeUploadRequest: InitializeVideoRequest


class FinalizeRequest(_Body):
    """Which parts a video is made of."""

    video: str
    uploadToken: str
    uploadedPartIds: list[str]


class FinalizeBody(_Body):
    """The body of `finalizeUpload`."""

    finalizeUploadRequest: FinalizeRequest


def validated(content: JsonValue, model: type[ModelT]) -> ModelT:
    """Check a body against its schema; raises `Refused` with one line for each fault."""
    empty = [f"{path} :: null is not allowed; leave the field out" for path in _nulls(content, "")]
    if empty:
        raise schema_faults(*empty)
    try:
        return model.model_validate(content)
    except ShapeError as error:
        raise schema_faults(*[_fault(one["loc"], one["type"], one["input"]) for one in error.errors()]) from None


def _nulls(value: JsonValue, path: str) -> Iterator[str]:
    """Find nulls: Rest.li has none, a field without a value is left out."""
    match value:
        case None:
            yield path
        case dict():
            for name, inner in value.items():
                yield from _nulls(inner, f"{path}/{name}")
        case list():
            for place, inner in enumerate(value):
                yield from _nulls(inner, f"{path}/{place}")
        case _:
            pass


_TYPES = {"string": "String", "bool": "Boolean", "int": "Integer", "list": "Array", "dict": "Map", "model": "Record"}


def _fault(where: tuple[int | str, ...], kind: str, value: object) -> str:
    path = "".join(f"/{one}" for one in where)
    if kind == "extra_forbidden":
        return f"{path} :: unrecognized field found but not allowed"
    if kind == "missing":
        return f"{path} :: field is required but not found and has no default value"
    if kind == "literal_error":
        return f'{path} :: "{value}" is not an enum symbol'
    return f"{path} :: {value} cannot be coerced to {_TYPES.get(kind.partition('_')[0], 'its type')}"
