"""LinkedIn's own Python client, which we did not write, and curl-like calls drive the emulator over loopback."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from linkedin_api.clients.auth.client import AuthClient
from linkedin_api.clients.restli.client import RestliClient
from linkedin_api.common import constants
from linkedin_api.common.errors import ResponseFormattingError

from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.samples import sample_video

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
        monkeypatch.setattr(constants, "OAUTH_BASE_URL", f"{url}/oauth/v2")
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
    who = restli.get(resource_path="/userinfo", access_token="AQX-member")
    assert who.entity["sub"] == "782bbtaQ"
    me = restli.get(resource_path="/me", query_params={"fields": "id,localizedFirstName"}, access_token="AQX-member")
    assert me.entity == {"id": "782bbtaQ", "localizedFirstName": "Robin"}


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


# ── more of the official client ───────────────────────────────────────────────────────────────────────────────────────

KNOWN = {"access_token": "AQX-organization", "version_string": VERSION}


def test_comments_and_reactions_by_their_keys(restli: RestliClient, linkedin: LinkedInEmulator) -> None:
    """Keys of sub-resources and keys of two parts are read as LinkedIn's client encodes them."""
    urn = create(restli, "Post")
    thread = {"resource_path": "/socialActions/{thread}/comments", "path_keys": {"thread": urn}, **KNOWN}
    said = restli.create(entity={"actor": PAGE, "object": urn, "message": {"text": "First"}}, **thread)
    assert said.status_code == 201
    assert said.decoded_entity_id == said.entity["id"]
    assert [one["id"] for one in restli.get_all(**thread).elements] == [said.entity["id"]]
    reply = {"actor": PAGE, "object": urn, "message": {"text": "Reply"}, "parentComment": said.entity["commentUrn"]}
    above = {**thread, "path_keys": {"thread": said.entity["commentUrn"]}}
    assert restli.create(entity=reply, **above).status_code == 201
    liked = restli.create(
        resource_path="/reactions", query_params={"actor": PAGE}, entity={"root": urn, "reactionType": "LIKE"}, **KNOWN
    )
    assert liked.entity["reactionType"] == "LIKE"
    pair = {"actor": PAGE, "entity": urn}
    key = {"resource_path": "/reactions/{key}", "path_keys": {"key": pair}, **KNOWN}
    assert restli.get(**key).entity == liked.entity
    found = restli.finder(
        resource_path="/reactions/{key}",
        path_keys={"key": {"entity": urn}},
        finder_name="entity",
        query_params={"sort": {"value": "REVERSE_CHRONOLOGICAL"}},
        **KNOWN,
    )
    assert [one["created"]["actor"] for one in found.elements] == [PAGE]
    assert len(restli.batch_get(resource_path="/reactions", ids=[pair], **KNOWN).results) == 1
    counts = restli.get(resource_path="/socialMetadata/{urn}", path_keys={"urn": urn}, **KNOWN).entity
    assert counts["commentSummary"]["count"] == 2
    assert restli.delete(**key).status_code == 204
    assert [one.text for one in linkedin.wall] == ["Post", "First", "Reply"]


def test_batches_that_posts_do_not_have(restli: RestliClient) -> None:
    """Posts are neither changed nor deleted several at once."""
    changes = {"ids": ["urn:li:share:1"], "patch_set_objects": [{"commentary": "x"}]}
    assert restli.batch_partial_update(resource_path="/posts", **changes, **KNOWN).status_code == 405
    with pytest.raises(ResponseFormattingError):  # the client expects an answer to each, whatever the status
        restli.batch_delete(resource_path="/posts", ids=["urn:li:share:1"], **KNOWN)


def test_the_auth_client(restli: RestliClient, linkedin: LinkedInEmulator) -> None:
    """LinkedIn's own client of the token endpoint exchanges, refreshes and introspects."""
    linkedin.settings.refresh_tokens = True
    auth = AuthClient("CLIENT_ID", "CLIENT_SECRET", "https://app.example.com/callback")
    page = auth.generate_member_auth_url(["openid", "profile"], "s")
    here = page.replace("https://www.linkedin.com/oauth/v2", constants.OAUTH_BASE_URL)  # it was read on import
    consent = requests.get(here, allow_redirects=False, timeout=5)
    code = parse_qs(urlsplit(consent.headers["location"]).query)["code"][0]
    issued = auth.exchange_auth_code_for_access_token(code)
    assert issued.expires_in == 5_184_000
    renewed = auth.exchange_refresh_token_for_access_token(issued.refresh_token)
    told = auth.introspect_access_token(renewed.access_token)
    assert (told.active, told.status, told.auth_type) == (True, "active", "3L")
    who = restli.get(resource_path="/userinfo", access_token=renewed.access_token)
    assert who.entity["sub"] == "782bbtaQ"
    auth.session.close()


