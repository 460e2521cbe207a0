"""What is wrong with the people and products that are tagged in a post's media."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from socialconnect.errors import Problem
from socialconnect.media import Image
from socialconnect.networks.instagram import limits
from socialconnect.networks.instagram.content import Kind
from socialconnect.networks.instagram.options import InstagramOptions, ProductTag, UserTag
from socialconnect.networks.instagram.told import problem, too_many
from socialconnect.post import Post

__all__ = ["tag_problems", "username_problems"]


def tag_problems(post: Post, options: InstagramOptions, kind: Kind, place: str) -> Iterator[Problem]:
    """Say what is wrong with the tags of people and products."""
    yield from _numbers(options.user_tags, f"{place}user_tags", limits.MAX_USER_TAGS)
    yield from _numbers(options.product_tags, f"{place}product_tags", limits.MAX_PRODUCT_TAGS)
    for index, one in enumerate(options.user_tags):
        field = f"{place}user_tags[{index}]"
        yield from username_problems(one.username, f"{field}.username")
        yield from _place(one, post, field, free=kind == "story")
    for index, product in enumerate(options.product_tags):
        yield from _place(product, post, f"{place}product_tags[{index}]", free=kind == "story")


def username_problems(name: str, field: str) -> Iterator[Problem]:
    """Say if what is given as an account's name is none."""
    if not name.strip() or name.startswith("@"):
        yield problem(field, "username", "give the account's name without the @", actual=name)


def _numbers(tags: Sequence[UserTag | ProductTag], field: str, most: int) -> Iterator[Problem]:
    for media, count in Counter(one.media for one in tags).items():
        yield from too_many(field, "max_items", f"media[{media}] has more than {{}} of them", most, count)


def _place(tag: UserTag | ProductTag, post: Post, field: str, *, free: bool) -> Iterator[Problem]:
    """Say what is wrong with where a tag is; in a story a place is as the caller likes."""
    if not 0 <= tag.media < len(post.media):
        message = "there is no such medium in the post"
        yield problem(f"{field}.media", "range", message, f"0 to {len(post.media) - 1}", tag.media)
        return
    given = {"x": tag.x, "y": tag.y}
    for name, at in given.items():
        if at is not None and not 0 <= at <= 1:
            yield problem(f"{field}.{name}", "range", "a place is told by numbers from 0 to 1", "0 to 1", at)
    told = [name for name, at in given.items() if at is not None]
    if free and len(told) != 1:
        return
    if isinstance(post.media[tag.media], Image):
        if len(told) < len(given):
            yield problem(field, "required", "in an image a tag has a place: give x and y")
    elif told:
        yield problem(field, "supported", "in a video a tag has no place: leave out x and y")
