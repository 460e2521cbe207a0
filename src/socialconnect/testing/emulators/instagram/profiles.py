"""
Accounts, the Pages that they belong to, and the person who manages them.

See https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user.
"""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedAccount
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import missing
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick, words
from socialconnect.testing.emulators.graph.paging import page_of
from socialconnect.testing.emulators.instagram.access import require_read
from socialconnect.testing.emulators.instagram.media import MOST_MEDIA, MediaReader, expanded
from socialconnect.testing.emulators.instagram.models import PlannedMedia
from socialconnect.testing.emulators.instagram.state import InstagramState

__all__ = ["account_node", "app_scoped", "managed", "page_id", "page_node", "person", "planned"]

_LISTING = {"fields": "string", "limit": "unsigned int", "after": "string", "before": "string", "summary": "string"}
_GAPS = words(
    """
    business_discovery collaborative_media_search mentioned_comment mentioned_media mini_shop_storefront owner_business
    shopping_product_tag_eligibility shopping_review_status tags
    """
)
_INSTAGRAM_LOGIN = words(
    """
    account_type biography followers_count follows_count id media media_count name profile_picture_url stories user_id
    username website
    """
)
"""What Meta's schema of the accounts by Instagram Login (`IGUserForIGOnlyAPI`) has."""
_FACEBOOK_LOGIN = words(
    """
    biography followers_count follows_count has_profile_pic id ig_id is_published legacy_instagram_user_id media
    media_count name profile_picture_url stories username website
    """
)


def page_id(account: EmulatedAccount) -> str:
    """Give the id of the Page that an account belongs to."""
    return f"1{account.id[-3:]}"


def app_scoped(account: EmulatedAccount) -> str:
    """Give the id that an app has for an account by Instagram Login, which is not the account's own."""
    return f"9{account.id[1:]}"


def account_node(reader: MediaReader, account: EmulatedAccount) -> JsonValue:
    """Give an account."""
    call, state = reader.call, reader.state
    require_read(call)
    call.parameters.check({"fields": "string"}, gaps={"adgroup_id"})
    by_instagram = call.login == "instagram"
    profile = state.profiles[account.id]

    def media(field: Field) -> JsonValue:
        return reader.page(state.live(account.id)[:MOST_MEDIA], expanded(call, field), field.inner or (Field("id"),))

    def stories(field: Field) -> JsonValue:
        return reader.page(state.stories(account.id, call.now), expanded(call, field), field.inner or (Field("id"),))

    readers: Readers = {
        # With Instagram Login `id` belongs to the app, and `user_id` is the account's.
        "id": lambda _: app_scoped(account) if by_instagram else account.id,
        "user_id": lambda _: account.id,
        "username": lambda _: account.name,
        "name": lambda _: account.name,
        "account_type": lambda _: profile.account_type,
        "biography": lambda _: profile.biography or None,
        "website": lambda _: profile.website or None,
        "profile_picture_url": lambda _: profile.picture or None,
        "followers_count": lambda _: profile.followers,
        "follows_count": lambda _: profile.follows,
        "media_count": lambda _: len(state.live(account.id)),
        "has_profile_pic": lambda _: bool(profile.picture),
        "is_published": lambda _: True,
        "ig_id": lambda _: int(account.id[-10:]),
        "legacy_instagram_user_id": lambda _: None,
        "media": media,
        "stories": stories,
    }
    known = _INSTAGRAM_LOGIN if by_instagram else _FACEBOOK_LOGIN
    given = {name: reader for name, reader in readers.items() if name in known}
    return pick(call.fields("id"), given, node="InstagramUser", gaps=_GAPS)


def person(call: Call, user: EmulatedAccount) -> JsonValue:
    """Give the person who manages the accounts."""
    call.parameters.check({"fields": "string"})
    readers: Readers = {"id": lambda _: user.id, "name": lambda _: user.name}
    return pick(call.fields("name", "id"), readers, node="User")


def managed(state: InstagramState, call: Call) -> JsonValue:
    """List the Pages that the accounts belong to."""
    call.token.require("pages_show_list")
    call.parameters.check(_LISTING)
    accounts = [one for one in state.accounts.values() if one.id in call.token.targets]
    held = sorted(accounts, key=lambda one: one.id, reverse=True)
    fields = call.fields("access_token", "category", "name", "id", "tasks")
    return page_of(held, lambda one: one.id, lambda one: _page(one, fields, call), call)


def page_node(state: InstagramState, call: Call, id_: str) -> JsonValue:
    """
    Give the Page that an account belongs to.

    Raises:
        GraphError: There is none.
    """
    found = next((one for one in state.accounts.values() if page_id(one) == id_), None)
    if found is None or found.id not in call.token.targets or call.login == "instagram":
        raise missing(id_, call.method)
    call.token.require("pages_show_list")
    call.parameters.check({"fields": "string"})
    return _page(found, call.fields("name", "id"), call)


def _page(account: EmulatedAccount, fields: tuple[Field, ...], call: Call) -> JsonValue:
    linked: JsonValue = {"id": account.id}

    def instagram(field: Field) -> JsonValue:
        readers: Readers = {
            "id": lambda _: account.id,
            "username": lambda _: account.name,
            "name": lambda _: account.name,
        }
        return pick(field.inner, readers, node="InstagramUser") if field.inner else linked

    readers: Readers = {
        "id": lambda _: page_id(account),
        "name": lambda _: account.name,
        "category": lambda _: "Brand",
        "access_token": lambda _: account.token,
        "tasks": lambda _: [*sorted(call.token.tasks)],
        "instagram_business_account": instagram,
        "connected_instagram_account": instagram,
    }
    return pick(fields, readers, node="Page")


def planned(state: InstagramState, call: Call, account_id: str) -> JsonValue:
    """List what is planned in Instagram's own app, the next first."""
    account = state.account(account_id, call)
    require_read(call)
    if call.login == "instagram":
        raise missing(account.id, call.method)
    call.parameters.check(_LISTING)
    fields = call.fields("id")
    own = sorted((one for one in state.planned if one.account == account.id), key=lambda one: one.at)
    return {"data": [_plan(one, fields) for one in own]}


def _plan(planned: PlannedMedia, fields: tuple[Field, ...]) -> JsonValue:
    readers: Readers = {
        "id": lambda _: planned.id,
        "caption": lambda _: planned.caption or None,
        "media_type": lambda _: "IMAGE",
        "media_url": lambda _: planned.media_url,
        "publish_timestamp": lambda _: int(planned.at.timestamp()),
        "thumbnail_url": lambda _: None,
    }
    return pick(fields, readers, node="ShadowIGScheduledMedia")
