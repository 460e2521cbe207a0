"""What networks do without a word: serve another version, give an empty list, refuse a metric, leave a field out."""

from __future__ import annotations

import json
import logging
import warnings
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import httpx
import pytest
from tests.networks.twitter.refusals import OAUTH1

from socialconnect import Facebook, Lifecycle, LinkedIn, Post, SunsetWarning, Twitter
from socialconnect.lifecycle import Catalogue
from socialconnect.lifecycle.catalogue import bundled
from socialconnect.lifecycle.drift import read_drift
from socialconnect.lifecycle.told import forget
from socialconnect.testing import TestClock
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.twitter import TwitterEmulator

TODAY = "2026-11-24T09:00:00+00:00"


def stale(*, version: str) -> Catalogue:
    """Give the facts of a maintainer who has not heard of a version's end."""
    known = bundled("facebook")
    assert known is not None
    versions = tuple(one.model_copy(update={"ends": None}) if one.version == version else one for one in known.versions)
    return known.model_copy(update={"versions": versions, "includes": ()})


def page(emulator: FacebookEmulator, clock: TestClock, lifecycle: Lifecycle, version: str | None = None) -> Facebook:
    """Give a page on the emulator."""
    account = emulator.accounts[0]
    return Facebook(
        page_id=account.id,
        token=account.token,
        http_client=emulator.client(),
        clock=clock,
        lifecycle=lifecycle,
        api_version=version,
    )


def test_a_version_that_another_serves_against_the_catalogue(tmp_path: Path) -> None:
    """The header's word wins: a warning, the status, and a drift record say what was believed and what came."""
    clock, drift = TestClock(TODAY), tmp_path / "drift.jsonl"
    lifecycle = Lifecycle(catalogues=[stale(version="v20.0")], drift_file=drift)
    facebook = page(FacebookEmulator(clock=clock), clock, lifecycle, "v20.0")
    with pytest.warns(SunsetWarning, match=r"v20\.0 was asked for, and v21\.0 answered"):
        facebook.publish(Post("Hello"))
    status = facebook.deprecation_status()
    assert status.served_version == "v21.0"
    (answer,) = status.answers
    assert answer.contradicts
    assert answer.believed == "no end of API version v20.0 is known"
    assert "v21.0 answered in place of v20.0" in str(status)
    (record,) = read_drift(drift)
    assert (record.api_version, record.served_version, record.operation) == ("v20.0", "v21.0", "publish")


def test_a_version_that_is_refused_against_the_catalogue(tmp_path: Path) -> None:
    """Where the wire refuses it, the request line and the codes are in the record, and no id."""
    clock, drift = TestClock(TODAY), tmp_path / "drift.jsonl"
    lifecycle = Lifecycle(catalogues=[stale(version="v20.0")], drift_file=drift)
    facebook = page(FacebookEmulator(clock=clock, ended_versions="reject-2635"), clock, lifecycle, "v20.0")
    with pytest.raises(Exception, match="deprecated version"):
        facebook.publish(Post("Hello"))
    (record,) = read_drift(drift)
    assert (record.request, record.status, record.code) == ("POST /v20.0/{id}/feed?fields", 400, "2635")
    assert facebook.account not in drift.read_text("utf-8")
    assert facebook.deprecation_status().operations["publish"].source == "answer"


def test_an_empty_list_says_why() -> None:
    """Without read_insights Graph answers an empty list: no number is made of it, and the permission is named."""
    clock = TestClock(TODAY)
    emulator = FacebookEmulator(clock=clock)
    facebook = page(emulator, clock, Lifecycle())
    post = facebook.publish(Post("Hello"))
    emulator.tokens[emulator.accounts[0].token].permissions.discard("read_insights")
    found = facebook.fetch_metrics([post], names=["post_media_view"])[post]
    assert found.views is None
    assert "read_insights" in found.unavailable["post_media_view"].reason


def test_a_refused_metric_costs_itself_alone_and_is_recorded(tmp_path: Path) -> None:
    """A name that the catalogue calls alive and the network refuses: the others have numbers, and a record is kept."""
    known = bundled("facebook")
    assert known is not None
    ended = next(one for one in known.metrics if one.names == ("post_impressions*",))
    rows = tuple(one.model_copy(update={"ends": None}) if one is ended else one for one in known.metrics)
    drift, clock = tmp_path / "drift.jsonl", TestClock(TODAY)
    ignorant = known.model_copy(update={"metrics": rows, "includes": ()})
    facebook = page(FacebookEmulator(clock=clock), clock, Lifecycle(catalogues=[ignorant], drift_file=drift))
    post = facebook.publish(Post("Hello"))
    found = facebook.fetch_metrics([post], names=["post_media_view", "post_impressions"])[post]
    assert found.views is not None
    assert found.unavailable["post_impressions"].refused
    assert [one.came for one in read_drift(drift)] == ["metric post_impressions was refused"]


