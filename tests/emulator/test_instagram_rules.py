"""What Instagram refuses, keeps and changes by either login, as its emulator does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.instagram import InstagramEmulator

USER = "17841400000000001"
BY_FACEBOOK = "https://graph.facebook.com/v26.0"
BY_INSTAGRAM = "https://graph.instagram.com/v26.0"
IMAGE = {"image_url": "https://cdn.example.com/1.jpg"}


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def instagram(clock: TestClock) -> InstagramEmulator:
    return InstagramEmulator(clock=clock, processing=timedelta(0))


@pytest.fixture
def client(instagram: InstagramEmulator) -> Iterator[httpx.Client]:
    with instagram.client() as made:
        made.base_url = BY_FACEBOOK
        made.headers["Authorization"] = "Bearer IGTOKEN"
        yield made


def texts(emulator: InstagramEmulator) -> list[str]:
    """Give the texts on the wall."""
    return [post.text for post in emulator.wall]


def codes(answer: httpx.Response) -> tuple[int, int | None]:
    """Give code and subcode of a refusal."""
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


def container(client: httpx.Client, **body: object) -> str:
    """Make a container for an image."""
    return str(client.post(f"/{USER}/media", json={**IMAGE, **body}).json()["id"])


def publish(client: httpx.Client, container_id: str) -> httpx.Response:
    """Publish a container."""
    return client.post(f"/{USER}/media_publish", json={"creation_id": container_id})


# ── containers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_container_lives_a_day(instagram: InstagramEmulator, client: httpx.Client, clock: TestClock) -> None:
    """It is in progress, finished, and expired after 24 hours; then it cannot be published."""
    instagram.limits.processing = timedelta(seconds=5)
    made = container(client)

    def status() -> str:
        return str(client.get(f"/{made}?fields=status_code").json()["status_code"])

    assert status() == "IN_PROGRESS"
    clock.advance(5)
    assert status() == "FINISHED"
    clock.advance(hours=24)
    assert status() == "EXPIRED"
    assert codes(publish(client, made)) == (24, 2207008)
    assert texts(instagram) == []


def test_a_container_may_hang(instagram: InstagramEmulator, client: httpx.Client, clock: TestClock) -> None:
    """Without an end to its processing it stays in progress until it expires."""
    instagram.limits.processing = None
    made = container(client)
    clock.advance(hours=23)
    assert client.get(f"/{made}?fields=status_code").json()["status_code"] == "IN_PROGRESS"
    assert codes(publish(client, made)) == (9007, 2207027)


def test_a_container_may_fail(instagram: InstagramEmulator, client: httpx.Client) -> None:
    """A failed one says with which code, is not published, and the next one is well."""
    instagram.fail_next_container(2207026)
    made = container(client)
    assert client.get(f"/{made}?fields=status_code,status").json() == {
        "status_code": "ERROR",
        "status": "Error: Media upload has failed with error code 2207026",
        "id": made,
    }
    assert publish(client, made).status_code == 400
    assert publish(client, container(client)).status_code == 200


def test_a_container_is_published_once(instagram: InstagramEmulator, client: httpx.Client) -> None:
    """A repeat is refused, shows no second medium, and the container says that it is published."""
    made = container(client, caption="Hello")
    assert publish(client, made).status_code == 200
    again = publish(client, made)
    assert codes(again) == (100, None)
    assert again.json()["error"]["message"] == "The media has already been published"
    assert client.get(f"/{made}?fields=status_code").json()["status_code"] == "PUBLISHED"
    assert texts(instagram) == ["Hello"]


def test_a_lost_publish_can_be_found(instagram: InstagramEmulator, client: httpx.Client) -> None:
    """After a lost answer the container says PUBLISHED and the medium is in the list."""
    made = container(client, caption="Hello")
    instagram.faults.add(Fault(FaultKind.LOST_ANSWER, path="/media_publish$"))
    with pytest.raises(httpx.ReadTimeout):
        publish(client, made)
    assert client.get(f"/{made}?fields=status_code").json()["status_code"] == "PUBLISHED"
    assert [one["caption"] for one in client.get(f"/{USER}/media?fields=caption").json()["data"]] == ["Hello"]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"image_url": ""}, (100, None)),
        ({"image_url": "ftp://example.com/1.jpg"}, (9004, 2207052)),
        ({"media_type": "HOLOGRAM"}, (100, 2207023)),
        ({"caption": "a" * 2_201}, (36004, 2207010)),
        ({"caption": "#a " * 31}, (36004, 2207010)),
        ({"caption": "@a " * 21}, (100, 2207040)),
        ({"alt_text": "a" * 1_001}, (100, None)),
        ({"is_carousel_item": True, "caption": "a"}, (100, None)),
        ({"collaborators": ["a", "b", "c", "d"]}, (100, None)),
    ],
)
def test_a_container_that_breaks_a_rule_is_refused(
    instagram: InstagramEmulator, client: httpx.Client, body: dict[str, object], refusal: tuple[int, int | None]
) -> None:
    """Each documented limit is kept, and nothing is made."""
    assert codes(client.post(f"/{USER}/media", json={**IMAGE, **body})) == refusal
    assert instagram.containers == ()


@pytest.mark.parametrize("body", [{"caption": "a" * 2_200}, {"caption": "#a " * 30}, {"alt_text": "a" * 1_000}])
def test_what_just_fits_is_taken(client: httpx.Client, body: dict[str, object]) -> None:
    """The limits themselves are allowed."""
    assert client.post(f"/{USER}/media", json={**IMAGE, **body}).status_code == 200


def test_what_instagram_does_not_know_is_refused(instagram: InstagramEmulator, client: httpx.Client) -> None:
    """A parameter that no kind of container has is refused, and named."""
    refused = client.post(f"/{USER}/media", json={**IMAGE, "filter": "sepia"})
    assert codes(refused) == (100, None)
    assert "filter" in refused.json()["error"]["message"]
    assert instagram.containers == ()


def test_what_the_emulator_does_not_know_is_a_gap(client: httpx.Client) -> None:
    """An edge that Instagram has and the emulator has not is a 501 that names it."""
    answer = client.get(f"/{USER}/tags")
    assert answer.status_code == 501
    assert "/tags" in answer.json()["gap"]


def test_a_carousel_has_2_to_10_items(client: httpx.Client) -> None:
    """One item or eleven, a container that is no item, and one that is unknown are refused."""
    items = [container(client, is_carousel_item=True) for _ in range(11)]
    single = container(client)
    for children, refusal in (
        (items[:1], (100, 2207028)),
        (items, (100, 2207028)),
        ([items[0], single], (100, None)),
        ([items[0], "1"], (24, 2207006)),
    ):
        answer = client.post(f"/{USER}/media", json={"media_type": "CAROUSEL", "children": children})
        assert codes(answer) == refusal
    assert codes(publish(client, items[0])) == (100, 2207089)


def test_a_carousel_waits_for_its_items(instagram: InstagramEmulator, client: httpx.Client, clock: TestClock) -> None:
    """The parent is in progress until its slowest item is done."""
    instagram.limits.processing = timedelta(seconds=60)
    items = [container(client, is_carousel_item=True) for _ in range(2)]
    instagram.limits.processing = timedelta(0)
    parent = client.post(f"/{USER}/media", json={"media_type": "CAROUSEL", "children": items}).json()["id"]
    assert codes(publish(client, parent)) == (9007, 2207027)
    clock.advance(60)
    made = publish(client, parent).json()["id"]
    told = client.get(f"/{made}?fields=media_type,children").json()
    assert told["media_type"] == "CAROUSEL_ALBUM"
    assert len(told["children"]["data"]) == 2


# ── quotas ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_quota_moves_with_the_time(instagram: InstagramEmulator, client: httpx.Client, clock: TestClock) -> None:
    """A used-up quota refuses until 24 hours after the first publish, whatever was deleted."""
    instagram.limits.publishes = 1
    first = publish(client, container(client)).json()["id"]
    client.delete(f"/{first}")
    assert codes(publish(client, container(client))) == (9, 2207042)
    told = client.get(f"/{USER}/content_publishing_limit?fields=config,quota_usage").json()
    assert told == {"data": [{"quota_usage": 1, "config": {"quota_total": 1, "quota_duration": 86400}}]}
    clock.advance(hours=24)
    assert client.get(f"/{USER}/content_publishing_limit").json() == {"data": [{"quota_usage": 0}]}
    assert publish(client, container(client)).status_code == 200


def test_containers_have_a_quota_too(instagram: InstagramEmulator, client: httpx.Client, clock: TestClock) -> None:
    """The container above the limit is refused until 24 hours have gone by."""
    instagram.limits.containers = 2
    container(client)
    container(client)
    assert codes(client.post(f"/{USER}/media", json=IMAGE)) == (9, None)
    clock.advance(hours=24)
    assert client.post(f"/{USER}/media", json=IMAGE).status_code == 200


# ── the two logins ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("host", "permission"),
    [(BY_FACEBOOK, "instagram_content_publish"), (BY_INSTAGRAM, "instagram_business_content_publish")],
)
def test_each_login_has_its_own_permissions(
    instagram: InstagramEmulator, client: httpx.Client, host: str, permission: str
) -> None:
    """The host says which permission counts; without it the call is refused with 10, and by the other host taken."""
    instagram.tokens["IGTOKEN"].permissions.discard(permission)
    other = BY_INSTAGRAM if host == BY_FACEBOOK else BY_FACEBOOK
    assert codes(client.post(f"{host}/{USER}/media", json=IMAGE)) == (10, None)
    assert client.post(f"{other}/{USER}/media", json=IMAGE).status_code == 200


def test_a_token_of_the_other_login_is_refused(clock: TestClock) -> None:
    """A token that one login gave is nonsense to the other's host."""
    emulator = InstagramEmulator(clock=clock, login="instagram")
    with emulator.client() as client:
        client.headers["Authorization"] = "Bearer IGTOKEN"
        assert codes(client.get(f"{BY_FACEBOOK}/{USER}")) == (190, None)
        assert client.get(f"{BY_INSTAGRAM}/{USER}").status_code == 200


