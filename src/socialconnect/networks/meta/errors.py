"""
From Graph error codes to error classes: what Facebook and Instagram share, and how a network's table is put together.

The order is subcodes, then texts, then codes: a subcode is more precise, and some contradict their code (4/2207051
carries the text of a rate limit and is a block).
"""

from __future__ import annotations

from collections.abc import Sequence

from socialconnect.errors import (
    AccountLocked,
    ApiRetired,
    ApiVersionRetired,
    DuplicatePost,
    NotFound,
    PermissionDenied,
    PolicyBlocked,
    ProtocolError,
    RateLimited,
    RejectedError,
    SocialConnectError,
    TokenExpired,
    TokenRevoked,
    UnavailableError,
)
from socialconnect.refusal import Rule

__all__ = ["TRANSIENT", "either", "table"]

HANDLING = "https://developers.facebook.com/docs/graph-api/guides/error-handling"
PAGES = "https://developers.facebook.com/docs/pages-api/error-codes"
RATES = "https://developers.facebook.com/docs/graph-api/overview/rate-limiting/"
V26 = "https://developers.facebook.com/docs/graph-api/changelog/version26.0"
VERSIONS = "https://developers.facebook.com/docs/graph-api/changelog/versions/"

_RECONNECT = "Ask the user to connect the account again."
_UNLOCK = "Ask the account's owner to log in on the network itself and follow what it asks there; then try again."
_WAIT_HOURS = "Stop posting from this account for some hours. Trying again at once makes it worse."
_WAIT = "Wait, and send fewer requests: ask for metrics in batches and read less often."
_LATER = "Try again later. After a publish, look at the account's recent posts first: it may be live."
_PERMIT = "Ask the user to grant the permission, and check that the app has access to it."
_PAGE_TOKEN = "Use the page's own access token (GET /me/accounts gives it), not the user's."  # noqa: S105  # a hint, no token

# Either code may carry the rules of the subcodes of an access token.
_TOKEN = ("190", "102")


def either(
    numbers: str | tuple[str, ...], error: type[SocialConnectError], hint: str, source: str
) -> tuple[Rule, Rule]:
    """Give the rows of a number that comes as subcode or as code; mostly as subcode."""
    return (
        Rule(error, subcode=numbers, hint=hint, source=source),
        Rule(error, code=numbers, hint=hint, source=source),
    )


TRANSIENT = Rule(UnavailableError, hint=_LATER, source=HANDLING)
"""What the network itself calls passing (`is_transient`), whatever the code."""

SUBCODES: tuple[Rule, ...] = (
    Rule(
        UnavailableError, code="1", subcode="99", hint=_LATER, may_have_happened=True, source=HANDLING
    ),  # seen on a link post that was live
    Rule(
        PermissionDenied,
        code="1",
        subcode="2853006",
        hint="Give the person who connected the page the task for this in the page's settings.",
        source=PAGES,
    ),
    Rule(
        NotFound,
        code="100",
        subcode="33",
        hint="Check the id, and that the token may see it; what was deleted answers so too.",
        source=HANDLING,
    ),
    Rule(RejectedError, code="100", subcode=("36007", "36009"), hint="Begin the login anew: a code works once."),
    Rule(TokenRevoked, code=_TOKEN, subcode=("458", "460", "467", "490"), hint=_RECONNECT, source=HANDLING),
    Rule(AccountLocked, code=_TOKEN, subcode=("459", "464"), hint=_UNLOCK, source=HANDLING),
    Rule(TokenExpired, code=_TOKEN, subcode="463", source=HANDLING),
    Rule(
        PermissionDenied,
        code=_TOKEN,
        subcode="492",
        hint="The user has no role on the page any more: give it back, or connect as somebody who has one.",
        source=HANDLING,
    ),
    Rule(PermissionDenied, code=_TOKEN, subcode="2069032", hint=_PAGE_TOKEN, source=PAGES),
    Rule(TokenRevoked, subcode="490", hint=_RECONNECT),
    Rule(
        ApiRetired,
        code="200",
        subcode="2069030",
        hint="The endpoint is gone: see deprecation_status() and the changelog.",
        source=PAGES,
    ),
    Rule(
        ApiRetired,
        code="200",
        subcode=("2069031", "2069033"),
        part=True,
        hint="The field or feature is gone: see deprecation_status() and the changelog.",
        source=PAGES,
    ),
    Rule(PolicyBlocked, code="368", subcode="1390008", hint=_WAIT_HOURS, source=HANDLING),
)

TEXTS: tuple[Rule, ...] = (
    Rule(
        ApiRetired,
        code="100",
        text="ids query parameter is deprecated",
        part=True,
        hint="Ask for each object by itself, or send a batch.",
        source=V26,
    ),
    Rule(
        ApiRetired,
        code="200",
        text="publish_actions is deprecated",
        hint="Only pages can be posted to, with the page's own token.",
        source=VERSIONS,
    ),
    Rule(DuplicatePost, code="368", text="already posted this", hint="Look at the recent posts: it is there already."),
    Rule(AccountLocked, text="You cannot access the app till you log in to", hint=_UNLOCK),
    Rule(TokenRevoked, text="session has been invalidated", hint=_RECONNECT),
    Rule(
        RejectedError,
        code="100",
        text="Invalid appsecret_proof",
        hint="Pass the secret of the app that the token belongs to as app_secret.",
    ),
)

CODES: tuple[Rule, ...] = (
    Rule(UnavailableError, code=("1", "2"), hint=_LATER, source=HANDLING),
    Rule(PermissionDenied, code="3", hint="The app has no such capability: check its settings.", source=HANDLING),
    Rule(RateLimited, code=("4", "17", "341"), hint=_WAIT, source=RATES),
    Rule(RateLimited, code="613", hint=_WAIT, source=RATES),
    Rule(PermissionDenied, code="10", hint=_PERMIT, source=HANDLING),
    Rule(ApiRetired, code="12", hint="See deprecation_status() and the changelog.", source=VERSIONS),
    Rule(RejectedError, code="100", hint="The message names what is wrong with the request.", source=HANDLING),
    Rule(PermissionDenied, code="101", hint="Check the app's id, and that the app still exists."),
    Rule(TokenExpired, code="102", source=HANDLING),
    Rule(RejectedError, code="104", hint="The app asks for a proof with every call: pass app_secret."),
    Rule(TokenRevoked, code="190", hint=_RECONNECT, source=HANDLING),
    Rule(PermissionDenied, code=tuple(map(str, range(200, 300))), hint=_PERMIT, source=HANDLING),
    Rule(PolicyBlocked, code="368", hint=_WAIT_HOURS, source=HANDLING),
    Rule(TokenRevoked, code="490", hint=_RECONNECT),
    Rule(NotFound, code="803", hint="Check the id."),
    Rule(ProtocolError, code="2500", hint="Check the path and the API version: the network knows neither."),
    Rule(ApiVersionRetired, code="2635", hint="Leave api_version out to use the newest.", source=VERSIONS),
)


def table(subcodes: Sequence[Rule], texts: Sequence[Rule], codes: Sequence[Rule]) -> tuple[Rule, ...]:
    """Put a network's own rows before the shared ones, and subcodes before texts before codes."""
    return (*subcodes, *SUBCODES, *texts, *TEXTS, *codes, *CODES)
