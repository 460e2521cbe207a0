"""Media, stories, comments and accounts read back, and the little that can be changed, by Instagram's emulator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.emulator.instagram_wire import BY_FACEBOOK, BY_INSTAGRAM, IMAGE, REEL, STORY, USER, Wire, codes

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.instagram import InstagramEmulator


@pytest.fixture
def wire() -> Iterator[Wire]:
    clock = TestClock("2026-11-24T09:00:00+00:00")
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0))
    with emulator.client() as client:
        client.base_url = BY_FACEBOOK
        client.headers["Authorization"] = "Bearer IGTOKEN"
        yield Wire(emulator, clock, client)


EVERY_FIELD = (
    "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,shortcode,timestamp,username,owner,"
    "like_count,comments_count,view_count,alt_text,children,is_comment_enabled,is_shared_to_feed,is_ai_generated,"
    "shares_count,saved_count,reposts_count,total_like_count,total_comments_count,total_views_count"
)


# ── media ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_documented_field_of_a_reel(wire: Wire) -> None:
    """A reel has all its fields by Facebook Login; what does not apply is left out, never null."""
    made = wire.post(**REEL, caption="Hi", share_to_feed=False, is_ai_generated=True)
    wire.emulator.set_performance(made, views=100, likes=7, shares=3, saved=2, reposts=1, comments=4)
    told = wire.get(f"/{made}", fields=EVERY_FIELD)
    shortcode = told["shortcode"]
    assert told == {
        "id": made,
        "caption": "Hi",
        "media_type": "VIDEO",
        "media_product_type": "REELS",
        "media_url": "https://cdn.example.com/1.mp4",
        "thumbnail_url": f"https://scontent.cdninstagram.com/v/{shortcode}.jpg",
        "permalink": f"https://www.instagram.com/reel/{shortcode}/",
        "shortcode": shortcode,
        "timestamp": "2026-11-24T09:00:00+0000",
        "username": "example",
        "owner": {"id": USER},
        "like_count": 7,
        "comments_count": 4,
        "view_count": 100,
        "is_comment_enabled": True,
        "is_shared_to_feed": False,
        "is_ai_generated": True,
        "shares_count": 3,
        "saved_count": 2,
        "reposts_count": 1,
        "total_like_count": 7,
        "total_comments_count": 4,
        "total_views_count": 100,
    }


def test_an_image_has_no_fields_of_a_video(wire: Wire) -> None:
    """Thumbnail, views and sharing to the feed are of videos; the description is of images."""
    told = wire.get(f"/{wire.post(**IMAGE, alt_text='A door')}", fields=EVERY_FIELD)
    assert told["alt_text"] == "A door"
    assert set(told) & {"thumbnail_url", "is_shared_to_feed", "total_views_count", "view_count", "caption"} == set()


def test_what_an_owner_hides_is_left_out(wire: Wire) -> None:
    """Hidden likes and a withheld address are no fields at all."""
    made = wire.post(**IMAGE)
    wire.emulator.medium(made).likes_hidden = True
    wire.emulator.medium(made).media_url_withheld = True
    told = wire.get(f"/{made}", fields="like_count,total_like_count,media_url,comments_count")
    assert set(told) == {"id", "comments_count"}


@pytest.mark.parametrize("field", ["view_count", "shares_count", "saved_count", "total_like_count", "collaborators"])
def test_instagram_login_has_fewer_fields(wire: Wire, field: str) -> None:
    """What Meta's schema of the other login lacks is a field that does not exist there."""
    made = wire.post(**REEL)
    assert wire.client.get(f"/{made}?fields={field}").status_code == 200
    assert codes(wire.client.get(f"{BY_INSTAGRAM}/{made}?fields={field}")) == (100, None)
    assert wire.client.get(f"{BY_INSTAGRAM}/{made}?fields=caption,media_product_type,like_count").status_code == 200


