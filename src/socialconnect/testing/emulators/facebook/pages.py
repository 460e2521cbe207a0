"""
Pages, the person who manages them, and the business that holds them.

See https://developers.facebook.com/docs/graph-api/reference/page and
https://developers.facebook.com/docs/facebook-login/guides/access-tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedAccount
from socialconnect.testing.emulators.facebook.schema import LISTING, NODE
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, missing
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick, words
from socialconnect.testing.emulators.graph.paging import page_of

__all__ = ["list_businesses", "list_held_pages", "list_managed_pages", "read_business", "read_page", "read_user"]

_REMOVED_FIELDS = words("current_location genre network parking start_info settings")
"""Fields that version 26.0 no longer has (https://developers.facebook.com/docs/graph-api/changelog/version26.0)."""
_REMOVED_WITH = (26, 0)

_GAPS = words("""
    ad_campaign affiliation app_id artists_we_like attire available_promo_offer_ids awards band_interests
    band_members best_page birthday booking_agent breaking_news_usage business checkins company_overview
    connected_page_backed_instagram_account contact_address copyright_attribution_insights
    copyright_whitelisted_ig_partners country_page_likes cover culinary_team delivery_and_pickup_option_info
    description_html differently_open_offerings directed_by display_subtext displayed_message_response_time
    does_viewer_have_page_permission_link_ig engagement featured_video features food_styles founded general_info
    general_manager global_brand_page_name global_brand_root_id has_lead_access has_whatsapp_business_number
    has_whatsapp_number hometown hours impressum influences is_always_open is_calling_eligible is_chain
    is_community_page is_eligible_for_branded_content is_messenger_bot_get_started_enabled is_messenger_platform_bot
    is_owned is_permanently_closed is_unclaimed is_webhooks_subscribed keywords leadgen_tos_acceptance_time
    leadgen_tos_accepted leadgen_tos_accepting_user location members merchant_id merchant_review_status
    messaging_feature_status messenger_ads_default_icebreakers messenger_ads_default_quick_replies
    messenger_ads_quick_replies_type mini_shop_storefront mission mpg name_with_location_descriptor offer_eligible
    overall_star_rating owner_business page_backed_threads_account_id page_token parent_page payment_options
    personal_info personal_interests pharma_safety_info pickup_options place_type plot_outline preferred_audience
    press_contact price_range priority_hours privacy_info_url produced_by products promotion_eligible
    promotion_ineligible_reason public_transit recipient record_label release_date restaurant_services
    restaurant_specialties schedule screenplay_by season starring store_code store_location_descriptor store_number
    supports_donate_button_in_live_video temporary_status unread_message_count unread_notif_count
    unseen_message_count user_access_expire_time voip_info were_here_count whatsapp_number written_by
    """)
"""Fields that a Page has on Graph and not here."""


_SAME: dict[str, JsonValue] = {
    "category": "Product/service",
    "category_list": [{"id": "2201", "name": "Product/service"}],
    "new_like_count": 0,
    "rating_count": 0,
    "talking_about_count": 0,
    "can_post": True,
    "can_checkin": False,
    "has_added_app": True,
    "has_transitioned_to_new_page_experience": True,
    "is_published": True,
    "is_verified": False,
    "verification_status": "not_verified",
    # What has no value is left out of answers.
    "about": None,
    "bio": None,
    "description": None,
    "emails": None,
    "phone": None,
    "website": None,
    "single_line_address": None,
    "instagram_business_account": None,
    "connected_instagram_account": None,
}
"""What every Page here has alike."""

_EDGES = words("""
    feed insights photos posts published_posts scheduled_posts stories video_reels videos visitor_posts ads_posts
    """)
"""Edges that can be asked for as fields."""


def read_page(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """Give one Page to a token that may use it."""
    page = state.pages.get(call.token.owner if page_id == "me" else page_id)
    if page is None or page.id not in call.token.targets:
        raise missing(page_id, call.method)
    call.parameters.check(NODE, gaps=("account_linking_token",))
    return _shown(state, page, call, call.fields("name", "id"))


def _shown(state: FacebookState, page: EmulatedAccount, call: Call, fields: tuple[Field, ...]) -> JsonValue:
    followers = state.settings.followers
    picture = f"https://scontent.example.com/{page.id}"
    readers: Readers = {
        "id": lambda _: page.id,
        "name": lambda _: page.name,
        "access_token": lambda _: page.token,
        "tasks": lambda _: [*sorted(call.token.tasks)],
        "link": lambda _: f"https://www.facebook.com/{page.id}",
        "username": lambda _: f"page{page.id}",
        "fan_count": lambda _: followers,
        "followers_count": lambda _: followers,
        "picture": lambda _: {"data": {"height": 50, "is_silhouette": False, "url": picture, "width": 50}},
    }
    readers |= {name: _always(value) for name, value in _SAME.items()}
    readers |= {name: lambda one: call.expanded(page.id, one) for name in _EDGES}
    gaps = _GAPS if call.version_number >= _REMOVED_WITH else _GAPS | _REMOVED_FIELDS
    return pick(fields, readers, node="Page", gaps=gaps)


def _always(value: JsonValue) -> Callable[[Field], JsonValue]:
    return lambda _: value


def read_user(user: EmulatedAccount, call: Call) -> JsonValue:
    """Give the person whom a token belongs to."""
    call.parameters.check(NODE)
    readers: Readers = {
        "id": lambda _: user.id,
        "name": lambda _: user.name,
        "first_name": lambda _: user.name.partition(" ")[0],
        "last_name": lambda _: user.name.partition(" ")[2],
    }
    gaps = words("""
        about accounts age_range birthday email favorite_athletes favorite_teams gender hometown inspirational_people
        install_type installed is_guest_user languages link locale location meeting_for middle_name name_format picture
        permissions quotes short_name significant_other sports timezone token_for_business
        """)
    return pick(call.fields("name", "id"), readers, node="User", gaps=gaps)


def list_managed_pages(state: FacebookState, call: Call) -> JsonValue:
    """List the Pages that a person manages, with their tokens."""
    if call.token.kind == "PAGE":
        raise GraphError(100, "(#100) Tried accessing nonexisting field (accounts) on node type (Page)")
    call.token.require("pages_show_list")
    call.parameters.check({**LISTING, "is_place": "bool", "is_promotable": "bool"})
    return _listed(state, call, [one for one in state.pages.values() if one.id in call.token.targets])


def _listed(state: FacebookState, call: Call, pages: Sequence[EmulatedAccount]) -> JsonValue:
    fields = call.fields("access_token", "category", "category_list", "name", "id", "tasks")
    held = sorted(pages, key=_place, reverse=True)
    return page_of(held, _place, lambda page: _shown(state, page, call, fields), call)


def list_businesses(business: EmulatedAccount | None, call: Call) -> JsonValue:
    """List the businesses of a person."""
    if call.token.kind == "PAGE":
        raise GraphError(100, "(#100) Tried accessing nonexisting field (businesses) on node type (Page)")
    call.token.require("business_management")
    call.parameters.check(LISTING)
    fields = call.fields("id", "name")
    held = [business] if business is not None else []
    return page_of(held, _place, lambda one: _shown_business(one, fields), call)


def list_held_pages(state: FacebookState, call: Call, *, owned: bool) -> JsonValue:
    """List the Pages that a business owns, or that others let it manage: all are owned here."""
    call.token.require("business_management", "pages_show_list")
    call.parameters.check(LISTING)
    return _listed(state, call, [*state.pages.values()] if owned else [])


def read_business(business: EmulatedAccount, call: Call) -> JsonValue:
    """Give one business."""
    call.token.require("business_management")
    call.parameters.check(NODE)
    return _shown_business(business, call.fields("id", "name"))


def _shown_business(business: EmulatedAccount, fields: tuple[Field, ...]) -> JsonValue:
    readers: Readers = {"id": lambda _: business.id, "name": lambda _: business.name}
    gaps = words("""
        block_offline_analytics created_by created_time extended_updated_time is_hidden link payment_account_id
        primary_page profile_picture_uri timezone_id two_factor_type updated_by updated_time
        user_access_expire_time verification_status vertical vertical_id
        """)
    return pick(fields, readers, node="Business", gaps=gaps)


def _place(account: EmulatedAccount) -> str:
    return account.id
