"""Documents, polls, references, first comments and updates on LinkedIn."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue, SecretStr
from tests.networks.linkedin.either import FACES, Either, face
from tests.networks.meta.either_face import done

from socialconnect import errors
from socialconnect.auth.tokens import Token
from socialconnect.journal import Progress
from socialconnect.media import Document, Image
from socialconnect.networks.linkedin import LinkedIn, LinkedInOptions
from socialconnect.post import Poll, Post
from socialconnect.testing import sample_image
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest
    from tests.networks.linkedin.conftest import Answer, Script

pytestmark = pytest.mark.anyio

CREATE = "POST /rest/posts"
URN = "urn:li:share:7266012345678901248"
COMMENTS = "/socialActions/urn%3Ali%3Ashare%3A7266012345678901248/comments"
COMMENT = "urn:li:comment:(urn:li:activity:1,2)"
PDF = b"%PDF-1.7\n1 0 obj <</Type /Page>> endobj"


@pytest.fixture
def emulator(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture(params=FACES)
async def network(emulator: LinkedInEmulator, request: SubRequest) -> AsyncIterator[Either]:
    async with face(emulator, str(request.param)) as network:
        yield network


def _content(script: Script) -> JsonValue:
    body = script.body(CREATE)
    assert isinstance(body, dict)
    return body.get("content")


# ── documents, polls, references ──────────────────────────────────────────────────────────────────────────────────────


def test_a_document_is_uploaded_and_named(
    linkedin: LinkedIn, script: Script, answer: type[Answer], created: Callable[[str], Answer]
) -> None:
    """Two calls and a look, as for an image; the title goes along with the post."""
    place: JsonValue = {"uploadUrl": "https://www.linkedin.com/dms-uploads/d", "document": "urn:li:document:D1"}
    script.on("POST /rest/documents", answer(200, {"value": place}))
    script.on("PUT /dms-uploads/d", answer(201))
    script.on("GET /rest/documents/urn%3Ali%3Adocument%3AD1", answer(200, {"status": "AVAILABLE"}))
    script.on(CREATE, created(URN))
    published = linkedin.publish(Post("Read", media=[Document(PDF, title="Spring.pdf")]))
    assert script.sent("PUT /dms-uploads/d")[0].content == PDF
    assert "authorization" in script.sent("PUT /dms-uploads/d")[0].headers
    assert _content(script) == {"media": {"id": "urn:li:document:D1", "title": "Spring.pdf"}}
    assert published.media_count == 1


@pytest.mark.parametrize(
    ("days", "name"), [(1, "ONE_DAY"), (3, "THREE_DAYS"), (7, "SEVEN_DAYS"), (14, "FOURTEEN_DAYS")]
)
def test_a_poll_goes_out_as_linkedin_wants_it(
    linkedin: LinkedIn, script: Script, created: Callable[[str], Answer], days: int, name: str
) -> None:
    """Question, answers and one of the four times; who voted is the author's to see unless told otherwise."""
    script.on(CREATE, created(URN))
    poll = Poll(["Rain", "Shine (both)"], question="Which?", lasts=timedelta(days=days))
    linkedin.publish(Post("Tell us", poll=poll, options=LinkedInOptions(voters_visible=False)))
    assert _content(script) == {
        "poll": {
            "question": "Which?",
            "options": [{"text": "Rain"}, {"text": "Shine (both)"}],
            "settings": {"duration": name, "voteSelectionType": "SINGLE_VOTE", "isVoterVisibleToAuthor": False},
        }
    }


def test_a_poll_without_a_question_asks_the_posts_text(
    linkedin: LinkedIn, script: Script, created: Callable[[str], Answer]
) -> None:
    """The same post serves on networks that keep no question apart."""
    script.on(CREATE, created(URN))
    linkedin.publish(Post("Which?", poll=Poll(["Rain", "Shine"])))
    content = _content(script)
    assert isinstance(content, dict)
    assert isinstance(content["poll"], dict)
    assert content["poll"]["question"] == "Which?"


def test_reference_group_and_audience_reach_their_fields(
    linkedin: LinkedIn, script: Script, created: Callable[[str], Answer]
) -> None:
    """What only LinkedIn can do is written under LinkedIn's own names."""
    script.on(CREATE, created(URN))
    options = LinkedInOptions(
        reference="urn:li:event:7",
        visibility="CONTAINER",
        container="urn:li:group:9",
        targets=({"seniorities": ("urn:li:seniority:3",)},),
    )
    linkedin.publish(Post("Come", options=options))
    body = script.body(CREATE)
    assert isinstance(body, dict)
    assert body["content"] == {"reference": {"id": "urn:li:event:7"}}
    assert (body["visibility"], body["container"]) == ("CONTAINER", "urn:li:group:9")
    distribution = body["distribution"]
    assert isinstance(distribution, dict)
    assert distribution["targetEntities"] == [{"seniorities": ["urn:li:seniority:3"]}]


