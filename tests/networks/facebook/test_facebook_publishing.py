"""What Facebook's adapter sends to publish, and what it refuses to send."""

from __future__ import annotations

import io

import httpx
import pytest
from PIL import Image as Picture
from tests.networks.meta.graph_answers import Answers, jpeg

from socialconnect.errors import (
    OutcomeUnknown,
    ValidationError,
)
from socialconnect.media import Image, Video
from socialconnect.networks.facebook import AsyncFacebook
from socialconnect.networks.facebook.limits import MAX_MESSAGE
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.post import Link, Post
from socialconnect.testing.clock import TestClock

# ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_text_with_a_link() -> None:
    """Text and link go to the page's feed with the token in the header, and the id comes back."""
    answers = Answers({"id": "1000_2001"})
    published = answers.facebook().publish(Post("Hello", link="https://example.com/a"))
    request = answers.sent[0]
    assert (request.method, request.url.host, request.url.path) == ("POST", "graph.facebook.com", "/v26.0/1000/feed")
    assert request.headers["authorization"] == "Bearer EAAPAGE"
    assert answers.json() == {"message": "Hello", "link": "https://example.com/a"}
    assert (published.id, published.url) == ("1000_2001", "https://www.facebook.com/1000_2001")


def test_the_address_comes_with_the_answer() -> None:
    """The post's own address is asked for with the publish itself, without a second request."""
    answers = Answers({"id": "1000_2001", "permalink_url": "https://www.facebook.com/page/posts/abc"})
    assert answers.facebook().publish(Post("Hello")).url == "https://www.facebook.com/page/posts/abc"
    assert answers.sent[0].url.params["fields"] == "id,permalink_url"


def test_one_photo_by_file() -> None:
    """One photo is posted as such, with its bytes in a form, and the post's id is the answer's `post_id`."""
    answers = Answers({"id": "3001", "post_id": "1000_2001"})
    published = answers.facebook().publish(Post("Look", media=[Image(jpeg(), alt="A door")]))
    request = answers.sent[0]
    assert request.url.path == "/v26.0/1000/photos"
    assert request.headers["content-type"].startswith("multipart/form-data")
    assert jpeg() in request.content
    assert b'name="alt_text_custom"\r\n\r\nA door' in request.content
    assert b'filename="photo.jpeg"' in request.content
    assert published.id == "1000_2001"


def test_one_photo_by_address() -> None:
    """A photo given by its address is fetched by the network."""
    answers = Answers({"id": "3001", "post_id": "1000_2001"})
    answers.facebook().publish(Post("Look", media=[Image("https://cdn.example.com/1.jpg", alt="A door")]))
    assert answers.json() == {
        "message": "Look",
        "url": "https://cdn.example.com/1.jpg",
        "alt_text_custom": "A door",
    }


def test_a_published_photo_without_a_post_id_is_not_a_success() -> None:
    """An answer that does not name the post leaves the outcome unknown: an id is never made up."""
    answers = Answers({"id": "3001"})
    with pytest.raises(OutcomeUnknown):
        answers.facebook().publish(Post("Look", media=[Image("https://cdn.example.com/1.jpg")]))


def test_two_photos_one_post() -> None:
    """Several photos are uploaded unseen, then attached to one post."""
    answers = Answers({"id": "3001"}, {"id": "3002"}, {"id": "1000_2003"})
    photos = [Image(f"https://cdn.example.com/{number}.jpg", alt="A door") for number in (1, 2)]
    published = answers.facebook().publish(Post("Two", media=photos))
    assert answers.json(0) == {
        "url": "https://cdn.example.com/1.jpg",
        "published": False,
        "alt_text_custom": "A door",
    }
    assert answers.json(2) == {
        "message": "Two",
        "attached_media": [{"media_fbid": "3001"}, {"media_fbid": "3002"}],
    }
    assert (published.id, published.media_count) == ("1000_2003", 2)


