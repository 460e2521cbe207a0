"""What Instagram's adapter sends to publish, against literal answers."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from pydantic import JsonValue
from tests.networks.instagram.scripted import Script as Answers

from socialconnect.errors import (
    ConfigurationError,
    DuplicatePost,
    MediaNotReady,
    MediaRejected,
    OutcomeUnknown,
    ProtocolError,
    QuotaExceeded,
)
from socialconnect.media import Image
from socialconnect.networks.instagram import AsyncInstagram, Instagram
from socialconnect.networks.instagram.options import InstagramOptions
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock

ACCOUNT = "17841400000000001"
CONTAINER, ITEM, SECOND, CAROUSEL = "17990000000000001", "17990000000000011", "17990000000000012", "17990000000000020"
MEDIA = "18000000000000001"

IMAGE = Image("https://cdn.example.com/1.jpg", alt="A door")
ONE = Post("Hi #one", media=[IMAGE])
SET = Post("Set", media=[Image("https://cdn.example.com/1.jpg"), Image("https://cdn.example.com/2.jpg")])

NOT_READY = {
    "error": {
        "message": "Media ID is not available",
        "type": "OAuthException",
        "code": 9007,
        "error_subcode": 2207027,
        "is_transient": False,
        "error_user_title": "Media not ready",
        "error_user_msg": "The media is not ready for publishing, please wait for a moment",
        "fbtrace_id": "A1",
    }
}
SPENT = {
    "error": {
        "message": "Application request limit reached",
        "type": "OAuthException",
        "code": 9,
        "error_subcode": 2207042,
        "is_transient": False,
        "error_user_title": "Publishing limit",
        "error_user_msg": "You reached maximum number of posts that is allowed to be published by Content Publishing"
        " API.",
        "fbtrace_id": "A3",
    }
}


def by_facebook(answers: Answers, clock: TestClock | None = None) -> Instagram:
    """Give an account that was connected by Facebook Login."""
    return Instagram(
        user_id=ACCOUNT, token="EAAUSER", api_version="v26.0", http_client=answers.client(), clock=clock or TestClock()
    )


def by_instagram(answers: Answers) -> Instagram:
    """Give an account that was connected by Instagram Login."""
    return Instagram(
        user_id=ACCOUNT,
        token="IGTOKEN",
        login="instagram",
        api_version="v26.0",
        http_client=answers.client(),
        clock=TestClock(),
    )


def status(code: str, told: str = "", container: str = CONTAINER) -> JsonValue:
    return {"status_code": code, "status": told, "id": container}


def order(answers: Answers) -> list[tuple[str, str]]:
    """Give what was sent, in order."""
    return [(request.method, request.url.path) for request in answers.sent]


# ── what is sent ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_image() -> None:
    """The documented three requests, on Instagram's own host, with the token in the header and nowhere else."""
    answers = Answers({"id": CONTAINER}, {"status_code": "FINISHED", "id": CONTAINER}, {"id": MEDIA})
    published = by_instagram(answers).publish(ONE)
    assert order(answers) == [
        ("POST", f"/v26.0/{ACCOUNT}/media"),
        ("GET", f"/v26.0/{CONTAINER}"),
        ("POST", f"/v26.0/{ACCOUNT}/media_publish"),
    ]
    assert answers.json(0) == {"image_url": "https://cdn.example.com/1.jpg", "caption": "Hi #one", "alt_text": "A door"}
    assert dict(answers.sent[1].url.params) == {"fields": "status_code,status"}
    assert answers.json(2) == {"creation_id": CONTAINER}
    for request in answers.sent:
        assert request.url.host == "graph.instagram.com"
        assert request.headers["authorization"] == "Bearer IGTOKEN"
        assert "IGTOKEN" not in str(request.url)
        assert b"IGTOKEN" not in request.content
    assert [answers.sent[at].headers["content-type"] for at in (0, 2)] == ["application/json"] * 2
    assert (published.id, published.account, published.text, published.media_count) == (MEDIA, ACCOUNT, "Hi #one", 1)


