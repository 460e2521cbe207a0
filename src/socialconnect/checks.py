"""What is checked of a post and of times on every network alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from socialconnect.adapter import Capabilities
from socialconnect.errors import ValidationError
from socialconnect.media import Document, MediaFile
from socialconnect.post import Post
from socialconnect.problem import Problem

__all__ = ["ability_problems", "common_problems", "naive_problems", "refuse", "source_problems", "time_problems"]


def refuse(problems: Iterable[Problem]) -> None:
    """
    Let nothing pass that has an error; warnings stop nothing.

    Raises:
        ValidationError: There are errors; it holds all of them.
    """
    broken = [one for one in problems if one.severity == "error"]
    if broken:
        raise ValidationError(broken)


def naive_problems(field: str, at: datetime) -> list[Problem]:
    """Say if a moment lacks its zone, or does not exist in it because clocks are put forward over it."""
    if at.tzinfo is not None and at.utcoffset() is not None:
        there = at.astimezone(UTC).astimezone(at.tzinfo)
        if there.replace(tzinfo=None) == at.replace(tzinfo=None):
            return []
        message = f"there is no such time in that zone: clocks are put forward over it, to {there:%H:%M}"
        return [Problem(field=field, rule="existing_time", message=message, actual=at.isoformat())]
    message = "a time needs a zone, such as datetime(…, tzinfo=UTC) or ZoneInfo"
    return [Problem(field=field, rule="aware_datetime", message=message, actual=at.isoformat())]


def time_problems(at: datetime, now: datetime) -> list[Problem]:
    """Say what is wrong with the time of a plan."""
    naive = naive_problems("at", at)
    if naive or at > now:
        return naive
    told = {"limit": now.isoformat(), "actual": at.isoformat()}
    return [Problem(field="at", rule="future", message="the time is in the past", **told)]


def common_problems(post: Post, ours: Post, network: str) -> list[Problem]:
    """Check what holds on every network: `post` is as the caller wrote it, `ours` as it reads on this network."""
    found = _unknown_networks(post, network) if post.variants or post.options else []
    if not (ours.text.strip() or ours.media or ours.link or ours.poll or ours.options):
        found.append(Problem(field="text", rule="not_empty", message="the post is empty: give text, media or a link"))
    return found


def ability_problems(post: Post, network: str, capabilities: Capabilities) -> list[Problem]:
    """Say what of a post's parts the network does not have at all."""
    documents = any(isinstance(one, Document) for one in post.media) if post.media else False
    if not (post.poll or post.thread or post.first_comment or documents):
        return []  # nearly every post: this is on the path of each publish
    asked = (
        ("poll", post.poll is not None, capabilities.polls),
        ("thread", bool(post.thread), capabilities.threads),
        ("first_comment", bool(post.first_comment), capabilities.first_comment),
        ("document", documents, capabilities.documents),
    )
    found = [
        Problem(
            field="media" if part == "document" else part,
            rule="supported",
            message=f"{network} takes no {part.replace('_', ' ')}: give a variant without it",
            network=network,
        )
        for part, wanted, able in asked
        if wanted and not able
    ]
    if any(one.thread for one in post.thread):
        message = "the posts of a thread have no threads of their own: give them in one list"
        found.append(Problem(field="thread", rule="flat", message=message))
    return found


def source_problems(media: MediaFile, field: str, network: str, capabilities: Capabilities) -> list[Problem]:
    """Say what is wrong with where a media file is, for this network, and with the file itself."""
    if media.url is not None and not capabilities.media_from_url:
        message = "the network does not fetch media: give a file"
    elif media.url is None and not capabilities.media_from_file:
        message = "the network takes media by a public address only: give a URL"
    else:
        return media.problems(field)
    return [Problem(field=field, rule="media_source", message=message, network=network)]


def _unknown_networks(post: Post, network: str) -> list[Problem]:
    from socialconnect.registry import known_networks

    known = known_networks() | {network}
    named = dict.fromkeys([*post.variants, *(one.network for one in post.options)])
    return [
        Problem(
            field=f"variants.{name}", rule="known_network", message=f"there is no network named {name!r}", actual=name
        )
        for name in named
        if name not in known
    ]
