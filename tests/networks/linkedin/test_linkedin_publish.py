"""Publishing on LinkedIn, over a script with LinkedIn's own shapes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue

from socialconnect import errors
from socialconnect.journal import NoJournal
from socialconnect.media import Image
from socialconnect.network import run
from socialconnect.networks.linkedin import AsyncLinkedIn, LinkedIn, LinkedInOptions
from socialconnect.post import Link, Post, PostVariant
from socialconnect.testing.clock import TestClock

if TYPE_CHECKING:
    from tests.networks.linkedin.conftest import Answer, Script

URN = "urn:li:share:7266012345678901248"
INITIALIZE = "POST /rest/images"
UPLOAD = "PUT /dms-uploads/sp/v2/D4E10AQF/uploaded-image/0"
CREATE = "POST /rest/posts"
STATUS_A = "GET /rest/images/urn%3Ali%3Aimage%3AD4E10AQFa"
STATUS_B = "GET /rest/images/urn%3Ali%3Aimage%3AD4E10AQFb"
UPLOAD_URL = "https://www.linkedin.com/dms-uploads/sp/v2/D4E10AQF/uploaded-image/0?ca=vector_feedshare"
DISTRIBUTION: JsonValue = {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []}


@pytest.fixture
def place(answer: type[Answer]) -> Callable[[str], Answer]:
    """LinkedIn's answer to initializeUpload."""

    def make(key: str, url: str = UPLOAD_URL) -> Answer:
        image = f"urn:li:image:D4E10AQF{key}"
        return answer(200, {"value": {"uploadUrlExpiresAt": 1795600000000, "uploadUrl": url, "image": image}})

    return make


@pytest.fixture
def status(answer: type[Answer]) -> Callable[[str], Answer]:
    """LinkedIn's answer to a look at an image."""
    return lambda word: answer(200, {"id": "urn:li:image:D4E10AQFa", "owner": "urn:li:person:a", "status": word})


@pytest.fixture
def uploads(
    script: Script, answer: type[Answer], place: Callable[[str], Answer], created: Callable[[str], Answer]
) -> Script:
    """A script that takes two images and a post; what a look at an image gives is for the test to say."""
    script.on(INITIALIZE, place("a"), place("b"))
    script.on(UPLOAD, answer(201))
    script.on(CREATE, created(URN))
    return script


