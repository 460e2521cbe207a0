"""
From Twitter's refusals to error classes: the shapes, and the one table.

The meanings are from https://docs.x.com/x-api/fundamentals/response-codes-and-errors, the old numbers from the v1.1
API, whose gateways still answer in places; several texts were never documented and are matched as people saw them.
"""

from __future__ import annotations

from pydantic import ValidationError as ShapeError

from socialconnect.errors import (
    AccountLocked,
    ApiPaywalled,
    ApiRetired,
    ApiVersionRetired,
    DuplicatePost,
    MediaRejected,
    NotFound,
    PermissionDenied,
    PolicyBlocked,
    ProtocolError,
    QuotaExceeded,
    RateLimited,
    RejectedError,
    SocialConnectError,
    TokenExpired,
    TokenRevoked,
    UnavailableError,
)
from socialconnect.networks.twitter.wire import ApiProblem
from socialconnect.refusal import Refusal, Rule
from socialconnect.transport.request import Response

__all__ = ["OAUTH1_RULES", "RULES", "partial_error", "read_refusal"]

_PAGE = "https://docs.x.com/x-api/fundamentals/response-codes-and-errors"
_RATES = "https://docs.x.com/x-api/fundamentals/rate-limits"
_PRICES = "https://docs.x.com/x-api/getting-started/pricing"
_ADS = "https://docs.x.com/x-ads-api/fundamentals/error-codes-and-responses"
_MEDIA = "https://docs.x.com/x-api/media/quickstart/best-practices"

_PAY = "Add credits at https://console.x.com and hold everything back until then: the rate-limit headers will not tell."
_RECONNECT = "Ask the user to connect the account again, with write permission set for the app beforehand."
_NO_PLAN = "This app's access does not cover the call: attach it to a project and a plan at https://console.x.com."
_UPLOAD = "Upload the file again; it may have expired, belong to another account, or be outside of the limits."
_ONE_WAIT = 60.0  # what to wait after a 429 that tells no time

