"""What tests may set on the Facebook emulator, at any time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from socialconnect.testing.emulators.facebook.nodes import Failure
from socialconnect.testing.emulators.graph.errors import graph_error

__all__ = ["FacebookSettings"]

MEBIBYTE = 1024 * 1024


@dataclass
class FacebookSettings:
    """
    Settings of the Facebook emulator.

    Args:
        processing: How long a video is processed after its upload; `None` for ever.
        chunk_size: How many bytes a part of a chunked upload has at most.
        upload_life: How long an upload may take until it is finished.
        reels_a_day: How many reels a Page may publish in 24 hours.
        largest_photo: Bytes of a photo at most.
        largest_video: Bytes of a video in one request at most.
        largest_chunked_video: Bytes of a video in parts at most.
        followers: How many people follow each Page; below 100 it has no insights.
        story_archive: Whether a Page keeps its stories after a day, so that they can be listed.
        refuse_repeats: Whether the same content twice in a row is refused, as Facebook does now and then (506).
        stale_day_rows: Whether a post's views come twice, once for its life and once, stale, for the day, as was seen.
        views_by_source: Whether a Page's views come as an object of `paid` and `organic`, as one integrator saw.
        draft_life: How long a draft is kept.
        status_spelling: How a video's status is spelt: as the guide does (`bytes_transfered`, `error`), as the schema
            does (`bytes_transferred`, `errors`), or both at once.
        retired_presets: The `text_format_preset_id`s that are refused with HTTP 500, as was seen with retired ones.
        unreachable: Addresses that cannot be fetched: regular expressions.
        failures: Why the next videos cannot be used, in order; see `fail_next_video`.
        refused_chunks: How many parts of a chunked upload are still to be refused; see `refuse_next_chunks`.
        cut: After how many bytes the next upload breaks off; see `break_next_upload`.
    """

    processing: timedelta | None = timedelta(seconds=2)
    chunk_size: int = 4 * MEBIBYTE
    upload_life: timedelta = timedelta(hours=24)
    reels_a_day: int = 30
    largest_photo: int = 10 * MEBIBYTE
    largest_video: int = 1024 * MEBIBYTE
    largest_chunked_video: int = 10 * 1024 * MEBIBYTE
    followers: int = 1_000
    story_archive: bool = True
    refuse_repeats: bool = False
    stale_day_rows: bool = False
    views_by_source: bool = False
    draft_life: timedelta = timedelta(days=30)
    status_spelling: Literal["guide", "schema", "both"] = "both"
    retired_presets: set[str] = field(default_factory=set[str])
    unreachable: set[str] = field(default_factory=set[str])
    failures: list[Failure] = field(default_factory=list[Failure])
    refused_chunks: int = 0
    cut: int | None = None

    def fail_next_video(self, subcode: int = 1363024, *, code: int = 6000) -> None:
        """Let the processing of the next video that is uploaded fail."""
        error = graph_error(code, subcode)
        self.failures.append(Failure(code, subcode, error.message))

    def refuse_next_chunks(self, times: int = 1) -> None:
        """Refuse the next parts of a chunked upload with 6001/1363037, which tells the range to send again."""
        self.refused_chunks += times

    def break_next_upload(self, after: int) -> None:
        """Break the connection of the next upload after so many bytes, which are kept: it can be resumed."""
        self.cut = after

    def taken_cut(self) -> int | None:
        """Give where this upload breaks off, and plan no further break."""
        cut, self.cut = self.cut, None
        return cut

    def can_fetch(self, url: str) -> bool:
        """Whether an address can be fetched."""
        return not any(re.search(pattern, url) for pattern in self.unreachable)
