"""How Facebook is spoken to: tokens, limits, versions, lost answers."""

from __future__ import annotations

import hashlib
import hmac
import warnings

import httpx
import pytest
from tests.networks.meta.graph_answers import Answers, item

from socialconnect.errors import (
    OutcomeUnknown,
    RateLimited,
    SunsetWarning,
    TokenExpired,
)
from socialconnect.lifecycle import Lifecycle
from socialconnect.media import Image
from socialconnect.networks.facebook import Facebook
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.transport.retry import RetryPolicy

USAGE = (
    '{"1000":[{"type":"pages","call_count":%d,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":%d}]}'
)
EXPIRED = {
    "error": {
        "message": "Error validating access token: Session has expired on Monday, 23-Nov-26 10:00:00 PST. The current"
        " time is Tuesday, 24-Nov-26 01:00:00 PST.",
        "type": "OAuthException",
        "code": 190,
        "error_subcode": 463,
        "fbtrace_id": "EJplcsCHuLu",
    }
}


# ── the way of speaking ───────────────────────────────────────────────────────────────────────────────────────────────


def test_an_expired_token() -> None:
    """An expired token is told as such, with the network's code and trace id."""
    with pytest.raises(TokenExpired) as caught:
        Answers(httpx.Response(400, json=EXPIRED)).facebook().publish(Post("Hello"))
    assert (caught.value.code, caught.value.request_id) == ("190.463", "EJplcsCHuLu")
    assert "EAAPAGE" not in str(caught.value)


def test_a_page_limit_tells_the_wait_and_holds_later_calls_back() -> None:
    """19 minutes to regain access: the call is not repeated, and the next one is stopped before the wire."""
    body = {"error": {"message": "(#80001) There have been too many calls to this Page account.", "code": 80001}}
    headers = {"x-business-use-case-usage": USAGE % (100, 19)}
    answers = Answers(httpx.Response(400, json=body, headers=headers))
    facebook = answers.facebook()
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            facebook.publish(Post("Hello"))
        assert caught.value.retry_after == 19 * 60
    assert len(answers.sent) == 1


def test_rate_limits_are_read_from_all_three_families() -> None:
    """App, page and business use each tell how many percent are used; unreadable headers tell nothing."""
    headers = {
        "x-app-usage": '{"call_count":28,"total_time":25,"total_cputime":25}',
        "x-page-usage": '{"call_count":1,"total_time":60,"total_cputime":2}',
        "x-business-use-case-usage": USAGE % (97, 0),
    }
    facebook = Answers(httpx.Response(200, json={"id": "1"}, headers=headers)).facebook()
    facebook.publish(Post("Hello"))
    assert {window.name: window.remaining for window in facebook.rate_limits()} == {
        "app": 72,
        "page": 40,
        "pages:1000": 3,
    }
    broken = {"x-app-usage": "28", "x-business-use-case-usage": "{"}
    facebook = Answers(httpx.Response(200, json={"id": "1"}, headers=broken)).facebook()
    facebook.publish(Post("Hello"))
    assert facebook.rate_limits() == ()


def test_the_app_s_proof_goes_with_every_call() -> None:
    """With the app's secret each call carries the HMAC of its token, also a batch; the secret is never sent."""
    answers = Answers({"id": "1000_2001"}, [item()])
    facebook = answers.facebook(app_secret="the-app-secret")
    facebook.publish(Post("Hello"))
    facebook.fetch_metrics(["1000_2001"])
    proof = hmac.new(b"the-app-secret", b"EAAPAGE", hashlib.sha256).hexdigest()
    assert [request.url.params["appsecret_proof"] for request in answers.sent] == [proof, proof]
    assert not any(b"the-app-secret" in request.content for request in answers.sent)


def test_a_version_that_is_served_by_another_is_told_once() -> None:
    """An expired version is not refused: the header alone tells, and the library says so, once."""
    served = {"facebook-api-version": "v27.0"}
    answers = Answers(
        httpx.Response(200, json={"id": "1"}, headers=served), httpx.Response(200, json={"id": "2"}, headers=served)
    )
    facebook = answers.facebook()
    with pytest.warns(SunsetWarning, match=r"v26.0 was asked for, and v27.0 answered"):
        facebook.publish(Post("Hello"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        facebook.publish(Post("Hello again"))


def test_a_warning_made_an_error_never_hides_a_live_post() -> None:
    """Where warnings are errors the post's own answer still comes; the next call raises, before anything is sent."""
    answers = Answers(httpx.Response(200, json={"id": "1"}, headers={"facebook-api-version": "v27.0"}))
    facebook = answers.facebook()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert facebook.publish(Post("Hello")).id == "1"
        with pytest.raises(SunsetWarning):
            facebook.publish(Post("Hello again"))
    assert len(answers.sent) == 1


def test_the_newest_version_of_the_catalogue_unless_told_otherwise() -> None:
    """The version in the address is the catalogue's newest on the clock's day."""
    answers = Answers({"id": "1"})
    facebook = Facebook(
        page_id="1000", token="EAAPAGE", http_client=answers.client(), clock=TestClock(), lifecycle=Lifecycle()
    )
    facebook.publish(Post("Hello"))
    assert answers.sent[0].url.path.startswith("/v26.0/")


def test_an_id_cannot_leave_its_place_in_the_address() -> None:
    """What stands in an id is escaped."""
    answers = Answers({"success": True})
    answers.facebook().delete("../me?x=1")
    assert answers.sent[0].url.raw_path == b"/v26.0/..%2Fme%3Fx%3D1"


def test_a_lost_answer_is_not_sent_again() -> None:
    """After a timeout the post may be live: it is told so, and sent once."""

    def lose(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("lost", request=request)

    answers = Answers(lose)
    with pytest.raises(OutcomeUnknown):
        answers.facebook().publish(Post("Hello"))
    assert len(answers.sent) == 1


def test_an_upload_whose_answer_is_lost_is_sent_again() -> None:
    """An unpublished photo is seen by nobody: a second one is a harmless orphan."""

    def lose(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("lost", request=request)

    answers = Answers(lose, {"id": "3001"}, {"id": "3002"}, {"id": "1000_2003"})
    facebook = Facebook(
        page_id="1000", token="EAAPAGE", http_client=answers.client(), clock=TestClock(), retry=RetryPolicy()
    )
    photos = [Image(f"https://cdn.example.com/{number}.jpg") for number in (1, 2)]
    assert facebook.publish(Post("Two", media=photos)).id == "1000_2003"


def test_the_status_says_which_version_answered() -> None:
    """What is known of the network's life holds the version that really answered, and says if it is another."""
    facebook = Answers(httpx.Response(200, json={"id": "1"}, headers={"facebook-api-version": "v27.0"})).facebook()
    assert facebook.deprecation_status().served_version is None
    with pytest.warns(SunsetWarning):
        facebook.publish(Post("Hello"))
    status = facebook.deprecation_status()
    assert (status.version, status.served_version) == ("v26.0", "v27.0")
    assert "v26.0 was asked for, and v27.0 answered" in str(status)
