"""Containers of every kind, what they may be made with, and what becomes of them, as Instagram's emulator does it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from tests.emulator.instagram_wire import BY_FACEBOOK, BY_INSTAGRAM, IMAGE, REEL, STORY, USER, Wire, codes

from socialconnect.media_facts import MediaFacts
from socialconnect.testing import TestClock
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.samples import sample_image, sample_video

ADDRESS = "https://media.example.com/file"
REEL_FACTS = MediaFacts(type="video/mp4", size=1_000_000, width=1080, height=1920, seconds=20.0, frame_rate=30.0)
IMAGE_FACTS = MediaFacts(type="image/jpeg", size=1_000_000, width=1080, height=1080)
TAG = {"username": "friend", "x": 0.5, "y": 0.8}
PRODUCT = {"product_id": "3231775643511089", "x": 0.5, "y": 0.8}
ITEM = {**IMAGE, "is_carousel_item": True}
VIDEO_ITEM = {"media_type": "VIDEO", "video_url": "https://cdn.example.com/1.mp4", "is_carousel_item": True}


@pytest.fixture
def wire() -> Iterator[Wire]:
    clock = TestClock("2026-11-24T09:00:00+00:00")
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0))
    with emulator.client() as client:
        client.base_url = BY_FACEBOOK
        client.headers["Authorization"] = "Bearer IGTOKEN"
        yield Wire(emulator, clock, client)


# ── kinds ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "kind", "product", "path"),
    [
        (IMAGE, "IMAGE", "FEED", "/p/"),
        ({**IMAGE, "media_type": "IMAGE"}, "IMAGE", "FEED", "/p/"),
        (REEL, "VIDEO", "REELS", "/reel/"),
        (STORY, "IMAGE", "STORY", "/stories/example/"),
        ({**STORY, "image_url": ADDRESS}, "IMAGE", "STORY", "/stories/example/"),
        ({"media_type": "STORIES", "video_url": ADDRESS}, "VIDEO", "STORY", "/stories/example/"),
    ],
)
def test_each_kind_becomes_its_medium(wire: Wire, body: dict[str, object], kind: str, product: str, path: str) -> None:
    """An image, a reel and a story read back as their media type and product, at their own kind of address."""
    made = wire.post(**body)
    told = wire.get(f"/{made}", fields="media_type,media_product_type,permalink")
    assert (told["media_type"], told["media_product_type"]) == (kind, product)
    assert told["permalink"].startswith(f"https://www.instagram.com{path}")
    assert [post.id for post in wire.emulator.wall] == [made]


def test_a_carousel_mixes_images_and_videos(wire: Wire) -> None:
    """Images and videos become one album in the order given, and none of them is a post of its own."""
    items = [wire.container(**body) for body in (ITEM, VIDEO_ITEM, ITEM)]
    made = wire.post(media_type="CAROUSEL", children=items, caption="Set")
    told = wire.get(f"/{made}", fields="media_type,media_product_type,children{media_type}")
    assert (told["media_type"], told["media_product_type"]) == ("CAROUSEL_ALBUM", "FEED")
    assert [one["media_type"] for one in told["children"]["data"]] == ["IMAGE", "VIDEO", "IMAGE"]
    assert [(post.text, post.media) for post in wire.emulator.wall] == [("Set", 3)]


@pytest.mark.parametrize(
    "children", ["{0},{1}", '["{0}","{1}"]', "[{0},{1}]"], ids=["commas", "JSON texts", "JSON numbers"]
)
def test_children_come_in_every_documented_spelling(wire: Wire, children: str) -> None:
    """Children between commas and as a JSON array of texts or numbers make the same carousel, in a form body."""
    items = [wire.container(**ITEM) for _ in range(2)]
    spelt = children.format(*items)
    answer = wire.client.post(f"/{USER}/media", data={"media_type": "CAROUSEL", "children": spelt})
    assert answer.status_code == 200
    assert wire.emulator.containers[-1].children == tuple(items)


def test_a_feed_video_is_refused_since_it_is_a_reel(wire: Wire) -> None:
    """VIDEO outside a carousel is refused since November 2023, became a reel before that, and was a video once."""
    video = {"media_type": "VIDEO", "video_url": "https://cdn.example.com/1.mp4"}
    refused = wire.create(**video)
    assert codes(refused) == (100, None)
    assert "REELS" in refused.json()["error"]["message"]
    products = []
    for day in ("2023-06-01T09:00:00+00:00", "2023-08-01T09:00:00+00:00"):
        older = InstagramEmulator(clock=TestClock(day), processing=timedelta(0))
        with older.client() as client:
            client.headers["Authorization"] = "Bearer IGTOKEN"
            edge = f"https://graph.facebook.com/v17.0/{USER}"
            id_ = client.post(f"{edge}/media", json=video).json()["id"]
            client.post(f"{edge}/media_publish", json={"creation_id": id_})
        products += [older.medium(post.id).product for post in older.wall]
    assert products == ["FEED", "REELS"]


def test_a_feed_video_may_be_refused_later(wire: Wire) -> None:
    """As was captured: its container is made and finishes, and publishing it says that it is an item."""
    wire.emulator.limits.feed_videos_refused = "publishing"
    made = wire.container(media_type="VIDEO", video_url="https://cdn.example.com/1.mp4")
    assert wire.status(made) == "FINISHED"
    assert codes(wire.publish(made)) == (100, 2207089)
    wire.post(media_type="CAROUSEL", children=[made, wire.container(**ITEM)])
    assert [post.media for post in wire.emulator.wall] == [2]


# ── encodings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["query", "form", "multipart", "json"])
def test_a_container_comes_in_every_encoding(wire: Wire, encoding: str) -> None:
    """Query, form, multipart form and JSON say the same, lists and booleans included."""
    values = {**REEL, "caption": "Hi & bye", "share_to_feed": "false", "collaborators": '["a","b"]'}
    match encoding:
        case "query":
            answer = wire.client.post(f"/{USER}/media", params=values)
        case "form":
            answer = wire.client.post(f"/{USER}/media", data=values)
        case "multipart":
            answer = wire.client.post(f"/{USER}/media", files={name: (None, value) for name, value in values.items()})
        case _:
            body = {**values, "share_to_feed": False, "collaborators": ["a", "b"]}
            answer = wire.client.post(f"/{USER}/media", json=body)
    assert answer.status_code == 200
    made = str(wire.publish(answer.json()["id"]).json()["id"])
    told = wire.get(f"/{made}", fields="caption,is_shared_to_feed,collaborators{username}")
    assert (told["caption"], told["is_shared_to_feed"]) == ("Hi & bye", False)
    assert [one["username"] for one in told["collaborators"]["data"]] == ["a", "b"]


def test_the_documentations_own_spelling_of_objects_is_read(wire: Wire) -> None:
    """Bare names and single quotes, as the reference page writes them, are read as JSON."""
    tags = "[ { username:'kevinhart4real', x: 0.5, y: 0.8 }, { username:'therock', x: 0.3, y: 0.2 } ]"
    query = {**IMAGE, "user_tags": tags, "collaborators": " [‘username1’,’username2’]"}
    assert wire.client.post(f"/{USER}/media", params=query).status_code == 200
    wrong = tags.replace("0.8", "1.8")
    assert codes(wire.client.post(f"/{USER}/media", params={**IMAGE, "user_tags": wrong})) == (100, None)


# ── what may be said of what ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "body",
    [
        {**IMAGE, "caption": "c", "alt_text": "a", "collaborators": ["a", "b", "c"], "user_tags": [TAG]},
        {**IMAGE, "location_id": "77", "product_tags": [PRODUCT], "is_ai_generated": True},
        {**IMAGE, "branded_content_sponsor_ids": [1, 2], "is_paid_partnership": True},
        {**REEL, "cover_url": "https://cdn.example.com/c.jpg", "thumb_offset": 29_999, "share_to_feed": True},
        {**REEL, "audio_name": "Ours", "trial_params": {"graduation_strategy": "MANUAL"}},
        {**REEL, "user_tags": [{"username": "friend"}], "product_tags": [{"product_id": "1"}], "location_id": "77"},
        {**REEL, "trial_params": '{"graduation_strategy":"SS_PERFORMANCE"}'},
        {**STORY, "user_tags": [{"username": "friend"}]},
        {**STORY, "user_tags": [TAG]},
        {**ITEM, "alt_text": "a", "user_tags": [TAG], "product_tags": [PRODUCT]},
        {**IMAGE, "is_carousel_item": False, "caption": "c"},
        {**ITEM, "caption": "", "location_id": ""},
        {**IMAGE, "cross_post_to_threads": True, "title": "t", "show_ig_link": False, "poll_attachment": "{}"},
    ],
)
def test_what_belongs_to_a_kind_is_taken(wire: Wire, body: dict[str, object]) -> None:
    """Every parameter is taken with the kinds that have it, at the edge of its rule."""
    assert wire.create(**body).status_code == 200


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({**STORY, "collaborators": ["a"]}, "collaborators"),
        ({**STORY, "alt_text": "a"}, "alt_text"),
        ({**REEL, "alt_text": "a"}, "alt_text"),
        ({**REEL, "is_carousel_item": True}, "is_carousel_item"),
        ({**STORY, "is_carousel_item": True}, "is_carousel_item"),
        ({**REEL, "image_url": "https://cdn.example.com/1.jpg"}, "image_url"),
        ({**IMAGE, "video_url": "https://cdn.example.com/1.mp4"}, "video_url"),
        ({**IMAGE, "share_to_feed": True}, "share_to_feed"),
        ({**IMAGE, "audio_name": "Ours"}, "audio_name"),
        ({**IMAGE, "cover_url": "https://cdn.example.com/1.jpg"}, "cover_url"),
        ({**IMAGE, "trial_params": {"graduation_strategy": "MANUAL"}}, "trial_params"),
        ({**IMAGE, "children": ["1", "2"]}, "children"),
        ({**ITEM, "caption": "c"}, "caption"),
        ({**ITEM, "collaborators": ["a"]}, "collaborators"),
        ({**ITEM, "location_id": "77"}, "location_id"),
        ({**ITEM, "is_ai_generated": True}, "is_ai_generated"),
        ({**VIDEO_ITEM, "alt_text": "a"}, "alt_text"),
        ({"media_type": "CAROUSEL", "children": "1,2", "user_tags": [TAG]}, "user_tags"),
        ({"media_type": "CAROUSEL", "children": "1,2", "alt_text": "a"}, "alt_text"),
    ],
)
def test_what_does_not_belong_to_a_kind_is_refused(wire: Wire, body: dict[str, object], parameter: str) -> None:
    """A parameter of another kind of container is refused by name, and nothing is made."""
    answer = wire.create(**body)
    assert codes(answer) == (100, None)
    assert f"param {parameter} is not allowed for" in answer.json()["error"]["message"]
    assert wire.emulator.containers == ()


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({**IMAGE, "user_tags": [{"username": "friend"}]}, (100, None)),
        ({**IMAGE, "user_tags": [{"x": 0.5, "y": 0.5}]}, (100, None)),
        ({**IMAGE, "user_tags": [{**TAG, "x": 1.1}]}, (100, None)),
        ({**IMAGE, "user_tags": [{**TAG, "y": "top"}]}, (100, None)),
        ({**IMAGE, "user_tags": ["friend"]}, (100, None)),
        ({**IMAGE, "user_tags": [TAG] * 21}, (100, 2207040)),
        ({**IMAGE, "user_tags": "[{"}, (100, None)),
        ({**IMAGE, "collaborators": ["a", "b", "c", "d"]}, (100, None)),
        ({**IMAGE, "location_id": "Berlin"}, (100, None)),
        ({**IMAGE, "product_tags": [{"product_id": "1"}]}, (100, 2207036)),
        ({**IMAGE, "product_tags": [PRODUCT, PRODUCT]}, (100, 2207037)),
        ({**IMAGE, "product_tags": [{**PRODUCT, "product_id": "x"}]}, (100, 2207037)),
        ({**IMAGE, "product_tags": [{**PRODUCT, "product_id": str(one)} for one in range(6)]}, (100, 2207040)),
        ({**REEL, "product_tags": [PRODUCT]}, (100, 2207035)),
        ({**IMAGE, "branded_content_sponsor_ids": [1, 2, 3]}, (100, None)),
        ({**IMAGE, "is_paid_partnership": "perhaps"}, (100, None)),
        ({**REEL, "trial_params": {"graduation_strategy": "SOON"}}, (100, None)),
        ({**REEL, "trial_params": "MANUAL"}, (100, None)),
        ({**REEL, "thumb_offset": -1}, (1, 2207057)),
        ({**REEL, "thumb_offset": 30_000}, (1, 2207057)),
        ({**REEL, "thumb_offset": "first"}, (100, None)),
        ({**REEL, "upload_type": "resumable"}, (100, None)),
        ({"media_type": "REELS", "upload_type": "chunked"}, (100, None)),
        ({"media_type": "REELS"}, (100, None)),
        ({"media_type": "STORIES"}, (100, None)),
        ({**STORY, "video_url": "https://cdn.example.com/1.mp4"}, (100, None)),
        ({**STORY, "upload_type": "resumable"}, (100, None)),
        ({"media_type": "CAROUSEL"}, (100, 2207028)),
        ({"media_type": "reels"}, (100, 2207023)),
    ],
)
def test_each_rule_has_its_refusal(wire: Wire, body: dict[str, object], refusal: tuple[int, int | None]) -> None:
    """What breaks a rule is refused with its code, and nothing is made."""
    assert codes(wire.create(**body)) == refusal
    assert wire.emulator.containers == ()


def test_a_storys_caption_is_shown_nowhere(wire: Wire) -> None:
    """Clients in use send a caption with a story: it is taken, and nobody sees it."""
    wire.post(**STORY, caption="c")
    assert [post.text for post in wire.emulator.wall] == [""]


def test_a_cover_makes_the_thumbnail_unimportant(wire: Wire) -> None:
    """With cover_url and thumb_offset both, the offset is ignored, even a wrong one."""
    assert wire.create(**REEL, cover_url="https://cdn.example.com/c.jpg", thumb_offset=99_000).status_code == 200


def test_what_only_the_network_can_know_is_settable(wire: Wire) -> None:
    """Accounts that cannot be tagged, places, products and trial reels are refused when the test says so."""
    place = wire.emulator.directory
    place.unavailable, place.locations, place.products, place.trial_reels = {"private"}, {"77"}, {"1"}, False
    assert codes(wire.create(**IMAGE, collaborators=["private"])) == (100, 2207018)
    assert codes(wire.create(**IMAGE, user_tags=[{**TAG, "username": "private"}])) == (100, None)
    assert codes(wire.create(**IMAGE, product_tags=[PRODUCT])) == (100, 2207037)
    assert codes(wire.create(**REEL, trial_params={"graduation_strategy": "MANUAL"})) == (100, 2207081)
    refused = wire.create(**IMAGE, location_id="78")
    assert refused.json()["error"]["message"] == "INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID"
    assert wire.create(**IMAGE, location_id="77").status_code == 200


def test_a_vendors_tighter_caption_limits_can_be_set(wire: Wire) -> None:
    """With 5 hashtags and 3 mentions allowed, the next one is refused."""
    wire.emulator.limits.hashtags, wire.emulator.limits.mentions = 5, 3
    assert wire.create(**IMAGE, caption="#a " * 5 + "@b " * 3).status_code == 200
    assert codes(wire.create(**IMAGE, caption="#a " * 6)) == (36004, 2207010)
    assert codes(wire.create(**IMAGE, caption="@b " * 4)) == (100, 2207040)


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ({**IMAGE, "alt_text": "a"}, "2025-03-24"),
        ({**STORY, "user_tags": [TAG]}, "2025-07-09"),
        ({**IMAGE, "is_ai_generated": True}, "2026-06-22"),
    ],
)
def test_a_parameter_begins_on_its_day(body: dict[str, object], day: str) -> None:
    """What came later is refused until the day on which it came."""
    clock = TestClock(f"{day}T00:00:00+00:00")
    emulator = InstagramEmulator(clock=clock)
    with emulator.client() as client:
        client.headers["Authorization"] = "Bearer IGTOKEN"
        edge = f"https://graph.facebook.com/v22.0/{USER}/media"
        assert client.post(edge, json=body).status_code == 200
        older = InstagramEmulator(clock=TestClock(clock.now() - timedelta(seconds=1)))
    with older.client() as client:
        client.headers["Authorization"] = "Bearer IGTOKEN"
        assert codes(client.post(edge, json=body)) == (100, None)


def test_instagram_login_lacks_what_its_schema_lacks(wire: Wire) -> None:
    """Branded content is for Facebook Login; by the other host it is refused, and trial reels are not."""
    edge = f"{BY_INSTAGRAM}/{USER}/media"
    assert codes(wire.client.post(edge, json={**IMAGE, "is_paid_partnership": True})) == (100, None)
    trial = {**REEL, "trial_params": {"graduation_strategy": "MANUAL"}}
    assert wire.client.post(edge, json=trial).status_code == 200


# ── what lies at the address ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"size": 8 * 1024 * 1024 + 1}, (36000, 2207004)),
        ({"type": "image/png"}, (36001, 2207005)),
        ({"type": "image/webp"}, (36001, 2207005)),
        ({"type": "text/html"}, (9004, 2207052)),
        ({"type": None}, (9004, 2207052)),
        ({"height": 1400}, (36003, 2207009)),
        ({"height": 500}, (36003, 2207009)),
    ],
)
def test_an_image_is_looked_at_while_its_container_is_made(
    wire: Wire, facts: dict[str, object], refusal: tuple[int, int]
) -> None:
    """Bytes, type and ratio outside the specification refuse the container; the same image of good facts is taken."""
    wire.emulator.hosted.add(ADDRESS, facts=IMAGE_FACTS.model_copy(update=facts))
    for extra in ({}, {"is_carousel_item": True}):
        assert codes(wire.create(image_url=ADDRESS, **extra)) == refusal
    wire.emulator.hosted.add(ADDRESS, facts=IMAGE_FACTS)
    assert wire.create(image_url=ADDRESS).status_code == 200


@pytest.mark.parametrize(("width", "height"), [(1080, 1350), (1080, 566), (200, 200), (4000, 4000)])
def test_an_image_at_the_edge_is_taken(wire: Wire, width: int, height: int) -> None:
    """4:5, 1.91:1, and widths that are scaled up or down are all fine."""
    facts = IMAGE_FACTS.model_copy(update={"width": width, "height": height, "size": 8 * 1024 * 1024})
    wire.emulator.hosted.add(ADDRESS, facts=facts)
    assert wire.create(image_url=ADDRESS).status_code == 200


def test_a_story_image_has_any_ratio_and_a_cover_too(wire: Wire) -> None:
    """Upright images are fine for stories and covers, but they are JPEG all the same."""
    tall = IMAGE_FACTS.model_copy(update={"height": 1920})
    wire.emulator.hosted.add(ADDRESS, facts=tall)
    assert wire.create(media_type="STORIES", image_url=ADDRESS).status_code == 200
    assert wire.create(**REEL, cover_url=ADDRESS).status_code == 200
    wire.emulator.hosted.add(ADDRESS, facts=tall.model_copy(update={"type": "image/png"}))
    assert codes(wire.create(media_type="STORIES", image_url=ADDRESS)) == (36001, 2207005)
    assert codes(wire.create(**REEL, cover_url=ADDRESS)) == (36001, 2207005)


def test_other_image_types_can_be_let_through(wire: Wire) -> None:
    """As a measurement saw it, PNG is taken when the test says so."""
    png = {"image_url": "https://cdn.example.com/1.png"}
    assert codes(wire.create(**png)) == (36001, 2207005)
    wire.emulator.limits.image_types = frozenset({"image/jpeg", "image/png", "image/webp"})
    assert wire.create(**png).status_code == 200


@pytest.mark.parametrize("kind", ["REELS", "STORIES", "VIDEO"])
@pytest.mark.parametrize(
    "facts",
    [
        {"type": "video/webm"},
        {"type": "image/jpeg"},
        {"seconds": 2.9},
        {"seconds": 901.0},
        {"size": 300 * 1024 * 1024 + 1},
        {"width": 1921, "height": 1080},
        {"width": 12_000, "height": 1080},
        {"frame_rate": 22.0},
        {"frame_rate": 61.0},
        {"video_codec": "VP9"},
    ],
)
def test_a_video_is_looked_at_afterwards(wire: Wire, kind: str, facts: dict[str, object]) -> None:
    """A container for an unfit video is made, fails in its status with 2207026, and is never published."""
    wire.emulator.hosted.add(ADDRESS, facts=REEL_FACTS.model_copy(update=facts))
    extra = {"is_carousel_item": True} if kind == "VIDEO" else {}
    made = wire.container(media_type=kind, video_url=ADDRESS, **extra)
    told = wire.get(f"/{made}", fields="status_code,status")
    assert told["status_code"] == "ERROR"
    assert told["status"] == "Error: Media upload has failed with error code 2207026"
    assert codes(wire.publish(made)) == (9007, 2207027)
    assert wire.emulator.wall == ()


@pytest.mark.parametrize(
    "facts", [{"seconds": 3.0}, {"seconds": 900.0}, {"type": "video/quicktime"}, {"frame_rate": 60.0}, {"width": 1920}]
)
def test_a_reel_at_the_edge_is_taken(wire: Wire, facts: dict[str, object]) -> None:
    """3 seconds, 15 minutes, MOV, 60 frames and 1920 columns are all fine."""
    wire.emulator.hosted.add(ADDRESS, facts=REEL_FACTS.model_copy(update=facts))
    assert wire.status(wire.container(media_type="REELS", video_url=ADDRESS)) == "FINISHED"


def test_a_story_is_shorter_than_a_reel(wire: Wire) -> None:
    """A minute and 100 MB are a story's most; a reel takes more of both."""
    for facts in ({"seconds": 61.0}, {"size": 101 * 1024 * 1024}):
        wire.emulator.hosted.add(ADDRESS, facts=REEL_FACTS.model_copy(update=facts))
        assert wire.status(wire.container(media_type="REELS", video_url=ADDRESS)) == "FINISHED"
        assert wire.status(wire.container(media_type="STORIES", video_url=ADDRESS)) == "ERROR"