def test_only_facebook_login_deletes(instagram: InstagramEmulator, client: httpx.Client) -> None:
    """Instagram Login cannot delete; Facebook Login can, with the permission for it, once."""
    made = publish(client, container(client)).json()["id"]
    assert codes(client.delete(f"{BY_INSTAGRAM}/{made}")) == (100, 33)
    instagram.tokens["IGTOKEN"].permissions.discard("instagram_manage_contents")
    assert codes(client.delete(f"/{made}")) == (10, None)
    instagram.tokens["IGTOKEN"].permissions.add("instagram_manage_contents")
    assert client.delete(f"/{made}").json() == {"success": True}
    assert codes(client.delete(f"/{made}")) == (100, 33)
    assert texts(instagram) == []


def test_captions_can_be_kept_from_instagram_login(instagram: InstagramEmulator, client: httpx.Client) -> None:
    """Told to go by the documentation, only Facebook Login reads captions."""
    instagram.captions_for_instagram_login = False
    made = publish(client, container(client, caption="Hello")).json()["id"]
    assert client.get(f"{BY_FACEBOOK}/{made}?fields=caption").json() == {"caption": "Hello", "id": made}
    assert client.get(f"{BY_INSTAGRAM}/{made}?fields=caption").json() == {"id": made}


def test_instagram_login_says_who_one_is(client: httpx.Client) -> None:
    """With Instagram Login `user_id` is the account's id, and `id` is not."""
    told = client.get(f"{BY_INSTAGRAM}/me?fields=user_id,username").json()
    assert told["user_id"] == USER
    assert told["id"] != USER


