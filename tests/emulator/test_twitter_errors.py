"""Every error that X is known to give can be had from the Twitter emulator, by name, before anything happens."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.emulator.twitter_calls import INVALID, client, posted

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.twitter import ERROR_ROWS, TwitterEmulator

LEGACY_CODES = {
    32: 401, 34: 404, 64: 403, 68: 410, 88: 429, 89: 401, 99: 403, 135: 401, 144: 404, 170: 403, 179: 403, 185: 403,
    186: 403, 187: 403, 215: 400, 220: 403, 226: 403, 251: 410, 261: 403, 324: 400, 326: 403, 385: 403, 386: 403,
    416: 401, 453: 403,
}  # fmt: skip
SLUGS = (
    "resource-not-found resource-unavailable not-authorized-for-resource not-authorized-for-field field-unauthorized "
    "field-hydration-failure disallowed-resource client-forbidden unsupported-authentication oauth1-permissions "
    "usage-capped rate-limit-exceeded credits credits-depleted spend-cap-reached conflict internal-error "
    "client-disconnected operational-disconnect streaming-connection rule-cap invalid-rules duplicate-rules "
    "noncompliant-rules invalid-request"
)
PROBLEMS = "https://api.twitter.com/2/problems/"
BODIES: dict[str, tuple[int, object]] = {
    "E1": (401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}),
    "E2": (
        403,
        {
            "detail": "You are not allowed to create a Tweet with duplicate content.",
            "type": "about:blank",
            "title": "Forbidden",
            "status": 403,
        },
    ),
    "E3": (
        402,
        {
            "account_id": 2051096097834344448,
            "title": "CreditsDepleted",
            "detail": "Your enrolled account [2051096097834344448] does not have any credits to fulfill this request.",
            "type": f"{PROBLEMS}credits",
        },
    ),
    "E3b": (
        402,
        {
            "detail": "credits depleted",
            "status": 402,
            "title": "Payment Required",
            "type": "https://api.x.com/2/problems/credits-depleted",
        },
    ),
    "E6": (
        429,
        {
            "account_id": 1234567890,
            "product_name": "standard-basic",
            "title": "UsageCapExceeded",
            "period": "Monthly",
            "scope": "Product",
            "detail": "Usage cap exceeded: Monthly product cap",
            "type": f"{PROBLEMS}usage-capped",
        },
    ),
    "E7": (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}),
    "E7b": (
        429,
        {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429},
    ),
    "E8": (
        400,
        {
            "errors": [
                {
                    "parameters": {"media.media_ids": ["1993000000000000001"]},
                    "message": "Your media IDs are invalid.",
                }
            ],
            **INVALID,
            "type": f"{PROBLEMS}invalid-request",
        },
    ),
    "E10": (
        403,
        {
            "title": "SpendCapReached",
            "detail": "Your monthly spend cap has been reached.",
            "type": "https://api.x.com/2/problems/spend-cap-reached",
        },
    ),
    "E11": (
        403,
        {
            "detail": "Reply to this conversation is not allowed because you have not been mentioned or otherwise "
            "engaged by the author of the post you are replying to.",
            "type": "about:blank",
            "title": "Forbidden",
            "status": 403,
        },
    ),
    "E12": (
        503,
        {"title": "Service Unavailable", "detail": "Service Unavailable", "type": "about:blank", "status": 503},
    ),
    "E13": (400, {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}),
    "E18": (403, {"title": "Forbidden", "type": "about:blank", "status": 403, "detail": "Forbidden"}),
    "E19": (
        400,
        {"errors": [{"message": "BadRequest: Not found"}], **INVALID, "type": f"{PROBLEMS}invalid-request"},
    ),
}


@pytest.fixture
def twitter() -> TwitterEmulator:
    return TwitterEmulator(clock=TestClock("2026-11-24T09:00:00+00:00"))


@pytest.fixture
def api(twitter: TwitterEmulator) -> Iterator[httpx.Client]:
    with client(twitter) as api:
        yield api


@pytest.mark.parametrize("row", BODIES)
def test_bodies_are_those_of_the_reports(api: httpx.Client, twitter: TwitterEmulator, row: str) -> None:
    """An error has the body that was seen, and leaves nothing behind."""
    twitter.refuse(row)
    answer = api.post("/2/tweets", json={"text": "x"})
    assert (answer.status_code, answer.json()) == BODIES[row]
    assert twitter.wall == ()


@pytest.mark.parametrize("row", ERROR_ROWS)
def test_every_row_can_be_had_once(api: httpx.Client, twitter: TwitterEmulator, row: str) -> None:
    """Each one strikes the request that it is for, and the next one goes through."""
    twitter.refuse(row, method="POST", path="^/2/tweets$")
    assert api.get("/2/users/me").status_code == 200
    answer = api.post("/2/tweets", json={"text": "x"})
    assert answer.status_code >= 400 or row in ("E14", "field-hydration-failure", "unreadable-201", "201-without-id")
    assert twitter.wall == ()
    posted(api)


@pytest.mark.parametrize(("code", "status"), LEGACY_CODES.items())
def test_codes_of_version_1_1(api: httpx.Client, twitter: TwitterEmulator, code: int, status: int) -> None:
    """Each code comes with its status, in the older form."""
    twitter.refuse(f"code-{code}")
    answer = api.post("/2/tweets", json={"text": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


def test_every_problem_type_is_there() -> None:
    """Each type of problem has a row, whose type ends in it."""
    for slug in SLUGS.split():
        body = ERROR_ROWS[slug]().response.json()
        assert isinstance(body, dict)
        assert str(body["type"]).rpartition("/")[2] == slug


def test_ads_errors_have_their_own_form(twitter: TwitterEmulator) -> None:
    """A code in capitals, with the status of the table."""
    for code, status in {
        "UNAUTHORIZED_ACCESS": 401,
        "UNAUTHORIZED_CLIENT_APPLICATION": 403,
        "ACCOUNT_NOT_FOUND": 403,
        "DUPLICATE_TWEET": 400,
        "TWEET_IS_SPAM": 403,
        "INVALID_MEDIA": 400,
        "TWEET_RATE_LIMIT_EXCEEDED": 429,
        "TOO_MANY_REQUESTS": 429,
        "OVER_CAPACITY": 503,
        "SERVICE_UNAVAILABLE": 503,
        "NOT_FOUND": 404,
        "CURRENT_USER_SUSPENDED": 403,
        "SCHEDULED_TWEET_LIMIT_EXCEEDED": 400,
    }.items():
        answer = ERROR_ROWS[f"ads-{code}"]().response
        body = answer.json()
        assert isinstance(body, dict)
        assert answer.status == status
        assert f'"code":"{code}"' in answer.content.decode()
        assert body["request"] == {"params": {}}


def test_a_row_may_strike_later_and_more_than_once(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """So many matching requests pass before, and so many are struck."""
    twitter.refuse("E12", after=1, times=2)
    assert [api.get("/2/users/me").status_code for _ in range(4)] == [200, 503, 503, 200]


def test_too_many_requests_tells_when_the_window_ends(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """E7 has the rate-limit headers."""
    twitter.refuse("E7")
    answer = api.get("/2/users/me")
    assert answer.headers["x-rate-limit-remaining"] == "0"
    assert int(answer.headers["x-rate-limit-reset"]) > 1795478400


def test_an_unknown_row_is_a_mistake_of_the_test(twitter: TwitterEmulator) -> None:
    """The message tells the names that there are."""
    with pytest.raises(KeyError, match="E11"):
        twitter.refuse("E99")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/3/tweets", 404),
        ("GET", "/2/nothing", 404),
        ("GET", "/", 404),
        ("GET", "/2/dm_events", 501),
        ("GET", "/2/tweets/counts/recent", 501),
        ("PATCH", "/2/tweets", 501),
        ("POST", "/1/statuses/update.json", 410),
        ("POST", "/1.1/media/upload.json", 410),
        ("POST", "/1.1/statuses/update.json", 403),
        ("GET", "/1.1/search/tweets.json", 403),
    ],
)
def test_other_paths(api: httpx.Client, method: str, path: str, status: int) -> None:
    """What X does not have is an empty 404, what is gone a 410, what the emulator does not know a 501."""
    answer = api.request(method, path)
    assert answer.status_code == status
    assert bool(answer.content) == (status != 404)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"text": "x", "reply": {}}, "$.reply.in_reply_to_tweet_id: is missing but it is required"),
        ({"text": "x", "reply": {"in_reply_to_tweet_id": 5}}, "$.reply.in_reply_to_tweet_id: integer found, string"),
        (
            {"text": "x", "reply": {"in_reply_to_tweet_id": "a"}},
            "$.reply.in_reply_to_tweet_id: does not match the regex",
        ),
        (
            {"text": "x", "media": {"media_ids": []}},
            "$.media.media_ids: there must be a minimum of 1 items in the array",
        ),
        ({"text": "x", "media": {"media_ids": ["1"] * 5}}, "$.media.media_ids: there must be a maximum of 4 items"),
        ({"text": "x", "media": {"media_ids": ["x"]}}, "$.media.media_ids[0]: does not match the regex pattern"),
        (
            {"text": "x", "reply_settings": "everyone"},
            "$.reply_settings: does not have a value in the enumeration [following, mentionedUsers, subscribers, "
            "verified]",
        ),
        ({"text": "x", "made_with_ai": "yes"}, "$.made_with_ai: string found, boolean expected"),
        ({"text": "x", "geo": {"place_id": 1}}, "$.geo.place_id: integer found, string expected"),
        ({"text": "x", "edit_options": {}}, "$.edit_options.previous_post_id: is missing but it is required"),
        ({"text": None}, "$.text: null found, string expected"),
        ({"text": "x", "scheduled_at": "2026-12-01"}, "$.scheduled_at: is not defined in the schema"),
    ],
)
def test_a_posts_schema(api: httpx.Client, body: dict[str, object], told: str) -> None:
    """Every fault of a body is told by its path, in the words of X's own validator."""
    answer = api.post("/2/tweets", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].startswith(told)


def test_a_body_that_is_no_json(api: httpx.Client) -> None:
    """A content type that promises JSON is held to it."""
    answer = api.post("/2/tweets", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.json()["errors"] == [{"message": "Request body is not valid JSON."}]


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/2/tweets/abc"), ("GET", "/2/tweets/12345678901234567890"), ("GET", "/2/users/x/tweets")],
)
def test_ids_are_digits(api: httpx.Client, method: str, path: str) -> None:
    """What is no id is refused by the name of its place in the path."""
    answer = api.request(method, path)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"].startswith("The `id` query parameter value [")


def test_answers_have_their_headers(api: httpx.Client) -> None:
    """Every answer can be traced, and tells what the token may do and which specification serves it."""
    answers = [api.get("/2/users/me"), api.get("/2/tweets/abc"), api.get("/2/users/me", headers={"Authorization": ""})]
    assert len({one.headers["x-transaction-id"] for one in answers}) == 3
    assert [one.headers.get("x-access-level") for one in answers] == ["read-write", "read-write", None]
    assert answers[0].headers["api-version"] == "2.166"
    assert answers[0].headers["content-type"] == "application/json; charset=utf-8"
