"""From LinkedIn's refusals for a missing scope, role or programme to what is missing: a part of the error table."""

from __future__ import annotations

from socialconnect.errors import PermissionDenied
from socialconnect.refusal import Rule

__all__ = ["PERMISSION_RULES"]

_DOCS = "https://learn.microsoft.com/en-us/linkedin"
_ERRORS = f"{_DOCS}/shared/api-guide/concepts/error-handling"
_ACCESS = f"{_DOCS}/marketing/increasing-access"
_COMMUNITY = f"{_DOCS}/marketing/community-management"
_POSTS = f"{_COMMUNITY}/shares/posts-api"
_IMAGES = f"{_COMMUNITY}/shares/images-api"
_COMMENTS = f"{_COMMUNITY}/shares/comments-api"
_MEMBER_STATISTICS = f"{_COMMUNITY}/members/post-statistics"
_MEMBER_FOLLOWERS = f"{_COMMUNITY}/members/follower-statistics"

_PROGRAMME = "the app needs LinkedIn's Community Management API programme"
_ROLE = "the member needs the role ADMINISTRATOR, CONTENT_ADMIN or DIRECT_SPONSORED_CONTENT_POSTER on the page"

_WRITE_SCOPES = ("w_organization_social", "w_member_social")
_READ_SCOPES = ("r_organization_social", "r_member_social")


def _page_statistics(path: str, page: str) -> Rule:
    return Rule(
        PermissionDenied,
        status=403,
        path=path,
        missing=("rw_organization_admin",),
        hint=f"Statistics of a page need the scope rw_organization_admin and the role ADMINISTRATOR; {_PROGRAMME}.",
        source=f"{_COMMUNITY}/organizations/{page}",
    )


def _writing(what: str, text: str) -> Rule:
    return Rule(
        PermissionDenied,
        status=403,
        text=text,
        missing=_WRITE_SCOPES,
        hint=f"{what} needs w_member_social for a member; w_organization_social for a page, and there {_PROGRAMME}.",
        source=_ACCESS,
    )


PERMISSION_RULES = (
    _page_statistics("/rest/organizationalEntityFollowerStatistics", "follower-statistics"),
    _page_statistics("/rest/organizationPageStatistics", "page-statistics"),
    _page_statistics("/rest/networkSizes", "organization-lookup-api"),
    _page_statistics("/rest/videoAnalytics", "video-analytics"),
    Rule(
        PermissionDenied,
        status=403,
        path="/rest/memberFollowersCount",
        missing=("r_member_profileAnalytics",),
        hint=f"A member's followers need the scope r_member_profileAnalytics; {_PROGRAMME}.",
        source=_MEMBER_FOLLOWERS,
    ),
    Rule(
        PermissionDenied,
        status=403,
        path="/rest/socialMetadata",
        missing=("r_organization_social_feed", "w_member_social_feed"),
        hint=f"Reactions and comments need r_organization_social_feed for a page, w_member_social_feed for a member; "
        f"{_PROGRAMME}.",
        source=_COMMENTS,
    ),
    Rule(
        PermissionDenied,
        status=403,
        path="/rest/socialActions",
        missing=("w_organization_social_feed", "w_member_social_feed"),
        hint=f"Comments need w_organization_social_feed for a page, w_member_social_feed for a member; {_PROGRAMME}.",
        source=_COMMENTS,
    ),
    _page_statistics("/rest/organizationalEntityShareStatistics", "share-statistics"),
    Rule(
        PermissionDenied,
        status=403,
        path="/rest/memberCreator",
        missing=("r_member_postAnalytics",),
        hint=f"Statistics of a member's posts need the scope r_member_postAnalytics; {_PROGRAMME}.",
        source=_MEMBER_STATISTICS,
    ),
    _writing("Posting", "partnerApiPostsExternal.CREATE"),
    _writing("Deleting", "partnerApiPostsExternal.DELETE"),
    Rule(
        PermissionDenied,
        status=403,
        path="/rest/posts",
        text="partnerApi",
        missing=_READ_SCOPES,
        hint=f"Reading posts needs r_organization_social for a page, and there {_PROGRAMME}; for a member it needs "
        "r_member_social, which LinkedIn gives to nobody new.",
        source=_ACCESS,
    ),
    Rule(PermissionDenied, status=403, text="partnerApi", hint=f"For this {_PROGRAMME}.", source=_ACCESS),
    Rule(
        PermissionDenied,
        status=403,
        text="while processing fields [/author]",
        hint=f"The author must be the token's own member or a page; for a page {_ROLE}.",
        source=_POSTS,
    ),
    Rule(
        PermissionDenied,
        status=403,
        text="Insufficient permissions to perform the requested action",
        hint=f"For a page {_ROLE}.",
        source=_POSTS,
    ),
    Rule(
        PermissionDenied,
        status=403,
        text="resource is forbidden",
        hint=f"The media must belong to the post's author; for a page {_ROLE}.",
        source=_IMAGES,
    ),
    Rule(
        PermissionDenied,
        status=403,
        path="/rest/images",
        hint=f"The author must be the token's own member or a page; for a page {_ROLE}. A member's URN comes from the "
        "token's own `sub`, which needs the scope openid.",
        source=_IMAGES,
    ),
    Rule(
        PermissionDenied,
        status=403,
        hint=f"The token lacks a scope, or the member a role: {_ROLE}.",
        source=_ERRORS,
    ),
)
