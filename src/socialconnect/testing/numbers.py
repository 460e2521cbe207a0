"""The numbers that tests give a post, by the names of `Metrics`, for fakes and emulators alike."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["Numbers"]


class Numbers(TypedDict, total=False):
    """The numbers of a post; what is left out is not set."""

    views: int
    reach: int
    likes: int
    comments: int
    shares: int
    saves: int
    clicks: int
    engagements: int
