"""Comments, replies, reactions and their counts on the LinkedIn emulator, and what of them stands on the wall."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.emulator.linkedin_api import MEMBER, PAGE, PARTIAL, client, enc, posted, uploaded

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

NOW = 1_795_510_800_000


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


@pytest.fixture
def member(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-member") as api:
        yield api


def comments_of(urn: str) -> str:
    return f"/rest/socialActions/{enc(urn)}/comments"


def comment(api: httpx.Client, urn: str, text: str, actor: str = PAGE, **fields: object) -> dict[str, object]:
    sent = {"actor": actor, "object": urn, "message": {"text": text}, **fields}
    answer = api.post(comments_of(urn), json=sent)
    assert answer.status_code == 201, answer.text
    made: dict[str, object] = answer.json()
    return made


# ── comments ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_comment_is_answered_with_itself(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A comment comes back whole, by its id in the header, and people read it below the post."""
    urn = posted(page, "Post")
    sent = {"actor": PAGE, "object": urn, "message": {"text": "First \\(of all\\)"}}
    answer = page.post(comments_of(urn), json=sent)
    assert answer.status_code == 201
    made = answer.json()
    assert answer.headers["x-restli-id"] == made["id"]
    thread = linkedin.state.shares[urn].activity  # a share's comments hang on its activity
    assert made["commentUrn"] == f"urn:li:comment:({thread},{made['id']})"
    assert (made["object"], made["actor"], made["message"]["text"]) == (thread, PAGE, "First \\(of all\\)")
    assert made["created"] == {"actor": PAGE, "impersonator": MEMBER, "time": NOW}
    post, seen = linkedin.wall
    assert (seen.id, seen.text, seen.account, seen.parent) == (made["commentUrn"], "First (of all)", PAGE, post.id)


