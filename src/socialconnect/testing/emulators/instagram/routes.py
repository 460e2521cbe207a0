"""Which address does what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedAccount
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, missing
from socialconnect.testing.emulators.graph.fields import words
from socialconnect.testing.emulators.instagram import comments, containers, media, profiles, publishing
from socialconnect.testing.emulators.instagram.account_insights import account_insights
from socialconnect.testing.emulators.instagram.containers import Rules
from socialconnect.testing.emulators.instagram.insights import media_insights
from socialconnect.testing.emulators.instagram.media import MediaReader
from socialconnect.testing.emulators.instagram.publishing import Repeated
from socialconnect.testing.emulators.instagram.state import InstagramState
from socialconnect.testing.emulators.refused import Gap

__all__ = ["Routes", "refuse_batch"]

_ACCOUNT_GAPS = words(
    """
    agencies authorized_adaccounts available_catalogs branded_content_ad_permissions branded_content_advertisable_medias
    branded_content_tag_approval business_messaging_feature_status catalog_product_search collaboration_invites
    collaborative_media connected_threads_user conversations creator_marketplace_creators dataset
    instagram_backed_threads_user live_media mentions message_attachments messages messenger_profile
    notification_message_tokens product_appeal recently_searched_hashtags subscribed_apps tags upcoming_events
    welcome_message_flows
    """
)
"""Edges that Meta's schema has for accounts and the emulator does not."""
_MEDIA_GAPS = words("boost_ads_list branded_content_partner_promote partnership_ad_code product_tags")
_NO_GAPS = frozenset[str]()


def refuse_batch(call: Call) -> None:
    """
    Make sure that a batch comes by Facebook Login: graph.instagram.com has none.

    Raises:
        GraphError: It does not.
    """
    if call.login == "instagram":
        # Batches are documented for graph.facebook.com; how the other host refuses them is not.
        raise GraphError(100, "Unsupported post request.", type="GraphMethodException")