def test_children_are_media_with_less(wire: Wire) -> None:
    """An album's media have no caption, no address of their own, and no counts but likes and comments."""
    items = [wire.container(**IMAGE, is_carousel_item=True, alt_text="A door") for _ in range(2)]
    made = wire.post(media_type="CAROUSEL", children=items, caption="Set")
    (first, second) = wire.get(f"/{made}/children")["data"]
    told = wire.get(f"/{first['id']}", fields=EVERY_FIELD)
    assert (told["media_type"], told["alt_text"]) == ("IMAGE", "A door")
    assert set(told) & {"caption", "permalink", "is_comment_enabled", "shares_count", "total_like_count"} == set()
    assert wire.get(f"/{USER}/media")["data"] == [{"id": made}]
    inner = wire.get(f"/{made}", fields="children{id,alt_text}")["children"]["data"]
    assert inner == [{"id": one["id"], "alt_text": "A door"} for one in (first, second)]


def test_a_list_shows_what_is_inside(wire: Wire) -> None:
    """Comments, insights and an account's media come by field expansion, with their own limits."""
    made = [wire.post(**IMAGE, caption=str(number)) for number in range(3)]
    wire.emulator.add_comment(made[2], "Nice")
    told = wire.get(f"/{USER}", fields="username,media.limit(2){caption,comments{text},insights.metric(views,reach)}")
    first, second = told["media"]["data"]
    assert (first["caption"], second["caption"]) == ("2", "1")
    assert [one["text"] for one in first["comments"]["data"]] == ["Nice"]
    assert "comments" not in second
    assert [row["name"] for row in first["insights"]["data"]] == ["views", "reach"]


def test_lists_reach_between_times(wire: Wire) -> None:
    """`since` and `until` cut the list; both are seconds or words."""
    for number in range(3):
        wire.post(**IMAGE, caption=str(number))
        wire.clock.advance(hours=1)
    query = {"since": "1795513000", "until": "1795516000", "fields": "caption"}
    assert [one["caption"] for one in wire.get(f"/{USER}/media", **query)["data"]] == ["1"]
    recent = wire.get(f"/{USER}/media", since="-90 minutes", fields="caption")
    assert [one["caption"] for one in recent["data"]] == ["2"]


def test_reads_lag_behind_writes(wire: Wire) -> None:
    """A new medium and a new comment are not found until the lag is over; the wall shows both at once."""
    wire.emulator.read_lag = timedelta(seconds=30)
    made = wire.post(**IMAGE, caption="New")
    wire.post(**STORY)
    assert wire.get(f"/{USER}/media")["data"] == []
    assert wire.get(f"/{USER}/stories")["data"] == []
    assert codes(wire.client.get(f"/{made}")) == (100, 33)
    assert len(wire.emulator.wall) == 2
    wire.clock.advance(30)
    assert wire.get(f"/{USER}/media")["data"] == [{"id": made}]
    said = wire.client.post(f"/{made}/comments", json={"message": "First"}).json()["id"]
    assert wire.get(f"/{made}/comments")["data"] == []
    assert codes(wire.client.get(f"/{said}")) == (100, 33)
    wire.clock.advance(30)
    assert [one["id"] for one in wire.get(f"/{made}/comments")["data"]] == [said]


def test_collaborators_are_listed(wire: Wire) -> None:
    """Who was asked to be an author is listed with the state of the invitation, by Facebook Login only."""
    made = wire.post(**IMAGE, collaborators=["friend", "other"])
    listed = wire.get(f"/{made}/collaborators")["data"]
    assert [(one["username"], one["invite_status"]) for one in listed] == [("friend", "Pending"), ("other", "Pending")]
    assert codes(wire.client.get(f"{BY_INSTAGRAM}/{made}/collaborators")) == (100, 33)
    assert codes(wire.client.get(f"/{made}/collaborators?limit=many")) == (100, None)


