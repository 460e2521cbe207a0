"""What a post says, in the network's parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import JsonValue

from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.post import Post

__all__ = ["as_form", "beside_photos", "by_itself", "text_beside_photos"]


def by_itself(post: Post) -> dict[str, JsonValue]:
    """Give the parameters of a post without photos: the link is shown with a preview."""
    told = _with_options(post, post.text)
    return told if post.link is None else {**told, "link": post.link.url}


def beside_photos(post: Post) -> dict[str, JsonValue]:
    """Give the parameters of a post with photos, beside which no link can stand; see `text_beside_photos`."""
    return _with_options(post, text_beside_photos(post))


def text_beside_photos(post: Post) -> str:
    """Give the text of a post with photos: its link, if the text does not hold it, is a line below."""
    if post.link is None or post.link.url in post.text:
        return post.text
    return f"{post.text}\n\n{post.link.url}" if post.text else post.link.url


def _with_options(post: Post, text: str) -> dict[str, JsonValue]:
    options = post.options_for(FacebookOptions)
    told: dict[str, JsonValue] = {"message": text} if text else {}
    if options is not None:
        told.update(options.model_dump(mode="json", exclude_none=True))
    return told


def as_form(told: Mapping[str, JsonValue]) -> dict[str, str]:
    """Give parameters as form fields: what is no text is JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in told.items()}
