"""Drafts, plans and recent posts of a page, against literal answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import JsonValue
from tests.networks.meta.graph_answers import Answers

from socialconnect.errors import (
    OutcomeUnknown,
    UnsupportedFeature,
    ValidationError,
)
from socialconnect.media import Image, Video
from socialconnect.networks.facebook.limits import LATEST, SOONEST
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock

# ── drafts and plans ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_draft() -> None:
    """A draft is an unpublished post of that kind; its photos are uploaded as temporary ones."""
    answers = Answers({"id": "3001"}, {"id": "1000_2001"})
    draft = answers.facebook().draft(Post("Soon", media=[Image("https://cdn.example.com/1.jpg")]))
    assert answers.json(0) == {"url": "https://cdn.example.com/1.jpg", "published": False, "temporary": True}
    assert answers.json(1) == {
        "message": "Soon",
        "attached_media": [{"media_fbid": "3001"}],
        "published": False,
        "unpublished_content_type": "DRAFT",
    }
    assert (draft.id, draft.held_by) == ("1000_2001", "network")


def test_a_draft_with_a_missing_file_says_so() -> None:
    """A draft is not validated, but a file that is not there is told as a problem, not as a bare `OSError`."""
    with pytest.raises(ValidationError):
        Answers().facebook().draft(Post("Soon", media=[Image("/nowhere/1.jpg")]))


def test_a_draft_with_a_video_says_so() -> None:
    """What this version cannot do is told for drafts too."""
    with pytest.raises(UnsupportedFeature):
        Answers().facebook().draft(Post("Soon", media=[Video("https://cdn.example.com/1.mp4")]))


def test_drafts_cannot_be_listed() -> None:
    """Facebook documents no list of drafts: an error says so, where an empty list would be a false one."""
    with pytest.raises(UnsupportedFeature, match="no list of drafts"):
        Answers().facebook().drafts()


def test_a_draft_of_text_is_changed_in_place() -> None:
    """Where only text is changed the draft keeps its id."""
    answers = Answers({"id": "1000_2001"}, {"id": "1000_2001", "message": "Soon"}, {"success": True})
    facebook = answers.facebook()
    changed = facebook.update_draft(facebook.draft(Post("Soon")), Post("Sooner"))
    assert (answers.sent[-1].url.path, answers.json()) == ("/v26.0/1000_2001", {"message": "Sooner"})
    assert (changed.id, changed.text) == ("1000_2001", "Sooner")


def test_a_draft_whose_photos_change_is_replaced() -> None:
    """The network changes text only: another draft takes the old one's place, made before the old one goes."""
    kept: JsonValue = {"id": "1000_2001", "attachments": {"data": [{"media_type": "photo", "url": "https://…"}]}}
    answers = Answers({"id": "3001"}, {"id": "1000_2001"}, kept, {"id": "1000_2002"}, {"success": True})
    facebook = answers.facebook()
    draft = facebook.draft(Post("Soon", media=[Image("https://cdn.example.com/1.jpg")]))
    changed = facebook.update_draft(draft, Post("Sooner"))
    assert changed.id == "1000_2002"
    assert [(request.method, request.url.path) for request in answers.sent[3:]] == [
        ("POST", "/v26.0/1000/feed"),
        ("DELETE", "/v26.0/1000_2001"),
    ]


def test_publish_and_delete_a_draft() -> None:
    """A draft is published by its flag and taken away by its id."""
    answers = Answers({"id": "1000_2001"}, {"success": True}, {"id": "1000_2001"}, {"success": True})
    facebook = answers.facebook()
    draft = facebook.draft(Post("Soon"))
    assert facebook.publish_draft(draft).id == "1000_2001"
    assert (answers.sent[1].url.path, answers.json(1)) == ("/v26.0/1000_2001", {"is_published": True})
    facebook.delete_draft(draft)
    assert [one.method for one in answers.sent[2:]] == ["GET", "DELETE"]


def test_schedule() -> None:
    """A plan is an unpublished post with a time in seconds."""
    answers = Answers({"id": "1000_2002"})
    at = datetime.fromtimestamp(1796130000, UTC)
    plan = answers.facebook().schedule(Post("Later"), at)
    assert answers.json() == {
        "message": "Later",
        "published": False,
        "unpublished_content_type": "SCHEDULED",
        "scheduled_publish_time": 1796130000,
    }
    assert (plan.id, plan.at) == ("1000_2002", at)