def test_products_in_a_medium_are_listed(wire: Wire) -> None:
    """What was named when the container was made comes back, by Facebook Login."""
    tags = [{"product_id": "1", "x": 0.5, "y": 0.8}]
    made = wire.post(**IMAGE, product_tags=tags)
    assert wire.get(f"/{made}/product_tags") == {"data": tags}
    assert wire.get(f"/{made}", fields="product_tags")["product_tags"] == {"data": tags}
    assert codes(wire.client.get(f"{BY_INSTAGRAM}/{made}/product_tags")) == (100, 33)


@pytest.mark.parametrize(
    ("host", "permission"),
    [
        (BY_FACEBOOK, "instagram_basic"),
        (BY_FACEBOOK, "pages_read_engagement"),
        (BY_INSTAGRAM, "instagram_business_basic"),
    ],
)
def test_every_read_needs_the_basic_permissions(wire: Wire, host: str, permission: str) -> None:
    """Account, lists, media, containers and numbers: none is read without them, by each login's own names."""
    items = [wire.container(**IMAGE, is_carousel_item=True) for _ in range(2)]
    album = wire.post(media_type="CAROUSEL", children=items)
    container = wire.container(**IMAGE)
    wire.emulator.tokens["IGTOKEN"].permissions.discard(permission)
    paths = (
        *(f"/{USER}", f"/{USER}/media", f"/{USER}/stories", f"/{USER}/content_publishing_limit"),
        *(f"/{USER}/insights?metric=reach&period=day", f"/{album}/insights?metric=views"),
        *(f"/{album}", f"/{album}/children", f"/{album}/comments", f"/{container}?fields=status_code"),
    )
    for path in paths:
        answer = wire.client.get(f"{host}{path}")
        assert (answer.status_code, codes(answer)) == (403, (10, None)), path
    other = BY_INSTAGRAM if host == BY_FACEBOOK else BY_FACEBOOK
    assert wire.client.get(f"{other}/{album}").status_code == 200


# ── stories ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_story_is_seen_for_a_day(wire: Wire) -> None:
    """Stories have a list of their own and are gone after 24 hours, from it and from the wall."""
    post, story = wire.post(**IMAGE), wire.post(**STORY)
    assert wire.get(f"/{USER}/media")["data"] == [{"id": post}]
    listed = wire.get(f"/{USER}/stories", fields="media_product_type")["data"]
    assert listed == [{"media_product_type": "STORY", "id": story}]
    assert {one.id for one in wire.emulator.wall} == {post, story}
    wire.clock.advance(hours=24)
    assert wire.get(f"/{USER}/stories")["data"] == []
    assert [one.id for one in wire.emulator.wall] == [post]


# ── comments ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_comment_is_made_and_read(wire: Wire) -> None:
    """The comment's id comes back, the list shows it as documented, and people see it under the post."""
    post = wire.post(**IMAGE, caption="Hello")
    wire.clock.advance(5)
    said = wire.client.post(f"/{post}/comments", params={"message": "This is awesome!"}).json()
    assert set(said) == {"id"}
    (listed,) = wire.get(f"/{post}/comments")["data"]
    assert listed == {"timestamp": "2026-11-24T09:00:05+0000", "text": "This is awesome!", "id": said["id"]}
    told = wire.get(f"/{said['id']}", fields="username,from,media,hidden,like_count,parent_id")
    assert told == {
        "username": "example",
        "from": {"id": USER, "username": "example"},
        "media": {"id": post, "media_product_type": "FEED"},
        "hidden": False,
        "like_count": 0,
        "id": said["id"],
    }
    assert [(one.text, one.parent) for one in wire.emulator.wall] == [("Hello", None), ("This is awesome!", post)]
    before = wire.emulator.medium(post).performance.comments
    assert wire.get(f"/{post}", fields="comments_count")["comments_count"] == before + 1


