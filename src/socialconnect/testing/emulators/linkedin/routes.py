"""Which Rest.li method of which resource is answered where, and the parameters that it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.comments import Comments
from socialconnect.testing.emulators.linkedin.media import Kind, MediaApi
from socialconnect.testing.emulators.linkedin.member_statistics import MemberStatistics
from socialconnect.testing.emulators.linkedin.new_shares import NewShares
from socialconnect.testing.emulators.linkedin.organizations import Organizations
from socialconnect.testing.emulators.linkedin.quota import Quotas
from socialconnect.testing.emulators.linkedin.reactions import Reactions
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.shares import Shares
from socialconnect.testing.emulators.linkedin.social import Social
from socialconnect.testing.emulators.linkedin.state import State
from socialconnect.testing.emulators.linkedin.statistics import Statistics
from socialconnect.transport.request import Response

__all__ = ["MEDIA", "Route", "routes"]

MEDIA: dict[str, Kind] = {"images": "image", "videos": "video", "documents": "document"}
_PAGED = ("start", "count")


@dataclass(frozen=True)
class Route:
    """One Rest.li method of a resource, and the parameters that it takes."""

    act: Callable[[RestliCall, Caller], Response]
    params: tuple[str, ...] = ()


Table = dict[tuple[str, str], Route]


def routes(state: State, quotas: Quotas, media: MediaApi) -> Table:
    """Make the table: by the resource's name and the Rest.li method."""
    return {**_posts(state, quotas), **_media(media), **_social(state, quotas), **_counts(state), **_people(state)}


def _posts(state: State, quotas: Quotas) -> Table:
    shares = Shares(state, NewShares(state, quotas))
    return {
        ("posts", "CREATE"): Route(shares.create),
        ("posts", "GET"): Route(shares.get, ("viewContext",)),
        ("posts", "BATCH_GET"): Route(shares.batch_get, ("ids", "viewContext")),
        ("posts", "FINDER"): Route(shares.find, ("author", "sortBy", "viewContext", "isDsc", *_PAGED)),
        ("posts", "PARTIAL_UPDATE"): Route(shares.update),
        ("posts", "DELETE"): Route(shares.delete),
    }


def _media(media: MediaApi) -> Table:
    table: Table = {}
    for resource, kind in MEDIA.items():
        table[resource, "GET"] = Route(partial(media.get, kind))
        table[resource, "BATCH_GET"] = Route(partial(media.batch_get, kind), ("ids",))
    return table


def _social(state: State, quotas: Quotas) -> Table:
    comments, reactions = Comments(state, quotas), Reactions(state)
    social = Social(state, comments)
    return {
        ("socialMetadata", "GET"): Route(social.metadata),
        ("socialMetadata", "BATCH_GET"): Route(social.metadata_batch, ("ids",)),
        ("socialMetadata", "PARTIAL_UPDATE"): Route(social.update, ("actor",)),
        ("socialActions", "GET"): Route(social.summary),
        ("socialActions", "BATCH_GET"): Route(social.summary_batch, ("ids",)),
        ("socialActions/comments", "CREATE"): Route(comments.create),
        ("socialActions/comments", "GET"): Route(comments.get),
        ("socialActions/comments", "BATCH_GET"): Route(comments.batch_get, ("ids",)),
        ("socialActions/comments", "GET_ALL"): Route(comments.get_all, _PAGED),
        ("socialActions/comments", "PARTIAL_UPDATE"): Route(comments.update, ("actor",)),
        ("socialActions/comments", "DELETE"): Route(comments.delete, ("actor",)),
        ("socialActions/likes", "CREATE"): Route(reactions.like),
        ("socialActions/likes", "GET_ALL"): Route(reactions.likes, _PAGED),
        ("socialActions/likes", "DELETE"): Route(reactions.unlike, ("actor",)),
        ("reactions", "CREATE"): Route(reactions.create, ("actor",)),
        ("reactions", "GET"): Route(reactions.get),
        ("reactions", "BATCH_GET"): Route(reactions.batch_get, ("ids",)),
        ("reactions", "FINDER"): Route(reactions.find, ("sort", *_PAGED)),
        ("reactions", "DELETE"): Route(reactions.delete),
    }


def _counts(state: State) -> Table:
    pages, members = Statistics(state), MemberStatistics(state)
    of_posts = ("entity", "queryType", "aggregation", "dateRange", *_PAGED)
    return {
        ("organizationalEntityShareStatistics", "FINDER"): Route(
            pages.of_shares, ("organizationalEntity", "shares", "ugcPosts", "timeIntervals", *_PAGED)
        ),
        ("organizationalEntityFollowerStatistics", "FINDER"): Route(
            pages.of_followers, ("organizationalEntity", "timeIntervals", *_PAGED)
        ),
        ("organizationPageStatistics", "FINDER"): Route(pages.of_page, ("organization", "timeIntervals", *_PAGED)),
        ("videoAnalytics", "FINDER"): Route(pages.of_video, ("entity", "type", "aggregation", "timeRange", *_PAGED)),
        ("networkSizes", "GET"): Route(pages.network_size, ("edgeType",)),
        ("memberCreatorPostAnalytics", "FINDER"): Route(members.of_posts, of_posts),
        ("memberCreatorVideoAnalytics", "FINDER"): Route(members.of_videos, of_posts),
        ("memberFollowersCount", "FINDER"): Route(members.followers, ("dateRange", *_PAGED)),
    }


def _people(state: State) -> Table:
    organizations = Organizations(state)
    return {
        ("me", "GET"): Route(organizations.me),
        ("connections", "GET"): Route(organizations.connections),
        ("organizationAcls", "FINDER"): Route(organizations.acls, ("role", "state", "organization", *_PAGED)),
        ("organizations", "GET"): Route(organizations.organization),
        ("organizations", "BATCH_GET"): Route(organizations.organizations, ("ids",)),
        ("organizations", "FINDER"): Route(organizations.find, ("vanityName", *_PAGED)),
    }
