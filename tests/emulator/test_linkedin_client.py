"""LinkedIn's own Python client, which we did not write, drives the LinkedIn emulator over loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from linkedin_api.clients.restli.client import RestliClient
from linkedin_api.common import constants

from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.server import serving

PAGE = "urn:li:organization:5515715"
MEMBER = "urn:li:person:782bbtaQ"
VERSION = "202609"
PNG = b"\x89PNG\r\n\x1a\n" + bytes.fromhex("0000000d4948445200000001000000010802000000907753de")


@pytest.fixture
def linkedin() -> LinkedInEmulator:
    return LinkedInEmulator(clock=TestClock("2026-11-24T09:00:00+00:00"))


@pytest.fixture
def restli(linkedin: LinkedInEmulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[RestliClient]:
    """LinkedIn's client; its addresses are constants of its package."""
    with serving(linkedin) as url:
        monkeypatch.setattr(constants, "VERSIONED_BASE_URL", f"{url}/rest")
        monkeypatch.setattr(constants, "NON_VERSIONED_BASE_URL", f"{url}/v2")
        client = RestliClient()
        yield client
        client.session.close()


def entity(commentary: str, author: str = PAGE, **fields: object) -> dict[str, object]:
    return {
        "author": author,
        "commentary": commentary,
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        **fields,
    }


def create(restli: RestliClient, commentary: str, content: dict[str, object] | None = None) -> str:
    sent = entity(commentary) if content is None else entity(commentary, content=content)
    done = restli.create(resource_path="/posts", entity=sent, access_token="AQX-organization", version_string=VERSION)
    assert done.status_code == 201, done.response.text
    return str(done.entity_id)


PATH = "/posts/{id}"


def test_a_post_is_made_read_changed_and_deleted(restli: RestliClient, linkedin: LinkedInEmulator) -> None:
    """Create, get, partial update and delete, with keys as LinkedIn's client encodes them."""
    urn = create(restli, "Hello \\(all\\)")
    known = {"path_keys": {"id": urn}, "access_token": "AQX-organization", "version_string": VERSION}
    assert restli.get(resource_path=PATH, **known).entity["commentary"] == "Hello \\(all\\)"
    changed = restli.partial_update(resource_path=PATH, patch_set_object={"commentary": "Bye"}, **known)
    assert changed.status_code == 204
    assert [one.text for one in linkedin.wall] == ["Bye"]
    assert restli.delete(resource_path=PATH, **known).status_code == 204
    assert linkedin.wall == ()
    assert restli.get(resource_path=PATH, **known).status_code == 404


def test_posts_are_found_and_fetched_together(restli: RestliClient) -> None:
    """The finder by author and the batch, with lists as LinkedIn's client encodes them."""
    urns = [create(restli, f"post {number}") for number in range(3)]
    known = {"access_token": "AQX-organization", "version_string": VERSION}
    found = restli.finder(
        resource_path="/posts", finder_name="author", query_params={"author": PAGE, "sortBy": "CREATED"}, **known
    )
    assert [one["id"] for one in found.elements] == urns[::-1]
    assert found.paging.count == 10
    batch = restli.batch_get(resource_path="/posts", ids=[*urns, "urn:li:share:1"], **known)
    assert set(batch.results) == set(urns)
    assert batch.errors["urn:li:share:1"]["status"] == 404


def test_a_long_batch_is_tunnelled(restli: RestliClient, linkedin: LinkedInEmulator) -> None:
    """More ids than an address holds come in a body, as LinkedIn's client does it."""
    urn = create(restli, "one")
    ids = [urn, *(f"urn:li:share:{number}" for number in range(10**18, 10**18 + 150))]
    batch = restli.batch_get(resource_path="/posts", ids=ids, access_token="AQX-organization", version_string=VERSION)
    assert linkedin.requests[-1].method == "POST"
    assert list(batch.results) == [urn]
    assert len(batch.errors) == 150


def test_an_image_is_uploaded_to_where_the_request_came(restli: RestliClient, linkedin: LinkedInEmulator) -> None:
    """Over loopback the upload address is on loopback too, and the image is then posted."""
    begun = restli.action(
        resource_path="/images",
        action_name="initializeUpload",
        action_params={"initializeUploadRequest": {"owner": PAGE}},
        access_token="AQX-organization",
        version_string=VERSION,
    )
    assert begun.value["uploadUrl"].startswith("http://127.0.0.1:")
    headers = {"Authorization": "Bearer AQX-organization", "Content-Type": "application/octet-stream"}
    assert requests.put(begun.value["uploadUrl"], data=PNG, headers=headers, timeout=5).status_code == 201
    create(restli, "Look", content={"media": {"id": begun.value["image"], "altText": "a dot"}})
    assert linkedin.wall[0].media == 1


def test_statistics(restli: RestliClient, linkedin: LinkedInEmulator) -> None:
    """Lists and records in finders are read as LinkedIn's client writes them."""
    urn = create(restli, "one")
    linkedin.set_metrics(urn, impressionCount=10, likeCount=1)
    page = restli.finder(
        resource_path="/organizationalEntityShareStatistics",
        finder_name="organizationalEntity",
        query_params={"organizationalEntity": PAGE, "shares": [urn]},
        access_token="AQX-organization",
        version_string=VERSION,
    )
    assert page.elements[0]["totalShareStatistics"]["engagement"] == 0.1
    mine = restli.create(
        resource_path="/posts", entity=entity("mine", MEMBER), access_token="AQX-member", version_string=VERSION
    )
    linkedin.set_metrics(str(mine.entity_id), impressionCount=7)
    own = restli.finder(
        resource_path="/memberCreatorPostAnalytics",
        finder_name="entity",
        query_params={"entity": {"share": mine.entity_id}, "queryType": "IMPRESSION", "aggregation": "TOTAL"},
        access_token="AQX-member",
        version_string=VERSION,
    )
    assert own.elements[0]["count"] == 7


def test_identity_is_unversioned(restli: RestliClient) -> None:
    """Without a version the client calls /v2."""
    me = restli.get(resource_path="/userinfo", access_token="AQX-member")
    assert me.entity["sub"] == "782bbtaQ"


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESET])
def test_a_lost_answer_leaves_the_post(restli: RestliClient, linkedin: LinkedInEmulator, kind: FaultKind) -> None:
    """Where the answer was lost the post is on the wall, and the repetition is refused with its URN."""
    linkedin.faults.add(Fault(kind, method="POST"))
    with pytest.raises(requests.RequestException):
        create(restli, "kept")
    (seen,) = linkedin.wall
    again = restli.create(
        resource_path="/posts", entity=entity("kept"), access_token="AQX-organization", version_string=VERSION
    )
    assert again.status_code == 422
    assert seen.id in again.response.text


def test_throttled_and_revoked(restli: RestliClient, linkedin: LinkedInEmulator) -> None:
    """Too many requests and a revoked token are told in LinkedIn's own form."""
    known = {"resource_path": "/userinfo", "access_token": "AQX-member"}
    linkedin.faults.add(Fault(FaultKind.THROTTLED))
    assert restli.get(**known).response.json()["serviceErrorCode"] == 101
    linkedin.faults.add(Fault(FaultKind.TOKEN_REVOKED))
    assert restli.get(**known).response.json()["code"] == "REVOKED_ACCESS_TOKEN"
    assert restli.get(**known).status_code == 401
