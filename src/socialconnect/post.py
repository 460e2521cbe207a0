"""What users write and what they get back: posts, drafts, plans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import ClassVar, Literal, Self, TypeVar, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SerializeAsAny,
    field_serializer,
    field_validator,
)

from socialconnect.data_use import Provenance
from socialconnect.media import Document, Image, Media, MediaFacts, MediaFile, Subtitles, Video
from socialconnect.times import UtcDatetime

__all__ = [
    "Document",
    "Draft",
    "Image",
    "Link",
    "Media",
    "MediaFacts",
    "NetworkOptions",
    "Poll",
    "Post",
    "PostVariant",
    "PublishedPost",
    "ScheduledPost",
    "Subtitles",
    "UtcDatetime",
    "Video",
]


class Link(BaseModel):
    """
    A web address shared with a post, and how its preview should read where the network lets the caller say.

    Args:
        url: The address, with `http://` or `https://`.
        title: The preview's headline. LinkedIn fetches nothing: without a title it gets the address itself.
        description: The preview's text.
        image: The preview's picture.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://\S+$")
    title: str | None = None
    description: str | None = None
    image: Image | None = None

    def __init__(self, url: str = "", **data: object) -> None:  # without one it is a problem of the post, as any other
        super().__init__(**{"url": url, **data})


class Poll(BaseModel):
    """
    A question that people answer by choosing, where the network has such a thing (LinkedIn, Twitter).

    Args:
        options: What they choose from, in order. How many, and how long each may be, is checked by `validate`.
        lasts: How long they can answer.
        question: What is asked, where the network keeps it apart from the text (LinkedIn).
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    options: tuple[str, ...]
    lasts: timedelta = timedelta(days=1)
    question: str | None = None

    def __init__(self, options: Sequence[str] = (), **data: object) -> None:
        super().__init__(**{"options": options, **data})


class NetworkOptions(BaseModel):
    """
    What only one network can do, for one post. Each network has its own subclass, such as `TwitterOptions`.

    An option that a network does not know is refused when the object is made.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: ClassVar[str] = ""
    """The network's name."""


class PostVariant(BaseModel):
    """
    How a post differs on one network. What is `None` stays as in the post.

    Args:
        text: The text on that network.
        media: The media on that network; an empty list takes them away.
        link: The link on that network; `False` takes it away.
        options: That network's own options.
        poll: The poll on that network; `False` takes it away.
        thread: The further posts on that network; an empty list takes them away.
        first_comment: The first comment on that network; an empty text takes it away.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    text: str | None = None
    media: tuple[Media, ...] | None = None
    link: Link | Literal[False] | None = None
    options: SerializeAsAny[NetworkOptions] | None = None
    poll: Poll | Literal[False] | None = None
    thread: tuple[Post, ...] | None = None
    first_comment: str | None = None

    @field_validator("link", mode="before")
    @classmethod
    def _link_from_address(cls, value: object) -> object:
        return _link(value)

    @field_validator("thread", mode="before")
    @classmethod
    def _thread_from_texts(cls, value: object) -> object:
        return _posts(value)


OptionsT = TypeVar("OptionsT", bound=NetworkOptions)


class Post(BaseModel):
    """
    What to publish, neutral of network. A post never changes; `with_changes` gives another.

    Args:
        text: The text. The library never alters it: what does not fit is told, not cut.
        media: Images, videos and documents, in order.
        link: A web address to share, or a `Link` that says how its preview should read.
        poll: A question that people answer by choosing.
        thread: Further posts, or their texts, each an answer to the one before.
        first_comment: What the account itself comments right below the post, where the network has comments.
        options: Options for one network, or for several.
        variants: How the post differs, by the network's name.

    Raises:
        pydantic.ValidationError: An argument is of the wrong kind.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    text: str = ""
    media: tuple[Media, ...] = ()
    link: Link | None = None
    poll: Poll | None = None
    thread: tuple[Post, ...] = ()
    first_comment: str | None = None
    options: tuple[SerializeAsAny[NetworkOptions], ...] = ()
    variants: Mapping[str, PostVariant] = Field(default_factory=dict)

    def __init__(
        self,
        text: str = "",
        *,
        media: Sequence[Image | Video | Document] = (),
        link: Link | str | None = None,
        poll: Poll | None = None,
        thread: Sequence[Post | str] = (),
        first_comment: str | None = None,
        options: NetworkOptions | Iterable[NetworkOptions] | Mapping[str, Mapping[str, JsonValue]] = (),
        variants: Mapping[str, PostVariant] | None = None,
        **data: object,
    ) -> None:
        given = {"text": text, "media": media, "link": link, "options": options, "variants": variants or {}}
        more = {"poll": poll, "thread": thread, "first_comment": first_comment}
        super().__init__(**{**given, **more, **data})

    @field_validator("media", mode="before")
    @classmethod
    def _media_as_tuple(cls, value: object) -> object:
        return (value,) if isinstance(value, MediaFile) else value

    @field_validator("link", mode="before")
    @classmethod
    def _link_from_address(cls, value: object) -> object:
        return _link(value)

    @field_validator("thread", mode="before")
    @classmethod
    def _thread_from_texts(cls, value: object) -> object:
        return _posts(value)

    @field_validator("options", mode="before")
    @classmethod
    def _options_by_network(cls, value: object) -> object:
        if isinstance(value, NetworkOptions):
            return (value,)
        table = _table(value)
        if table is None:
            return value
        from socialconnect.registry import options_class  # the registry knows each network's options by name

        return tuple(options_class(name).model_validate(fields) for name, fields in table.items())

    @field_serializer("options")
    def _options_as_mapping(self, value: tuple[NetworkOptions, ...]) -> dict[str, dict[str, JsonValue]]:
        return {one.network: one.model_dump(mode="json", exclude_none=True) for one in value}

    @field_validator("variants", mode="before")
    @classmethod
    def _variants_by_network(cls, value: object) -> object:
        table = _table(value)
        return value if table is None else {name: _variant(name, fields) for name, fields in table.items()}

    def with_changes(self, **changes: object) -> Self:
        """Give the same post with some fields changed; the fields are checked as in the constructor."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**fields, **changes})

    def for_network(self, network: str) -> Post:
        """Give the post as it reads on one network: its variant applied, the other networks' parts left out."""
        if not self.options and not self.variants and not self.thread:
            return self
        variant = self.variants.get(network) or PostVariant()
        options = tuple(one for one in self.options if one.network == network)
        return Post(
            self.text if variant.text is None else variant.text,
            media=self.media if variant.media is None else variant.media,
            link=self.link if variant.link is None else variant.link or None,
            poll=self.poll if variant.poll is None else variant.poll or None,
            thread=[one.for_network(network) for one in (self.thread if variant.thread is None else variant.thread)],
            first_comment=(self.first_comment if variant.first_comment is None else variant.first_comment) or None,
            options=options if variant.options is None else (variant.options,),
        )

    def files(self) -> Iterator[tuple[str, MediaFile]]:
        """Give each file in the post with its place, such as `media[0]`; not those of its variants."""
        for index, media in enumerate(self.media):
            yield f"media[{index}]", media
        if self.link is not None and self.link.image is not None:
            yield "link.image", self.link.image
        for index, post in enumerate(self.thread):
            yield from ((f"thread[{index}].{place}", media) for place, media in post.files())

    def options_for(self, kind: type[OptionsT]) -> OptionsT | None:
        """Give the options of one kind, such as `TwitterOptions`, or `None`."""
        return next((one for one in self.options if isinstance(one, kind)), None)


