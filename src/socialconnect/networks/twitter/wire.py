"""
Twitter's bodies, with exactly its names.

Since spec 2.167 the read side has a second vocabulary (`repost_count` for `retweet_count` and so on), told by no
version: every model takes both. https://docs.x.com/openapi.json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, JsonValue

from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.post import Poll

__all__ = [
    "AdsAnswer",
    "AdsList",
    "AdsTweet",
    "Analytics",
    "ApiProblem",
    "Created",
    "CreatedTweet",
    "Deleted",
    "Me",
    "Processing",
    "Timeline",
    "Tweet",
    "Tweets",
    "Uploaded",
    "create_body",
]


class _Answer(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True)


def create_body(
    text: str, media_ids: list[str], options: TwitterOptions, *, poll: Poll | None = None, reply_to: str | None = None
) -> dict[str, JsonValue]:
    """Give the body of `POST /2/tweets`; what is not asked for is left out, since its schema takes nothing unknown."""
    media: dict[str, JsonValue] = {"media_ids": list(media_ids), "tagged_user_ids": list(options.tagged_users)}
    parent = reply_to or options.reply_to
    reply: dict[str, JsonValue] = {
        "in_reply_to_tweet_id": parent,
        "exclude_reply_user_ids": list(options.exclude_reply_users),
    }
    body: dict[str, JsonValue] = {
        "text": text,
        "media": _given(media) if media_ids else None,
        "poll": _poll(poll) if poll is not None else None,
        "reply": _given(reply) if parent else None,
        "quote_tweet_id": options.quote,
        "reply_settings": options.reply_settings,
        "community_id": options.community,
        "share_with_followers": options.share_with_followers,
        "made_with_ai": options.made_with_ai,
        "paid_partnership": options.paid_partnership,
        "geo": {"place_id": options.place} if options.place else None,
        "for_super_followers_only": options.super_followers_only,
        "nullcast": options.promoted_only,
        "edit_options": {"previous_post_id": options.edit_of} if options.edit_of else None,
        "card_uri": options.card,
        "direct_message_deep_link": options.direct_message_link,
    }
    return _given(body)


def _poll(poll: Poll) -> dict[str, JsonValue]:
    return {"options": list(poll.options), "duration_minutes": poll.lasts // timedelta(minutes=1)}


def _given(fields: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name, value in fields.items() if value}


class ApiProblem(_Answer):
    """One problem, as a refusal's body, in a refusal's `errors`, or beside the data of a 200."""

    type: str = ""
    title: str = ""
    detail: str = ""
    message: str = ""
    code: int | str | None = None
    reason: str | None = None
    field: str | None = None
    parameter: JsonValue = None
    parameters: JsonValue = None
    value: JsonValue = None
    resource_id: str | None = None

    @property
    def slug(self) -> str | None:
        """The last part of the problem's address: its host has changed and may again."""
        return self.type.rstrip("/").rpartition("/")[2] or None if "/problems/" in self.type else None

    @property
    def named(self) -> tuple[str, ...]:
        """The parameters that it complains of: one beside the problem, or several with their values."""
        one = [self.parameter] if isinstance(self.parameter, str) else []
        return tuple(dict.fromkeys([*one, *(self.parameters if isinstance(self.parameters, dict) else ())]))

    @property
    def about(self) -> str | None:
        """The id of the post that it is about."""
        return self.resource_id or (self.value if isinstance(self.value, str) else None)


class CreatedTweet(_Answer):
    """What the network tells of a post that it has just made."""

    id: str = Field(min_length=1)
    text: str | None = None


class Created(_Answer):
    """The answer to `POST /2/tweets`."""

    data: CreatedTweet


class _DeletedTweet(_Answer):
    deleted: bool


class Deleted(_Answer):
    """The answer to `DELETE /2/tweets/:id`."""

    data: _DeletedTweet | None = None
    errors: tuple[ApiProblem, ...] = ()


class _User(_Answer):
    id: str = Field(min_length=1)
    username: str | None = None
    public_metrics: Mapping[str, int | None] | None = None


class Me(_Answer):
    """The answer to `GET /2/users/me`."""

    data: _User | None = None
    errors: tuple[ApiProblem, ...] = ()