def test_a_link_beside_photos_is_told_and_not_lost() -> None:
    """No preview stands beside photos: the address becomes a line of its own, and `validate` says so beforehand."""
    answers = Answers({"id": "3001", "post_id": "1000_2001"})
    facebook = answers.facebook()
    post = Post("Look", media=[Image("https://cdn.example.com/1.jpg")], link="https://example.com/a")
    assert [(one.rule, one.severity) for one in facebook.validate(post)] == [("link_with_media", "warning")]
    published = facebook.publish(post)
    assert published.text == "Look\n\nhttps://example.com/a"
    assert facebook.validate(post.with_changes(text="Look: https://example.com/a")) == []


def test_options() -> None:
    """Facebook's own options go along under the network's names."""
    answers = Answers({"id": "1000_2001"})
    options = FacebookOptions(targeting={"geo_locations": {"countries": ["CA"]}}, place="77")
    answers.facebook().publish(Post("Hello", options=options))
    assert answers.json() == {
        "message": "Hello",
        "targeting": {"geo_locations": {"countries": ["CA"]}},
        "place": "77",
    }


@pytest.mark.anyio
async def test_async_publishes_the_same() -> None:
    """The async face sends what the blocking one sends."""
    answers = Answers({"id": "3001"}, {"id": "3002"}, {"id": "1000_2003"})
    client = httpx.AsyncClient(transport=httpx.MockTransport(answers))
    async with AsyncFacebook(page_id="1000", token="EAAPAGE", http_client=client, clock=TestClock()) as facebook:
        published = await facebook.publish(Post("Two", media=[Image(jpeg()), Image(jpeg())]))
    assert published.id == "1000_2003"
    assert [request.url.path.rpartition("/")[2] for request in answers.sent] == ["photos", "photos", "feed"]


# ── what is refused before anything is sent ───────────────────────────────────────────────────────────────────────────


def test_every_problem_at_once() -> None:
    """All that is wrong is told together, and nothing is sent."""
    answers = Answers()
    post = Post("x" * (MAX_MESSAGE + 1), media=[Video("https://cdn.example.com/1.mp4"), Image(b"no image at all")])
    with pytest.raises(ValidationError) as caught:
        answers.facebook().publish(post)
    assert [one.rule for one in caught.value.problems] == ["media_type", "max_length", "max_items"]
    assert answers.sent == []


def test_what_facebook_would_not_show_is_warned_of() -> None:
    """A preview that the caller writes is not used, and more photos than are reliable are told."""
    facebook = Answers().facebook()
    link = Post("a", link=Link("https://example.com/", title="Mine"))
    assert [(one.rule, one.severity) for one in facebook.validate(link)] == [("link_preview", "warning")]
    many = Post("a", media=[Image(f"https://cdn.example.com/{number}.jpg") for number in range(11)])
    assert [(one.rule, one.severity) for one in facebook.validate(many)] == [("max_items", "warning")]


def test_a_photo_of_another_kind_or_too_large() -> None:
    """A file that a page does not take is told by its content."""
    webp = io.BytesIO()
    Picture.new("RGB", (8, 8)).save(webp, "WEBP")
    found = Answers().facebook().validate(Post("a", media=[Image(webp.getvalue())]))
    assert [(one.rule, one.actual) for one in found] == [("media_type", "image/webp")]
    large = jpeg() + b"\0" * 10_000_001
    found = Answers().facebook().validate(Post("a", media=[Image(large)]))
    assert [one.rule for one in found] == ["max_size"]


def test_empty_options_are_no_post() -> None:
    """A post of options alone has nothing to show, unless a place is what it shows."""
    post = Post(options=FacebookOptions(targeting={"geo_locations": {"countries": ["CA"]}}))
    assert [one.rule for one in Answers().facebook().validate(post)] == ["not_empty"]
    post = Post(options=FacebookOptions(place="somewhere"))
    assert [one.rule for one in Answers().facebook().validate(post)] == ["page_id"]
