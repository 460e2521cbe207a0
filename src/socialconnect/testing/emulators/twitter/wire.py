"""The request bodies of posts and of what is done with them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from socialconnect.testing.emulators.twitter.schema import Body, Id

__all__ = ["ArticleBody", "CreatePost", "HiddenBody", "TargetBody", "TweetBody"]

ReplySettings = Literal["following", "mentionedUsers", "subscribers", "verified"]


class VisitSite(Body):
    """A card's button that opens a page."""

    url: str


class AppInstall(Body):
    """A card's button that opens an app store."""

    app_store_id: str | None = None
    ipad_app_store_id: str | None = None
    play_store_id: str | None = None


class CallToActions(Body):
    """A card's button; one of the three."""

    visit_site: VisitSite | None = None
    watch_now: VisitSite | None = None
    app_install: AppInstall | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(one is not None for one in (self.visit_site, self.watch_now, self.app_install)) > 1:
            raise ValueError("only one call to action is allowed")
        return self


class PostMedia(Body):
    """What is attached."""

    media_ids: Annotated[list[Id], Field(min_length=1, max_length=4)]
    tagged_user_ids: Annotated[list[Id], Field(max_length=10, default_factory=list)]
    title: str | None = None
    description: str | None = None
    embeddable: bool | None = None
    preview_media_id: Id | None = None
    call_to_actions: CallToActions | None = None


class PostPoll(Body):
    """A poll."""

    options: Annotated[list[Annotated[str, Field(min_length=1, max_length=25)]], Field(min_length=2, max_length=4)]
    duration_minutes: Annotated[int, Field(ge=5, le=10080)]
    reply_settings: ReplySettings | None = None


class PostReply(Body):
    """What the post replies to."""

    in_reply_to_tweet_id: Id
    exclude_reply_user_ids: Annotated[list[Id], Field(default_factory=list)]
    auto_populate_reply_metadata: bool | None = None


class PostGeo(Body):
    """Where it is."""

    place_id: str


class EditOptions(Body):
    """Which post it is a new version of."""

    previous_post_id: Id


class CreatePost(Body):
    """The body of `POST /2/tweets`."""

    text: str = ""
    media: PostMedia | None = None
    poll: PostPoll | None = None
    reply: PostReply | None = None
    quote_tweet_id: Id | None = None
    reply_settings: ReplySettings | None = None
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


class HiddenBody(Body):
    """The body of `PUT /2/tweets/:id/hidden`."""

    hidden: bool


class TweetBody(Body):
    """The body of a like, a repost or a bookmark."""

    tweet_id: Id


class TargetBody(Body):
    """The body of a follow."""

    target_user_id: Id


class ArticleContent(Body):
    """The text of an article, in the form of its editor."""

    blocks: list[JsonValue]
    entities: list[JsonValue]


class ArticleCover(Body):
    """The picture above an article."""

    media_category: str
    media_id: Id


class ArticleBody(Body):
    """The body of `POST /2/articles/draft`."""

    title: Annotated[str, Field(min_length=1)]
    content_state: ArticleContent
    cover_media: ArticleCover | None = None
