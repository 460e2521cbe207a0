"""
The edges that nodes have on Graph and not here: what the emulator does not know is told from what Graph does not.

The names are those of the classes of the facebook-business package (26.0.3, read on 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Container

from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, missing
from socialconnect.testing.emulators.graph.fields import words
from socialconnect.testing.emulators.refused import Gap

__all__ = ["no_edge"]

_EDGES = {
    "Page": words("""
        ab_tests ads_eligibility ads_posts agencies albums ar_experience assigned_users blocked
        business_messaging_feature_status businessprojects call_metrics call_to_actions calls canvas_elements canvases
        chat_plugin commerce_merchant_settings commerce_orders commerce_payouts commerce_transactions conversations
        copyright_manual_claims crosspost_whitelisted_pages ctx_optimization_eligibility custom_labels
        custom_user_settings dataset events extend_thread_control fantasy_games feed global_brand_children
        image_copyrights indexed_videos insights instagram_accounts leadgen_forms likes live_videos locations
        media_fingerprints message_attachments message_templates messages messaging_feature_review
        messenger_call_permissions messenger_call_settings messenger_lead_forms messenger_profile
        moderate_conversations nlp_configs notification_message_tokens notification_messages_dev_support
        page_backed_instagram_accounts page_backed_threads_accounts page_whatsapp_number_verification
        pass_thread_control personas photo_stories photos picture posts product_catalogs published_posts ratings
        release_thread_control request_thread_control roles rtb_dynamic_posts scheduled_live_video scheduled_posts
        settings shop_setup_status space_participants store_locations stories subscribed_apps tabs tagged
        take_thread_control thread_owner threads unlink_accounts video_copyright_rules video_copyrights video_lists
        video_reels video_stories videos visitor_posts welcome_message_flows
        """),
    "Post": words("attachments comments dynamic_posts insights likes reactions sharedposts sponsor_tags to"),
    "Video": words("""
        boost_ads_list captions collaborators comments crosspost_shared_pages likes poll_settings polls reactions
        sponsor_tags tags thumbnails video_insights
        """),
    "Photo": words("comments insights likes reactions sponsor_tags"),
    "Comment": words("comments likes reactions"),
    "User": words("""
        access_tokens accounts ad_studies adaccounts albums applications apprequestformerrecipients apprequests
        assigned_ad_accounts assigned_applications assigned_business_asset_groups assigned_instagram_accounts
        assigned_pages assigned_product_catalogs assigned_whatsapp_business_accounts business_users businesses
        conversations custom_labels events feed friends fundraisers groups ids_for_apps ids_for_business ids_for_pages
        likes live_videos messenger_desktop_performance_traces messenger_kids_accounts_unread_badge music
        notifications payment_transactions permissions personal_ad_accounts photos picture posts
        rich_media_documents staging_resources videos
        """),
}


def no_edge(state: FacebookState, call: Call, user: str) -> Exception:
    """
    Give the answer to an edge that is not served here.

    Args:
        state: What there is.
        call: The call.
        user: The id of the person.

    Returns:
        A gap if Graph has the edge; else Graph's refusal.
    """
    node = call.segments[0]
    kind = _kind(state, "me" if node == "me" else node, call, user)
    if kind is None:
        return missing(node, call.method)
    if len(call.segments) > 1 and call.segments[1] in _EDGES[kind]:
        return Gap()
    if len(call.segments) != 2:
        return GraphError(2500, f"Unknown path components: /{'/'.join(call.segments[1:])}")
    if call.method == "GET":
        name = call.segments[1]
        return GraphError(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({kind})")
    return missing(node, call.method)


def _kind(state: FacebookState, node: str, call: Call, user: str) -> str | None:
    if node == "me":
        return "Page" if call.token.kind == "PAGE" else "User"
    kinds: dict[str, Container[str]] = {
        "Page": state.pages,
        "Post": {**state.posts, **state.stories},
        "Video": state.videos,
        "Photo": state.photos,
        "Comment": state.comments,
        "User": (user,),
    }
    return next((kind for kind, held in kinds.items() if node in held), None)