# ── as curl sends it ──────────────────────────────────────────────────────────────────────────────────────────────────

POST = (
    b'{"author":"urn:li:organization:5515715",'
    b'"commentary":"Q3 results \\\\(unaudited\\\\) are out {hashtag|\\\\#|finance}",'
    b'"visibility":"PUBLIC","distribution":{"feedDistribution":"MAIN_FEED","targetEntities":[],'
    b'"thirdPartyDistributionChannels":[]},"lifecycleState":"PUBLISHED","isReshareDisabledByAuthor":false}'
)
HEADERS = {
    "authorization": "Bearer AQX-organization",
    "Linkedin-Version": "202609",  # the documentation writes it so
    "X-Restli-Protocol-Version": "2.0.0",
    "Content-Type": "application/json",
}


def test_the_published_examples_byte_by_byte(linkedin: LinkedInEmulator) -> None:
    """The documentation's own lines, sent as they stand, do what the documentation says."""
    with serving(linkedin) as url, requests.Session() as session:
        session.headers.update(HEADERS)
        made = session.post(f"{url}/rest/posts", data=POST, timeout=5)
        assert (made.status_code, made.content) == (201, b"")
        urn = made.headers["x-restli-id"].replace(":", "%3A")
        patch = b'{"patch":{"$set":{"commentary":"Final wording","lifecycleState":"PUBLISHED"}}}'
        told = {"X-RestLi-Method": "PARTIAL_UPDATE"}
        assert session.post(f"{url}/rest/posts/{urn}", data=patch, headers=told, timeout=5).status_code == 204
        seen = session.get(f"{url}/rest/posts/{urn}?viewContext=AUTHOR", timeout=5).json()
        assert (seen["commentary"], seen["lifecycleStateInfo"]) == ("Final wording", {"isEditedByAuthor": True})
        batch = f"{url}/rest/posts?ids=List({urn},urn%3Ali%3Ashare%3A1)"
        found = session.get(batch, headers={"X-RestLi-Method": "BATCH_GET"}, timeout=5).json()
        assert found["errors"] == {"urn:li:share:1": {"status": 404, "message": "Could not find entity"}}
        statistics = (
            f"{url}/rest/organizationalEntityShareStatistics?q=organizationalEntity"
            f"&organizationalEntity=urn%3Ali%3Aorganization%3A5515715&shares=List({urn})"
            "&ugcPosts=List(urn%3Ali%3AugcPost%3A7266012345678901252)"
        )
        assert session.get(statistics, timeout=5).json() == {
            "paging": {"start": 0, "count": 10, "links": []},
            "elements": [],
        }
        assert session.delete(f"{url}/rest/posts/{urn}", timeout=5).status_code == 204


def test_a_video_goes_up_in_parts(linkedin: LinkedInEmulator) -> None:
    """Every part goes to its own address, without a token, and is answered with its ETag; the end has no body."""
    content = sample_video(10.0, size=4_194_304 + 100)
    with serving(linkedin) as url, requests.Session() as session:
        session.headers.update(HEADERS)
        request = (
            b'{"initializeUploadRequest":{"owner":"urn:li:organization:5515715","fileSizeBytes":4194404,'
            b'"uploadCaptions":false,"uploadThumbnail":false}}'
        )
        start = f"{url}/rest/videos?action=initializeUpload"
        value = session.post(start, data=request, timeout=5).json()["value"]
        etags: list[str] = []
        for part in value["uploadInstructions"]:
            piece = content[part["firstByte"] : part["lastByte"] + 1]
            octets = {"Content-Type": "application/octet-stream"}
            done = requests.put(part["uploadUrl"], data=piece, headers=octets, timeout=5)
            assert done.status_code == 200
            etags.append(done.headers["ETag"])
        finish = {"video": value["video"], "uploadToken": "", "uploadedPartIds": etags}
        end = f"{url}/rest/videos?action=finalizeUpload"
        assert session.post(end, json={"finalizeUploadRequest": finish}, timeout=5).content == b""
        where = f"{url}/rest/videos/{value['video'].replace(':', '%3A')}"
        assert session.get(where, timeout=5).json()["status"] == "PROCESSING"
        linkedin.clock.sleep(3)
        assert session.get(where, timeout=5).json()["status"] == "AVAILABLE"
