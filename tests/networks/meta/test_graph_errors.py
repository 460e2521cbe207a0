"""Every row of the two error tables, against literal bodies in the network's shape."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import httpx
import pytest
from pydantic import JsonValue

from socialconnect.errors import (
    AccountLocked,
    ApiRetired,
    ApiVersionRetired,
    DuplicatePost,
    MediaNotReady,
    MediaRejected,
    NotFound,
    OutcomeUnknown,
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
from socialconnect.networks.facebook import Facebook
from socialconnect.networks.facebook.adapter import FacebookAdapter
from socialconnect.networks.facebook.errors import RULES as FACEBOOK
from socialconnect.networks.facebook.errors import PartRefused
from socialconnect.networks.instagram.adapter import InstagramAdapter
from socialconnect.networks.instagram.errors import RULES as INSTAGRAM
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.post import Post
from socialconnect.refusal import matching
from socialconnect.testing.clock import TestClock
from socialconnect.transport.request import Effect, Request, Response
from socialconnect.transport.retry import RetryPolicy

# The literal bodies that the network's documentation or public traces show.
EXPIRED = (
    '{"error":{"message":"Error validating access token: Session has expired on Monday, 23-Nov-26 10:00:00 PST. The'
    ' current time is Tuesday, 24-Nov-26 01:00:00 PST.","type":"OAuthException","code":190,"error_subcode":463,'
    '"fbtrace_id":"EJplcsCHuLu"}}'
)
PAGE_LIMIT = (
    '{"error":{"message":"(#80001) There have been too many calls to this Page account. Wait a bit and try again. For'
    ' more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",'
    '"type":"OAuthException","code":80001,"fbtrace_id":"AmFGcW_3hwDB7qFbl_QdebZ"}}'
)
NOT_READY = (
    '{"error":{"message":"Media ID is not available","type":"OAuthException","code":9007,"error_subcode":2207027,'
    '"is_transient":false,"error_user_title":"Media not ready","error_user_msg":"The media is not ready for'
    ' publishing, please wait for a moment","fbtrace_id":"A1"}}'
)
RETIRED_METRIC = (
    '{"error":{"message":"(#100) The value must be a valid insights metric","type":"OAuthException","code":100,'
    '"fbtrace_id":"A2"}}'
)
DAILY_LIMIT = (
    '{"error":{"message":"Application request limit reached","type":"OAuthException","code":9,"error_subcode":2207042,'
    '"is_transient":false,"error_user_title":"Publishing limit","error_user_msg":"You reached maximum number of posts'
    ' that is allowed to be published by Content Publishing API.","fbtrace_id":"A3"}}'
)
MAYBE_PUBLISHED = (
    '{"error":{"message":"An unexpected error has occurred. Please retry your request later.","type":"OAuthException",'
    '"is_transient":true,"code":2,"fbtrace_id":"A4"}}'
)
SPAM = (
    '{"error":{"message":"Application request limit reached","type":"OAuthException","code":4,"error_subcode":2207051,'
    '"is_transient":false,"error_user_title":"Action is blocked","fbtrace_id":"A5"}}'
)
DEAD_VERSION = (
    '{"error":{"message":"(#2635) You are calling a deprecated version of the Ads API. Please update to the latest'
    ' version: v15.0.","type":"OAuthException","code":2635,"fbtrace_id":"A6"}}'
)
MULTI_GET = (
    '{"error":{"message":"The ids query parameter is deprecated in v26.0+.","type":"IGApiException","code":100,'
    '"fbtrace_id":"A7"}}'
)
PROOF = (
    '{"error":{"message":"Invalid appsecret_proof provided in the API argument","type":"GraphMethodException",'
    '"code":100,"fbtrace_id":"A8"}}'
)
CODE_USED = (
    '{"error":{"message":"This authorization code has been used.","type":"OAuthException","code":100,'
    '"error_subcode":36009,"fbtrace_id":"A9"}}'
)
CHUNK = (
    '{"error":{"message":"There was a problem uploading your video file.","type":"FacebookApiException","code":6001,'
    '"error_subcode":1363037,"error_data":{"start_offset":535822336,"end_offset":541065216},"is_transient":false,'
    '"fbtrace_id":"A10"}}'
)
UPLOAD = (
    '{"debug_info":{"retriable":false,"type":"ProcessingFailedError","message":"{\\"success\\":false,\\"error\\":'
    '{\\"message\\":\\"unauthorized user request\\"}}"}}'
)
TOO_MANY = (
    '{"error":{"message":"We limit how often you can post, comment or do other things in a given amount of time in'
    ' order to help protect the community from spam. You can try again later.","type":"OAuthException","code":368,'
    '"error_subcode":1390008,"fbtrace_id":"A11"}}'
)
FATAL = '{"error":{"message":"Fatal","type":"OAuthException","code":-1,"error_subcode":2207085,"fbtrace_id":"A12"}}'
FEW_VIEWERS = (
    '{"error":{"message":"(#10) Not enough viewers for the media to show insights","type":"OAuthException","code":10,'
    '"fbtrace_id":"A13"}}'
)


def shaped(code: int | None, subcode: int | None, message: str) -> str:
    """Give the documented shape with this code and subcode."""
    error: dict[str, JsonValue] = {"message": message, "type": "OAuthException", "fbtrace_id": "TRACE"}
    if code is not None:
        error["code"] = code
    if subcode is not None:
        error["error_subcode"] = subcode
    return json.dumps({"error": error})


@dataclass(frozen=True)
class Case:
    """One answer, and the error that it must become."""

    error: type[SocialConnectError]
    code: int | None = None
    subcode: int | None = None
    message: str = "Something is wrong"
    status: int = 400
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return (self.body or shaped(self.code, self.subcode, self.message)).encode()

    def __str__(self) -> str:
        return f"{self.error.__name__}-{self.code}-{self.subcode}-{self.body or self.message}"[:60]


def both(error: type[SocialConnectError], *numbers: int) -> list[Case]:
    """Give the cases of numbers that come as subcode or as code."""
    return [case for number in numbers for case in (Case(error, code=1, subcode=number), Case(error, code=number))]


COMMON = [
    Case(UnavailableError, body=MAYBE_PUBLISHED, status=500),
    Case(UnavailableError, code=1, status=500),
    Case(UnavailableError, code=1, subcode=99, status=500),
    Case(UnavailableError, code=2, status=503),
    Case(PermissionDenied, code=1, subcode=2853006),
    Case(PermissionDenied, code=3),
    *(Case(RateLimited, code=code, status=status) for code in (4, 17, 341, 613) for status in (400, 403, 429)),
    Case(RateLimited, code=17, subcode=2446079),
    Case(PermissionDenied, code=10),
    Case(ApiRetired, code=12),
    Case(RejectedError, code=100),
    Case(RejectedError, body=RETIRED_METRIC),
    Case(RejectedError, body=PROOF),
    Case(ApiRetired, body=MULTI_GET, status=500),
    Case(NotFound, code=100, subcode=33),
    Case(RejectedError, code=100, subcode=36007),
    Case(RejectedError, body=CODE_USED),
    Case(PermissionDenied, code=101),
    Case(TokenExpired, code=102),
    Case(RejectedError, code=104),
    Case(TokenRevoked, code=190, status=401),
    *(Case(TokenRevoked, code=code, subcode=one) for code in (190, 102) for one in (458, 460, 467, 490)),
    Case(TokenRevoked, code=1, subcode=490),
    Case(TokenRevoked, code=490),
    *(Case(AccountLocked, code=code, subcode=one) for code in (190, 102) for one in (459, 464)),
    Case(TokenExpired, code=102, subcode=463),
    Case(TokenExpired, body=EXPIRED),
    Case(PermissionDenied, code=190, subcode=492),
    Case(PermissionDenied, code=190, subcode=2069032),
    *(Case(PermissionDenied, code=code) for code in (200, 210, 283, 294, 299)),
    *(Case(ApiRetired, code=200, subcode=one) for one in (2069030, 2069031, 2069033)),
    Case(ApiRetired, code=200, status=403, message="(#200) The permission(s) publish_actions is deprecated"),
    Case(PolicyBlocked, code=368),
    Case(PolicyBlocked, body=TOO_MANY),
    Case(DuplicatePost, code=368, message="It looks like you already posted this"),
    Case(NotFound, code=803),
    Case(ProtocolError, code=2500, message="Unknown path components: /v99.0/me"),
    Case(ApiVersionRetired, body=DEAD_VERSION),
    Case(AccountLocked, code=190, message="You cannot access the app till you log in to www.facebook.com"),
    Case(TokenRevoked, code=102, message="The session has been invalidated because the user changed the password"),
]

ON_FACEBOOK = [
    Case(RateLimited, code=32),
    Case(RateLimited, body=PAGE_LIMIT),
    Case(RateLimited, code=1, message="(#32) Page request limit reached"),
    Case(NotFound, body=FEW_VIEWERS),
    *both(RejectedError, 1349125, 1609005, 1609008, 2061006, 1504028),
    Case(MediaRejected, code=324),
    Case(MediaRejected, code=389),
    Case(MediaRejected, code=390),
    Case(DuplicatePost, code=506),
    Case(DuplicatePost, code=506, subcode=1455006),
    *both(MediaRejected, 1366046, 2069019),
    *both(DuplicatePost, 1366051),
    *both(AccountLocked, 1404006, 1404112, 4854002, 1404078),
    *both(PolicyBlocked, 1346003, 1404102),
    *both(UnavailableError, 1609010, 1363047, 1363030, 1363019),
    *both(NotFound, 2874008, *range(2932001, 2932011)),
    Case(RejectedError, code=3001),
    Case(RejectedError, code=3001, subcode=1504028),
    Case(PartRefused, body=CHUNK),
    *both(MediaRejected, 1363020, 1363021, 1363024, 1363025, 1363026, 1363042),
    *both(MediaRejected, 1363040, 1363127, 1363128, 1363129),
    Case(MediaRejected, code=6000),
    Case(MediaRejected, code=6001),
    Case(UnavailableError, body='{"debug_info":{"retriable":true,"type":"OffsetInvalidError","message":"offset"}}'),
    Case(UnavailableError, body='{"debug_info":{"retriable":true,"type":"PartialRequestError","message":"length"}}'),
    Case(PermissionDenied, body=UPLOAD),
    Case(MediaRejected, body='{"debug_info":{"retriable":false,"type":"ProcessingFailedError","message":"failed"}}'),
]

ON_INSTAGRAM = [
    Case(PolicyBlocked, body=SPAM, status=403),
    Case(MediaRejected, code=-2, subcode=2207003),
    Case(MediaRejected, code=-2, subcode=2207020),
    Case(UnavailableError, code=-1, subcode=2207001),
    Case(UnavailableError, code=-1, subcode=2207032),
    Case(UnavailableError, code=-1, subcode=2207053),
    Case(UnavailableError, code=-1),
    Case(RejectedError, code=1, subcode=2207057),
    Case(QuotaExceeded, body=DAILY_LIMIT),
    Case(NotFound, code=24, subcode=2207006),
    Case(MediaNotReady, code=24, subcode=2207008),
    Case(AccountLocked, code=25, subcode=2207050),
    Case(RejectedError, code=100, subcode=2207023),
    Case(RejectedError, code=100, subcode=2207028),
    *(Case(RejectedError, code=100, subcode=one) for one in (2207035, 2207036, 2207037, 2207040)),
    Case(MediaRejected, code=352, subcode=2207026),
    Case(MediaRejected, code=352),
    Case(MediaRejected, code=9004, subcode=2207052),
    Case(MediaRejected, code=9004),
    Case(MediaNotReady, body=NOT_READY),
    Case(MediaNotReady, code=9007),
    Case(MediaRejected, code=36000, subcode=2207004),
    Case(MediaRejected, code=36001, subcode=2207005),
    Case(MediaRejected, code=36003, subcode=2207009),
    Case(MediaRejected, code=36000),
    Case(RejectedError, code=36004, subcode=2207010),
    Case(RejectedError, code=36004),
    Case(RejectedError, code=100, subcode=2207018),
    Case(MediaRejected, code=-1, subcode=2207076),
    Case(MediaRejected, code=-1, subcode=2207077),
    Case(RejectedError, code=100, subcode=2207081),
    Case(RejectedError, code=100, subcode=2207073),
    Case(MediaRejected, code=-1, subcode=2207082),
    Case(MediaRejected, code=-1, subcode=2207085),
    Case(UnavailableError, body=FATAL),
    *(Case(RejectedError, code=100, subcode=one) for one in (9050, 9064)),
    Case(DuplicatePost, code=100, message="The media has already been published."),
    Case(DuplicatePost, code=9007, message="The media has already been published."),
    Case(NotFound, body=FEW_VIEWERS),
    Case(PermissionDenied, code=100, message="The user is not an Instagram Business"),
    Case(RejectedError, code=100, message="param collaborators is not allowed"),
    Case(RateLimited, code=1, message="Page request limit reached"),
    Case(RateLimited, code=32),
    Case(RateLimited, code=80002),
    Case(UnavailableError, body='{"debug_info":{"retriable":true,"type":"OffsetInvalidError","message":"offset"}}'),
    Case(PermissionDenied, body=UPLOAD),
    Case(MediaRejected, body='{"debug_info":{"retriable":false,"type":"ProcessingFailedError","message":"failed"}}'),
]

ALL = [("facebook", case) for case in [*COMMON, *ON_FACEBOOK]] + [
    ("instagram", case) for case in [*COMMON, *ON_INSTAGRAM]
]
TABLES = {"facebook": FACEBOOK, "instagram": INSTAGRAM}


def adapter(network: str) -> GraphAdapter:
    kind = FacebookAdapter if network == "facebook" else InstagramAdapter
    return kind(account="1000", api_version="v26.0")


def refused(network: str, case: Case) -> SocialConnectError:
    request = Request("POST", "https://graph.facebook.com/v26.0/1000/feed", Effect.PREPARE)
    response = Response(case.status, case.headers, case.content)
    return adapter(network).refused(request, response, answer=case.content.decode())


@pytest.mark.parametrize(("network", "case"), ALL, ids=str)
def test_row(network: str, case: Case) -> None:
    """An answer becomes exactly the error of its row, with a hint that says what to do."""
    error = refused(network, case)
    assert type(error) is case.error
    assert error.hint
    assert error.status == case.status


@pytest.mark.parametrize("network", TABLES)
def test_every_row_is_reached(network: str) -> None:
    """Each row of a table decides at least one of the cases above: none stands behind another."""
    request = Request("POST", "https://graph.facebook.com/v26.0/1000/feed", Effect.PREPARE)
    reading = adapter(network)
    reached = [
        matching(reading.read_refusal(request, Response(case.status, case.headers, case.content)), TABLES[network])
        for name, case in ALL
        if name == network
    ]
    missing = [rule for rule in TABLES[network] if not any(rule is one for one in reached)]
    assert missing == []


def test_the_code_and_trace_id_travel_with_the_error() -> None:
    """Code, subcode and the network's id of the request are told as they came."""
    error = refused("facebook", Case(TokenExpired, body=EXPIRED))
    assert (error.code, error.request_id) == ("190.463", "EJplcsCHuLu")


