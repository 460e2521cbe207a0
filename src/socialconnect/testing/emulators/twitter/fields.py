"""
Which fields a read may ask for, in the two vocabularies.

Spec 2.167 of https://docs.x.com/openapi.json renamed them (`post.fields`, `repost_count`) without another path; its
values are not the old ones renamed throughout.
"""

from __future__ import annotations

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.twitter.settings import Vocabulary

__all__ = ["ANALYTICS", "MEDIA_ANALYTICS", "PRIVATE_GROUPS", "PRIVATE_MEDIA_GROUPS", "Names", "names_for", "words"]


def words(text: str) -> tuple[str, ...]:
    """Give the words of a text: a list that is easy to read."""
    return tuple(text.split())


_LEGACY_POST_FIELDS = words(
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at "
    "display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang "
    "matched_media_notes media_metadata non_public_metrics note_request_suggestions note_tweet organic_metrics "
    "paid_partnership possibly_sensitive promoted_metrics public_metrics referenced_tweets reply_settings scopes "
    "source suggested_source_links suggested_source_links_with_counts text withheld"
)
_NEW_POST_FIELDS = words(
    "article article_title attachments card_uri community_id context_annotations conversation_id created_at "
    "display_text_range edit_controls entities geo id lang matched_media_notes media_metadata non_public_metrics "
    "note_post note_request_suggestions organic_metrics paid_partnership possibly_sensitive promoted_metrics "
    "public_metrics reply_settings scopes source suggested_source_links suggested_source_links_with_counts text "
    "withheld"
)
_LEGACY_EXPANSIONS = words(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet "
    "attachments.poll_ids author_id edit_history_tweet_ids entities.mentions.username geo.place_id "
    "in_reply_to_user_id entities.note.mentions.username referenced_tweets.id "
    "referenced_tweets.id.attachments.media_keys referenced_tweets.id.author_id"
)
_NEW_EXPANSIONS = words(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet "
    "attachments.poll_ids author_id edit_history_post_ids entities.mentions.username geo.place_id in_reply_to_user_id "
    "referenced_posts username"
)
_LEGACY_USER_FIELDS = words(
    "affiliation confirmed_email connection_status created_at description entities id is_identity_verified location "
    "most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected public_metrics "
    "receives_your_dm subscription subscription_type url username verified verified_followers_count verified_type "
    "withheld"
)
_NEW_USER_FIELDS = words(
    "confirmed_email connection_status created_at description entities id is_identity_verified location name parody "
    "profile_banner_url profile_image_url protected public_metrics receives_your_dm subscribes_to_you subscription "
    "subscription_type url username verified verified_followers_count verified_type withheld"
)
_LEGACY_USER_EXPANSIONS = words("affiliation.user_id most_recent_tweet_id pinned_tweet_id")
_NEW_USER_EXPANSIONS = words("affiliation most_recent_post_id pinned_post_id")
_ONLY_NEW = frozenset(_NEW_EXPANSIONS + _NEW_USER_EXPANSIONS) - frozenset(_LEGACY_EXPANSIONS + _LEGACY_USER_EXPANSIONS)

MEDIA_FIELDS = words(
    "alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url promoted_metrics "
    "public_metrics type url variants width"
)
POLL_FIELDS = words("duration_minutes end_datetime id options voting_status")
PLACE_FIELDS = words("contained_within country country_code full_name geo id name place_type")
USAGE_FIELDS = words(
    "cap_reset_day daily_client_app_usage daily_project_usage project_cap project_id project_usage"
)  # fmt: skip
ANALYTICS = words(
    "app_install_attempts app_opens bookmarks detail_expands email_tweet engagements follows hashtag_clicks "
    "impressions likes media_views permalink_clicks quote_tweets replies retweets shares unfollows unlikes url_clicks "
    "user_profile_clicks"
)
MEDIA_ANALYTICS = words(
    "cta_url_clicks cta_watch_clicks play_from_tap playback25 playback50 playback75 playback_complete playback_start "
    "video_views watch_time_ms"
)
_SHARED_PRIVATE = words("impression_count like_count reply_count retweet_count url_link_clicks user_profile_clicks")
PRIVATE_GROUPS = {
    "non_public_metrics": words("impression_count url_link_clicks user_profile_clicks engagements"),
    "organic_metrics": _SHARED_PRIVATE,
    "promoted_metrics": _SHARED_PRIVATE,
}
"""The counts that only the author sees, and not for long."""
_PLAYBACK = words("playback_0_count playback_25_count playback_50_count playback_75_count playback_100_count")
PRIVATE_MEDIA_GROUPS = {
    "non_public_metrics": _PLAYBACK,
    "organic_metrics": (*_PLAYBACK, "view_count"),
    "promoted_metrics": (*_PLAYBACK, "view_count"),
}
"""The same of media."""


class Names:
    """
    The names of one vocabulary.

    Args:
        legacy: Whether it is the one before spec 2.167.
    """

    def __init__(self, *, legacy: bool) -> None:
        self.legacy = legacy
        self.fields = "tweet.fields" if legacy else "post.fields"
        self.history = "edit_history_tweet_ids" if legacy else "edit_history_post_ids"
        self.referenced = "referenced_tweets" if legacy else "referenced_posts"
        self.references = "referenced_tweets.id" if legacy else "referenced_posts"
        self.note = "note_tweet" if legacy else "note_post"
        self.reposts = "retweet_count" if legacy else "repost_count"
        self.includes = "tweets" if legacy else "posts"
        self.post_count = "tweet_count" if legacy else "post_count"
        self.pinned = "pinned_tweet_id" if legacy else "pinned_post_id"
        self.latest = "most_recent_tweet_id" if legacy else "most_recent_post_id"
        self.problem_type = "https://api.twitter.com/2/problems/" if legacy else "https://api.x.com/2/problems/"
        self.post_fields = _LEGACY_POST_FIELDS if legacy else _NEW_POST_FIELDS
        self.expansions = _LEGACY_EXPANSIONS if legacy else _NEW_EXPANSIONS
        self.user_fields = _LEGACY_USER_FIELDS if legacy else _NEW_USER_FIELDS
        self.user_expansions = _LEGACY_USER_EXPANSIONS if legacy else _NEW_USER_EXPANSIONS

    @property
    def spec(self) -> str:
        """The version of the specification that has these names."""
        return "2.166" if self.legacy else "2.167"


_LEGACY, _NEW = Names(legacy=True), Names(legacy=False)


def names_for(request: EmulatedRequest, vocabulary: Vocabulary) -> Names:
    """Give the names that a request is answered in: those that it asks in, where both are served."""
    if vocabulary != "both":
        return _LEGACY if vocabulary == "legacy" else _NEW
    query = request.query
    asks_new = "post.fields" in query or bool(_ONLY_NEW & set(query.get("expansions", "").split(",")))
    return _NEW if asks_new else _LEGACY