def test_a_field_that_vanished_is_no_zero() -> None:
    """A count that the network leaves out is `None`, and says so where it was asked for by name."""
    clock = TestClock(TODAY)
    emulator = TwitterEmulator(clock=clock)

    def without_likes(request: httpx.Request) -> httpx.Response:
        answer = emulator.transport().handle_request(request)
        if request.method != "GET" or not request.url.path.startswith("/2/tweets"):
            return answer
        body = json.loads(answer.content)
        for one in body["data"]:
            one.get("public_metrics", {}).pop("like_count", None)
        return httpx.Response(answer.status_code, json=body)

    client = httpx.Client(transport=httpx.MockTransport(without_likes))
    twitter = Twitter(token=emulator.accounts[0].token, http_client=client, clock=clock)
    post = twitter.publish(Post("Hello"))
    clock.advance(timedelta(minutes=5).total_seconds())
    usual = twitter.fetch_metrics([post])[post]
    assert (usual.views, usual.likes) == (0, None)
    named = twitter.fetch_metrics([post], names=["like_count"])[post]
    assert "like_count" in named.unavailable


def test_a_day_ahead_of_the_facts_is_not_stopped() -> None:
    """Old facts only foretell: the network's answer decides, and the status says how old they are."""
    clock = TestClock(date(2027, 9, 20))
    facebook = page(FacebookEmulator(clock=clock), clock, Lifecycle(), "v22.0")  # to end in May 2027
    with pytest.warns(SunsetWarning) as caught:
        facebook.publish(Post("Hello"))
    assert any("a forecast when the facts were last checked" in str(one.message) for one in caught)
    assert facebook.deprecation_status().outdated


def test_a_metric_that_linkedin_refuses_is_recorded(tmp_path: Path) -> None:
    """Of a member's metrics each is a call: one that is refused by its name is told as drift, the others are read."""
    drift, clock = tmp_path / "drift.jsonl", TestClock(TODAY)
    emulator = LinkedInEmulator(clock=clock)
    member = next(one for one in emulator.accounts if one.id.startswith("urn:li:person"))

    def without_reshares(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("queryType") != "RESHARE":
            return emulator.transport().handle_request(request)
        return httpx.Response(400, json={"status": 400, "message": "Invalid param queryType", "code": "ILLEGAL"})

    linkedin = LinkedIn(
        author=member.id,
        token=member.token,
        http_client=httpx.Client(transport=httpx.MockTransport(without_reshares)),
        clock=clock,
        lifecycle=Lifecycle(drift_file=drift),
    )
    post = linkedin.publish(Post("Hello"))
    found = linkedin.fetch_metrics([post], names=["IMPRESSION", "RESHARE"])[post]
    assert "IMPRESSION" in found.values
    assert found.unavailable["RESHARE"].refused
    account = linkedin.fetch_account_metrics(names=["IMPRESSION", "RESHARE"])
    assert account.unavailable["RESHARE"].refused
    assert [one.came for one in read_drift(drift)] == ["metric RESHARE was refused"]


@pytest.mark.parametrize("filters", ["always", "error"])
def test_what_the_ads_api_says_of_its_version_in_a_header_is_told(
    caplog: pytest.LogCaptureFixture, filters: Literal["always", "error"]
) -> None:
    """It answers an old version with a warning in a header: told once, and never in place of the answer."""
    known = bundled("twitter")
    assert known is not None
    older = tuple(one.model_copy(update={"version": "11"}) for one in known.versions)
    clock, credential = TestClock(TODAY), OAUTH1
    plain = Twitter(token=credential, user_id="2244994945", clock=clock)
    emulator = TwitterEmulator.for_adapter(plain.operations.adapter, credential, clock)
    twitter = Twitter(
        token=credential,
        user_id="2244994945",
        ads_account=next(iter(emulator.state.ads_accounts)),
        http_client=emulator.client(),
        clock=clock,
        lifecycle=Lifecycle(catalogues=[known.model_copy(update={"versions": older})]),
    )
    forget()
    with warnings.catch_warnings(record=True) as caught, caplog.at_level(logging.WARNING):
        warnings.simplefilter(filters)
        kept = [twitter.draft(Post("Hello")) for _ in range(2)]
    assert len(twitter.drafts()) == len(kept) == 2
    told = [str(one.message) for one in caught] if filters == "always" else caplog.messages
    assert [one for one in told if "the Ads API warns: Version 11 is deprecated" in one] == told[:1] != []
