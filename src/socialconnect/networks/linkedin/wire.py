"""
What goes over the wire, with exactly LinkedIn's names.

Answers may carry more than is named here: LinkedIn adds fields and enum values within a version, so both are let pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, WrapValidator

from socialconnect.networks.linkedin.options import CallToAction

__all__ = [
    "Article",
    "BatchAnswer",
    "CommentElement",
    "CommentsAnswer",
    "Content",
    "Distribution",
    "ErrorAnswer",
    "InputError",
    "MediaContent",
    "Milliseconds",
    "MultiImage",
    "NewComment",
    "NewPost",
    "PollContent",
    "PollOption",
    "PollSettings",
    "PostElement",
    "PostsAnswer",
    "Reference",
    "ReshareContext",
    "WireModel",
]


Milliseconds = Annotated[int, Field(ge=0, lt=2**47)]
"""A moment, since 1970; what is beyond the calendar is no moment."""


class WireModel(BaseModel):
    """What all of them share."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")


# ── a post, sent and read ─────────────────────────────────────────────────────────────────────────────────────────────


class Distribution(WireModel):
    """Where a post appears."""

    feedDistribution: Literal["MAIN_FEED", "NONE"] = "MAIN_FEED"
    targetEntities: tuple[JsonValue, ...] = ()
    thirdPartyDistributionChannels: tuple[JsonValue, ...] = ()


class MediaContent(WireModel):
    """An image, alone or among several, a video, or a document."""

    id: str
    altText: str | None = None
    title: str | None = None


class MultiImage(WireModel):
    """Two images or more."""

    images: tuple[MediaContent, ...]


class Article(WireModel):
    """A link. LinkedIn does not look at the page: what is not said here is not shown."""

    source: str
    title: str
    description: str | None = None
    thumbnail: str | None = None
    thumbnailAltText: str | None = None


class PollOption(WireModel):
    """One of the answers to a poll."""

    text: str


class PollSettings(WireModel):
    """How long a poll is open, and what its author sees of it."""

    duration: str
    voteSelectionType: Literal["SINGLE_VOTE"] = "SINGLE_VOTE"
    isVoterVisibleToAuthor: bool = True


class PollContent(WireModel):
    """A poll."""

    question: str
    options: tuple[PollOption, ...]
    settings: PollSettings


class Reference(WireModel):
    """Something on LinkedIn that a post is about, such as an event."""

    id: str


class Content(WireModel):
    """What a post carries besides its text: exactly one of these."""

    media: MediaContent | None = None
    multiImage: MultiImage | None = None
    article: Article | None = None
    poll: PollContent | None = None
    reference: Reference | None = None


class ReshareContext(WireModel):
    """The post that is reshared."""

    parent: str | None = None


class NewPost(WireModel):
    """The body of `POST /rest/posts`."""

    author: str
    commentary: str
    visibility: str
    distribution: Distribution
    content: Content | None = None
    lifecycleState: Literal["PUBLISHED"] = "PUBLISHED"
    isReshareDisabledByAuthor: bool = False
    reshareContext: ReshareContext | None = None
    contentLandingPage: str | None = None
    contentCallToActionLabel: CallToAction | None = None
    container: str | None = None


class _ReadMedia(WireModel):
    id: str | None = None


class _ReadMultiImage(WireModel):
    images: tuple[_ReadMedia, ...] = ()


class _ReadArticle(WireModel):
    thumbnail: str | None = None


class _ReadContent(WireModel):
    media: _ReadMedia | None = None
    multiImage: _ReadMultiImage | None = None
    article: _ReadArticle | None = None

    @property
    def urns(self) -> frozenset[str]:
        """The files that it shows."""
        several = [one.id for one in self.multiImage.images] if self.multiImage is not None else []
        one = self.media.id if self.media is not None else None
        return frozenset(urn for urn in (*several, one, self.article and self.article.thumbnail) if urn)

    @property
    def media_count(self) -> int:
        if self.multiImage is not None:
            return len(self.multiImage.images)
        return 0 if self.media is None else 1


class PostElement(WireModel):
    """A post as it is read."""

    id: str
    commentary: str | None = None
    lifecycleState: str | None = None
    createdAt: Milliseconds | None = None
    publishedAt: Milliseconds | None = None
    content: _ReadContent = Field(default_factory=_ReadContent)
    reshareContext: ReshareContext | None = None


class PostsAnswer(WireModel):
    """A page of posts; each is kept as it came."""

    elements: tuple[dict[str, JsonValue], ...]


# ── comments ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Message(WireModel):
    text: str | None = None


class NewComment(WireModel):
    """The body of `POST /rest/socialActions/…/comments`."""

    actor: str
    object: str
    message: _Message

    @classmethod
    def of(cls, actor: str, post_id: str, text: str) -> NewComment:
        """Make the body; the text is written as the API wants it already."""
        return cls(actor=actor, object=post_id, message=_Message(text=text))


class CommentElement(WireModel):
    """A comment as it is read, and as the answer to a new one gives it."""

    id: str | None = None
    commentUrn: str | None = None
    urn: str | None = Field(default=None, alias="$URN")
    actor: str | None = None
    message: _Message = Field(default_factory=_Message)

    @property
    def name(self) -> str | None:
        """Its URN, or the number that it has among the post's comments."""
        return self.commentUrn or self.urn or self.id


class CommentsAnswer(WireModel):
    """The comments of a post."""

    elements: tuple[CommentElement, ...]


# ── several at once ───────────────────────────────────────────────────────────────────────────────────────────────────


class _BatchError(WireModel):
    status: int | None = None
    message: str | None = None


class BatchAnswer(WireModel):
    """The answer to a batch: each thing by its key, or its error."""

    results: Mapping[str, JsonValue] = Field(default_factory=dict)
    errors: Mapping[str, _BatchError] = Field(default_factory=dict)


# ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _InputPath(WireModel):
    fieldPath: str | None = None


class _Input(WireModel):
    inputPath: _InputPath | None = None


class InputError(WireModel):
    """One of the faults that a refusal tells."""

    code: str | None = None
    description: str | None = None
    input: _Input | None = None


class _ErrorDetails(WireModel):
    inputErrors: tuple[InputError, ...] = ()


def _or_none(value: object, read: Callable[[object], object]) -> object:
    try:
        return read(value)
    except ValueError:
        return None


_Lenient = WrapValidator(_or_none)
"""A part of an unknown shape costs that part alone: what the others say decides what may be done next."""


class ErrorAnswer(WireModel):
    """An error's body, in the classic and in the detailed shape."""

    message: Annotated[str | None, _Lenient] = None
    code: Annotated[str | None, _Lenient] = Field(default=None, coerce_numbers_to_str=True)
    serviceErrorCode: Annotated[int | None, _Lenient] = None
    errorDetails: Annotated[_ErrorDetails | None, _Lenient] = None

    @property
    def inputErrors(self) -> tuple[InputError, ...]:
        """What is wrong, field by field."""
        return () if self.errorDetails is None else self.errorDetails.inputErrors