async def test_every_kind_of_post_appears(network: Either, emulator: LinkedInEmulator) -> None:
    """A document and a poll are each live once, with their text."""
    await done(network.publish(Post("Read", media=[Document(PDF, title="Spring.pdf")])))
    await done(network.publish(Post("Vote", poll=Poll(["Rain", "Shine"], question="Which?"))))
    assert [(one.text, one.media) for one in emulator.wall] == [("Read", 1), ("Vote", 0)]


# ── comments ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_comment_follows_the_post(
    linkedin: LinkedIn, script: Script, answer: type[Answer], created: Callable[[str], Answer]
) -> None:
    """It goes below the post that was just made, as its author, in LinkedIn's text format."""
    script.on(CREATE, created(URN))
    script.on(f"POST /rest{COMMENTS}", answer(201, {"id": "2", "$URN": COMMENT}))
    published = linkedin.publish(Post("Look", first_comment="More (here) #spring"))
    assert script.body(f"POST /rest{COMMENTS}") == {
        "actor": "urn:li:organization:5515715",
        "object": URN,
        "message": {"text": r"More \(here\) {hashtag|\#|spring}"},
    }
    assert published.comment == COMMENT


@pytest.mark.parametrize(
    ("body", "headers", "name"),
    [
        ({"commentUrn": COMMENT}, {}, COMMENT),
        ({"id": "2"}, {}, "2"),
        (None, {"x-restli-id": "urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A1%2C2%29"}, COMMENT),
        ({"message": "?"}, {"x-restli-id": "2"}, "2"),
    ],
)
def test_a_comments_name_is_read_wherever_it_stands(
    linkedin: LinkedIn, script: Script, answer: type[Answer], created: Callable[[str], Answer],
    body: JsonValue, headers: dict[str, str], name: str,
) -> None:  # fmt: skip
    """LinkedIn names a comment in its body, and in a header where there is none, or none that is understood."""
    script.on(CREATE, created(URN))
    script.on(f"POST /rest{COMMENTS}", answer(201, body, headers))
    assert linkedin.publish(Post("Look", first_comment="More")).comment == name


def test_a_self_serve_member_comments_by_the_older_way(
    member: LinkedIn, script: Script, answer: type[Answer], created: Callable[[str], Answer]
) -> None:
    """Refused by the versioned API, the comment goes to the unversioned one, as plain text; found out once."""
    refused: JsonValue = {
        "status": 403,
        "serviceErrorCode": 100,
        "message": "Not enough permissions to access: partnerApiSocialActions.CREATE.20260901",
    }
    script.on(CREATE, created(URN))
    script.on(f"POST /rest{COMMENTS}", answer(403, refused))
    script.on(f"POST /v2{COMMENTS}", answer(201, {"$URN": COMMENT}))
    assert member.publish(Post("Look", first_comment="More (here)")).comment == COMMENT
    member.publish(Post("Again", first_comment="More (here)"))
    assert len(script.sent(f"POST /rest{COMMENTS}")) == 1
    old = script.sent(f"POST /v2{COMMENTS}")
    assert json.loads(old[0].content)["message"] == {"text": "More (here)"}
    assert "linkedin-version" not in old[0].headers


def test_a_page_that_may_not_comment_is_told(
    linkedin: LinkedIn, script: Script, answer: type[Answer], created: Callable[[str], Answer]
) -> None:
    """The post is live, the comment is not, and the error holds both facts and the missing scope."""
    script.on(CREATE, created(URN))
    script.on(f"POST /rest{COMMENTS}", answer(403, {"status": 403, "message": "no"}))
    with pytest.raises(errors.PartlyPublished) as caught:
        linkedin.publish(Post("Look", first_comment="More"))
    assert [one.id for one in caught.value.posts] == [URN]
    assert isinstance(caught.value.cause, errors.PermissionDenied)
    assert caught.value.cause.missing == ("w_organization_social_feed",)