def test_facebook_login_finds_the_account_of_a_page(client: httpx.Client) -> None:
    """A person's Pages tell the Instagram account that belongs to each."""
    query = {"fields": "instagram_business_account", "access_token": "EAAUSER"}
    (page,) = client.get("/me/accounts", params=query).json()["data"]
    assert page["instagram_business_account"] == {"id": USER}


def test_instagram_login_gives_and_keeps_tokens(instagram: InstagramEmulator, clock: TestClock) -> None:
    """A code becomes an hour's token, that one 60 days', and a refresh 60 days more, not before a day has gone by."""
    form = {
        "client_id": "1",
        "client_secret": "x",
        "grant_type": "authorization_code",
        "redirect_uri": "https://app.example.com/",
        "code": instagram.issue_code("IGTOKEN", "https://app.example.com/"),
    }
    with instagram.client() as client:
        (given,) = client.post("https://api.instagram.com/oauth/access_token", data=form).json()["data"]
        assert given["user_id"] == USER
        assert "instagram_business_basic" in given["permissions"].split(",")
        used = client.post("https://api.instagram.com/oauth/access_token", data=form)
        assert used.status_code == 400
        assert used.json()["error_message"] == "This authorization code has been used."
        exchange = {"grant_type": "ig_exchange_token", "client_secret": "x", "access_token": given["access_token"]}
        long = client.get("https://graph.instagram.com/access_token", params=exchange).json()
        assert long["expires_in"] == 5_184_000
        refresh = {"grant_type": "ig_refresh_token", "access_token": long["access_token"]}
        url = "https://graph.instagram.com/refresh_access_token"
        assert client.get(url, params=refresh).status_code == 400
        clock.advance(hours=24)
        assert client.get(url, params=refresh).json()["access_token"] == long["access_token"]
        assert codes(client.get(f"{BY_INSTAGRAM}/me?access_token={given['access_token']}")) == (190, 463)
        clock.advance(days=59)
        assert client.get(f"{BY_INSTAGRAM}/me?access_token={long['access_token']}").status_code == 200


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_media_are_listed_newest_first(client: httpx.Client, clock: TestClock) -> None:
    """Pages follow each other by cursors, and what was asked for is shown."""
    for number in range(3):
        publish(client, container(client, caption=str(number), alt_text="A door"))
        clock.advance(60)
    first = client.get(f"/{USER}/media?fields=caption,timestamp,alt_text,media_product_type&limit=2").json()
    assert [one["caption"] for one in first["data"]] == ["2", "1"]
    assert first["data"][0]["timestamp"] == "2026-11-24T09:02:00+0000"
    assert (first["data"][0]["alt_text"], first["data"][0]["media_product_type"]) == ("A door", "FEED")
    second = client.get(first["paging"]["next"]).json()
    assert [one["caption"] for one in second["data"]] == ["0"]


