"""
What each call takes: the names and types of Meta's own schema.

See https://developers.facebook.com/docs/graph-api/reference/page/feed, its sisters, and the Page, PagePost and AdVideo
classes of the facebook-business package (26.0.3, read on 2026-11-24). What stands in a table of gaps is taken by Graph
and has no answer here: mostly what only Facebook's own composer sends.
"""

from __future__ import annotations

from socialconnect.testing.emulators.graph.fields import words
from socialconnect.testing.emulators.graph.types import Types, one_of, typed

__all__ = [
    "CHUNK",
    "COMMENT",
    "COMMENTS",
    "COMMENT_GAPS",
    "CONTENT_TYPES",
    "EDIT",
    "EDIT_GAPS",
    "FEED",
    "FEED_GAPS",
    "KEPT",
    "LISTING",
    "NODE",
    "PHOTO",
    "PHOTO_GAPS",
    "REEL",
    "VIDEO",
    "VIDEO_EDIT",
    "VIDEO_EDIT_GAPS",
    "VIDEO_GAPS",
]

CONTENT_TYPES = (
    "ADS_POST",
    "DRAFT",
    "INLINE_CREATED",
    "PUBLISHED",
    "PUBLISH_PENDING",
    "REVIEWABLE_BRANDED_CONTENT",
    "SCHEDULED",
    "SCHEDULED_RECURRING",
)
_GRANULARITIES = one_of("day", "hour", "min", "month", "none", "year")
_CATEGORIES = one_of(
    *words("""
    BEAUTY_FASHION BUSINESS CARS_TRUCKS COMEDY CUTE_ANIMALS ENTERTAINMENT FAMILY FOOD_HEALTH HOME LIFESTYLE MUSIC NEWS
    OTHER POLITICS SCIENCE SPORTS TECHNOLOGY VIDEO_GAMING
    """)
)

_COMPOSER = """
    android_key_hash application_id asked_fun_fact_prompt_id audience_exp composer_entry_picker composer_entry_point
    composer_entry_time composer_session_events_log composer_session_id composer_source_surface composer_type
    client_mutation_id direct_share_status formatting fun_fact_prompt_id fun_fact_toastee_id ios_bundle_id
    instant_game_entry_point_data is_boost_intended is_explicit_location is_explicit_place is_explicit_share
    is_group_linking_post location_source_id manual_privacy nectar_module og_action_type_id og_hide_object_attachment
    og_icon_id og_object_id og_phrase og_set_profile_badge og_suggestion_mechanism proxied_app_id publish_event_id
    sponsor_id sponsor_relationship text_format_metadata time_since_original_post user_selected_tags
    video_start_time_ms
"""

NODE: Types = {"fields": "string", "metadata": "bool"}
"""What reading a node takes."""

LISTING: Types = {
    **typed("string", "fields after before summary"),
    **typed("datetime", "since until"),
    "limit": "unsigned int",
}
"""What lists take. Meta's own client asks every list for its `summary`."""

_VISIBILITY: Types = {
    "published": "bool",
    "scheduled_publish_time": "datetime",
    "unpublished_content_type": one_of(*CONTENT_TYPES),
}

_AUDIENCE: Types = {
    **typed("map", "targeting feed_targeting"),
    "place": "Object",
    "backdated_time": "datetime",
    "backdated_time_granularity": _GRANULARITIES,
}

FEED: Types = {
    **_VISIBILITY,
    **_AUDIENCE,
    **typed("string", "message link fields text_format_preset_id privacy"),
    **typed("string", "name description picture caption"),
    **typed("bool", "multi_share_end_card multi_share_optimized enforce_link_ownership"),
    "attached_media": "list<map>",
    "call_to_action": "map",
    "child_attachments": "list<map>",
    "tags": "list<int>",
    "object_attachment": "string",
    "thumbnail": "file",
}
FEED_GAPS = words(
    _COMPOSER
    + """
    actions album_id asset3d_id associated_id attach_place_suggestion breaking_news breaking_news_expiration
    connection_class content_attachment coordinates cta_link cta_type expanded_height expanded_width height
    home_checkin_city_id image_crops implicit_with_tags is_backout_draft is_photo_container page_recommendation
    place_attachment_setting place_list place_list_data post_surfaces_blacklist posting_to_redspace prompt_id
    prompt_tracking_string properties quote ref referenceable_image_ids referral_id source suggested_place_id
    target_surface text_only_place title tracking_info viewer_coordinates width
    """
)