def test_what_the_owner_is_told_is_in_the_message() -> None:
    """The text for people comes along where the network gives one."""
    assert "maximum number of posts" in refused("instagram", Case(QuotaExceeded, body=DAILY_LIMIT)).message


def test_a_spam_block_is_not_a_rate_limit_and_may_have_posted() -> None:
    """Code 4 with subcode 2207051 is never retried: the post may be live."""
    error = refused("instagram", Case(PolicyBlocked, body=SPAM, status=403))
    assert error.may_have_happened
    assert not error.retryable


def test_passing_faults_are_unavailable_whatever_the_code() -> None:
    """What the network calls passing is `UnavailableError`, unless it already says more, such as a rate limit."""
    passing = '{"error":{"message":"m","code":%d,"is_transient":true}}'
    assert type(refused("facebook", Case(UnavailableError, body=passing % 100))) is UnavailableError
    assert type(refused("facebook", Case(RateLimited, body=passing % 4))) is RateLimited


def test_a_page_in_place_of_an_answer_is_not_called_a_refusal() -> None:
    """An HTML page says nothing about the post: below 500 it is not understood, from 500 on the network is down."""
    page = "<!DOCTYPE html><html><body>Sorry</body></html>"
    assert type(refused("facebook", Case(ProtocolError, body=page, status=400))) is ProtocolError
    assert type(refused("facebook", Case(UnavailableError, body=page, status=502))) is UnavailableError
    assert type(refused("facebook", Case(RateLimited, body=page, status=429))) is RateLimited