def test_replies_stand_under_their_comment(wire: Wire) -> None:
    """A reply is not in the list of comments but in that of replies, and its parent is the comment."""
    post = wire.post(**IMAGE)
    said = wire.emulator.add_comment(post, "Where is it?", username="friend").id
    reply = wire.client.post(f"/{said}/replies", json={"message": "In Berlin"}).json()["id"]
    assert [one["id"] for one in wire.get(f"/{post}/comments")["data"]] == [said]
    assert [one["text"] for one in wire.get(f"/{said}/replies")["data"]] == ["In Berlin"]
    told = wire.get(f"/{post}/comments", fields="text,username,replies{text}")["data"][0]
    assert (told["username"], told["replies"]["data"][0]["text"]) == ("friend", "In Berlin")
    assert wire.get(f"/{reply}", fields="parent_id")["parent_id"] == said
    assert [one.parent for one in wire.emulator.wall] == [None, post, said]


def test_comments_are_hidden_and_deleted(wire: Wire) -> None:
    """A hidden comment is nothing that people see; a deleted one takes its replies with it."""
    post = wire.post(**IMAGE)
    said = wire.emulator.add_comment(post, "Boo").id
    wire.client.post(f"/{said}/replies", json={"message": "Why?"})
    assert codes(wire.client.post(f"/{said}", json={})) == (100, None)
    assert codes(wire.client.post(f"/{said}/likes", json={})) == (100, 33)
    assert wire.client.post(f"/{said}", json={"hide": True}).json() == {"success": True}
    assert wire.get(f"/{said}", fields="hidden")["hidden"] is True
    assert [one.text for one in wire.emulator.wall] == ["", "Why?"]
    assert wire.client.delete(f"/{said}").json() == {"success": True}
    assert codes(wire.client.delete(f"/{said}")) == (100, 33)
    assert [one.text for one in wire.emulator.wall] == [""]


def test_comments_can_be_switched_off(wire: Wire) -> None:
    """comment_enabled is the only update: off, a comment is refused; without it or with more, the update is."""
    post = wire.post(**IMAGE)
    assert wire.client.post(f"/{post}?comment_enabled=false").json() == {"success": True}
    assert wire.get(f"/{post}", fields="is_comment_enabled")["is_comment_enabled"] is False
    assert codes(wire.client.post(f"/{post}/comments", json={"message": "x"})) == (100, None)
    assert codes(wire.client.post(f"/{post}", json={"caption": "New"})) == (100, None)
    assert codes(wire.client.post(f"/{post}", json={})) == (100, None)
    wire.client.post(f"/{post}", json={"comment_enabled": True})
    assert wire.client.post(f"/{post}/comments", json={"message": "x"}).status_code == 200


@pytest.mark.parametrize("body", [{}, {"message": " "}, {"text": "x"}])
def test_a_comment_has_a_message(wire: Wire, body: dict[str, str]) -> None:
    """An empty comment, and one under another name, is refused."""
    post = wire.post(**IMAGE)
    assert codes(wire.client.post(f"/{post}/comments", json=body)) == (100, None)


def test_a_story_takes_no_comment(wire: Wire) -> None:
    """What is said to a story is a message, not a comment."""
    assert codes(wire.client.post(f"/{wire.post(**STORY)}/comments", json={"message": "x"})) == (100, 33)


def test_at_most_50_comments_come_at_a_time(wire: Wire) -> None:
    """Newest first, 25 unless said otherwise, and 50 at most; a greater limit is refused."""
    post = wire.post(**IMAGE)
    for number in range(51):
        wire.emulator.add_comment(post, str(number))
    assert len(wire.get(f"/{post}/comments")["data"]) == 25
    first = wire.get(f"/{post}/comments", limit=50)
    assert [one["text"] for one in first["data"]] == [str(number) for number in range(50, 0, -1)]
    assert [one["text"] for one in wire.client.get(first["paging"]["next"]).json()["data"]] == ["0"]
    assert codes(wire.client.get(f"/{post}/comments?limit=51")) == (100, None)