RULES: tuple[Rule, ...] = (
    # ── what is gone ──────────────────────────────────────────────────────────────────────────────────────────────
    Rule(ApiVersionRetired, status=410, code="68", hint="Use /2/.", source=_PAGE),
    Rule(ApiRetired, status=410, hint="Use the same call under /2/.", source=_PAGE),
    Rule(ApiRetired, status=403, code="453", path="/1.1/", hint="Use the same call under /2/.", source=_PAGE),
    # ── money and access ──────────────────────────────────────────────────────────────────────────────────────────
    Rule(QuotaExceeded, status=402, hint=_PAY, source=_PRICES),
    Rule(
        QuotaExceeded,
        status=403,
        code="spend-cap-reached",
        hint="Raise the spending limit at https://console.x.com, or wait for the next billing cycle.",
        source=_PRICES,
    ),
    Rule(ApiPaywalled, status=403, code="client-forbidden", hint=_NO_PLAN, source=_PAGE),
    Rule(ApiPaywalled, status=403, code="453", hint=_NO_PLAN, source=_PAGE),
    Rule(
        QuotaExceeded,
        status=429,
        code="usage-capped",
        hint="The allowance of this billing cycle is used up; it fills again with the next.",
        source="https://docs.x.com/x-api/fundamentals/post-cap",
    ),
    Rule(QuotaExceeded, status=403, code="185", hint="The account may post no more for now; try later today."),
    # ── too fast ──────────────────────────────────────────────────────────────────────────────────────────────────
    Rule(RateLimited, status=429, retry_after=_ONE_WAIT, source=_RATES),
    # ── who is calling ────────────────────────────────────────────────────────────────────────────────────────────
    Rule(
        TokenRevoked,
        status=400,
        text="Value passed for the token was invalid.",
        hint="Read the stored token pair again first: a refresh token works once, and another process may have used it."
        " If it is the same, ask the user to connect the account again.",
    ),
    Rule(TokenRevoked, status=400, code="invalid_grant", hint=_RECONNECT),
    Rule(
        PermissionDenied,
        status=(400, 401),
        code=("unauthorized_client", "invalid_client"),
        hint="Check the app's client id and secret, and whether it is of the confidential kind.",
    ),
    Rule(PermissionDenied, status=401, code="416", hint="The app is suspended; see https://console.x.com."),
    Rule(RejectedError, status=401, code="135", hint="Set this machine's clock: the signature's time is too far off."),
    Rule(TokenExpired, status=401, source=_PAGE),
    Rule(
        TokenExpired,
        status=403,
        code="unsupported-authentication",
        hint="This call needs a user's token. An app-only token will not do; a user's token that was refused looks the"
        " same: refresh it.",
        source=_PAGE,
    ),
    Rule(PermissionDenied, status=403, code="oauth1-permissions", hint=_RECONNECT),
    Rule(PermissionDenied, status=403, code="not-authorized-for-resource", hint="Only its owner may do this."),
    Rule(PermissionDenied, status=400, code="215", hint="The request was not signed as Twitter expects."),
    Rule(PermissionDenied, status=403, code=("99", "220"), hint="This call needs a user's token."),
    Rule(PermissionDenied, status=403, code="179", hint="The account may not see this post."),
    Rule(PermissionDenied, status=403, code="261", hint=_RECONNECT),
    Rule(
        PermissionDenied,
        status=403,
        code="forbidden",
        path="/2/media/",
        missing=("media.write",),
        hint="A bare refusal of an upload usually means that the token lacks media.write: connect the account again.",
    ),
    Rule(
        PermissionDenied,
        status=403,
        code="forbidden",
        hint="A bare refusal usually means that the token lacks a scope (tweet.read tweet.write users.read media.write)"
        " or write permission: connect the account again.",
    ),
    # ── the account ───────────────────────────────────────────────────────────────────────────────────────────────
    Rule(AccountLocked, status=403, text="Your account is not permitted to access this feature"),
    Rule(
        AccountLocked, status=403, code=("64", "326", "user-suspended"), hint="Log in on https://x.com and follow it."
    ),
    # ── the post ──────────────────────────────────────────────────────────────────────────────────────────────────
    Rule(
        DuplicatePost,
        status=403,
        text="duplicate content",
        hint="The same text is live already; after a lost answer look for it among the account's recent posts.",
    ),
    Rule(DuplicatePost, status=403, code="187", hint="The same text is live already."),
    Rule(
        PolicyBlocked,
        status=403,
        text="Reply to this conversation is not allowed",
        hint="Answer only those who mentioned or quoted the account; anything else needs an Enterprise contract.",
        source="https://docs.x.com/changelog",
    ),
    # Not `ApiPaywalled`: that would close the door to every other post as well.
    Rule(
        PolicyBlocked,
        status=403,
        text="Quoting this post is not allowed",
        hint="Quoting is part of Enterprise contracts only; put the post's address into the text instead.",
        source="https://docs.x.com/x-api/posts/create-post",
    ),
    Rule(
        PolicyBlocked,
        status=403,
        text="You are not permitted to perform this action",
        hint="Check length and media. It is also how Twitter stops new apps that look like spam: do not repeat it.",
    ),
    Rule(
        PolicyBlocked, status=403, code="disallowed-resource", hint="Twitter does not let this be done.", source=_PAGE
    ),
    Rule(PolicyBlocked, status=403, code="226", hint="Twitter takes this for automated abuse: slow down, vary."),
    Rule(NotFound, status=403, code="385", hint="The post to answer is deleted or hidden."),
    Rule(RejectedError, status=403, text="maximum of one cashtag", hint="Leave one cashtag in the text."),
    Rule(RejectedError, status=403, text="contains an invalid URL", hint="Twitter does not take one of the addresses."),
    Rule(RejectedError, status=403, code="170", hint="The text is missing."),
    Rule(RejectedError, status=403, code="186", hint="Shorten the text."),
    Rule(RejectedError, status=403, code="386", hint="Send images, or one video, or a quote: not several kinds."),
    Rule(PermissionDenied, status=403, text="not authorized to delete this Tweet", hint="Only its author may delete."),
    # ── media ─────────────────────────────────────────────────────────────────────────────────────────────────────
    Rule(MediaRejected, status=403, text="not allowed to post a video longer than", hint="Shorten it.", source=_MEDIA),
    Rule(MediaRejected, status=400, text="Your media IDs are invalid", hint=_UPLOAD, source=_MEDIA),
    Rule(MediaRejected, status=400, code="324", hint=_UPLOAD, source=_MEDIA),
    Rule(MediaRejected, status=400, text="BadRequest: Not found", path="/2/media/", hint=_UPLOAD),
    Rule(
        MediaRejected,
        status=400,
        path="/2/media/upload",
        hint="Twitter does not take this file or a part of it: check its type and its size, and upload it again.",
        source=_MEDIA,
    ),
    Rule(MediaRejected, status=413, hint="Make the file smaller.", source=_MEDIA),
    # ── the Ads API, which speaks in words ────────────────────────────────────────────────────────────────────────
    Rule(
        PermissionDenied,
        status=403,
        code="UNAUTHORIZED_CLIENT_APPLICATION",
        hint="The app needs approved Ads API access, and the user's token must be made after the approval.",
        source=_ADS,
    ),
    Rule(NotFound, status=403, code="ACCOUNT_NOT_FOUND", hint="Check ads_account and the user's part in it."),
    Rule(DuplicatePost, status=400, code="DUPLICATE_TWEET", source=_ADS),
    Rule(PolicyBlocked, status=403, code="TWEET_IS_SPAM", source=_ADS),
    Rule(MediaRejected, status=400, code="INVALID_MEDIA", source=_ADS),
    Rule(
        RejectedError,
        code="SCHEDULED_TWEET_LIMIT_EXCEEDED",
        hint="At most 30 posts may be planned within a quarter of an hour: choose another time.",
        source=_ADS,
    ),
    Rule(UnavailableError, status=503, code=("OVER_CAPACITY", "SERVICE_UNAVAILABLE"), source=_ADS),
    Rule(AccountLocked, status=403, code="CURRENT_USER_SUSPENDED", source=_ADS),
    # ── the rest ──────────────────────────────────────────────────────────────────────────────────────────────────
    Rule(RejectedError, status=400, code="invalid-request", hint="Twitter takes no such field or value.", source=_PAGE),
    Rule(RejectedError, status=409, code="conflict", source=_PAGE),
    Rule(NotFound, status=404, code=("resource-not-found", "34", "144", "NOT_FOUND"), source=_PAGE),
    Rule(ApiRetired, status=404, path="/1.1/", hint="Use the same call under /2/."),
    Rule(ApiRetired, status=404, path="/2/insights/", hint="Use GET /2/tweets/analytics."),
    Rule(ApiVersionRetired, status=404, path="/1/", hint="Use /2/."),
    Rule(NotFound, status=404, text="not found"),
    # An empty 404 is how an address answers that never existed.
    Rule(ProtocolError, status=404, hint="Twitter knows no such address; see https://docs.x.com/openapi.json."),
)
"""Most specific first; for OAuth 2.0 tokens, which can be refreshed."""

