"""Everything in a post that Instagram would refuse, found before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from socialconnect.errors import Problem
from socialconnect.media import Image, Video
from socialconnect.networks.instagram import content, limits
from socialconnect.networks.instagram.content import Kind
from socialconnect.networks.instagram.media import image_problems, video_problems
from socialconnect.networks.instagram.options import InstagramOptions
from socialconnect.networks.instagram.tags import tag_problems, username_problems
from socialconnect.networks.instagram.told import problem, too_many, too_much, warning
from socialconnect.post import Post

__all__ = ["post_problems"]

# Letters, digits and underscores of any script; what Instagram itself counts is not documented further.
_HASHTAG = re.compile(r"(?<![\w&])#\w+")
_MENTION = re.compile(r"(?<![\w@.])@\w[\w.]*")

_REELS_ONLY = ("thumb_offset", "share_to_feed", "audio_name", "trial")


def post_problems(post: Post, *, uploads: bool) -> list[Problem]:
    """
    Give everything in a post that Instagram would refuse.

    Args:
        post: The post as it reads on Instagram.
        uploads: Whether films can be uploaded from files: whether the account is connected by Facebook Login.
    """
    kind = content.kind_of(post)
    return [
        *_caption(post.text, kind),
        *_media(post, kind, uploads=uploads),
        *_link(post),
        *_first_comment(post, kind),
        *_options(post, kind),
        *([] if uploads else _of_the_other_login(post)),
    ]


def _caption(text: str, kind: Kind) -> Iterator[Problem]:
    if kind == "story":
        if text:
            message = "a story has no caption: take the text away in a variant for instagram, with text=''"
            yield problem("text", "supported", message)
        return
    yield from too_much("text", "max_length", "the caption has {} characters", limits.MAX_CAPTION, text)
    counted = (
        ("hashtags", len(_HASHTAG.findall(text)), limits.MAX_HASHTAGS, limits.ADVISED_HASHTAGS),
        ("mentions", len(_MENTION.findall(text)), limits.MAX_MENTIONS, limits.ADVISED_MENTIONS),
    )
    for what, actual, most, advised in counted:
        if actual > most:
            yield problem("text", f"max_{what}", f"the caption has more than {most} {what}", most, actual)
        elif actual > advised:
            message = f"one vendor reports that Instagram takes no more than {advised} {what}; its own page says {most}"
            yield warning("text", f"advised_{what}", message, advised, actual, limits.VENDOR)


def _media(post: Post, kind: Kind, *, uploads: bool) -> Iterator[Problem]:
    if not post.media:
        yield problem("media", "required", "an Instagram post needs an image or a video")
    elif kind in ("story", "reel") and len(post.media) > 1:
        yield problem("media", "max_items", f"a {kind} holds one medium", 1, len(post.media))
    yield from too_many("media", "max_items", "a carousel holds at most {} media", limits.MAX_ITEMS, len(post.media))
    if kind == "reel" and any(isinstance(one, Image) for one in post.media):
        yield problem("media[0]", "media_type", "a reel is a video", "video/*", "image")
    for index, media in enumerate(post.media):
        field = f"media[{index}]"
        if isinstance(media, Image):
            yield from image_problems(media, field, kind, uploads=uploads)
        elif isinstance(media, Video):
            yield from video_problems(media, field, kind, uploads=uploads)


def _link(post: Post) -> Iterator[Problem]:
    if post.link is not None and post.link.url not in post.text:
        message = (
            "Instagram has no link posts: put the address into the text of a variant for instagram, and take the link"
            " away there with link=False"
        )
        yield problem("link", "supported", message)


def _first_comment(post: Post, kind: Kind) -> Iterator[Problem]:
    text = post.first_comment
    if not text:
        return
    if kind == "story":
        yield problem("first_comment", "supported", "a story has no comments")
    elif not text.strip():  # found out only when the post is live
        yield problem("first_comment", "not_empty", "the first comment is blank: write one, or leave it out")
    counted = (
        ("max_length", "characters", len(text), limits.ADVISED_COMMENT),
        ("max_hashtags", "hashtags", len(_HASHTAG.findall(text)), limits.ADVISED_COMMENT_HASHTAGS),
    )
    for rule, what, actual, advised in counted:
        if actual > advised:
            message = f"Instagram is said to take no more than {advised} {what} in a comment; that is not verified"
            yield warning("first_comment", rule, message, advised, actual, limits.COMMENTS)


def _options(post: Post, kind: Kind) -> Iterator[Problem]:
    options = post.options_for(InstagramOptions)
    if options is None:
        return
    place = "options.instagram."
    yield from _of_the_kind(options, kind, place)
    counted = (
        ("collaborators", "at most {} collaborators", limits.MAX_COLLABORATORS, limits.MEDIA),
        ("branded_content_sponsor_ids", "at most {} sponsors", limits.MAX_SPONSORS, limits.PUBLISHING),
    )
    for name, message, most, source in counted:
        given = getattr(options, name)
        yield from too_many(f"{place}{name}", "max_items", message, most, len(given), source)
    for index, name in enumerate(options.collaborators):
        yield from username_problems(name, f"{place}collaborators[{index}]")
    yield from _offset(post, options, place)
    yield from tag_problems(post, options, kind, place)


def _of_the_other_login(post: Post) -> Iterator[Problem]:
    """Say which options Meta's own schema has for Facebook Login only; its pages do not tell the logins apart."""
    options = post.options_for(InstagramOptions)
    for name in ("is_paid_partnership", "branded_content_sponsor_ids"):
        if options is not None and getattr(options, name):
            message = f"Meta's schema has {name} for Facebook Login only: Instagram may refuse it"
            yield warning(f"options.instagram.{name}", "login", message, source=limits.SCHEMA)


def _of_the_kind(options: InstagramOptions, kind: Kind, place: str) -> Iterator[Problem]:
    """Say which options the post's kind has not."""
    if options.format == "post" and kind == "reel":
        message = "a video by itself is a reel on Instagram: leave format out, or make it 'reel' or 'story'"
        yield problem(f"{place}format", "supported", message, actual="post")
    if kind != "reel":
        for name in _REELS_ONLY:
            if getattr(options, name) is not None:
                yield problem(f"{place}{name}", "supported", f"only a reel has {name}")
    if kind == "story":
        for name in ("collaborators", "product_tags"):
            if getattr(options, name):
                yield problem(f"{place}{name}", "supported", f"a story has no {name}")
        if options.comments is not None:
            yield problem(f"{place}comments", "supported", "a story has no comments")


def _offset(post: Post, options: InstagramOptions, place: str) -> Iterator[Problem]:
    offset, field = options.thumb_offset, f"{place}thumb_offset"
    if offset is None:
        return
    if offset < timedelta(0):
        yield problem(field, "min", "the moment lies before the video", "0 s", f"{offset.total_seconds():g} s")
    film = next((one for one in post.media if isinstance(one, Video)), None)
    facts = film.facts if film is not None and film.url is None else None
    seconds = facts.seconds if facts is not None else None
    if seconds is not None and offset.total_seconds() > seconds:
        told = (f"{seconds:g} s", f"{offset.total_seconds():g} s")
        yield problem(field, "max", "the moment lies behind the video's end", *told)
    if film is not None and film.thumbnail is not None:
        message = "the video's thumbnail counts before it: take one of the two away"
        yield warning(field, "one_of", message, source=limits.MEDIA)