@pytest.mark.parametrize(
    ("host", "permission"),
    [(BY_FACEBOOK, "instagram_manage_comments"), (BY_INSTAGRAM, "instagram_business_manage_comments")],
)
def test_comments_need_their_permission(wire: Wire, host: str, permission: str) -> None:
    """Reading and writing comments is a permission of its own, with a name for each login."""
    post = wire.post(**IMAGE)
    wire.emulator.tokens["IGTOKEN"].permissions.discard(permission)
    for answer in (
        wire.client.get(f"{host}/{post}/comments"),
        wire.client.post(f"{host}/{post}/comments", json={"message": "x"}),
        wire.client.post(f"{host}/{post}", json={"comment_enabled": False}),
    ):
        assert codes(answer) == (10, None)
    assert wire.client.get(f"{host}/{post}").status_code == 200


# ── deleting ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_posts_reels_stories_and_albums_are_deleted_whole(wire: Wire) -> None:
    """Each kind is deleted with everything in it; what stands in an album is not deleted by itself."""
    items = [wire.container(**IMAGE, is_carousel_item=True) for _ in range(2)]
    album = wire.post(media_type="CAROUSEL", children=items)
    inside = wire.get(f"/{album}/children")["data"][0]["id"]
    assert codes(wire.client.delete(f"/{inside}")) == (100, 2207073)
    assert codes(wire.client.post(f"/{inside}", json={"comment_enabled": False})) == (100, 33)
    assert codes(wire.client.post(f"/{inside}/comments", json={"message": "x"})) == (100, 33)
    wire.emulator.add_comment(album, "Nice")
    for id_ in (album, wire.post(**REEL), wire.post(**STORY)):
        assert wire.client.delete(f"/{id_}").json() == {"success": True}
    assert wire.emulator.wall == ()
    assert codes(wire.client.get(f"/{inside}")) == (100, 33)


def test_deleting_came_in_december_2025() -> None:
    """Before that day nothing was deleted by the API."""
    clock = TestClock("2025-12-02T09:00:00+00:00")
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0))
    with emulator.client() as client:
        client.base_url = BY_FACEBOOK.replace("v26.0", "v24.0")
        client.headers["Authorization"] = "Bearer IGTOKEN"
        made = Wire(emulator, clock, client).post(**IMAGE)
        assert codes(client.delete(f"/{made}")) == (100, 33)
        clock.advance(days=1)
        assert client.delete(f"/{made}").json() == {"success": True}


# ── accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_account_tells_about_itself(wire: Wire) -> None:
    """An account's fields are what the test says, and each login has its own set."""
    profile = wire.emulator.profile()
    profile.followers, profile.follows, profile.biography, profile.website = 90, 5, "We sell coats.", ""
    wire.post(**IMAGE)
    wire.post(**STORY)
    fields = "username,name,biography,website,followers_count,follows_count,media_count,profile_picture_url"
    told = wire.get(f"/{USER}", fields=fields)
    assert told == {
        "username": "example",
        "name": "example",
        "biography": "We sell coats.",
        "followers_count": 90,
        "follows_count": 5,
        "media_count": 1,
        "profile_picture_url": "https://cdn.example.com/profile.jpg",
        "id": USER,
    }
    assert codes(wire.client.get(f"/{USER}?fields=account_type")) == (100, None)
    by_instagram = wire.get(f"{BY_INSTAGRAM}/me", fields="user_id,account_type,username")
    assert (by_instagram["user_id"], by_instagram["account_type"]) == (USER, "BUSINESS")
    assert codes(wire.client.get(f"{BY_INSTAGRAM}/me?fields=ig_id")) == (100, None)


def test_instagram_login_names_an_account_by_either_id(wire: Wire) -> None:
    """`me`, the account's id and the app's id are one account there; by Facebook Login the app's id is nobody."""
    made = wire.post(**IMAGE)
    own = wire.get(f"{BY_INSTAGRAM}/me")["id"]
    assert own != USER
    for name in ("me", own, USER):
        assert wire.get(f"{BY_INSTAGRAM}/{name}/media")["data"] == [{"id": made}]
    assert codes(wire.client.get(f"/{own}/media")) == (100, 33)


def test_an_account_is_read_only(wire: Wire) -> None:
    """Changing and deleting an account are refused; a method that Graph does not have is a gap."""
    assert codes(wire.client.post(f"/{USER}", json={"biography": "x"})) == (100, 33)
    assert codes(wire.client.delete(f"/{USER}")) == (100, 33)
    assert wire.client.put(f"/{USER}", json={}).status_code == 501