PHOTO: Types = {
    **_VISIBILITY,
    **_AUDIENCE,
    **typed("string", "url message caption name alt_text_custom fields"),
    **typed("bool", "temporary no_story allow_spherical_photo"),
    **typed("file", "source"),
    "tags": "list<Object>",
}
PHOTO_GAPS = words(
    _COMPOSER
    + """
    aid attempt filter_type full_res_is_coming_later initial_view_heading_override_degrees
    initial_view_pitch_override_degrees initial_view_vertical_fov_override_degrees offline_id parent_media_id privacy
    profile_id qn spherical_metadata target_id uid vault_image_id
    """
)

CHUNK: Types = {
    "upload_phase": one_of("start", "transfer", "finish", "cancel"),
    "upload_session_id": "string",
    **typed("unsigned int", "file_size start_offset end_offset"),
    "video_file_chunk": "file",
}
VIDEO: Types = {
    **CHUNK,
    **_VISIBILITY,
    **typed("map", "targeting feed_targeting call_to_action"),
    **typed("string", "file_url title description fbuploader_video_file_chunk fields universal_video_id"),
    **typed("bool", "no_story embeddable social_actions secret is_ai_generated is_voice_clip"),
    "content_category": _CATEGORIES,
    **typed("list<string>", "content_tags custom_labels"),
    **typed("file", "source thumb"),
    "expiration": "map",
}
VIDEO_GAPS = words(
    _COMPOSER
    + """
    ad_breaks audio_story_wave_animation_handle backdated_post container_type creative_tools crossposted_video_id
    edit_description_spec fisheye_video_cropped fov front_z_rotation guide guide_enabled initial_heading initial_pitch
    is_partnership_ad multilingual_data original_fov original_projection_type partnership_ad_ad_code reference_only
    referenced_sticker_id replace_video_id selected_audio_spec slideshow_spec source_instagram_media_id
    specified_dialect spherical swap_mode transcode_setting_properties upload_setting_properties video_asset_id
    video_id_original waterfall_id
    """
)

REEL: Types = {
    "upload_phase": one_of("start", "finish"),
    "video_state": one_of("DRAFT", "PUBLISHED", "SCHEDULED"),
    **typed("string", "video_id title description place fields"),
    **typed("map", "targeting feed_targeting"),
    "scheduled_publish_time": "datetime",
    "is_ai_generated": "bool",
    # Not in the schema, but public clients send it with the start and are served.
    "file_size": "unsigned int",
}
"""What `video_reels` and `video_stories` take."""

EDIT: Types = {
    **typed("string", "message privacy text_format_preset_id fields"),
    **typed("bool", "is_published is_hidden is_pinned should_sync_product_edit"),
    "scheduled_publish_time": "datetime",
    "attached_media": "list<map>",
    "backdated_time": "datetime",
    "backdated_time_granularity": _GRANULARITIES,
    "place": "Object",
    "tags": "list<int>",
    "timeline_visibility": one_of("forced_allow", "hidden", "normal"),
    "feed_story_visibility": one_of("hidden", "visible"),
}
EDIT_GAPS = words(_COMPOSER + "explicitly_added_mentionee_ids product_item source_type tracking")

VIDEO_EDIT: Types = {
    **typed("string", "name title description privacy preferred_thumbnail_id fields"),
    **typed("bool", "published embeddable social_actions publish_to_news_feed publish_to_videos_tab"),
    "scheduled_publish_time": "datetime",
    "backdated_time": "datetime",
    "backdated_time_granularity": _GRANULARITIES,
    "call_to_action": "map",
    "content_category": _CATEGORIES,
    **typed("list<string>", "content_tags custom_labels tags"),
    "expiration": "map",
}
VIDEO_EDIT_GAPS = words(
    _COMPOSER + "ad_breaks allow_bm_crossposting allow_crossposting_for_pages expire_now increment_play_count target"
)

COMMENT: Types = typed("string", "message attachment_id attachment_share_url attachment_url fields") | typed(
    "file", "source"
)
COMMENT_GAPS = words("""
    comment comment_privacy_value facepile_mentioned_ids feedback_source is_offline nectar_module object_id
    parent_comment_id post_id text tracking
    """)
COMMENTS: Types = {
    **LISTING,
    "filter": one_of("stream", "toplevel"),
    "live_filter": one_of("filter_low_quality", "no_filter"),
    "order": one_of("chronological", "reverse_chronological"),
}

KEPT = words("""
    targeting feed_targeting place tags backdated_time backdated_time_granularity call_to_action child_attachments
    multi_share_end_card multi_share_optimized text_format_preset_id object_attachment name description picture caption
    privacy no_story content_category content_tags custom_labels embeddable social_actions secret is_ai_generated
    expiration universal_video_id is_pinned timeline_visibility feed_story_visibility
    """)
"""Parameters that are kept with what they came with, and read back where it has a field for them."""
