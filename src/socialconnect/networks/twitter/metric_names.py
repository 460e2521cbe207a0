"""
From the names of metrics that a caller asks for to the questions that Twitter answers.

`like_count` and `public_metrics.like_count` are the same; `organic_metrics` stands for all of its kind;
`media.public_metrics.view_count` is of the media in the post; `analytics.daily.impressions` is one number for each day.
https://docs.x.com/x-api/fundamentals/metrics
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from socialconnect.lifecycle.catalogue import Catalogue
from socialconnect.metrics import Unavailable

__all__ = ["ALIASES", "ALL", "PUBLIC", "Question", "fields_of", "questions"]

PUBLIC = "public_metrics"
ALL = "*"
"""In place of a name: all of its group."""

_RENAMED = {"retweet_count": "repost_count", "tweet_count": "post_count"}
ALIASES = {**_RENAMED, **{new: old for old, new in _RENAMED.items()}}
"""A number's name in the other vocabulary: either may come, whichever was asked for."""

Kind = Literal["lookup", "analytics", "media_analytics"]

_LEVELS = {
    PUBLIC: "post",
    "non_public_metrics": "post_non_public",
    "organic_metrics": "post_organic",
    "promoted_metrics": "post_promoted",
    f"media.{PUBLIC}": "media",
    "media.non_public_metrics": "media_non_public",
    "media.organic_metrics": "media_organic",
    "media.promoted_metrics": "media_promoted",
    "analytics": "post_analytics",
    "media_analytics": "media_analytics",
}
"""Where a number stands in Twitter's answers, and its level in the catalogue."""
_GRANULARITIES = {
    "analytics": ("total", "hourly", "daily", "weekly"),
    "media_analytics": ("total", "hourly", "daily"),
}


@dataclass(slots=True)
class Question:
    """
    One request for numbers, for up to a hundred posts.

    Args:
        kind: Which of Twitter's calls answers it.
        granularity: For analytics: how the time is cut.
        wanted: The keys asked for, or `ALL`, by group: `organic_metrics`, `media.public_metrics`, `analytics`.
    """

    kind: Kind
    granularity: str = "total"
    wanted: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    @property
    def label(self) -> str:
        """What it is about, in a caller's words."""
        if self.kind == "lookup":
            return ", ".join(self.wanted)
        return self.kind if self.granularity == "total" else f"{self.kind}.{self.granularity}"

    def asks(self, group: str, key: str) -> bool:
        """Whether a number was asked for, by either of its names."""
        keys = self.wanted.get(group, set())
        return not keys.isdisjoint({ALL, key, ALIASES.get(key, key)})


def questions(
    names: Sequence[str], on: date, catalogue: Catalogue | None
) -> tuple[list[Question], dict[str, Unavailable]]:
    """
    Sort names into questions; what Twitter does not have, or no longer, is told and not asked for.

    What everybody may see is asked for apart from what only the author may: a refusal must not hide it.

    Args:
        names: The names; none for the public numbers.
        on: The day.
        catalogue: The facts about Twitter.
    """
    if not names:
        return [Question("lookup", wanted={PUBLIC: {ALL}})], {}
    found: dict[tuple[str, str], Question] = {}
    missing: dict[str, Unavailable] = {}
    for name in dict.fromkeys(names):
        group, granularity, key = _split(name)
        reason = _why_not(catalogue, group, key, on)
        if reason is not None:
            missing[name] = reason.model_copy(update={"name": name})
            continue
        kind: Kind = "media_analytics" if group == "media_analytics" else "analytics"
        if group not in _GRANULARITIES:
            kind, granularity = "lookup", "public" if group in (PUBLIC, f"media.{PUBLIC}") else "private"
        question = found.setdefault((kind, granularity), Question(kind, granularity))
        question.wanted.setdefault(group, set()).add(key)
    return list(found.values()), missing


def _split(name: str) -> tuple[str, str, str]:
    """Give a name's group, how its time is cut, and its key; the group is empty if there is no such."""
    parts = name.split(".")
    if parts[0] in _GRANULARITIES:
        cut = parts[1] if len(parts) == 3 else "total"
        known = len(parts) in (2, 3) and cut in _GRANULARITIES[parts[0]]
        return (parts[0], cut, parts[-1]) if known else ("", "", name)
    length = 2 if parts[0] == "media" else 1
    group = ".".join(parts[:length])
    if group in _LEVELS:
        return group, "", ".".join(parts[length:]) or ALL
    return PUBLIC, "", name


def _why_not(catalogue: Catalogue | None, group: str, key: str, on: date) -> Unavailable | None:
    if key == ALL and group in _LEVELS and group not in _GRANULARITIES:
        return None
    life = catalogue.metric(key, _LEVELS[group]) if catalogue is not None and group in _LEVELS else None
    if life is None:
        return Unavailable(name=key, reason="Twitter has no metric of this name, or the library does not know it.")
    if life.ends is not None and on >= life.ends:
        return Unavailable(name=key, reason=f"It ended on {life.ends}.", replacement=life.replacement)
    return None


def fields_of(question: Question) -> Mapping[str, str]:
    """Give the fields of posts and of media that a look-up asks for, by `post` and `media`."""
    posts = [group for group in question.wanted if not group.startswith("media.")]
    media = [group.removeprefix("media.") for group in question.wanted if group.startswith("media.")]
    return {"post": ",".join(posts), "media": ",".join(media)}