@pytest.mark.parametrize("ahead", [SOONEST - timedelta(seconds=1), LATEST + timedelta(seconds=1)])
def test_the_window_of_scheduling(ahead: timedelta) -> None:
    """A time outside Facebook's window is refused before anything is sent, also when a plan is moved."""
    answers = Answers({"id": "1000_2002"})
    facebook = answers.facebook()
    plan = facebook.schedule(Post("Later"), TestClock().now() + SOONEST)
    with pytest.raises(ValidationError, match="schedules no"):
        facebook.schedule(Post("Later"), TestClock().now() + ahead)
    with pytest.raises(ValidationError, match="schedules no"):
        facebook.reschedule(plan, TestClock().now() + ahead)
    assert len(answers.sent) == 1


def test_the_plans_of_all_pages_of_the_list() -> None:
    """The list is read to its end by the network's own next address, whose token is not sent on; soonest first."""
    following = "https://graph.facebook.com/v26.0/1000/scheduled_posts?access_token=EAAPAGE&limit=100&after=QVFI"
    answers = Answers(
        {
            "data": [
                {
                    "id": "1000_2",
                    "message": "Second",
                    "scheduled_publish_time": 1796140000,
                    "created_time": "2026-11-24T10:00:00+0000",
                }
            ],
            "paging": {"cursors": {"before": "a", "after": "QVFI"}, "next": following},
        },
        {"data": [{"id": "1000_1", "scheduled_publish_time": 1796130000}], "paging": {}},
    )
    plans = answers.facebook().scheduled()
    assert [(plan.id, plan.text) for plan in plans] == [("1000_1", None), ("1000_2", "Second")]
    assert parse_qs(urlsplit(str(answers.sent[1].url)).query) == {"limit": ["100"], "after": ["QVFI"]}


def test_move_and_cancel_a_plan() -> None:
    """A plan is moved by its time alone, after a look at it, and cancelled by deleting it."""
    planned: JsonValue = {"id": "1000_2002", "scheduled_publish_time": 1796130000}
    answers = Answers({"id": "1000_2002"}, planned, {"success": True}, {"id": "1000_2002"}, {"success": True})
    facebook = answers.facebook()
    plan = facebook.schedule(Post("Later"), datetime.fromtimestamp(1796130000, UTC))
    moved = facebook.reschedule(plan, datetime.fromtimestamp(1796140000, UTC))
    assert answers.json(2) == {"scheduled_publish_time": 1796140000}
    assert moved.at == datetime.fromtimestamp(1796140000, UTC)
    facebook.cancel(moved)
    assert (answers.sent[4].method, answers.sent[4].url.path) == ("DELETE", "/v26.0/1000_2002")


def test_a_change_that_is_not_confirmed_is_unknown() -> None:
    """`success: false` is no success, and no refusal that the library understands either."""
    answers = Answers({"success": False})
    with pytest.raises(OutcomeUnknown):
        answers.facebook().delete("1000_2001")


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_posts() -> None:
    """Recent posts come with text, time, address and number of media; a shared link is no medium."""
    answers = Answers(
        {
            "data": [
                {
                    "id": "1000_3",
                    "message": "Two",
                    "created_time": "2026-11-24T10:00:00+0000",
                    "permalink_url": "https://www.facebook.com/1000_3",
                    "attachments": {
                        "data": [
                            {
                                "media_type": "album",
                                "subattachments": {"data": [{"media_type": "photo"}, {"media_type": "photo"}]},
                            }
                        ]
                    },
                },
                {
                    "id": "1000_2",
                    "message": "Link",
                    "created_time": "2026-11-24T09:00:00+0000",
                    "attachments": {"data": [{"media_type": "link", "url": "https://example.com/"}]},
                },
            ]
        }
    )
    posts = answers.facebook().posts(since=datetime(2026, 11, 24, 8, tzinfo=UTC))
    assert [(post.id, post.text, post.media_count) for post in posts] == [("1000_3", "Two", 2), ("1000_2", "Link", 0)]
    assert posts[0].created_at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert answers.sent[0].url.path == "/v26.0/1000/published_posts"
    assert answers.sent[0].url.params["since"] == str(int(datetime(2026, 11, 24, 8, tzinfo=UTC).timestamp()))


def test_an_empty_page_is_not_the_end() -> None:
    """A page of the list may be empty and yet lead on; one that leads to itself ends it."""
    first = "https://graph.facebook.com/v26.0/1000/published_posts?limit=2&after=A&access_token=EAAPAGE"
    answers = Answers(
        {"data": [], "paging": {"next": first}},
        {"data": [{"id": "1000_1"}], "paging": {"next": first}},
    )
    assert [post.id for post in answers.facebook().posts(limit=2)] == ["1000_1"]