@pytest.mark.parametrize("author", ["urn:li:organization:5515715", "urn:li:person:782bbtaQ"])
@pytest.mark.parametrize("scope", ["", "w_organization_social", "w_organization_social_feed"])
def test_a_scope_that_is_known_to_be_missing_is_told_before_the_post_is_live(
    script: Script, clock: TestClock, answer: type[Answer], created: Callable[[str], Answer], author: str, scope: str
) -> None:
    """A page's post is not made if its comment cannot follow; unknown scopes, and a member's, are left to LinkedIn."""
    script.on(CREATE, created(URN))
    script.on(f"POST /rest{COMMENTS}", answer(201, {"commentUrn": COMMENT}))
    token = Token(access_token=SecretStr("AQX"), scopes=frozenset(filter(None, [scope])))
    with script.client() as client:
        network = LinkedIn(author=author, token=token, http_client=client, clock=clock)
        if "organization" in author and scope == "w_organization_social":
            with pytest.raises(errors.PermissionDenied) as caught:
                network.publish(Post("Look", first_comment="More"))
            assert caught.value.missing == ("w_organization_social_feed",)
            assert not script.requests
        else:
            assert network.publish(Post("Look", first_comment="More")).comment == COMMENT


async def test_a_comment_that_failed_is_made_up_for(network: Either, emulator: LinkedInEmulator) -> None:
    """The next try goes on with the comment: the post is there once."""
    refused = b'{"status":400,"code":"INVALID_VALUE_FOR_FIELD","message":"no"}'
    emulator.faults.add(Fault(FaultKind.REFUSED, path="comments", status=400, body=refused))
    progress = Progress()
    with pytest.raises(errors.PartlyPublished):
        await done(network.publish(Post("Look", first_comment="More"), progress=progress))
    published = await done(network.publish(Post("Look", first_comment="More"), progress=progress))
    assert published.comment
    assert [one.id for one in emulator.wall if one.parent is None] == [published.id]


async def test_a_comment_whose_answer_was_lost_is_looked_for(network: Either, emulator: LinkedInEmulator) -> None:
    """Below a new post nobody else comments as its author: where the comment is seen, it is certain."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path="comments"))
    published = await done(network.publish(Post("Look", first_comment="More (here)")))
    assert published.comment
    creates = [one for one in emulator.requests if one.method == "POST" and one.path.endswith("comments")]
    assert len(creates) == 1


@pytest.mark.parametrize("shown", [r"More \(here\)", "More (here)"], ids=["as sent", "as people read it"])
def test_a_comment_is_known_however_its_text_is_read_back(
    linkedin: LinkedIn, script: Script, answer: type[Answer], created: Callable[[str], Answer], shown: str
) -> None:
    """LinkedIn does not say whether a comment's text comes back as little text."""
    found: JsonValue = {"$URN": COMMENT, "actor": "urn:li:organization:5515715", "message": {"text": shown}}
    script.on(CREATE, created(URN))
    script.on(f"POST /rest{COMMENTS}", answer(500))
    script.on(f"GET /rest{COMMENTS}", answer(200, {"elements": [found]}))
    assert linkedin.publish(Post("Look", first_comment="More (here)")).comment == COMMENT


@pytest.mark.parametrize(
    "comments",
    [
        [],
        [{"$URN": COMMENT, "actor": "urn:li:person:z", "message": {"text": "More"}}],
        [{"$URN": COMMENT, "actor": "urn:li:organization:5515715", "message": {"text": "Less"}}],
    ],
    ids=["none", "somebody else's", "another"],
)
def test_a_comment_that_is_not_seen_stays_unknown(
    linkedin: LinkedIn, script: Script, answer: type[Answer], created: Callable[[str], Answer], comments: JsonValue
) -> None:
    """What is not seen may come yet: nothing is claimed, and nothing is sent again."""
    script.on(CREATE, created(URN))
    script.on(f"POST /rest{COMMENTS}", answer(500))
    script.on(f"GET /rest{COMMENTS}", answer(200, {"elements": comments}))
    with pytest.raises(errors.PartlyPublished) as caught:
        linkedin.publish(Post("Look", first_comment="More"))
    assert isinstance(caught.value.cause, errors.OutcomeUnknown)
    assert caught.value.may_have_happened
    assert len(script.sent(f"POST /rest{COMMENTS}")) == 1