OAUTH1_RULES: tuple[Rule, ...] = (
    Rule(PermissionDenied, status=401, code="416", hint="The app is suspended; see https://console.x.com."),
    Rule(RejectedError, status=401, code="135", hint="Set this machine's clock: the signature's time is too far off."),
    Rule(PermissionDenied, status=401, code=("unauthorized_client", "invalid_client"), hint="Check the app's keys."),
    # Nothing to refresh: an OAuth 1.0a token works until it is withdrawn.
    Rule(TokenRevoked, status=401, source=_PAGE),
    Rule(PermissionDenied, status=403, code="unsupported-authentication", hint=_RECONNECT, source=_PAGE),
    *RULES,
)
"""The same for OAuth 1.0a credentials, which cannot."""

_PARTIAL: dict[str, type[SocialConnectError]] = {
    "resource-not-found": NotFound,
    "resource-unavailable": NotFound,
    "not-authorized-for-resource": PermissionDenied,
    "disallowed-resource": PolicyBlocked,
}


class _Body(ApiProblem):
    errors: tuple[ApiProblem, ...] = ()
    error: str | None = None
    error_description: str | None = None


def read_refusal(response: Response, *, path: str, retry_after: float | None, writes: bool = False) -> Refusal:
    """
    Read a refusal in any of Twitter's shapes; an empty body and a page of HTML too.

    Args:
        response: The answer.
        path: The path of the request.
        retry_after: The seconds to wait that the answer's headers tell.
        writes: Whether the request was to change something.
    """
    try:
        body = response.into(_Body)
    except ShapeError:
        body = _Body()
    first = next((one for one in body.errors if one.code is not None), None)
    code = body.slug or (str(first.code) if first is not None else None) or body.error
    if code is None and body.title and body.title == body.detail:
        code = body.title.lower()  # a bare status: its name is all that there is
    if code == "forbidden" and writes and response.headers.get("x-access-level") == "read":
        code = "oauth1-permissions"  # a bare refusal, and the reason is in a header: the token may only read
    told = [one.message or one.detail for one in body.errors if one.message or one.detail]
    message = "; ".join(told) or body.error_description or body.detail or body.title
    unnamed = [name for problem in (body, *body.errors) for name in problem.named if name not in message]
    if response.status == 400 and unnamed:
        message = f"{message} ({', '.join(dict.fromkeys(unnamed))})"
    return Refusal(
        status=response.status,
        code=code,
        subcode=body.reason,
        message=message,
        request_id=response.headers.get("x-transaction-id"),
        retry_after=retry_after,
        path=path,
    )


def partial_error(problem: ApiProblem) -> SocialConnectError:
    """Turn a problem that stands beside the data of a 200 into the error of the one post that it is about."""
    kind = _PARTIAL.get(problem.slug or "", RejectedError)
    return kind(problem.detail or problem.title or None, status=200, code=problem.slug)