def test_bytes_can_stand_at_an_address(wire: Wire) -> None:
    """What a file is, is read from its bytes: a PNG behind a .jpg is refused, a film too short fails."""
    wire.emulator.hosted.add("https://cdn.example.com/x.jpg", content=sample_image(64, 64))
    assert codes(wire.create(image_url="https://cdn.example.com/x.jpg")) == (36001, 2207005)
    wire.emulator.hosted.add(ADDRESS, content=sample_video(2.0))
    assert wire.status(wire.container(media_type="REELS", video_url=ADDRESS)) == "ERROR"
    wire.emulator.hosted.add(ADDRESS, content=sample_video(5.0))
    assert wire.status(wire.container(media_type="REELS", video_url=ADDRESS)) == "FINISHED"
    assert codes(wire.create(media_type="REELS", video_url=ADDRESS, thumb_offset=5_000)) == (1, 2207057)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.com/1.jpg",
        "1.jpg",
        "http://localhost/1.jpg",
        "http://127.0.0.1:8000/1.jpg",
        "https://10.0.0.7/1.jpg",
        "https://[::1]/1.jpg",
        "https://host.invalid/1.jpg",
        "http://images/1.jpg",
        "http://[bad/1.jpg",
    ],
)
def test_what_nobody_can_fetch_is_refused(wire: Wire, address: str) -> None:
    """An address that is none, or that is not on the public network, cannot be fetched."""
    refused = wire.create(image_url=address)
    assert codes(refused) == (9004, 2207052)
    assert address in refused.json()["error"]["error_user_msg"]


