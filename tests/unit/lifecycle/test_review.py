"""What maintainers are told: stale facts, doubtful ones, and what changed between two files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from socialconnect.lifecycle import Catalogue
from socialconnect.lifecycle.catalogue import bundled, bundled_file
from socialconnect.lifecycle.review import compare, review

MakeCatalogue = Callable[..., Catalogue]
ON = date(2026, 11, 24)


def found(catalogue: Catalogue, on: date = ON) -> list[tuple[str, str | None]]:
    return [(one.kind, one.row) for one in review(catalogue, on, max_age=timedelta(days=180))]


def test_fresh_and_known_facts_need_no_look(make_catalogue: MakeCatalogue) -> None:
    """A file that was just checked, with dated facts that were seen, gives nothing."""
    assert found(make_catalogue({"effective": date(2026, 1, 1)})) == []


def test_a_file_and_a_row_go_stale(make_catalogue: MakeCatalogue) -> None:
    """A row that was checked apart from its file has its own age."""
    old = make_catalogue({"effective": date(2020, 1, 1)}, verified_on=date(2026, 1, 1))
    assert found(old) == [("stale", None)]
    row = make_catalogue({"id": "old", "effective": date(2020, 1, 1), "verified_on": date(2026, 1, 1)})
    assert found(row) == [("stale", "entry old")]


def test_doubt_is_listed(make_catalogue: MakeCatalogue) -> None:
    """A row of which no document was read, and an end without a day."""
    catalogue = make_catalogue(
        {"id": "heard", "effective": date(2020, 1, 1), "confidence": "unverified"},
        {"id": "sometime", "state": "deprecated"},
        {"id": "over", "state": "deprecated", "until": date(2024, 1, 1)},
    )
    assert found(catalogue) == [("unverified", "entry heard"), ("undated", "entry sometime")]


def test_what_was_foretold_and_is_due_is_asked_after(make_catalogue: MakeCatalogue) -> None:
    """On its day a forecast becomes a question; whoever has looked again since is not asked."""
    foretold = {"id": "end", "effective": date(2026, 12, 1)}
    catalogue = make_catalogue(foretold)
    assert found(catalogue, date(2026, 11, 30)) == []
    assert found(catalogue, date(2026, 12, 1)) == [("expected", "entry end")]
    assert found(make_catalogue({**foretold, "verified_on": date(2026, 12, 2)}), date(2026, 12, 3)) == []


def test_the_same_file_has_no_differences() -> None:
    """Each bundled file equals itself; every row has a name of its own."""
    for name in ("facebook", "instagram", "linkedin", "meta", "twitter"):
        catalogue = bundled_file(name)
        assert catalogue is not None
        assert compare(catalogue, catalogue) == []
        names = [row for row, _ in catalogue.named_rows()]
        assert len(names) == len(set(names))


def test_differences_are_told_by_row_and_field(make_catalogue: MakeCatalogue) -> None:
    """A day that moved, a row that went, a row that came, and a newer check."""
    old = make_catalogue({"id": "a", "effective": date(2027, 1, 1)}, {"id": "b"})
    new = make_catalogue({"id": "a", "effective": date(2027, 2, 1)}, {"id": "c"}, verified_on=date(2026, 12, 1))
    assert [str(one) for one in compare(old, new)] == [
        "changed the file: verified_on 2026-11-24 → 2026-12-01",
        "removed entry b",
        "added entry c",
        "changed entry a: effective 2027-01-01 → 2027-02-01",
    ]


def test_the_unverified_rows_are_known() -> None:
    """Rows that rest on no document are few, and listed here, so that a new one is noticed."""
    doubtful = {
        row
        for name in ("facebook", "instagram", "linkedin", "meta", "twitter")
        if (catalogue := bundled_file(name)) is not None
        for kind, row in found(catalogue)
        if kind == "unverified"
    }
    assert doubtful == {
        "entry manage-pages-permission",
        "entry instagram-basic-display",
        "version graph v27.0",
        "metrics video: post_video_view_time, post_video_likes_by_reaction_type, post_video_social_actions",
        "metrics post: post_engaged_users, post_clicks_unique, post_negative_feedback*",
        "metrics video: total_video_impressions*",
        "version rest 202610",
        "version rest 202611",
        "entry third-party-clients",
        "entry free-access-put-off",
        "entry pro-plan",
        "entry rebrand",
        "plan Pro from 2023-05-25",
        "price media_upload from 2025-10-20",
        "price media_upload from 2026-04-20",
        "price analytics_read from 2026-06-18",
    }


def test_every_day_from_2018_to_2030_has_an_answer() -> None:
    """Any day has a status, with what it rests on."""
    from socialconnect import Lifecycle

    lifecycle = Lifecycle()
    for network in ("facebook", "instagram", "linkedin", "twitter"):
        assert bundled(network) is not None
        day = date(2018, 1, 1)
        while day < date(2031, 1, 1):
            status = lifecycle.status(network, day)
            assert status.verified_on is not None
            for one in status.operations.values():
                assert (one.source is None) is (one.cause is None)
            day += timedelta(days=13)


def test_a_price_and_an_address_are_told_as_people_write_them(make_catalogue: MakeCatalogue) -> None:
    """What changed in a row is read without knowing how the library holds it."""
    price = {"resource": "thing", "low": "1.00 USD", "high": "1.00 USD", "effective": date(2026, 1, 1)}
    old = make_catalogue({"id": "a", "requests": [{"method": "GET", "path": "/old"}]}, prices=[price])
    new = make_catalogue(
        {"id": "a", "requests": [{"method": "GET", "path": "/older", "parameter": "ids"}], "operations": ("posts",)},
        prices=[{**price, "high": "2.00 USD"}],
    )
    assert [str(one) for one in compare(old, new)] == [
        "changed entry a: operations publish → posts",
        "changed entry a: requests GET /old → GET /older ids",
        "changed price thing from 2026-01-01: high 1.00 USD → 2.00 USD",
    ]
