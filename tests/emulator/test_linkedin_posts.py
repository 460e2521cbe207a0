"""Posts of the LinkedIn emulator in all their kinds: what is kept of them, read back, and seen."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.emulator.linkedin_api import MEMBER, PAGE, PARTIAL, body, client, enc, posted, uploaded

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def linkedin(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture
def page(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-organization") as api:
        yield api


def read(api: httpx.Client, urn: str, context: str = "READER") -> dict[str, object]:
    found: dict[str, object] = api.get(f"/rest/posts/{enc(urn)}?viewContext={context}").json()
    return found


POLL = {
    "question": "Which one?",
    "options": [{"text": "Red"}, {"text": "Blue"}],
    "settings": {"duration": "THREE_DAYS", "voteSelectionType": "SINGLE_VOTE", "isVoterVisibleToAuthor": True},
}


@pytest.mark.parametrize(
    "content",
    [
        {"poll": POLL},
        {"article": {"source": "https://example.com/a", "title": "A", "description": "About a"}},
        {"reference": {"id": "urn:li:event:1"}},
    ],
    ids=["poll", "article", "event"],
)
def test_content_is_read_back_as_it_was_sent(page: httpx.Client, content: dict[str, object]) -> None:
    """What a post carries comes back the same."""
    assert read(page, posted(page, "Post", content=content))["content"] == content


@pytest.mark.parametrize("duration", ["ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS", "TWO_DAYS"])
def test_polls_run_for_set_times(page: httpx.Client, duration: str) -> None:
    """Four durations are known."""
    poll = {**POLL, "settings": {"duration": duration}}
    answer = page.post("/rest/posts", json=body("Post", content={"poll": poll}))
    assert answer.status_code == (422 if duration == "TWO_DAYS" else 201)


@pytest.mark.parametrize(("number", "status"), [(1, 400), (2, 201), (20, 201), (21, 400)])
def test_several_images(page: httpx.Client, number: int, status: int) -> None:
    """A post of several images has two to twenty."""
    images = [{"id": uploaded(page, PAGE), "altText": f"picture {place}"} for place in range(number)]
    answer = page.post("/rest/posts", json=body("x", content={"multiImage": {"images": images}}))
    assert answer.status_code == status


@pytest.mark.parametrize(("length", "status"), [(4086, 201), (4087, 400)])
def test_alternative_texts_have_a_limit(page: httpx.Client, length: int, status: int) -> None:
    """An image's description has at most 4,086 characters."""
    media = {"id": uploaded(page, PAGE), "altText": "x" * length}
    assert page.post("/rest/posts", json=body("x", content={"media": media})).status_code == status


def test_an_articles_thumbnail_is_an_image(page: httpx.Client) -> None:
    """The thumbnail of a link is an uploaded image of the author's."""
    article = {"source": "https://example.com/a", "title": "A", "thumbnail": uploaded(page, PAGE)}
    posted(page, "x", content={"article": article})
    article["thumbnail"] = "urn:li:video:1"
    answer = page.post("/rest/posts", json=body("y", content={"article": article}))
    assert answer.json()["code"] == "INVALID_URN_TYPE"