def test_fetching_can_fail(wire: Wire) -> None:
    """An image fails at once; a video in its container's status, with the same codes."""
    for failure, refusal in (("timeout", (-2, 2207003)), ("unreachable", (9004, 2207052))):
        wire.emulator.hosted.add(ADDRESS, failure=failure)  # type: ignore[arg-type]  # the two words
        assert codes(wire.create(image_url=ADDRESS)) == refusal
        made = wire.container(media_type="REELS", video_url=ADDRESS)
        told = wire.get(f"/{made}", fields="status_code,status")
        assert told["status"] == f"Error: Media upload has failed with error code {refusal[1]}"


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_kind_passes_through_its_processing(wire: Wire) -> None:
    """Images too are in progress for a while, and say so in words."""
    wire.emulator.limits.processing = timedelta(seconds=30)
    made = [wire.container(**body) for body in (IMAGE, REEL, STORY)]
    assert {wire.status(one) for one in made} == {"IN_PROGRESS"}
    wire.clock.advance(29)
    assert {wire.status(one) for one in made} == {"IN_PROGRESS"}
    assert codes(wire.publish(made[0])) == (9007, 2207027)
    wire.clock.advance(1)
    assert {wire.status(one) for one in made} == {"FINISHED"}
    told = wire.get(f"/{made[1]}", fields="status,copyright_check_status")
    assert told["status"] == "Finished: Media has been uploaded and it is ready to be published."
    assert told["copyright_check_status"] == {"status": "completed", "matches_found": False}