def test_a_person_is_no_account(wire: Wire) -> None:
    """By Facebook Login `me` is the person, whose Pages lead to the accounts."""
    query = {"access_token": "EAAUSER"}
    assert wire.get("/me", **query) == {"name": "Example Person", "id": "99"}
    assert codes(wire.client.get("/me/media", params=query)) == (100, 33)
    assert wire.get("/me/businesses", **query) == {"data": []}
    assert codes(wire.client.get("/1002?fields=instagram_business_account", params=query)) == (100, 33)
    fields = "name,tasks,instagram_business_account{id,username}"
    (page,) = wire.get("/me/accounts", **query, fields=fields)["data"]
    assert page["instagram_business_account"] == {"id": USER, "username": "example"}
    assert "CREATE_CONTENT" in page["tasks"]
    same = wire.get(f"/{page['id']}", **query, fields="instagram_business_account")
    assert same["instagram_business_account"] == {"id": USER}


def test_what_is_planned_in_the_app_is_listed_until_it_is_live(wire: Wire) -> None:
    """The API lists plans that people made in Instagram's app, and has the medium when the time has come."""
    at = wire.clock.now() + timedelta(hours=1)
    wire.emulator.plan_in_app("Later", at)
    (planned,) = wire.get(f"/{USER}/scheduled_media", fields="caption,media_type,publish_timestamp")["data"]
    assert (planned["caption"], planned["publish_timestamp"]) == ("Later", int(at.timestamp()))
    assert wire.emulator.wall == ()
    wire.clock.advance(hours=1)
    assert wire.get(f"/{USER}/scheduled_media")["data"] == []
    (live,) = wire.get(f"/{USER}/media", fields="caption,timestamp")["data"]
    assert (live["caption"], live["timestamp"]) == ("Later", "2026-11-24T10:00:00+0000")
    assert codes(wire.client.get(f"{BY_INSTAGRAM}/{USER}/scheduled_media")) == (100, 33)


# ── what there is not ──


def test_an_edge_that_graph_does_not_have_is_refused(wire: Wire) -> None:
    """Reading it is a field that does not exist, and writing it is unsupported; what only Graph has is a gap."""
    container, post = wire.container(**IMAGE), wire.post(**IMAGE)
    for node, kind in ((USER, "InstagramUser"), (post, "Media"), (container, "ShadowIGMediaBuilder")):
        refused = wire.client.get(f"/{node}/shoes")
        assert codes(refused) == (100, None)
        assert f"nonexisting field (shoes) on node type ({kind})" in refused.text
        assert codes(wire.client.post(f"/{node}/shoes", json={})) == (100, 33)
    assert codes(wire.client.get(f"/{container}/insights?metric=views")) == (100, None)
    assert codes(wire.client.delete(f"/{USER}/media")) == (100, 33)
    assert codes(wire.client.get(f"/{USER}/media/1")) == (100, 33)
    for gap in (f"/{USER}/tags", f"/{USER}/live_media", f"/{post}/boost_ads_list"):
        assert wire.client.get(gap).status_code == 501


# ── batches ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_batches_are_for_facebook_login(wire: Wire) -> None:
    """On graph.facebook.com a batch reads several media; on graph.instagram.com there is none."""
    made = [wire.post(**IMAGE, caption=str(number)) for number in range(2)]
    batch = [{"method": "GET", "relative_url": f"{one}?fields=caption"} for one in made]
    answers = wire.client.post("/", json={"batch": batch, "include_headers": False}).json()
    assert [one["code"] for one in answers] == [200, 200]
    assert ['"caption":"0"' in answers[0]["body"], '"caption":"1"' in answers[1]["body"]] == [True, True]
    refused = wire.client.post(f"{BY_INSTAGRAM}/", json={"batch": batch})
    assert codes(refused) == (100, None)