def _link(value: object) -> object:
    return Link(value) if isinstance(value, str) else value


def _posts(value: object) -> object:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return value
    return tuple(Post(one) if isinstance(one, str) else one for one in cast("Sequence[object]", value))


def _variant(network: str, value: object) -> object:
    table = _table(value)
    options = _table(table.get("options")) if table is not None else None
    if table is None or options is None:
        return value
    from socialconnect.registry import options_class

    return {**table, "options": options_class(network).model_validate(options)}


def _table(value: object) -> dict[str, object] | None:
    """Give a mapping as one with texts for keys; `None` for anything else."""
    if not isinstance(value, Mapping):
        return None
    return {str(name): one for name, one in cast("Mapping[object, object]", value).items()}


class PublishedPost(BaseModel):
    """
    A post that is live on a network.

    Two of them are equal when they are the same post of the same account, whatever else is known of them.

    Args:
        network: The network's name.
        account: The account on it.
        id: The network's id of the post.
        url: Where people see it, where known.
        text: Its text as the network gave it back, where it did.
        created_at: When it went live, where known.
        media_count: How many media it carries, where known.
        parent: The id of the post that it replies to, where known.
        thread: The further posts of a thread, in order.
        comment: The id of the first comment that was asked for.
        data: The network's own answer.
        provenance: For one that was read back: when, under which terms, and how long it may be kept.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    account: str
    id: str
    url: str | None = None
    text: str | None = None
    created_at: UtcDatetime | None = None
    media_count: int | None = None
    parent: str | None = None
    thread: tuple[PublishedPost, ...] = ()
    comment: str | None = None
    data: Mapping[str, JsonValue] = Field(default_factory=dict, repr=False)
    provenance: Provenance | None = Field(default=None, repr=False)

    def __hash__(self) -> int:
        return hash((self.network, self.account, self.id))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PublishedPost):
            return NotImplemented
        return (self.network, self.account, self.id) == (other.network, other.account, other.id)


class Draft(BaseModel):
    """
    A post that is kept and not published.

    Args:
        network: The network's name.
        account: The account on it.
        id: The draft's id: the network's own, or the outbox's.
        post: What it holds; `None` for a draft on the network that the library did not make.
        held_by: `network` or `outbox`.
        text: Its text as the network gave it back, for a draft on the network.
        created_at: When it was made, where known.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    account: str
    id: str
    post: Post | None = None
    held_by: str = Field(default="network", pattern="^(network|outbox)$")
    text: str | None = None
    created_at: UtcDatetime | None = None


class ScheduledPost(BaseModel):
    """
    A post that is planned for a time.

    Args:
        network: The network's name.
        account: The account on it.
        id: The plan's id: the network's own, or the outbox's.
        at: When it is to appear, in UTC; `None` while it waits for its campaign to be launched.
        post: What it holds; `None` for a plan on the network that the library did not make.
        held_by: `network` or `outbox`.
        state: For a plan in the outbox, the delivery's state; `planned` for one on the network.
        text: Its text as the network gave it back, for a plan on the network.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    account: str
    id: str
    at: UtcDatetime | None = None
    post: Post | None = None
    held_by: str = Field(default="network", pattern="^(network|outbox)$")
    state: str = "planned"
    text: str | None = None