def test_one_container_can_hang(wire: Wire) -> None:
    """The next container never ends and expires after a day; the one after it is well."""
    wire.emulator.hang_next_container()
    hanging, well = wire.container(**REEL), wire.container(**REEL)
    wire.clock.advance(hours=23)
    assert (wire.status(hanging), wire.status(well)) == ("IN_PROGRESS", "FINISHED")
    wire.clock.advance(hours=1)
    assert wire.status(hanging) == "EXPIRED"
    told = wire.get(f"/{hanging}", fields="status")["status"]
    assert told == "Expired: The container was not published within 24 hours and has expired."


def test_a_carousel_fails_with_its_item(wire: Wire) -> None:
    """A parent is in progress while an item is, and fails with the item's code."""
    wire.emulator.hosted.add(ADDRESS, facts=REEL_FACTS.model_copy(update={"seconds": 1.0}))
    items = [wire.container(**ITEM), wire.container(media_type="VIDEO", video_url=ADDRESS, is_carousel_item=True)]
    parent = wire.container(media_type="CAROUSEL", children=items)
    told = wire.get(f"/{parent}", fields="status_code,status")
    assert told["status_code"] == "ERROR"
    assert told["status"].endswith("2207026")


def test_a_reel_is_no_item(wire: Wire) -> None:
    """A finished reel cannot stand in a carousel, nor can the same container stand in two posts."""
    reel = wire.container(**REEL)
    items = [wire.container(**ITEM) for _ in range(2)]
    assert codes(wire.create(media_type="CAROUSEL", children=[items[0], reel])) == (100, None)
    wire.post(media_type="CAROUSEL", children=items)
    assert codes(wire.create(media_type="CAROUSEL", children=items)) == (24, 2207006)