def _body(**changed: JsonValue) -> JsonValue:
    body: dict[str, JsonValue] = {
        "author": "urn:li:organization:5515715",
        "commentary": "",
        "visibility": "PUBLIC",
        "distribution": DISTRIBUTION,
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    return {**body, **changed}


def test_a_text_post_goes_out_as_linkedin_wants_it(
    linkedin: LinkedIn, script: Script, created: Callable[[str], Answer]
) -> None:
    """Body, headers and path are LinkedIn's own example to the letter."""
    script.on(CREATE, created(URN))
    published = linkedin.publish(Post("Q3 results (unaudited) are out #finance"))
    (sent,) = script.requests
    assert script.body(CREATE) == _body(commentary=r"Q3 results \(unaudited\) are out {hashtag|\#|finance}")
    assert sent.url == "https://api.linkedin.com/rest/posts"
    assert sent.headers["authorization"] == "Bearer AQX-a-long-secret-token"
    assert sent.headers["linkedin-version"] == linkedin.operations.adapter.api_version
    assert sent.headers["x-restli-protocol-version"] == "2.0.0"
    assert sent.headers["content-type"] == "application/json"
    assert (published.id, published.account, published.media_count) == (URN, "urn:li:organization:5515715", 0)
    assert published.url == f"https://www.linkedin.com/feed/update/{URN}/"
    assert published.text == "Q3 results (unaudited) are out #finance"


def test_the_created_id_is_read_decoded(linkedin: LinkedIn, script: Script, created: Callable[[str], Answer]) -> None:
    """An id that comes encoded in the header is given as the URN that it is."""
    script.on(CREATE, created("urn%3Ali%3AugcPost%3A7266012345678901252"))
    assert linkedin.publish(Post("Launch day")).id == "urn:li:ugcPost:7266012345678901252"


def test_a_link_without_a_title_gets_its_address_as_the_title(
    linkedin: LinkedIn, script: Script, created: Callable[[str], Answer]
) -> None:
    """LinkedIn needs a title, and the library invents none: the address itself stands in for it."""
    script.on(CREATE, created(URN))
    linkedin.publish(Post("Read", link="https://example.com/a"))
    article: JsonValue = {"source": "https://example.com/a", "title": "https://example.com/a"}
    assert script.body(CREATE) == _body(commentary="Read", content={"article": article})


def test_a_link_with_everything_carries_an_uploaded_thumbnail(
    linkedin: LinkedIn, uploads: Script, status: Callable[[str], Answer], png: bytes
) -> None:
    """Title, description and picture go as given; the picture is uploaded and looked at first."""
    uploads.on(STATUS_A, status("AVAILABLE"))
    link = Link("https://example.com/a", title="T (1)", description="D", image=Image(png, alt="A coat"))
    published = linkedin.publish(Post("Read", link=link))
    assert uploads.order == [INITIALIZE, UPLOAD, STATUS_A, CREATE]
    article: JsonValue = {
        "source": "https://example.com/a",
        "title": "T (1)",
        "description": "D",
        "thumbnail": "urn:li:image:D4E10AQFa",
        "thumbnailAltText": "A coat",
    }
    assert uploads.body(CREATE) == _body(commentary="Read", content={"article": article})
    assert published.media_count == 0


def test_an_image_is_uploaded_looked_at_and_posted(
    member: LinkedIn, uploads: Script, status: Callable[[str], Answer], png: bytes
) -> None:
    """The four requests of LinkedIn's example, in order, with the file's bytes untouched."""
    uploads.on(STATUS_A, status("AVAILABLE"))
    options = LinkedInOptions(visibility="CONNECTIONS")
    published = member.publish(Post("Launch day", media=[Image(png, alt="Team on stage")], options=options))
    assert uploads.order == [INITIALIZE, UPLOAD, STATUS_A, CREATE]
    assert uploads.sent(INITIALIZE)[0].url.query == b"action=initializeUpload"
    assert uploads.body(INITIALIZE) == {"initializeUploadRequest": {"owner": "urn:li:person:782bbtaQ"}}
    (upload,) = uploads.sent(UPLOAD)
    assert str(upload.url) == UPLOAD_URL
    assert upload.content == png
    assert upload.headers["authorization"] == "Bearer AQX-a-long-secret-token"
    assert upload.headers["content-type"] == "application/octet-stream"
    assert "linkedin-version" not in upload.headers
    assert uploads.body(CREATE) == _body(
        author="urn:li:person:782bbtaQ",
        commentary="Launch day",
        visibility="CONNECTIONS",
        content={"media": {"id": "urn:li:image:D4E10AQFa", "altText": "Team on stage"}},
    )
    assert published.media_count == 1


def test_several_images_become_one_multi_image_post(
    linkedin: LinkedIn, uploads: Script, status: Callable[[str], Answer], png: bytes
) -> None:
    """Images keep their order and their own alternative texts; one without has none."""
    uploads.on(STATUS_A, status("AVAILABLE"))
    uploads.on(STATUS_B, status("AVAILABLE"))
    published = linkedin.publish(Post("Photos", media=[Image(png, alt="one"), Image(png)]))
    images: JsonValue = [{"id": "urn:li:image:D4E10AQFa", "altText": "one"}, {"id": "urn:li:image:D4E10AQFb"}]
    assert uploads.body(CREATE) == _body(commentary="Photos", content={"multiImage": {"images": images}})
    assert published.media_count == 2


def test_a_slow_image_is_waited_for(
    linkedin: LinkedIn, uploads: Script, clock: TestClock, status: Callable[[str], Answer], png: bytes
) -> None:
    """The post is created when the image is ready and not before."""
    uploads.on(STATUS_A, status("WAITING_UPLOAD"), status("PROCESSING"), status("AVAILABLE"))
    linkedin.publish(Post("Launch day", media=[Image(png)]))
    assert uploads.order == [INITIALIZE, UPLOAD, STATUS_A, STATUS_A, STATUS_A, CREATE]
    assert clock.slept == [1.0, 2.0]


def test_an_image_that_never_gets_ready_posts_nothing(
    linkedin: LinkedIn, uploads: Script, status: Callable[[str], Answer], png: bytes
) -> None:
    """After a minute the caller is told to come back; nothing is live."""
    uploads.on(STATUS_A, status("PROCESSING"))
    with pytest.raises(errors.MediaNotReady) as caught:
        linkedin.publish(Post("Launch day", media=[Image(png)]))
    assert caught.value.retry_after == 120
    assert caught.value.retryable
    assert not uploads.sent(CREATE)


def test_an_image_that_linkedin_cannot_process_posts_nothing(
    linkedin: LinkedIn, uploads: Script, status: Callable[[str], Answer], png: bytes
) -> None:
    """A post with a broken image would stay invisible: it is not created."""
    uploads.on(STATUS_A, status("PROCESSING_FAILED"))
    with pytest.raises(errors.MediaRejected):
        linkedin.publish(Post("Launch day", media=[Image(png)]))
    assert not uploads.sent(CREATE)


def test_a_token_that_may_not_look_posts_at_once(
    member: LinkedIn, uploads: Script, answer: type[Answer], png: bytes
) -> None:
    """Self-serve tokens may post and not look at uploads; that is found out once for each object."""
    uploads.on(STATUS_A, answer(403, {"status": 403, "message": "Accessing this image resource is forbidden."}))
    member.publish(Post("Launch day", media=[Image(png), Image(png)]))
    assert uploads.order == [INITIALIZE, UPLOAD, INITIALIZE, UPLOAD, STATUS_A, CREATE]
    member.publish(Post("Again", media=[Image(png)]))
    assert len(uploads.sent(STATUS_A)) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/dms-uploads/0",
        "https://linkedin.com.evil.example/0",
        "http://www.linkedin.com/dms-uploads/0",
        "https://www.linkedin.com@evil.example/0",
        "https://evillinkedin.com/0",
    ],
)
def test_the_token_goes_to_no_foreign_upload_address(
    linkedin: LinkedIn, script: Script, place: Callable[[str, str], Answer], png: bytes, url: str
) -> None:
    """An upload address that is not LinkedIn's own over https gets nothing."""
    script.on(INITIALIZE, place("a", url))
    with pytest.raises(errors.ProtocolError):
        linkedin.publish(Post("Launch day", media=[Image(png)]))
    assert script.order == [INITIALIZE]