def test_a_reshare_tells_its_chain(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A reshare of a reshare names the one it shares and the first of all; what is not public is not shared."""
    first = posted(page, "First")
    second = posted(page, "Second", reshareContext={"parent": first})
    third = posted(page, "Third", reshareContext={"parent": linkedin.state.shares[second].activity})
    assert read(page, third)["reshareContext"] == {"parent": second, "root": first}
    assert linkedin.wall[-1].parent == second
    hidden = posted(page, "Hidden", visibility="LOGGED_IN")
    refused = page.post("/rest/posts", json=body("x", reshareContext={"parent": hidden}))
    assert refused.json()["code"] == "INVALID_VALUE_FOR_FIELD"
    both = body("x", reshareContext={"parent": first}, content={"reference": {"id": "urn:li:event:1"}})
    assert page.post("/rest/posts", json=both).status_code == 400


def test_a_post_waits_for_its_image(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """Until its image is ready a post is the author's alone to see, with the state of the work."""
    linkedin.settings.image_seconds = 5
    urn = posted(page, "x", content={"media": {"id": uploaded(page, PAGE)}})
    assert read(page, urn)["status"] == 404
    waiting = read(page, urn, "AUTHOR")
    assert (waiting["lifecycleState"], waiting["lifecycleStateInfo"]) == (
        "PUBLISH_REQUESTED",
        {"contentStatus": "PROCESSING"},
    )
    clock.advance(5)
    assert read(page, urn)["lifecycleState"] == "PUBLISHED"
    linkedin.settings.processing_fails = True
    failed = read(page, urn, "AUTHOR")
    assert (failed["lifecycleState"], failed["lifecycleStateInfo"]) == ("PUBLISH_FAILED", {"contentStatus": "FAILED"})
    assert linkedin.wall == ()


def test_updates(page: httpx.Client) -> None:
    """A text and a button are set and removed; an update tells what it may not change, and why."""
    urn = posted(page, "Post", contentLandingPage="https://example.com", contentCallToActionLabel="LEARN_MORE")
    where = f"/rest/posts/{enc(urn)}"

    def patched(**patch: object) -> httpx.Response:
        return page.post(where, json={"patch": {f"${name}": value for name, value in patch.items()}}, headers=PARTIAL)

    assert patched(set={"contentCallToActionLabel": "SIGN_UP"}, delete=["contentLandingPage"]).status_code == 204
    changed = read(page, urn)
    assert changed["contentCallToActionLabel"] == "SIGN_UP"
    assert "contentLandingPage" not in changed
    assert changed["lifecycleStateInfo"] == {"isEditedByAuthor": True}
    refused = patched(set={"content": {}, "id": "x", "foo": 1}, delete=["commentary"])
    assert refused.status_code == 422
    assert refused.json()["message"].splitlines() == [
        "ERROR :: /content :: CreateOnly field present in a partial_update request",
        "ERROR :: /foo :: unrecognized field found but not allowed",
        "ERROR :: /id :: ReadOnly field present in a partial_update request",
        "ERROR :: /commentary :: cannot delete a required field",
    ]
    assert patched(set={"lifecycleState": "DRAFT"}).status_code == 400
    assert patched(set={"commentary": 5}).status_code == 422
    assert patched(set={"adContext": {}}).status_code == 403
    assert patched(set={"contentCallToActionLabel": "GO"}).json()["code"] == "INVALID_CALL_TO_ACTION"
    assert patched(set={"commentary": "x" * 3001}).json()["code"] == "FIELD_LENGTH_TOO_LONG"
    assert page.post("/rest/posts/urn%3Ali%3Ashare%3A1", json={"patch": {}}, headers=PARTIAL).status_code == 404


@pytest.mark.parametrize(
    ("commentary", "shown"),
    [
        ("@[Brand](urn:li:organization:5515715)", "Brand"),
        ("@[brand](urn:li:organization:5515715)", "brand"),
        ("@[Robin](urn:li:person:782bbtaQ) and @[Example](urn:li:person:782bbtaQ)", "Robin and Example"),
        ("two\nlines", "two\nlines"),
        ("#spring_sale", "#spring"),
    ],
)
def test_mentions_and_hashtags(page: httpx.Client, linkedin: LinkedInEmulator, commentary: str, shown: str) -> None:
    """People read names and words, whatever they are written with."""
    posted(page, commentary)
    assert linkedin.wall[0].text == shown


def test_a_mention_by_another_name_is_plain_text(page: httpx.Client) -> None:
    """A page is mentioned by its whole name, with its case; by another one it is not."""
    right, wrong = "@[Brand](urn:li:organization:5515715)", "@[brand \\(x\\)](urn:li:organization:5515715)"
    assert read(page, posted(page, right))["commentary"] == right
    assert read(page, posted(page, wrong))["commentary"] == "brand \\(x\\)"


def test_reads_behind_writes(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """A post that people see may not be readable yet, by itself, in a batch, or by its author."""
    linkedin.settings.read_lag = 10
    urn = posted(page, "Post")
    assert len(linkedin.wall) == 1
    finder = f"/rest/posts?q=author&author={enc(PAGE)}"
    batch = f"/rest/posts?ids=List({enc(urn)})"
    assert read(page, urn)["status"] == 404
    assert page.get(finder).json()["elements"] == []
    assert page.get(batch).json()["results"] == {}
    clock.advance(10)
    assert read(page, urn)["id"] == urn
    assert len(page.get(finder).json()["elements"]) == 1
    assert list(page.get(batch).json()["results"]) == [urn]


def test_changes_are_read_behind_too(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """People see a change and a deletion at once; reads know of them after the lag."""
    urn = posted(page, "Before")
    clock.advance(10)
    linkedin.settings.read_lag = 10
    where = f"/rest/posts/{enc(urn)}"
    page.post(where, json={"patch": {"$set": {"commentary": "After"}}}, headers=PARTIAL)
    assert linkedin.wall[0].text == "After"
    assert read(page, urn)["commentary"] == "Before"
    clock.advance(10)
    assert read(page, urn)["commentary"] == "After"
    page.delete(where)
    assert linkedin.wall == ()
    assert read(page, urn)["commentary"] == "After"
    clock.advance(10)
    assert read(page, urn)["status"] == 404


def test_a_batch_is_sorted_by_either_time(page: httpx.Client, clock: TestClock) -> None:
    """The finder sorts by the last change unless it is asked to sort by creation."""
    old = posted(page, "old")
    clock.advance(60)
    new = posted(page, "new")
    clock.advance(60)
    page.post(f"/rest/posts/{enc(old)}", json={"patch": {"$set": {"commentary": "older"}}}, headers=PARTIAL)
    finder = f"/rest/posts?q=author&author={enc(PAGE)}"
    assert [one["id"] for one in page.get(finder).json()["elements"]] == [old, new]
    created = page.get(f"{finder}&sortBy=CREATED").json()["elements"]
    assert [one["id"] for one in created] == [new, old]


def test_targets_are_for_pages(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A page's post may go to some of its followers, a member's may not."""
    distribution = {"feedDistribution": "MAIN_FEED", "targetEntities": [{"geoLocations": ["urn:li:geo:103644278"]}]}
    urn = posted(page, "Post", distribution=distribution)
    assert read(page, urn)["distribution"] == {**distribution, "thirdPartyDistributionChannels": []}
    with client(linkedin, "AQX-member") as member:
        answer = member.post("/rest/posts", json=body("Post", MEMBER, distribution=distribution))
    assert answer.json()["code"] == "INVALID_VALUE_FOR_FIELD"


def test_a_post_for_advertisements_alone_is_not_seen(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A dark post can be read, and stands on no wall."""
    urn = posted(page, "Dark", distribution={"feedDistribution": "NONE"})
    assert read(page, urn)["commentary"] == "Dark"
    assert linkedin.wall == ()


def test_ids_tell_their_time(page: httpx.Client, clock: TestClock) -> None:
    """The high bits of a post's number are the milliseconds of its making."""
    number = int(posted(page, "Post").rpartition(":")[2])
    assert number >> 22 == int(clock.now().timestamp() * 1000)


def test_roles_that_may_post(linkedin: LinkedInEmulator) -> None:
    """Administrators, content administrators and posters of sponsored content post for a page; others do not."""
    scopes = {"w_organization_social", "r_organization_social"}
    linkedin.add_token("AQX-other", "urn:li:person:other", scopes)
    with client(linkedin, "AQX-other") as api:
        for number, (role, status) in enumerate(
            [
                ("CONTENT_ADMIN", 201),
                ("CONTENT_ADMINISTRATOR", 201),
                ("DIRECT_SPONSORED_CONTENT_POSTER", 201),
                ("ANALYST", 403),
                (None, 403),
            ]
        ):
            linkedin.set_role("urn:li:person:other", PAGE, role)
            assert api.post("/rest/posts", json=body(f"post {number}")).status_code == status