def test_a_carousel() -> None:
    """Each item without a caption, then the carousel with all of them; only the carousel is polled and published."""
    answers = Answers(
        {"id": ITEM},
        {"id": SECOND},
        {"id": CAROUSEL},
        status("FINISHED", container=CAROUSEL),
        {"id": MEDIA},
    )
    published = by_facebook(answers).publish(SET)
    assert order(answers) == [
        ("POST", f"/v26.0/{ACCOUNT}/media"),
        ("POST", f"/v26.0/{ACCOUNT}/media"),
        ("POST", f"/v26.0/{ACCOUNT}/media"),
        ("GET", f"/v26.0/{CAROUSEL}"),
        ("POST", f"/v26.0/{ACCOUNT}/media_publish"),
    ]
    assert answers.json(0) == {"image_url": "https://cdn.example.com/1.jpg", "is_carousel_item": True}
    assert answers.json(1) == {"image_url": "https://cdn.example.com/2.jpg", "is_carousel_item": True}
    assert answers.json(2) == {"media_type": "CAROUSEL", "children": f"{ITEM},{SECOND}", "caption": "Set"}
    assert answers.json(4) == {"creation_id": CAROUSEL}
    assert {request.url.host for request in answers.sent} == {"graph.facebook.com"}
    assert {request.headers["authorization"] for request in answers.sent} == {"Bearer EAAUSER"}
    assert (published.id, published.media_count) == (MEDIA, 2)


def test_options() -> None:
    """Instagram's own options go along under the network's names; what was not given is not sent."""
    answers = Answers({"id": CONTAINER}, status("FINISHED"), {"id": MEDIA})
    options = InstagramOptions(collaborators=("friend",), location_id="77", is_ai_generated=False)
    by_facebook(answers).publish(Post(media=[IMAGE], options=options))
    assert answers.json(0) == {
        "image_url": "https://cdn.example.com/1.jpg",
        "alt_text": "A door",
        "collaborators": ["friend"],
        "location_id": "77",
        "is_ai_generated": False,
    }


@pytest.mark.anyio
async def test_async_publishes_the_same() -> None:
    """The async face sends what the blocking one sends."""
    answers = Answers(
        {"id": ITEM}, {"id": SECOND}, {"id": CAROUSEL}, status("FINISHED", container=CAROUSEL), {"id": MEDIA}
    )
    client = httpx.AsyncClient(transport=httpx.MockTransport(answers))
    async with AsyncInstagram(user_id=ACCOUNT, token="EAAUSER", http_client=client, clock=TestClock()) as network:
        published = await network.publish(SET)
    assert published.id == MEDIA
    assert [path.rpartition("/")[2] for _, path in order(answers)] == [
        "media",
        "media",
        "media",
        CAROUSEL,
        "media_publish",
    ]


def test_a_login_that_does_not_exist() -> None:
    """A login by another name is told, with the names there are."""
    with pytest.raises(ConfigurationError, match="facebook, instagram"):
        Instagram(user_id=ACCOUNT, token="EAAUSER", login="meta")  # type: ignore[arg-type]  # the mistake is the point


# ── waiting for the container ─────────────────────────────────────────────────────────────────────────────────────────


def test_looks_become_more_seldom() -> None:
    """Between two looks there are 5 seconds, then twice as long each time, and no more than a minute."""
    clock = TestClock()
    answers = Answers({"id": CONTAINER}, *[status("IN_PROGRESS")] * 6, status("FINISHED"), {"id": MEDIA})
    assert by_facebook(answers, clock).publish(ONE).id == MEDIA
    assert clock.slept == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]


def test_a_container_that_is_finished_is_not_waited_for() -> None:
    """The first look comes at once."""
    clock = TestClock()
    by_facebook(Answers({"id": CONTAINER}, status("FINISHED"), {"id": MEDIA}), clock).publish(ONE)
    assert clock.slept == []


def test_the_wait_has_an_end() -> None:
    """After five minutes the caller is told how long was waited and that nothing was posted; nothing was published."""
    clock = TestClock()
    answers = Answers({"id": CONTAINER}, *[status("IN_PROGRESS")] * 20)
    with pytest.raises(MediaNotReady, match=r"after 315 seconds \(IN_PROGRESS\)") as caught:
        by_facebook(answers, clock).publish(ONE)
    assert "Nothing was posted" in str(caught.value)
    assert sum(clock.slept) == 315
    assert len(answers.sent) == 1 + 9
    assert not any(path.endswith("media_publish") for _, path in order(answers))


def test_a_state_that_nobody_foresaw_is_waited_for() -> None:
    """A word that is not documented is not taken for success."""
    answers = Answers({"id": CONTAINER}, status("PAUSED"), status("FINISHED"), {"id": MEDIA})
    assert by_facebook(answers).publish(ONE).id == MEDIA


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (status("ERROR", "Error: Media upload has failed with error code 2207026"), "Convert the video"),
        (status("ERROR", "Error: Media upload has failed with error code 2207052"), "could not fetch"),
        (status("ERROR", "Something else went wrong"), "Something else went wrong"),
        (status("ERROR"), "could not process"),
        (status("EXPIRED"), "older than a day"),
    ],
    ids=["video", "address", "unknown", "silent", "expired"],
)
def test_a_container_that_failed(found: JsonValue, told: str) -> None:
    """A failed container is the media's refusal, explained by its publishing code if it has one; nothing goes live."""
    answers = Answers({"id": CONTAINER}, found)
    with pytest.raises(MediaRejected, match=told) as caught:
        by_facebook(answers).publish(ONE)
    assert caught.value.operation == "publish"
    assert len(answers.sent) == 2


