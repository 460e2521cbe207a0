"""What the crash test posts: on each network by turns all kinds of publish that take several steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from socialconnect import Image, Post, Video
from socialconnect.testing import sample_image, sample_video

__all__ = ["PART", "Planned", "planned"]

PART = 64 * 1024
"""Bytes of one part of a film, so that a short film has several."""

_NETWORKS = ("facebook", "instagram", "linkedin", "twitter")


@dataclass(frozen=True)
class Planned:
    """
    One delivery of the crash test.

    Args:
        network: Where it goes.
        post: What is posted. All its texts differ from those of all others.
    """

    network: str
    post: Post

    @property
    def text(self) -> str:
        """What tells it apart."""
        return self.post.text

    @property
    def texts(self) -> tuple[str, ...]:
        """What people see of it, each in a post or a comment of its own."""
        comments = () if self.post.first_comment is None else (self.post.first_comment,)
        return (self.post.text, *(one.text for one in self.post.thread), *comments)


def planned(count: int) -> list[Planned]:
    """Plan so many posts: the networks by turns, and on each of them its kinds by turns."""
    made: list[Planned] = []
    for index in range(count):
        network = _NETWORKS[index % len(_NETWORKS)]
        kinds = _KINDS[network]
        made.append(Planned(network, kinds[index // len(_NETWORKS) % len(kinds)](f"Delivery {index}")))
    return made


@cache
def _picture(number: int) -> Image:
    return Image(sample_image(400, 400, shade=number))


@cache
def _film() -> Video:
    return Video(sample_video(width=720, height=720, size=3 * PART + PART // 2))


def _one_picture(text: str) -> Post:
    return Post(text, media=[_picture(0)])


def _several_pictures(text: str) -> Post:
    return Post(text, media=[_picture(number) for number in range(3)])


def _a_film(text: str) -> Post:
    return Post(text, media=[_film()])


def _with_comment(text: str) -> Post:
    return Post(text, media=[_picture(0)], first_comment=f"{text}, the comment")


def _thread(text: str) -> Post:
    second = Post(f"{text}, part 2", media=[_picture(1)])
    return Post(text, media=[_picture(0)], thread=[second, f"{text}, part 3"])


def _fetched(count: int, comment: str = "") -> Callable[[str], Post]:
    """Post pictures from addresses, as Instagram takes them."""
    addresses = [f"https://cdn.example.com/{number}.jpg" for number in range(count)]

    def post(text: str) -> Post:
        return Post(text, media=[Image(one) for one in addresses], first_comment=text + comment if comment else None)

    return post


_KINDS: Mapping[str, Sequence[Callable[[str], Post]]] = {
    "facebook": (_one_picture, _several_pictures, _a_film, _with_comment),
    "instagram": (_fetched(1), _fetched(3), _a_film, _fetched(1, ", the comment")),
    "linkedin": (_one_picture, _several_pictures, _a_film, _with_comment),
    "twitter": (_one_picture, _several_pictures, _a_film, _thread),
}