class _ProcessingError(_Answer):
    name: str = ""
    message: str = ""


class Processing(_Answer):
    """How far Twitter is with a file; what it calls the state is free text, and may be anything but the end."""

    state: str = ""
    check_after_secs: int = 0
    error: _ProcessingError | None = None


class _Upload(_Answer):
    id: str = Field(min_length=1)
    processing_info: Processing | None = None


class Uploaded(_Answer):
    """The answer to an upload and to asking for its state."""

    data: _Upload


class _Url(_Answer):
    url: str
    expanded_url: str | None = None
    media_key: str | None = None


class _Entities(_Answer):
    urls: tuple[_Url, ...] = ()


class _Note(_Answer):
    text: str
    entities: _Entities | None = None


class _Reference(_Answer):
    type: str
    id: str


class _Attachments(_Answer):
    media_keys: tuple[str, ...] = ()


class _Counted(_Answer):
    public_metrics: Mapping[str, int | None] | None = None
    non_public_metrics: Mapping[str, int | None] | None = None
    organic_metrics: Mapping[str, int | None] | None = None
    promoted_metrics: Mapping[str, int | None] | None = None

    @property
    def groups(self) -> dict[str, Mapping[str, int | None]]:
        """The groups of numbers that came."""
        named = {
            "public_metrics": self.public_metrics,
            "non_public_metrics": self.non_public_metrics,
            "organic_metrics": self.organic_metrics,
            "promoted_metrics": self.promoted_metrics,
        }
        return {name: counts for name, counts in named.items() if counts is not None}


class Tweet(_Counted):
    """A post as it is read back."""

    id: str = Field(min_length=1)
    text: str = ""
    created_at: datetime | None = None
    entities: _Entities | None = None
    attachments: _Attachments | None = None
    note: _Note | None = Field(default=None, validation_alias=AliasChoices("note_tweet", "note_post"))
    references: tuple[_Reference, ...] = Field(
        default=(), validation_alias=AliasChoices("referenced_tweets", "referenced_posts")
    )

    @property
    def media_keys(self) -> tuple[str, ...]:
        """The media that it carries."""
        return self.attachments.media_keys if self.attachments else ()


class _Medium(_Counted):
    media_key: str


class _Includes(_Answer):
    media: tuple[_Medium, ...] = ()


class Tweets(_Answer):
    """The answer to `GET /2/tweets`: what was found, and what was not."""

    data: tuple[Tweet, ...] = ()
    includes: _Includes = Field(default_factory=_Includes)
    errors: tuple[ApiProblem, ...] = ()


class _Moment(_Answer):
    timestamp: str = ""
    metrics: Mapping[str, int | None] = Field(default_factory=dict)  # some large numbers come as text


class _Timed(_Answer):
    id: str = ""
    media_key: str = ""
    timestamped_metrics: tuple[_Moment, ...] = ()

    @property
    def series(self) -> Iterator[tuple[str, str, int]]:
        """When, what and how much."""
        for moment in self.timestamped_metrics:
            for name, value in moment.metrics.items():
                if value is not None:
                    yield moment.timestamp, name, value


class Analytics(_Answer):
    """The answer to `GET /2/tweets/analytics` and to `GET /2/media/analytics`."""

    data: tuple[_Timed, ...] = ()
    errors: tuple[ApiProblem, ...] = ()


class _Meta(_Answer):
    next_token: str | None = None


class Timeline(_Answer):
    """The answer to `GET /2/users/:id/tweets`."""

    data: tuple[Tweet, ...] = ()
    meta: _Meta | None = None
    errors: tuple[ApiProblem, ...] = ()


class AdsTweet(_Answer):
    """A draft or a scheduled post of the Ads API."""

    id: str = Field(min_length=1)
    text: str | None = None
    nullcast: bool | None = None
    media_keys: tuple[str, ...] | None = None
    card_uri: str | None = None
    created_at: datetime | None = None
    scheduled_at: datetime | None = None
    scheduled_status: str | None = None


class AdsAnswer(_Answer):
    """The Ads API's envelope around one."""

    data: AdsTweet


class AdsList(_Answer):
    """The Ads API's envelope around several."""

    data: tuple[AdsTweet, ...] = ()
    next_cursor: str | None = None