# ── a lost answer ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_post_whose_answer_was_lost_is_known_by_its_file(network: Either, emulator: LinkedInEmulator) -> None:
    """A file is uploaded for one post: a page that sees it in its posts knows, and a member cannot look."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path="/rest/posts"))
    post = Post("Look", media=[Image(sample_image(8, 8))])
    if ":person:" in network.account:
        with pytest.raises(errors.OutcomeUnknown):
            await done(network.publish(post))
        assert emulator.requests[-1].method == "POST"  # it does not knock where it may not look
    else:
        published = await done(network.publish(post))
        assert published.id == emulator.wall[0].id
    assert len(emulator.wall) == 1


@pytest.mark.parametrize(
    "content",
    [
        {"media": {"id": "urn:li:image:A"}},
        {"multiImage": {"images": [{"id": "urn:li:image:B"}, {"id": "urn:li:image:A"}]}},
        {"article": {"thumbnail": "urn:li:image:A"}},
        {"media": {"id": "urn:li:image:B"}},
        {"poll": {}},
        None,
    ],
)
def test_only_the_post_with_the_file_is_taken_for_ours(
    linkedin: LinkedIn, script: Script, answer: type[Answer], content: JsonValue
) -> None:
    """Another post of the account, newer or older, proves nothing."""
    place: JsonValue = {"uploadUrl": "https://www.linkedin.com/u", "image": "urn:li:image:A"}
    script.on("POST /rest/images", answer(200, {"value": place}))
    script.on("PUT /u", answer(201))
    script.on("GET /rest/images/urn%3Ali%3Aimage%3AA", answer(200, {"status": "AVAILABLE"}))
    script.on(CREATE, answer(504))
    other: JsonValue = {"id": "urn:li:share:1", "commentary": "Look"}
    ours: JsonValue = {"id": URN, **({"content": content} if content else {})}
    script.on("GET /rest/posts", answer(200, {"elements": [other, ours]}))
    post = Post("Look", media=[Image(sample_image(8, 8))])
    if "urn:li:image:A" in json.dumps(content):
        assert linkedin.publish(post).id == URN
    else:
        with pytest.raises(errors.OutcomeUnknown):
            linkedin.publish(post)
    assert len(script.sent(CREATE)) == 1


def test_a_post_that_failed_after_all_is_not_taken_for_live(
    linkedin: LinkedIn, script: Script, answer: type[Answer]
) -> None:
    """A post may be there and never appear: it is ours, and not published."""
    place: JsonValue = {"uploadUrl": "https://www.linkedin.com/u", "image": "urn:li:image:A"}
    script.on("POST /rest/images", answer(200, {"value": place}))
    script.on("PUT /u", answer(201))
    script.on("GET /rest/images/urn%3Ali%3Aimage%3AA", answer(200, {"status": "AVAILABLE"}))
    script.on(CREATE, answer(504))
    ours: JsonValue = {"id": URN, "lifecycleState": "PUBLISH_FAILED", "content": {"media": {"id": "urn:li:image:A"}}}
    script.on("GET /rest/posts", answer(200, {"elements": [ours]}))
    with pytest.raises(errors.OutcomeUnknown):
        linkedin.publish(Post("Look", media=[Image(sample_image(8, 8))]))


async def test_a_post_that_is_not_seen_stays_unknown(network: Either, emulator: LinkedInEmulator) -> None:
    """Reads lag behind: what is not seen may be live."""
    emulator.settings.read_lag = 60
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path="/rest/posts"))
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.publish(Post("Look", media=[Image(sample_image(8, 8))])))
    assert sum(one.method == "POST" and one.path == "/rest/posts" for one in emulator.requests) == 1


# ── updates ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_update_changes_the_text_alone(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """A partial update of the commentary, in LinkedIn's text format."""
    script.on("POST /rest/posts/urn%3Ali%3Ashare%3A7266012345678901248", answer(204))
    linkedin.update(URN, "Now (really) #new")
    (sent,) = script.requests
    assert sent.headers["x-restli-method"] == "PARTIAL_UPDATE"
    assert json.loads(sent.content) == {"patch": {"$set": {"commentary": r"Now \(really\) {hashtag|\#|new}"}}}


async def test_an_update_is_seen(network: Either, emulator: LinkedInEmulator) -> None:
    """People read the new text, whole; what is too long is refused before it is sent."""
    published = await done(network.publish(Post("Befor")))
    await done(network.update(published, "Before (corrected)"))
    assert [one.text for one in emulator.wall] == ["Before (corrected)"]
    before = len(emulator.requests)
    with pytest.raises(errors.ValidationError):
        await done(network.update(published, "x" * 3001))
    assert len(emulator.requests) == before
    with pytest.raises(errors.NotFound):
        await done(network.update("urn:li:share:1", "Nothing there"))


async def test_an_update_whose_answer_was_lost_is_unknown(network: Either, emulator: LinkedInEmulator) -> None:
    """It is sent once, and said so."""
    published = await done(network.publish(Post("One")))
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path="/rest/posts/"))
    with pytest.raises(errors.OutcomeUnknown):
        await done(network.update(published, "Two"))
    assert [one.text for one in emulator.wall] == ["Two"]