def test_items_and_parent_count_as_containers(wire: Wire) -> None:
    """A carousel of two uses three of the day's containers."""
    wire.emulator.limits.containers = 4
    items = [wire.container(**ITEM) for _ in range(2)]
    wire.container(media_type="CAROUSEL", children=items)
    wire.container(**IMAGE)
    assert codes(wire.create(**IMAGE)) == (9, None)
    wire.clock.advance(hours=24)
    assert wire.create(**IMAGE).status_code == 200


def test_a_container_can_be_read_and_nothing_else(wire: Wire) -> None:
    """Unknown fields are refused, and so are changing and deleting."""
    made = wire.container(**IMAGE)
    assert wire.get(f"/{made}", fields="video_status,copyright_check_status") == {"id": made}  # of uploads and videos
    assert codes(wire.client.get(f"/{made}?fields=caption")) == (100, None)
    assert codes(wire.client.delete(f"/{made}")) == (100, 33)
    assert codes(wire.client.post(f"/{made}", json={"caption": "x"})) == (100, 33)


def test_nobody_sees_what_is_anothers(wire: Wire) -> None:
    """Container, medium, comment and account of somebody else's are not found."""
    made, post = wire.container(**IMAGE), wire.post(**IMAGE)
    said = wire.emulator.add_comment(post, "Nice").id
    wire.emulator.tokens["IGTOKEN"].targets = frozenset()
    for path in (f"/{made}?fields=status_code", f"/{post}", f"/{said}", f"/{USER}", f"/{USER}/media"):
        answer: httpx.Response = wire.client.get(path)
        assert codes(answer) == (100, 33), path