def test_a_base_address_is_used_for_every_request(
    uploads: Script, clock: TestClock, place: Callable[[str, str], Answer], status: Callable[[str], Answer], png: bytes
) -> None:
    """With an address of the caller's own, uploads go to the same origin, and the version's headers still go along."""
    base = "http://127.0.0.1:8001/linkedin"
    uploads.on("POST /linkedin/rest/images", place("a", "http://127.0.0.1:8001/dms-uploads/0"))
    uploads.on("PUT /dms-uploads/0", *uploads._answers[UPLOAD])
    uploads.on("GET /linkedin/rest/images/urn%3Ali%3Aimage%3AD4E10AQFa", status("AVAILABLE"))
    uploads.on("POST /linkedin/rest/posts", *uploads._answers[CREATE])
    with uploads.client() as client:
        network = LinkedIn(author="urn:li:person:a", token="AQX-secret", base_url=base, http_client=client, clock=clock)
        network.publish(Post("Launch day", media=[Image(png)]))
    assert {one.url.host for one in uploads.requests} == {"127.0.0.1"}
    assert "linkedin-version" in uploads.sent("POST /linkedin/rest/posts")[0].headers
    assert "linkedin-version" not in uploads.sent("PUT /dms-uploads/0")[0].headers


def test_every_option_reaches_its_field(linkedin: LinkedIn, script: Script, created: Callable[[str], Answer]) -> None:
    """What only LinkedIn can do is written under LinkedIn's own names."""
    script.on(CREATE, created(URN))
    options = LinkedInOptions(
        visibility="LOGGED_IN",
        feed="NONE",
        reshare_disabled=True,
        landing_page="https://example.com/buy",
        call_to_action="BUY_NOW",
    )
    linkedin.publish(Post("Buy", options=options))
    assert script.body(CREATE) == _body(
        commentary="Buy",
        visibility="LOGGED_IN",
        distribution={"feedDistribution": "NONE", "targetEntities": [], "thirdPartyDistributionChannels": []},
        isReshareDisabledByAuthor=True,
        contentLandingPage="https://example.com/buy",
        contentCallToActionLabel="BUY_NOW",
    )