def test_insights_are_what_was_set(instagram: InstagramEmulator, client: httpx.Client) -> None:
    """A medium's numbers are read by name, in order."""
    made = publish(client, container(client)).json()["id"]
    instagram.set_performance(made, views=7, saved=3)
    rows = client.get(f"/{made}/insights?metric=views,saved").json()["data"]
    assert [(row["name"], row["values"], row["id"]) for row in rows] == [
        ("views", [{"value": 7}], f"{made}/insights/views/lifetime"),
        ("saved", [{"value": 3}], f"{made}/insights/saved/lifetime"),
    ]


@pytest.mark.parametrize("metric", ["impressions", "nonsense", "replies", "ig_reels_avg_watch_time"])
def test_one_wrong_metric_fails_the_call(client: httpx.Client, metric: str) -> None:
    """A retired name, one that never was, and one of another product each fail the good one beside it."""
    made = publish(client, container(client)).json()["id"]
    assert codes(client.get(f"/{made}/insights?metric=views,{metric}")) == (100, None)


def test_some_metrics_are_for_facebook_login_only(client: httpx.Client) -> None:
    """total_likes is given by one login and refused by the other."""
    made = publish(client, container(client)).json()["id"]
    assert client.get(f"{BY_FACEBOOK}/{made}/insights?metric=total_likes").status_code == 200
    assert codes(client.get(f"{BY_INSTAGRAM}/{made}/insights?metric=total_likes")) == (100, None)


def test_insights_come_after_their_lag(instagram: InstagramEmulator, client: httpx.Client, clock: TestClock) -> None:
    """Until the lag is over the list of insights is empty, not an error."""
    instagram.insights_lag = timedelta(hours=48)
    made = publish(client, container(client)).json()["id"]
    assert client.get(f"/{made}/insights?metric=views").json() == {"data": []}
    clock.advance(hours=48)
    assert len(client.get(f"/{made}/insights?metric=views").json()["data"]) == 1
