"""What a test may change on the Twitter emulator, at any time."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

__all__ = ["AccessPlan", "TwitterSettings", "Vocabulary"]

Vocabulary = Literal["both", "legacy", "post"]
AccessPlan = Literal["pay_per_use", "legacy", "free", "basic", "pro", "enterprise", "subset", "none"]


@dataclass
class TwitterSettings:
    """
    What a test may change, at any time. Durations are in seconds on the emulator's clock.

    Args:
        vocabulary: Which names reads use: `legacy` (`tweet.fields`), `post` (`post.fields`, spec 2.167), or `both`:
            each for the request that asks in it.
        create_history: What a create tells of the post's edits: its `ids`, a `blank` one, or nothing (`absent`).
        plan: What the app may use: `pay_per_use`; the older `free`, `basic` and `pro`, which become pay-per-use on
            their day in the catalogue; `legacy`, free access until it was sold, and `none` from then on; `enterprise`,
            which may like, follow, quote and reply freely; `subset`, to which almost all answers 403 with code 453;
            `none`, an app that is attached to no project.
        app_owner: The user that owns the developer app: the one whose own lists are read at the price of owned reads.
        read_lag: Until a new post can be read by its id, and a deleted one no longer can.
        timeline_lag: Until a new post stands in its author's timeline.
        metrics_lag: Until counts that were set can be read.
        duplicate_window: For how long the same post again is refused as a duplicate.
        daily_posts: How many posts an account may make in a UTC day.
        edit_window: For how long a post may be edited.
        processing_seconds: How long a GIF or a video is processed.
        check_after: After how long a client is told to look again.
        first_state: The state that processing begins in; older samples show `uploading`.
        processing_hangs: Whether processing never ends.
        media_fails: The failure that processing ends with, such as `InvalidMedia`; `None` if the file decides.
        failing_state: The state in which a failure is told; some were seen with `in_progress`.
        status_fails: Whether media are never found by the status call.
        media_seconds: How long uploaded media can be used.
        initialize_seconds: What an upload says on initialize about its life.
        largest_segment: The most bytes of one segment; `None` for no limit.
        image_sides: The shortest and the longest side of an image, in pixels; `None` checks none. X is reported to
            refuse images of less than 4 pixels, which tests like to send.
        upload_commands: Whether `POST /2/media/upload` takes `command=INIT`, `APPEND` and `FINALIZE`; `None` for what
            was so on the clock's day.
        old_upload_answers: Whether the version 1.1 upload still answers after its end; its ids are refused in posts.
        consent: What the user says on the consent page.
        consenting_user: Who consents; the first account if not named.
        token_seconds: How long a new access token lives.
        expired_as_app_only: Whether a user token that is no longer good is taken for one of the app, as it has been
            seen (403 in place of 401).
        timestamp_window: How many seconds an OAuth 1.0a timestamp may be off; `None` checks none, for signers that
            read another clock than the emulator's.
        credits: The balance in US dollars; `None` for one that never ends.
        older_credits_body: Whether a 402 has the body seen until the middle of 2026.
        spend_limit: US dollars that may be spent in the billing cycle; `None` for no limit.
        bills_high: Whether what the price list leaves open (uploads, deletes) is billed at its dearest.
        bills_refused_creates: Whether a post that is refused with 403 is billed, as some have reported.
        read_cap: Posts that may be read in the billing cycle; `None` for the plan's own number.
        post_cap: Posts that may be made in the billing cycle; `None` for the plan's own number.
        cap_reset_day: The day of the month on which a billing cycle begins.
        daily_headers: Whether answers show the 24-hour limits too.
        daily_window: Whether those windows run from the first call (`rolling`) or end at midnight in UTC (`utc`).
        escapes_html: Whether `&`, `<` and `>` in a post's text come back as entities.
        unknown_parents: Whether a post that the emulator does not hold may be replied to, quoted and edited.
        invalid_urls: Addresses that make a post invalid.
        usage_credits: Whether `GET /2/usage/credits` answers; a report found an empty 404.
        ads_access: Whether the app has access to the Ads API.
    """

    vocabulary: Vocabulary = "both"
    create_history: Literal["ids", "blank", "absent"] = "ids"
    plan: AccessPlan = "pay_per_use"
    app_owner: str | None = None
    read_lag: float = 0.0
    timeline_lag: float = 0.0
    metrics_lag: float = 0.0
    duplicate_window: float = 7200.0
    daily_posts: int = 2400
    edit_window: float = 1800.0
    processing_seconds: float = 3.0
    check_after: int = 1
    first_state: Literal["pending", "uploading", "in_progress"] = "pending"
    processing_hangs: bool = False
    media_fails: str | None = None
    failing_state: Literal["failed", "in_progress"] = "failed"
    status_fails: bool = False
    media_seconds: int = 86_400
    initialize_seconds: int = 86_400
    largest_segment: int | None = 8 * 1024 * 1024
    image_sides: tuple[int, int] | None = (1, 8192)
    upload_commands: bool | None = None
    old_upload_answers: bool = False
    consent: Literal["allow", "deny"] = "allow"
    consenting_user: str | None = None
    token_seconds: int = 7200
    expired_as_app_only: bool = False
    timestamp_window: float | None = None
    credits: Decimal | None = None
    older_credits_body: bool = False
    spend_limit: Decimal | None = None
    bills_high: bool = False
    bills_refused_creates: bool = False
    read_cap: int | None = None
    post_cap: int | None = None
    cap_reset_day: int = 1
    daily_headers: bool = False
    daily_window: Literal["rolling", "utc"] = "rolling"
    escapes_html: bool = False
    unknown_parents: bool = False
    invalid_urls: set[str] = field(default_factory=set[str])
    usage_credits: bool = True
    ads_access: bool = True
