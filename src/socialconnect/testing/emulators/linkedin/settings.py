"""What a test may change about the LinkedIn emulator, at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LinkedInSettings", "Tier"]

Tier = Literal["standard", "development", "self_serve"]


@dataclass
class LinkedInSettings:
    """
    What a test may change, at any time.

    Args:
        tier: What the app may use: `self_serve` (Share on LinkedIn), or the Community Management API in its
            `development` or `standard` tier.
        read_lag: Seconds until reads know of a new post, a changed or a deleted one, a comment or a reaction.
        insights_lag: Seconds until counts show in statistics; what social metadata counts is not behind.
        image_seconds: How long an image is processed.
        document_seconds: How long a document is processed.
        video_seconds: How long a video is processed.
        processing_hangs: Whether processing never ends.
        processing_fails: Whether processing ends in failure.
        upload_life: Seconds for which an upload address of an image or a document lives.
        video_upload_life: Seconds for which a video's upload addresses live.
        video_most_bytes: The most bytes of a video: 5 GB by its schema; the documentation also says 500 MB.
        tells_downloads: Whether media tell an address to download them from.
        checks_media: Whether files are looked at when they are processed; if not, any bytes are good.
        duplicate_window: Seconds for which the same post again is refused, even if the first was deleted.
        duplicate_names_ghost: Whether the refusal of a duplicate names a post that does not exist, as is reported, in
            place of the first one.
        unescaped: What an unescaped reserved character does to a text: `truncate` cuts it there without a word, as is
            reported; `refuse` answers 400.
        too_long: What a text over the limit meets: `refuse`, as documented, or `truncate`, as is reported.
        accept_drafts: Whether a post may be created as a draft, which the documentation denies.
        tells_id: Whether a created post's id is told.
        reduces_keys: Whether a created post's id, and the ids in a batch's answer, have their colons escaped.
        tells_all_statuses: Whether a batch's answer tells the status of what was found too.
        daily_unique: How a bucket of share statistics names unique impressions: as the total does (`singular`), with
            another s (`plural`), or not at all (`missing`); all three are reported.
        sunset_lag_days: For how many days a version still answers after its end.
        checks_versions: Whether the version header is checked at all.
        token_seconds: How long a new access token lives.
        token_type: What a token's answer says of its type; the documented answer says nothing.
        scope_separator: What stands between the scopes of a token's answer.
        refresh_tokens: Whether the app is given refresh tokens, as approved partners are.
        rotates_refresh_tokens: Whether a refresh gives another refresh token and ends the one it used; its end stays.
        application_tokens: Whether the app may have tokens of its own, without a member.
        native_apps: Whether the app may use PKCE without its secret.
        consent: What the member does at the consent page.
        propagation_seconds: For how long a new token is refused as if it were revoked.
        posts_per_member: Posts that a member may make in a UTC day; `None` for no such limit.
        comments_per_minute: Comments that a member may make in a minute; `None` for no such limit.
        calls_per_member: Calls that a member may make to one endpoint in a UTC day; `None` for the tier's own number.
        calls_per_app: Calls that the app may make to one endpoint in a UTC day; `None` for the tier's own number.
        unknown_parents: Whether a post that the emulator does not hold may be reshared.
    """

    tier: Tier = "standard"
    read_lag: float = 0.0
    insights_lag: float = 0.0
    image_seconds: float = 0.0
    document_seconds: float = 0.0
    video_seconds: float = 3.0
    processing_hangs: bool = False
    processing_fails: bool = False
    upload_life: float = 86_400.0
    video_upload_life: float = 30 * 86_400.0
    video_most_bytes: int = 5_000_000_000
    tells_downloads: bool = False
    checks_media: bool = True
    duplicate_window: float = 600.0
    duplicate_names_ghost: bool = False
    unescaped: Literal["truncate", "refuse"] = "truncate"
    too_long: Literal["refuse", "truncate"] = "refuse"
    accept_drafts: bool = False
    tells_id: bool = True
    reduces_keys: bool = False
    tells_all_statuses: bool = False
    daily_unique: Literal["singular", "plural", "missing"] = "singular"
    sunset_lag_days: int = 0
    checks_versions: bool = True
    token_seconds: int = 5_184_000
    token_type: str | None = None
    scope_separator: str = ","
    refresh_tokens: bool = False
    rotates_refresh_tokens: bool = False
    application_tokens: bool = False
    native_apps: bool = False
    consent: Literal["given", "login_cancelled", "authorize_cancelled"] = "given"
    propagation_seconds: float = 0.0
    posts_per_member: int | None = None
    comments_per_minute: int | None = None
    calls_per_member: int | None = None
    calls_per_app: int | None = None
    unknown_parents: bool = False