def test_the_authenticate_header_stands_in_for_a_missing_body() -> None:
    """A token refused without a body is still a token refused."""
    headers = {
        "www-authenticate": 'OAuth "Facebook Platform" "invalid_token" "Error validating access token: Session has'
        ' expired"'
    }
    error = refused("facebook", Case(TokenRevoked, body="{}", status=400, headers=headers))
    assert type(error) is TokenRevoked
    assert "Session has expired" in error.message


def test_the_login_hosts_own_error_shape_is_read() -> None:
    """`error_type` and `error_message` are understood too."""
    body = '{"error_type":"OAuthException","code":400,"error_message":"Invalid scope field(s): basic"}'
    error = refused("instagram", Case(RejectedError, body=body))
    assert type(error) is RejectedError
    assert "Invalid scope" in error.message


def test_the_wait_comes_from_the_business_usage() -> None:
    """No `Retry-After` is sent: the minutes to regain access are the wait."""
    usage = (
        '{"1000":[{"type":"pages","call_count":100,"total_cputime":25,"total_time":25,'
        '"estimated_time_to_regain_access":19}]}'
    )
    headers = {"x-business-use-case-usage": usage}
    error = refused("facebook", Case(RateLimited, body=PAGE_LIMIT, headers=headers))
    assert error.retry_after == 19 * 60


def test_a_fault_during_a_publish_leaves_its_outcome_unknown() -> None:
    """HTTP 500 with code 2 on a visible request is not repeated: one photo was seen published seven times so."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(500, content=MAYBE_PUBLISHED)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    facebook = Facebook(page_id="1000", token="EAAPAGE", http_client=client, clock=TestClock(), retry=RetryPolicy())
    with pytest.raises(OutcomeUnknown) as caught:
        facebook.publish(Post("hello"))
    assert len(sent) == 1
    assert isinstance(caught.value.__cause__, UnavailableError)
