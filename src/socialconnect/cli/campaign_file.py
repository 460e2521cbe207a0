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

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field
from pydantic import ValidationError as ShapeError

from socialconnect.campaign import CampaignPost
from socialconnect.cli.toml_file import NEEDS_ZONE, list_of, place, read_toml, shape_problems, table_of, validated
from socialconnect.errors import ApiRetired, ConfigurationError, Problem
from socialconnect.post import Post
from socialconnect.registry import known_networks, options_class

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
        where = ("posts", index)
        plain, found = _without_wrong_parts(table, where)
        problems += found
        when = {name: plain.pop(name) for name in ("networks", "at", "after") if name in plain}
        post = Post()
        try:
            post = _post(plain, path.parent)
        except ShapeError as error:
            problems += shape_problems(error, where)
        try:
            posts.append(CampaignPost.model_validate({**when, "post": post}))
        except ShapeError as error:
            problems += shape_problems(error, where)
    if problems:
        raise ConfigurationError(f"{path} is wrong", problems=problems)
    return CampaignFile(name=body.campaign.name, posts=tuple(posts))


def _without_wrong_parts(
    table: Mapping[str, object], where: Sequence[str | int]
) -> tuple[dict[str, object], list[Problem]]:
    """Take out what is told apart, so that it does not hide what else is wrong: options, variants, a bare time."""
    plain, problems = dict(table), list[Problem]()
    at = plain.get("at")
    if isinstance(at, date) and not (isinstance(at, datetime) and at.tzinfo is not None):
        problems.append(Problem(field=place([*where, "at"]), rule="timezone_aware", message=NEEDS_ZONE))
        del plain["at"]
    options = table_of(plain.get("options"))
    for name, own in (options or {}).items():
        problems += _option_problems(name, own, [*where, "options", name])
    variants = table_of(plain.get("variants"))
    for name, variant in (variants or {}).items():
        told = [*where, "variants", name]
        own = (table_of(variant) or {}).get("options", {})
        problems += _option_problems(name, own, [*told, "options"], network_at=told)
    if problems:
        plain.pop("options", None)
        if variants is not None:
            known = known_networks()
            plain["variants"] = {
                name: one if (own := table_of(one)) is None else {key: own[key] for key in own if key != "options"}
                for name, one in variants.items()
                if name in known
            }
    return plain, problems


def _option_problems(
    network: str, own: object, where: Sequence[str | int], network_at: Sequence[str | int] | None = None
) -> list[Problem]:
    try:
        options_class(network).model_validate(own)
    except ShapeError as error:
        return shape_problems(error, where)
    except (ConfigurationError, ApiRetired) as error:
        return [Problem(field=place(network_at or where), rule="known_network", message=str(error))]
    return []


def _post(table: Mapping[str, object], folder: Path) -> Post:
    content = _with_media(table, folder)
    variants = table_of(content.get("variants"))
    if variants is not None:
        content["variants"] = {
            name: one if (own := table_of(one)) is None else _with_media(own, folder) for name, one in variants.items()
        }
    return Post.model_validate(content)


def _with_media(table: Mapping[str, object], folder: Path) -> dict[str, object]:
    """Turn `{ image = "…" }` into what `Image` takes, and so for films and documents; in a thread's posts too."""
    content = dict(table)
    media, thread = list_of(table.get("media")), list_of(table.get("thread"))
    if media is not None:
        content["media"] = [one if (own := table_of(one)) is None else _medium(own, folder) for one in media]
    if thread is not None:
        content["thread"] = [one if (own := table_of(one)) is None else _with_media(own, folder) for one in thread]
    return content


def _medium(given: Mapping[str, object], folder: Path) -> dict[str, object]:
    """Read a file's table; what belongs to a film, its thumbnail and subtitles, is given in the same way."""
    for kind in ("image", "video", "document", "subtitles"):
        source = given.get(kind)
        if not isinstance(source, str):
            continue
        rest = {name: value for name, value in given.items() if name != kind}
        thumbnail, subtitles = table_of(rest.get("thumbnail")), list_of(rest.get("subtitles"))
        if thumbnail is not None:
            rest["thumbnail"] = _medium(thumbnail, folder)
        if subtitles is not None:
            rest["subtitles"] = [one if (own := table_of(one)) is None else _medium(own, folder) for one in subtitles]
        where = {"url": source} if urlsplit(source).scheme in {"http", "https"} else {"path": folder / source}
        return {"kind": kind, **where, **rest}
    return dict(given)