def test_a_reshare_names_its_parent(linkedin: LinkedIn, script: Script, created: Callable[[str], Answer]) -> None:
    """A reshare has a context and no content."""
    script.on(CREATE, created(URN))
    published = linkedin.publish(Post("Look", options=LinkedInOptions(reshare_of="urn:li:share:1")))
    assert script.body(CREATE) == _body(commentary="Look", reshareContext={"parent": "urn:li:share:1"})
    assert published.parent == "urn:li:share:1"


class Recorder(NoJournal):
    """Keeps the steps of a delivery, and gives back those that it was told are done."""

    def __init__(self, done: dict[str, JsonValue] | None = None) -> None:
        self.done = done or {}
        self.steps: list[tuple[str, timedelta | None]] = []

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        self.steps.append((name, lives))
        return self.done[name] if name in self.done else await act()

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        self.steps.append((name, None))
        return await act()


def test_an_upload_that_the_journal_knows_is_not_done_again(
    linkedin: LinkedIn, uploads: Script, status: Callable[[str], Answer], png: bytes
) -> None:
    """After a restart the recorded image is used, the other one uploaded, and only the create is visible."""
    uploads.on("GET /rest/images/urn%3Ali%3Aimage%3Adone", status("AVAILABLE"))
    uploads.on(STATUS_A, status("AVAILABLE"))
    journal = Recorder({"upload[0]": "urn:li:image:done"})
    run(linkedin.operations.publish(Post("Two", media=[Image(png), Image(png)]), journal))
    assert len(uploads.sent(UPLOAD)) == 1
    ready = ["ready urn:li:image:done", "ready urn:li:image:D4E10AQFa"]
    assert [name for name, _ in journal.steps] == ["upload[0]", "upload[1]", *ready, "publish"]
    assert all(lives is not None for name, lives in journal.steps if name != "publish")
    images: JsonValue = [{"id": "urn:li:image:done"}, {"id": "urn:li:image:D4E10AQFa"}]
    assert uploads.body(CREATE) == _body(commentary="Two", content={"multiImage": {"images": images}})


def test_a_variant_makes_text_of_a_link_beside_media(
    linkedin: LinkedIn, uploads: Script, status: Callable[[str], Answer], png: bytes
) -> None:
    """What the validation advises for media with a link works."""
    uploads.on(STATUS_A, status("AVAILABLE"))
    post = Post("Look", media=[Image(png)], link="https://example.com")
    with pytest.raises(errors.ValidationError, match="link=False"):
        linkedin.publish(post)
    advised = PostVariant(text="Look https://example.com", link=False)
    linkedin.publish(post.with_changes(variants={"linkedin": advised}))
    assert len(uploads.sent(CREATE)) == 1


@pytest.mark.anyio
async def test_the_async_face_sends_the_same(
    uploads: Script, clock: TestClock, status: Callable[[str], Answer], png: bytes
) -> None:
    """The same post, awaited: the same requests with the same bodies."""
    uploads.on(STATUS_A, status("PROCESSING"), status("AVAILABLE"))
    async with uploads.async_client() as client:
        network = AsyncLinkedIn(
            author="urn:li:organization:5515715", token="AQX-secret", http_client=client, clock=clock
        )
        published = await network.publish(Post("Launch day", media=[Image(png, alt="A")]))
    assert published.id == URN
    assert uploads.order == [INITIALIZE, UPLOAD, STATUS_A, STATUS_A, CREATE]
    assert uploads.sent(UPLOAD)[0].content == png


def test_any_request_carries_the_version(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """A request of the caller's own gets the version's headers, unless it brings its own; other paths do without."""
    script.on("GET /rest/networkSizes/x", answer(200, {"firstDegreeSize": 7}))
    script.on("GET /v2/userinfo", answer(200, {"sub": "782bbtaQ"}))
    assert linkedin.request("GET", "/rest/networkSizes/x").json() == {"firstDegreeSize": 7}
    linkedin.request("GET", "/rest/networkSizes/x", headers={"linkedin-version": "209901"})
    linkedin.request("GET", "/v2/userinfo")
    first, second, third = script.requests
    assert first.headers["linkedin-version"] == linkedin.operations.adapter.api_version
    assert second.headers.get_list("linkedin-version") == ["209901"]
    assert "linkedin-version" not in third.headers