def recent(*found: JsonValue) -> JsonValue:
    return {"data": list(found)}


def live(media_id: str, caption: str, **more: JsonValue) -> JsonValue:
    """Give a post as Instagram lists it, made a second after the clock's time."""
    at = "2026-11-24T09:00:01+0000"
    told: dict[str, JsonValue] = {"id": media_id, "media_type": "IMAGE", "media_product_type": "FEED", "timestamp": at}
    return {**told, "caption": caption, **more}


def test_a_container_that_is_live_already() -> None:
    """A container that was published is no second post: the recent posts tell which one it became."""
    told = recent(
        live("1", "Another"),
        live("2", "Hi #one", media_type="CAROUSEL_ALBUM", children={"data": [{"id": "3"}, {"id": "4"}]}),
        live("5", "Hi #one", media_product_type="REELS", media_type="VIDEO"),
        live("6", "Hi #one", timestamp="2026-11-24T08:50:00+0000"),
        live(MEDIA, "Hi  #one\n"),
    )
    answers = Answers({"id": CONTAINER}, status("PUBLISHED"), told)
    assert by_facebook(answers).publish(ONE).id == MEDIA
    assert order(answers)[-1] == ("GET", f"/v26.0/{ACCOUNT}/media")


def test_without_captions_time_and_kind_decide() -> None:
    """Instagram Login may read no captions: one post of the time and kind is the one, two are none."""
    bare: JsonValue = {"media_type": "IMAGE", "media_product_type": "FEED", "timestamp": "2026-11-24T09:00:01+0000"}
    assert isinstance(bare, dict)
    found = recent({"id": MEDIA, **bare})
    assert by_instagram(Answers({"id": CONTAINER}, status("PUBLISHED"), found)).publish(ONE).id == MEDIA
    two = recent({"id": MEDIA, **bare}, {"id": "2", **bare})
    with pytest.raises(OutcomeUnknown, match="2 of the account's recent posts"):
        by_instagram(Answers({"id": CONTAINER}, status("PUBLISHED"), two)).publish(ONE)
    # By Facebook Login a post without a caption is one without a text: not this one.
    with pytest.raises(OutcomeUnknown, match="no recent post fits"):
        by_facebook(Answers({"id": CONTAINER}, status("PUBLISHED"), *[found] * 3)).publish(ONE)


def test_a_post_that_shows_late_is_looked_for_again() -> None:
    """Reads lag behind: what is live and not yet listed is looked for again, shortly."""
    clock = TestClock()
    answers = Answers({"id": CONTAINER}, status("PUBLISHED"), recent(), recent(live(MEDIA, "Hi #one")))
    assert by_facebook(answers, clock).publish(ONE).id == MEDIA
    assert clock.slept == [5.0]


def test_a_status_without_a_word() -> None:
    """An answer that does not tell how far the container is stops there: nothing is published on a guess."""
    answers = Answers({"id": CONTAINER}, {"id": CONTAINER})
    with pytest.raises(ProtocolError):
        by_facebook(answers).publish(ONE)
    assert len(answers.sent) == 2


# ── publishing it ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_not_ready_after_all_is_waited_out() -> None:
    """9007 is a clear no: the same container is published again after a short wait."""
    clock = TestClock()
    answers = Answers({"id": CONTAINER}, status("FINISHED"), httpx.Response(400, json=NOT_READY), {"id": MEDIA})
    assert by_facebook(answers, clock).publish(ONE).id == MEDIA
    assert [answers.json(at) for at in (2, 3)] == [{"creation_id": CONTAINER}] * 2
    assert clock.slept == [5.0]


def test_not_ready_for_good() -> None:
    """After three noes it is told, with Instagram's own words."""
    noes = [httpx.Response(400, json=NOT_READY) for _ in range(3)]
    answers = Answers({"id": CONTAINER}, status("FINISHED"), *noes)
    with pytest.raises(MediaNotReady, match="please wait for a moment") as caught:
        by_facebook(answers).publish(ONE)
    assert (caught.value.code, caught.value.request_id) == ("9007.2207027", "A1")
    assert answers.left == []