@dataclass(frozen=True)
class Routes:
    """
    The addresses of one emulator.

    Args:
        state: What there is.
        user: The person who manages the accounts.
        rules: What holds for every container.
        repeated: The answer to a container that is published again.
        insights_lag: How long a new medium has no insights.
        captions: Whether captions can be read.
    """

    state: InstagramState
    user: EmulatedAccount
    rules: Rules
    repeated: Repeated
    insights_lag: timedelta
    captions: bool = True

    def answer(self, call: Call) -> JsonValue:
        """
        Answer a call.

        Raises:
            GraphError: The network refuses.
            Gap: The emulator does not know.
        """
        call = self._by_own_id(call)
        match (call.method, *call.segments):
            case ("GET", "me", "accounts") if call.login == "facebook":
                return profiles.managed(self.state, call)
            case ("GET", "me", "businesses") if call.login == "facebook":
                call.parameters.check({"fields": "string", "limit": "unsigned int", "after": "string"})
                return {"data": []}  # the person's Pages are all the person's own
            case ("GET", "me"):
                return self._me(call)
            case (_, node, edge):
                return self._edge(call, node, edge)
            case (_, node):
                return self._node(call, node)
            case _:
                raise self._unknown(call)

    def _by_own_id(self, call: Call) -> Call:
        """Name an account by its own id where Instagram Login names it by the app's."""
        found = [one.id for one in self.state.accounts.values() if call.segments[0] == profiles.app_scoped(one)]
        if not found or (call.login != "instagram" and not _of_either(call)):
            return call
        return replace(call, segments=(found[0], *call.segments[1:]))

    def _edge(self, call: Call, node: str, edge: str) -> JsonValue:
        if node == "me" or node in self.state.accounts:
            return self._account_edge(call, node, edge)
        if node in self.state.comments:
            if edge != "replies" or call.method not in ("GET", "POST"):
                raise self._unknown(call)
            comment = comments.visible(self.state, node, call)
            about = self.state.media[comment.media]
            work = comments.list_comments if call.method == "GET" else comments.create
            return work(self.state, call, about, comment)
        return self._media_edge(call, node, edge)

    def _account_edge(self, call: Call, account: str, edge: str) -> JsonValue:
        state, limits = self.state, self.rules.limits
        match call.method, edge:
            case "POST", "media":
                return containers.create(state, call, account, self.rules)
            case "POST", "media_publish" | "mediapublish":  # Meta's own client for Instagram Login writes the latter
                return publishing.publish(state, call, account, limits, self.repeated)
            case "GET", "content_publishing_limit":
                return publishing.publishing_limit(state, call, account, limits)
            case "GET", "media":
                return self._reader(call).media_of(account)
            case "GET", "stories":
                return self._reader(call).stories_of(account)
            case "GET", "insights":
                found = state.account(account, call)
                return account_insights(call, found.id, state.profiles[found.id], self.insights_lag)
            case "GET", "scheduled_media":
                return profiles.planned(state, call, account)
            case _:
                raise self._unknown(call)

    def _media_edge(self, call: Call, node: str, edge: str) -> JsonValue:
        state = self.state
        if node not in state.media:
            raise self._unknown(call)
        found = state.medium(node, call)
        match call.method, edge:
            case "GET", "insights":
                return media_insights(call, found, self.insights_lag)
            case "GET", "children":
                return self._reader(call).children_of(found)
            case "GET", "collaborators":
                return self._reader(call).collaborators_of(found)
            case "GET", "product_tags":
                return self._reader(call).products_of(found)
            case "GET", "comments":
                return comments.list_comments(state, call, found, None)
            case "POST", "comments":
                return comments.create(state, call, found, None)
            case _:
                raise self._unknown(call)

    def _node(self, call: Call, node: str) -> JsonValue:
        state = self.state
        container = state.container(node, call)
        match call.method:
            case "GET" if node in state.accounts:
                return profiles.account_node(self._reader(call), state.account(node, call))
            case "GET" if container is not None:
                return containers.read(state, call, container)
            case "GET" if node in state.comments:
                return comments.read(state, call, comments.visible(state, node, call))
            case "GET" if node in state.media:
                return self._reader(call).read(state.medium(node, call))
            case "GET":
                return profiles.page_node(state, call, node)
            case "POST" | "DELETE" if node in state.accounts or container is not None:
                raise missing(node, call.method)  # "This operation is not supported", in the words of their pages
            case "POST" if node in state.comments:
                return comments.hide(call, comments.visible(state, node, call))
            case "DELETE" if node in state.comments:
                return comments.delete(state, call, comments.visible(state, node, call))
            case "POST":
                return media.update(state, call, state.medium(node, call))
            case "DELETE":
                return media.delete(state, call, state.medium(node, call))
            case _:
                raise Gap()

    def _me(self, call: Call) -> JsonValue:
        account = self.state.accounts.get(call.token.owner)
        if account is None:
            return profiles.person(call, self.user)
        if _of_either(call):  # only by Instagram Login is an account "me"
            call = replace(call, login="instagram")
        return profiles.account_node(self._reader(call), account)

    def _reader(self, call: Call) -> MediaReader:
        return MediaReader(self.state, call, self.captions, self.insights_lag)

    def _unknown(self, call: Call) -> Exception:
        """Give what is raised for an edge that does nothing here: Graph's refusal, unless Graph has the edge."""
        node, edge = call.segments[0], call.segments[1] if len(call.segments) == 2 else ""
        state = self.state
        kinds = (
            ("InstagramUser", node == "me" or node in state.accounts, _ACCOUNT_GAPS),
            ("Media", node in state.media, _MEDIA_GAPS),
            ("ShadowIGMediaBuilder", node in state.containers, _NO_GAPS),
            ("IGComment", node in state.comments, _NO_GAPS),
        )
        kind, gaps = next(((name, gaps) for name, there, gaps in kinds if there), ("", _NO_GAPS))
        if edge in gaps:
            return Gap()
        if call.method == "GET" and kind and edge:
            return GraphError(100, f"(#100) Tried accessing nonexisting field ({edge}) on node type ({kind})")
        return missing(node, call.method)


def _of_either(call: Call) -> bool:
    """Whether neither the host nor the token says by which login the call comes, as over loopback."""
    return call.token.login is None and not call.request.host.endswith("facebook.com")
