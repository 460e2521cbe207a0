"""
Reading a campaign file.

```toml
[campaign]
name = "spring-line"

[[posts]]
text = "Our spring line is here."
link = "https://example.com/spring"                           # or a table: url, title, description
media = [{ image = "raincoats.jpg", alt = "Three raincoats" }]  # a path beside this file, or an address
networks = ["facebook", "linkedin"]                           # all accounts if left out
at = 2026-12-01T09:00:00+01:00                                # or after = "PT2H"; at once without either

[posts.variants.linkedin]                                     # what differs there: text, link, media, options
text = "Dear customers, our spring line is here."

[posts.options.twitter]                                       # that network's own options
made_with_ai = true
```
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field
from pydantic import ValidationError as ShapeError

from socialconnect.campaign import CampaignPost
from socialconnect.cli.toml_file import list_of, place, read_toml, shape_problems, table_of, validated
from socialconnect.errors import ConfigurationError, Problem
from socialconnect.post import Post

__all__ = ["CampaignFile", "load_campaign"]


class CampaignFile(BaseModel):
    """
    What a campaign file holds.

    Args:
        name: The campaign's name.
        posts: Its posts.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    name: str
    posts: tuple[CampaignPost, ...]


class _Head(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="forbid")

    name: str = Field(min_length=1)


class _Body(BaseModel):
    model_config = ConfigDict(defer_build=True, extra="forbid")

    campaign: _Head
    posts: list[dict[str, object]] = Field(min_length=1)


def load_campaign(path: Path) -> CampaignFile:
    """
    Read a campaign file; media paths are looked up beside it.

    Raises:
        ConfigurationError: It is no TOML (with line and column), or something in it is missing, unknown or of the wrong
            kind: all of it, each with its place.
    """
    body = validated(_Body, read_toml(path), path)
    posts: list[CampaignPost] = []
    problems: list[Problem] = []
    for index, table in enumerate(body.posts):
        try:
            posts.append(_campaign_post(table, path.parent))
        except ShapeError as error:
            problems += shape_problems(error, ("posts", index))
        except ConfigurationError as error:  # an option or a variant of a network that does not exist
            problems.append(Problem(field=place(["posts", index]), rule="known_network", message=str(error)))
    if problems:
        raise ConfigurationError(f"{path} is wrong", problems=problems)
    return CampaignFile(name=body.campaign.name, posts=tuple(posts))


def _campaign_post(table: Mapping[str, object], folder: Path) -> CampaignPost:
    when = {name: table[name] for name in ("networks", "at", "after") if name in table}
    at = when.get("at")
    if isinstance(at, datetime) and at.tzinfo is None:
        raise ConfigurationError("at: a time needs a zone, such as 2026-12-01T09:00:00+01:00")
    content = {name: value for name, value in _with_media(table, folder).items() if name not in when}
    variants = table_of(content.get("variants"))
    if variants is not None:
        content["variants"] = {
            name: one if (own := table_of(one)) is None else _with_media(own, folder) for name, one in variants.items()
        }
    return CampaignPost.model_validate({**when, "post": Post.model_validate(content)})


def _with_media(table: Mapping[str, object], folder: Path) -> dict[str, object]:
    """Turn `{ image = "…" }` into what `Image` and `Video` take."""
    media = list_of(table.get("media"))
    if media is None:
        return dict(table)
    return {**table, "media": [one if (own := table_of(one)) is None else _medium(own, folder) for one in media]}


def _medium(given: Mapping[str, object], folder: Path) -> dict[str, object]:
    for kind in ("image", "video"):
        source = given.get(kind)
        if isinstance(source, str):
            rest = {name: value for name, value in given.items() if name != kind}
            where = {"url": source} if urlsplit(source).scheme in {"http", "https"} else {"path": folder / source}
            return {"kind": kind, **where, **rest}
    return dict(given)
