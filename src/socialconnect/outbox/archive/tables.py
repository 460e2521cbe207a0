"""The tables of an archive, for people: what an archive holds, without the detail that only programs need."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.ledger import Reading, Rerouted, Spend
from socialconnect.post import Draft, Post, PublishedPost, ScheduledPost

__all__ = ["TABLES", "cell", "held_by_network_row", "table_rows"]

TABLES: Mapping[str, tuple[str, ...]] = {
    "drafts": ("id", "network", "account", "created_at", "text", "link", "media"),
    "deliveries": (
        "id", "network", "account", "campaign", "state", "at", "after", "text", "link", "media", "published", "error",
    ),
    "published": ("network", "account", "id", "url", "text", "changed_at", "delivery"),
    "metrics": (
        "network", "account", "kind", "about", "name", "part", "value", "read_at", "keep_until", "ai_training",
    ),
    "moves": ("id", "delivery", "replacements", "until", "undone_by"),
    "spending": ("network", "account", "month", "amount", "currency"),
    "held_by_network": ("kind", "network", "account", "id", "at", "text"),
}  # fmt: skip
"""The tables, and the columns of each."""

_COMMON = ("views", "reach", "likes", "comments", "shares", "saves", "clicks", "engagements")

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
             "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
"""What a spreadsheet takes for the beginning of a formula, which may read other cells or call up an address."""

Row = dict[str, object]


def cell(value: object) -> object:
    """Give what stands in a table for a value: text that a spreadsheet would run begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value


def table_rows(held: BaseModel) -> dict[str, list[Row]]:
    """Give the rows that something fills, by table."""
    if isinstance(held, Draft):
        post = held.post or Post()
        row = {"id": held.id, "network": held.network, "account": held.account, "created_at": held.created_at}
        return {"drafts": [{**row, **_post(post)}]}
    if isinstance(held, Delivery):
        rows = {"deliveries": [_delivery(held)]}
        if held.published is not None:
            rows["published"] = [_published(held, held.published)]
        return rows
    if isinstance(held, Reading):
        return {"metrics": _numbers(held)}
    if isinstance(held, Rerouted):
        return {"moves": [{**held.model_dump(), "replacements": " ".join(held.replacements)}]}
    if isinstance(held, Spend):
        return {"spending": [held.model_dump()]}
    return {}


def held_by_network_row(held: Draft | ScheduledPost) -> Row:
    """Give the row that a draft or plan fills which the network itself holds."""
    return {
        "kind": "plan" if isinstance(held, ScheduledPost) else "draft",
        "network": held.network,
        "account": held.account,
        "id": held.id,
        "at": held.at if isinstance(held, ScheduledPost) else None,
        "text": held.text or (held.post.text if held.post is not None else None),
    }


def _delivery(one: Delivery) -> Row:
    return {
        "id": one.id,
        "network": one.network,
        "account": one.account,
        "campaign": one.campaign,
        "state": one.state.value,
        "at": one.at,
        "after": one.after,
        **_post(one.post.for_network(one.network)),
        "published": one.published.id if one.published is not None else None,
        "error": one.error,
    }


def _published(one: Delivery, post: PublishedPost) -> Row:
    return {
        "network": post.network,
        "account": post.account,
        "id": post.id,
        "url": post.url,
        "text": one.post.for_network(one.network).text,
        "changed_at": one.changed_at,
        "delivery": one.id,
    }


def _post(post: Post) -> Row:
    media = [one.url or (one.path.name if one.path is not None else "") for _, one in post.files()]
    return {"text": post.text, "link": post.link.url if post.link else None, "media": " ".join(media)}


def _numbers(one: Reading) -> list[Row]:
    where = one.provenance
    start: Row = {
        "network": where.network,
        "account": where.account,
        "kind": where.kind,
        "about": one.about,
        "read_at": where.read_at,
        "keep_until": where.keep_until,
        "ai_training": where.ai_training,
    }
    named: list[tuple[str, float | Mapping[str, float]]] = []
    if one.metrics is not None:
        known: list[tuple[str, int | None]] = [(name, getattr(one.metrics, name)) for name in _COMMON]
        named += [(name, value) for name, value in known if value is not None]
        named += [(f"{where.network}:{value.name}", value.value) for value in one.metrics.values.values()]
    if one.account_metrics is not None:
        every = [value for values in one.account_metrics.values.values() for value in values]
        named += [(f"{where.network}:{value.name}", value.value) for value in every]
    rows: list[Row] = []
    for name, value in named:
        parts = value if isinstance(value, Mapping) else {"": value}
        rows += [{**start, "name": name, "part": part, "value": number} for part, number in parts.items()]
    return rows