def test_replies_hang_on_their_comment(page: httpx.Client, member: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A reply names its comment, or goes to the comment's own path; a list holds one level."""
    urn = posted(page, "Post")
    first = comment(page, urn, "First")
    above = str(first["commentUrn"])
    named = comment(member, urn, "Named", MEMBER, parentComment=above)
    sent = {"actor": MEMBER, "object": urn, "message": {"text": "By path"}}
    by_path = member.post(comments_of(above), json=sent).json()
    assert named["parentComment"] == by_path["parentComment"] == above
    assert [one.parent for one in linkedin.wall] == [None, urn, above, above]
    top = page.get(comments_of(urn)).json()
    assert [one["id"] for one in top["elements"]] == [first["id"]]
    assert top["paging"]["total"] == 1
    assert top["elements"][0]["commentsSummary"]["totalFirstLevelComments"] == 2
    replies = page.get(f"{comments_of(above)}?start=1&count=1").json()
    assert [one["id"] for one in replies["elements"]] == [by_path["id"]]
    counts = page.get(f"/rest/socialMetadata/{enc(urn)}").json()["commentSummary"]
    assert counts == {"count": 3, "topLevelCount": 1}


def test_comments_are_changed_and_deleted_by_their_actor(
    page: httpx.Client, member: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock
) -> None:
    """An edit changes the message; nobody else may; with a comment go its replies."""
    urn = posted(page, "Post")
    made = comment(member, urn, "Frist", MEMBER)
    comment(page, urn, "Reply", parentComment=made["commentUrn"])
    where = f"{comments_of(urn)}/{made['id']}"
    clock.advance(60)
    patch = {"patch": {"message": {"$set": {"text": "First"}}}}
    changed = member.post(f"{where}?actor={enc(MEMBER)}", json=patch, headers=PARTIAL)
    assert (changed.status_code, changed.json()["message"]["text"]) == (200, "First")
    assert changed.headers["x-resourceidentity-urn"] == made["commentUrn"]
    assert changed.json()["lastModified"]["time"] == NOW + 60_000
    assert page.post(f"{where}?actor={enc(MEMBER)}", json=patch, headers=PARTIAL).status_code == 403
    other = posted(member, "Other", MEMBER)
    assert page.delete(f"{comments_of(other)}/{made['id']}?actor={enc(PAGE)}").status_code == 404
    assert member.get(where).json()["message"]["text"] == "First"
    assert member.delete(f"{where}?actor={enc(MEMBER)}").status_code == 204
    assert [one.text for one in linkedin.wall] == ["Post", "Other"]
    assert member.get(where).status_code == 404
    assert page.get(f"/rest/socialMetadata/{enc(urn)}").json()["commentSummary"]["count"] == 0


def test_the_wall_is_in_the_order_of_making(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """What was made at one moment stands in the order in which it was made."""
    urn = posted(page, "one")
    comment(page, urn, "two")
    posted(page, "three")
    assert [one.text for one in linkedin.wall] == ["one", "two", "three"]


def test_nobody_acts_for_another_member(page: httpx.Client, member: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A member comments for the member alone; a page does not change what others wrote on others' posts."""
    urn = posted(member, "Post", MEMBER)
    sent = {"actor": "urn:li:person:other", "object": urn, "message": {"text": "x"}}
    assert member.post(comments_of(urn), json=sent).status_code == 403
    made = comment(member, urn, "Mine", MEMBER)
    where = f"{comments_of(urn)}/{made['id']}?actor={enc(PAGE)}"
    patch = {"patch": {"message": {"$set": {"text": "Theirs"}}}}
    assert page.post(where, json=patch, headers=PARTIAL).status_code == 403
    assert page.delete(where).status_code == 403
    assert [one.text for one in linkedin.wall] == ["Post", "Mine"]


def test_a_comments_urn_names_its_own_post(page: httpx.Client) -> None:
    """A comment is found by its post's URN or its activity's, and not by another post's."""
    first, second = posted(page, "First"), posted(page, "Second")
    number = comment(page, first, "x")["id"]
    told = [page.get(f"/rest/socialMetadata/{enc(f'urn:li:comment:({urn},{number})')}") for urn in (first, second)]
    assert [one.status_code for one in told] == [200, 404]


def test_comments_are_read_together(page: httpx.Client) -> None:
    """Several comments of a post come in one call, by their ids."""
    urn = posted(page, "Post")
    ids = [str(comment(page, urn, text)["id"]) for text in ("one", "two")]
    found = page.get(f"{comments_of(urn)}?ids=List({ids[0]},{ids[1]},3)").json()
    assert set(found["results"]) == set(ids)
    assert found["statuses"] == {"3": 404}


def test_a_comment_may_carry_an_image(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A comment's image is the actor's own, uploaded before."""
    urn = posted(page, "Post")
    image = uploaded(page, PAGE)
    made = comment(page, urn, "Look", content=[{"entity": {"image": image}}])
    assert made["content"] == [{"entity": {"image": image}}]
    assert linkedin.wall[-1].media == 1
    sent = {
        "actor": PAGE,
        "object": urn,
        "message": {"text": "x"},
        "content": [{"entity": {"image": "urn:li:image:0"}}],
    }
    assert page.post(comments_of(urn), json=sent).json()["code"] == "INVALID_URN_ID"


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"message": {"text": " "}}, 400, "INVALID_VALUE_BLANK_FIELD"),
        ({"object": "urn:li:share:1"}, 400, "INVALID_VALUE_FOR_FIELD"),
        ({"parentComment": "urn:li:comment:(urn:li:activity:1,2)"}, 400, "INVALID_URN_ID"),
        ({"actor": "urn:li:organization:1"}, 403, "ACCESS_DENIED"),
        ({"text": "x"}, 422, "ERROR :: /text :: unrecognized field found but not allowed"),
        ({"message": None}, 422, "ERROR :: /message :: null"),
    ],
)
def test_what_is_no_comment_is_refused(page: httpx.Client, change: dict[str, object], status: int, told: str) -> None:
    """A comment without words, on another post, below nothing, by a stranger, or with a strange field is refused."""
    urn = posted(page, "Post")
    answer = page.post(comments_of(urn), json={"actor": PAGE, "object": urn, "message": {"text": "x"}} | change)
    assert answer.status_code == status
    assert told in answer.text
    missing = {"actor": PAGE, "object": "urn:li:share:1", "message": {"text": "x"}}
    assert page.post(comments_of("urn:li:share:1"), json=missing).status_code == 404


def test_comments_are_throttled_by_the_minute(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """A member's comments of a minute have a number of their own."""
    linkedin.settings.comments_per_minute = 1
    urn = posted(page, "Post")
    comment(page, urn, "one")
    sent = {"actor": PAGE, "object": urn, "message": {"text": "two"}}
    refused = page.post(comments_of(urn), json=sent)
    assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_REQUESTS")
    clock.advance(60)
    assert page.post(comments_of(urn), json=sent).status_code == 201


def test_comments_need_the_scopes_of_the_feed(linkedin: LinkedInEmulator, page: httpx.Client, clock: TestClock) -> None:
    """Without the feed's scope, or the programme, comments are closed; the unversioned path is open to self-serve."""
    urn = posted(page, "Post")
    linkedin.token("AQX-organization").scopes -= {"w_organization_social_feed"}
    sent = {"actor": PAGE, "object": urn, "message": {"text": "x"}}
    refused = page.post(comments_of(urn), json=sent)
    assert refused.status_code == 403
    assert "partnerApiSocialActionsComments.CREATE.20260901" in refused.json()["message"]
    self_serve = LinkedInEmulator(clock=clock, tier="self_serve")
    with client(self_serve, "AQX-member") as api:
        own = posted(api, "Mine", MEMBER)
        sent = {"actor": MEMBER, "object": own, "message": {"text": "First (of all)"}}
        assert api.post(comments_of(own), json=sent).status_code == 403
        done = api.post(f"/v2/socialActions/{enc(own)}/comments", json=sent)
        assert (done.status_code, done.json()["message"]["text"]) == (201, "First (of all)")
    assert [one.text for one in self_serve.wall] == ["Mine", "First (of all)"]  # no little text there


def test_comments_are_read_behind_writes(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """A new comment is not in the list at once where reads lag."""
    urn = posted(page, "Post")
    linkedin.settings.read_lag = 5
    made = comment(page, urn, "one")
    assert page.get(comments_of(urn)).json()["elements"] == []
    assert page.get(f"{comments_of(urn)}/{made['id']}").status_code == 404
    clock.advance(5)
    assert len(page.get(comments_of(urn)).json()["elements"]) == 1


# ── reactions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reaction_is_made_read_and_taken_back(page: httpx.Client, member: httpx.Client) -> None:
    """One reaction for each actor and post; its key is the two of them."""
    urn = posted(page, "Post")
    made = member.post(f"/rest/reactions?actor={enc(MEMBER)}", json={"root": urn, "reactionType": "PRAISE"})
    assert made.status_code == 201
    stamp = {"actor": MEMBER, "time": NOW}
    told = {"root": urn, "reactionType": "PRAISE", "created": stamp, "lastModified": stamp}
    assert made.json() == {"id": f"urn:li:reaction:({MEMBER},{urn})", **told}
    key = f"(actor:{enc(MEMBER)},entity:{enc(urn)})"
    assert member.get(f"/rest/reactions/{key}").json() == made.json()
    liked = page.post(f"/rest/reactions?actor={enc(PAGE)}", json={"root": urn, "reactionType": "LIKE"})
    assert liked.json()["created"]["impersonator"] == MEMBER
    kinds = page.get(f"/rest/socialMetadata/{enc(urn)}").json()["reactionSummaries"]
    assert kinds == {one: {"reactionType": one, "count": 1} for one in ("LIKE", "PRAISE")}
    where = f"/rest/reactions/(entity:{enc(urn)})?q=entity&sort=(value:REVERSE_CHRONOLOGICAL)"
    assert [one["reactionType"] for one in page.get(where).json()["elements"]] == ["LIKE", "PRAISE"]
    assert member.delete(f"/rest/reactions/{key}").status_code == 204
    assert member.delete(f"/rest/reactions/{key}").status_code == 404


def test_a_second_reaction_takes_the_place_of_the_first(page: httpx.Client, clock: TestClock) -> None:
    """An actor has one reaction to a post: another kind replaces it and is counted once."""
    urn = posted(page, "Post")
    where = f"/rest/reactions?actor={enc(PAGE)}"
    page.post(where, json={"root": urn, "reactionType": "LIKE"})
    clock.advance(1)
    again = page.post(where, json={"root": urn, "reactionType": "INTEREST"}).json()
    assert (again["created"]["time"], again["lastModified"]["time"]) == (NOW, NOW + 1000)
    counted = page.get(f"/rest/socialMetadata/{enc(urn)}").json()["reactionSummaries"]
    assert counted == {"INTEREST": {"reactionType": "INTEREST", "count": 1}}


def test_reactions_are_read_together_by_their_pairs(page: httpx.Client) -> None:
    """Keys of two parts are told with their values escaped."""
    urn = posted(page, "Post")
    page.post(f"/rest/reactions?actor={enc(PAGE)}", json={"root": urn, "reactionType": "LIKE"})
    keys = [f"(actor:{enc(actor)},entity:{enc(urn)})" for actor in (PAGE, MEMBER)]
    found = page.get(f"/rest/reactions?ids=List({','.join(keys)})").json()
    assert list(found["results"]) == [keys[0]]
    assert list(found["errors"]) == [keys[1]]


@pytest.mark.parametrize(
    ("kind", "status"), [("MAYBE", 400), ("SHRUG", 422), ("EMPATHY", 201), ("INTEREST", 201), ("ENTERTAINMENT", 201)]
)
def test_types_of_reactions(page: httpx.Client, kind: str, status: int) -> None:
    """`MAYBE` is not taken any more; what never was a type does not fit the schema."""
    urn = posted(page, "Post")
    answer = page.post(f"/rest/reactions?actor={enc(PAGE)}", json={"root": urn, "reactionType": kind})
    assert answer.status_code == status


def test_reactions_are_refused(page: httpx.Client) -> None:
    """A reaction needs its actor, who must be the caller's, and something to be about."""
    sent = {"root": "urn:li:share:1", "reactionType": "LIKE"}
    assert page.post("/rest/reactions", json=sent).json()["message"] == "Parameter 'actor' is required"
    assert page.post(f"/rest/reactions?actor={enc(MEMBER)}", json=sent).status_code == 403
    assert page.post(f"/rest/reactions?actor={enc(PAGE)}", json=sent).json()["code"] == "INVALID_URN_ID"
    assert page.get("/rest/reactions/x").json()["code"] == "ILLEGAL_ARGUMENT"
    assert page.get(f"/rest/reactions/(entity:{enc(PAGE)})?q=actor").status_code == 400


def test_reactions_to_comments(page: httpx.Client) -> None:
    """A comment can be reacted to as well, by its URN."""
    urn = posted(page, "Post")
    made = comment(page, urn, "one")
    about = str(made["commentUrn"])
    page.post(f"/rest/reactions?actor={enc(PAGE)}", json={"root": about, "reactionType": "LIKE"})
    told = page.get(f"/rest/socialMetadata/{enc(about)}").json()
    assert told["reactionSummaries"] == {"LIKE": {"reactionType": "LIKE", "count": 1}}
    shown = page.get(comments_of(urn)).json()["elements"][0]["likesSummary"]
    assert (shown["totalLikes"], shown["likedByCurrentUser"]) == (1, False)


def test_likes_of_the_older_resource(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Likes and the summary of social actions count what is known and what was set."""
    urn = posted(page, "Post")
    linkedin.set_metrics(urn, likeCount=4, commentCount=2)
    where = f"/rest/socialActions/{enc(urn)}"
    made = page.post(f"{where}/likes", json={"actor": PAGE, "object": urn})
    assert (made.status_code, made.json()["actor"]) == (201, PAGE)
    told = page.get(where).json()
    assert (told["likesSummary"]["totalLikes"], told["commentsSummary"]["aggregatedTotalComments"]) == (5, 2)
    assert told["target"] == urn
    assert [one["actor"] for one in page.get(f"{where}/likes").json()["elements"]] == [PAGE]
    assert page.delete(f"{where}/likes/{enc(PAGE)}?actor={enc(PAGE)}").status_code == 204
    assert (
        page.get(f"/rest/socialActions?ids=List({enc(urn)})").json()["results"][urn]["likesSummary"]["totalLikes"] == 4
    )


# ── social metadata ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_closing_comments_takes_them_away(page: httpx.Client, member: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Who wrote the post closes its comments, which deletes those that are there, and opens them again."""
    urn = posted(page, "Post")
    comment(member, urn, "one", MEMBER)
    where = f"/rest/socialMetadata/{enc(urn)}"
    close = {"patch": {"$set": {"commentsState": "CLOSED"}}}
    assert member.post(f"{where}?actor={enc(MEMBER)}", json=close, headers=PARTIAL).status_code == 403
    assert page.post(f"{where}?actor={enc(PAGE)}", json=close, headers=PARTIAL).status_code == 204
    assert page.get(where).json()["commentsState"] == "CLOSED"
    assert [one.text for one in linkedin.wall] == ["Post"]
    sent = {"actor": MEMBER, "object": urn, "message": {"text": "again"}}
    assert member.post(comments_of(urn), json=sent).status_code == 403
    opened = {"patch": {"$set": {"commentsState": "OPEN"}}}
    assert page.post(f"{where}?actor={enc(PAGE)}", json=opened, headers=PARTIAL).status_code == 204
    assert member.post(comments_of(urn), json=sent).status_code == 201


def test_metadata_of_several(page: httpx.Client) -> None:
    """Several posts' metadata come in one call, by whichever URN was asked for."""
    urn = posted(page, "Post")
    found = page.get(f"/rest/socialMetadata?ids=List({enc(urn)},urn%3Ali%3Ashare%3A1)").json()
    assert found["results"][urn]["entity"] == urn
    assert found["statuses"] == {"urn:li:share:1": 404}