def test_the_days_quota_is_spent() -> None:
    """The account's quota reads like a rate limit and is none: it is told as such, and not tried again."""
    answers = Answers({"id": CONTAINER}, status("FINISHED"), httpx.Response(400, json=SPENT))
    with pytest.raises(QuotaExceeded, match="24 hours") as caught:
        by_facebook(answers).publish(ONE)
    assert caught.value.code == "9.2207042"
    assert answers.left == []


def test_a_publish_without_an_id_is_unknown() -> None:
    """A success that names no post, of a container that is not called published: an id is never made up."""
    answers = Answers({"id": CONTAINER}, status("FINISHED"), {"success": True}, *[status("FINISHED")] * 3)
    with pytest.raises(OutcomeUnknown):
        by_facebook(answers).publish(ONE)
    assert answers.left == []


@pytest.mark.parametrize("code", [100, 9004, 24])
def test_published_before_is_told_by_the_text(code: int) -> None:
    """The refusal of a second publish of one container is known by its text, whatever its code: it is that post."""
    told = {"error": {"message": "The media has already been published", "code": code}}
    refused = httpx.Response(400, json=told)
    found = recent(live(MEDIA, "Hi #one"))
    answers = Answers({"id": CONTAINER}, status("FINISHED"), refused, status("PUBLISHED"), found)
    assert by_facebook(answers).publish(ONE).id == MEDIA
    answers = Answers({"id": CONTAINER}, status("FINISHED"), refused, *[status("FINISHED")] * 3)
    with pytest.raises(DuplicatePost) as caught:
        by_facebook(answers).publish(ONE)
    assert caught.value.may_have_happened


@pytest.mark.parametrize("state", ["ERROR", "EXPIRED"])
def test_a_container_that_died_was_not_published(state: str) -> None:
    """After a lost verdict the container's own word that it failed is a clear no."""
    told = {"error": {"message": "An unexpected error has occurred.", "code": 2, "is_transient": True}}
    answers = Answers({"id": CONTAINER}, status("FINISHED"), httpx.Response(500, json=told), status(state))
    with pytest.raises(MediaRejected) as caught:
        by_facebook(answers).publish(ONE)
    assert not caught.value.may_have_happened


# ── reading and deleting ──────────────────────────────────────────────────────────────────────────────────────────────


def test_posts() -> None:
    """Recent posts come with caption, address and number of media; the token in the next address is not sent on."""
    following = f"https://graph.facebook.com/v26.0/{ACCOUNT}/media?access_token=EAAUSER&limit=100&after=QVFI&fields=id"
    answers = Answers(
        {
            "data": [
                {
                    "id": "2",
                    "caption": "Set",
                    "media_type": "CAROUSEL_ALBUM",
                    "media_product_type": "FEED",
                    "permalink": "https://www.instagram.com/p/B/",
                    "timestamp": "2026-11-24T08:30:00+0000",
                    "children": {"data": [{"id": "3"}, {"id": "4"}]},
                }
            ],
            "paging": {"cursors": {"after": "QVFI"}, "next": following},
        },
        {"data": [{"id": "1", "timestamp": "2026-11-24T08:00:00+0000"}], "paging": {}},
    )
    posts = by_facebook(answers).posts()
    assert [(post.id, post.text, post.media_count) for post in posts] == [("2", "Set", 2), ("1", None, 1)]
    assert posts[0].url == "https://www.instagram.com/p/B/"
    assert [dict(request.url.params) for request in answers.sent] == [
        {
            "fields": "id,caption,media_type,media_product_type,permalink,timestamp,children{id}",
            "limit": "100",
        },
        {"limit": "100", "after": "QVFI", "fields": "id"},
    ]


def test_posts_older_than_asked_for_are_left_out() -> None:
    """Whatever the network makes of `since`: no older post is given."""
    listed: JsonValue = [
        {"id": "2", "timestamp": "2026-11-24T08:59:59+0000"},
        {"id": "1", "timestamp": "2026-11-24T08:59:58+0000"},
    ]
    answers = Answers({"data": listed})
    found = by_facebook(answers).posts(since=TestClock().now() - timedelta(seconds=1))
    assert [post.id for post in found] == ["2"]
    assert answers.sent[0].url.params["since"] == str(int(TestClock().now().timestamp()) - 1)


def test_delete() -> None:
    """A post is deleted by its id, and only a clear yes is one."""
    answers = Answers({"success": True}, {"success": False})
    instagram = by_facebook(answers)
    instagram.delete(MEDIA)
    assert order(answers) == [("DELETE", f"/v26.0/{MEDIA}")]
    with pytest.raises(OutcomeUnknown):
        instagram.delete(MEDIA)
