"""What only Twitter can do, for one post."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from socialconnect.networks.twitter.limits import POST_ID
from socialconnect.post import NetworkOptions

__all__ = ["NO_OPTIONS", "TwitterOptions"]

_Id = Annotated[str, Field(pattern=f"^{POST_ID}$")]


class TwitterOptions(NetworkOptions):
    """
    What only Twitter can do, for one post.

    Args:
        reply_to: The id of the post that this one answers. Without an Enterprise contract Twitter lets an app answer
            only those who mentioned or quoted the account, and the account itself.
        exclude_reply_users: Ids of users who are not mentioned in the answer although they are in the conversation.
        quote: The id of the post that this one quotes. Enterprise contracts only.
        reply_settings: Who may answer; everyone if not given.
        community: The id of the community to post in; the account must be a member.
        share_with_followers: Whether a post in a community is shown to the account's followers as well.
        made_with_ai: Whether it is labelled as holding media made by artificial intelligence.
        paid_partnership: Whether it is labelled as paid promotion.
        tagged_users: Ids of the users who are tagged in the images.
        place: The id of the place that the post is tagged with.
        super_followers_only: Whether only the account's subscribers see it.
        promoted_only: Whether it is shown as an advertisement only, and in no timeline.
        edit_of: The id of the account's own post that this one takes the place of, with a new id. X Premium only, and
            only for as long and as often as the post's `edit_controls` say.
        card: The address of a card of an advertising account, such as `card://123`.
        direct_message_link: An address that opens a conversation with the account.
    """

    network: ClassVar[str] = "twitter"

    reply_to: _Id | None = None
    exclude_reply_users: tuple[_Id, ...] = ()
    quote: _Id | None = None
    reply_settings: Literal["following", "mentionedUsers", "subscribers", "verified"] | None = None
    community: _Id | None = None
    share_with_followers: bool = False
    made_with_ai: bool = False
    paid_partnership: bool = False
    tagged_users: tuple[_Id, ...] = Field(default=(), max_length=10)
    place: str | None = None
    super_followers_only: bool = False
    promoted_only: bool = False
    edit_of: _Id | None = None
    card: str | None = Field(default=None, min_length=1)
    direct_message_link: str | None = Field(default=None, pattern=r"^https://\S+$")


NO_OPTIONS = TwitterOptions.model_construct()  # unchecked: the first check builds the checker, before it is needed
"""What a post without options of its own gets."""
