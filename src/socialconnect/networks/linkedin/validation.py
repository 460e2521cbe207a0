"""Everything in a post that LinkedIn would refuse, found before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from socialconnect.media import Document, Image
from socialconnect.networks.linkedin import limits, little_text
from socialconnect.networks.linkedin.content import poll_question
from socialconnect.networks.linkedin.file_checks import document_problems, image_problems, video_problems
from socialconnect.networks.linkedin.options import LinkedInOptions
from socialconnect.networks.linkedin.problems import problem, too_long
from socialconnect.post import Link, Poll, Post
from socialconnect.problem import Problem

__all__ = ["problems"]

_LIKE_A_MENTION = re.compile(r"@\[[^\[\]\n]+\]\([^()\s]*\)")


def problems(post: Post, *, is_page: bool) -> list[Problem]:
    """
    Give everything in the post that LinkedIn would refuse.

    Args:
        post: The post, already LinkedIn's variant.
        is_page: Whether a page posts it; else a member.
    """
    options = post.options_for(LinkedInOptions) or LinkedInOptions()
    found = [*_text_problems(post, options), *_media_problems(post), *_content_problems(post, options)]
    found += _option_problems(post, options, is_page=is_page)
    if post.link is not None:
        found += _link_problems(post.link)
    if post.poll is not None:
        found += _poll_problems(post, post.poll, options)
    if post.first_comment:
        found += _comment_problems(post.first_comment)
    return found


def _text_problems(post: Post, options: LinkedInOptions) -> Iterator[Problem]:
    carries = post.media or post.link is not None or post.poll is not None or options.reshare_of or options.reference
    if not (post.text.strip() or carries):
        yield problem("text", "not_empty", "the post is empty: give text, media, a link, or a post to reshare")
    told = little_text.rendered(post.text)
    yield from too_long("text", "the text", told, limits.TEXT, source=limits.TEXT_SOURCE)
    yield from _mention_problems("text", post.text)


def _mention_problems(field: str, text: str) -> Iterator[Problem]:
    for found in _LIKE_A_MENTION.finditer(text):
        if little_text.rendered(found[0]) == found[0]:
            message = (
                f"{found[0]} is no mention and stays as it is: write @[Name](urn:li:organization:…) or "
                "@[Name](urn:li:person:…)"
            )
            yield problem(field, "mention", message, actual=found[0], warns=True)


def _media_problems(post: Post) -> Iterator[Problem]:
    if len(post.media) > limits.IMAGES:
        message = f"a LinkedIn post takes {limits.IMAGES} images at most"
        limit, actual = limits.IMAGES, len(post.media)
        yield problem("media", "max_items", message, limit=limit, actual=actual, source=limits.POSTS_SOURCE)
    for at, media in enumerate(post.media):
        field = f"media[{at}]"
        if isinstance(media, Image):
            yield from image_problems(field, media)
        elif isinstance(media, Document):
            yield from document_problems(field, media)
        else:
            yield from video_problems(field, media)
    if len(post.media) > 1 and not all(isinstance(one, Image) for one in post.media):
        message = "a video or a document stands alone in a LinkedIn post: give it without other media"
        yield problem("media", "alone", message, limit=1, actual=len(post.media), source=limits.POSTS_SOURCE)


def _content_problems(post: Post, options: LinkedInOptions) -> Iterator[Problem]:
    """Say if the post carries more than one thing."""
    source = limits.POSTS_SOURCE
    if post.link is not None and post.media:
        message = (
            "a LinkedIn post carries media or a link, not both: put the address into the text and take the link away, "
            "with variants={'linkedin': PostVariant(text=…, link=False)}"
        )
        yield problem("link", "one_content", message, source=source)
    others = post.media or post.link is not None
    if post.poll is not None and others:
        yield problem("poll", "one_content", "a poll stands alone: no media and no link beside it", source=source)
    if options.reshare_of is not None and (others or post.poll is not None or options.reference):
        message = "a reshare carries no media, no link and no poll of its own"
        yield problem("options.linkedin.reshare_of", "one_content", message, source=source)
    if options.reference is not None and (others or post.poll is not None):
        message = "a reference stands alone: no media, no link and no poll beside it"
        yield problem("options.linkedin.reference", "one_content", message, source=source)


def _link_problems(link: Link) -> Iterator[Problem]:
    if link.title and not link.title.strip():
        yield problem("link.title", "not_empty", "the link's title is blank: leave it out, or give one")
    elif link.title:
        yield from too_long("link.title", "the link's title", link.title, limits.LINK_TITLE)
    elif little_text.utf16_length(link.url) > limits.LINK_TITLE:
        message = (
            f"LinkedIn needs a title, and the address is too long to stand for one: give Link(…, title=…) of up to "
            f"{limits.LINK_TITLE} characters"
        )
        yield problem("link.title", "required", message, limit=limits.LINK_TITLE, actual=len(link.url))
    if link.image is not None:
        yield from image_problems("link.image", link.image)


def _poll_problems(post: Post, poll: Poll, options: LinkedInOptions) -> Iterator[Problem]:
    source = limits.POLL_SOURCE
    least, most = limits.POLL_OPTIONS
    if not least <= len(poll.options) <= most:
        rule, limit = ("min_items", least) if len(poll.options) < least else ("max_items", most)
        message = f"the poll has {len(poll.options)} answers; LinkedIn takes {least} to {most}"
        yield problem("poll.options", rule, message, limit=limit, actual=len(poll.options), source=source)
    for at, one in enumerate(poll.options):
        if not one.strip():
            yield problem(f"poll.options[{at}]", "not_empty", "the answer is empty", source=source)
        yield from too_long(f"poll.options[{at}]", "the answer", one, limits.POLL_OPTION, source=source)
    question = poll_question(post, poll)
    if not question.strip():
        yield problem("poll.question", "required", "LinkedIn shows a question: give Poll(…, question=…)", source=source)
    elif poll.question is None and little_text.utf16_length(question) > limits.POLL_QUESTION:
        message = (
            "LinkedIn shows a question above the answers, and the text is too long to stand for it: give "
            f"Poll(…, question=…) of up to {limits.POLL_QUESTION} characters"
        )
        limit, actual = limits.POLL_QUESTION, little_text.utf16_length(question)
        yield problem("poll.question", "required", message, limit=limit, actual=actual, source=source)
    else:
        yield from too_long("poll.question", "the question", question, limits.POLL_QUESTION, source=source)
    if poll.lasts not in {timedelta(days=one) for one in limits.POLL_LASTS}:
        allowed = ", ".join(map(str, limits.POLL_LASTS))
        message = f"a LinkedIn poll lasts {allowed} days, not {poll.lasts}"
        yield problem("poll.lasts", "one_of", message, limit=f"{allowed} days", actual=str(poll.lasts), source=source)
    if options.feed == "NONE":
        message = "LinkedIn takes polls in organic posts only: leave feed out"
        yield problem("options.linkedin.feed", "organic_only", message, source=limits.POSTS_SOURCE)


def _comment_problems(text: str) -> Iterator[Problem]:
    told = little_text.rendered(text)
    source = limits.COMMENTS_SOURCE
    if not text.strip():
        yield problem("first_comment", "not_empty", "the comment is empty: leave it out", source=source)
    yield from too_long("first_comment", "the comment", told, limits.COMMENT, source=source, warns=True)
    yield from _mention_problems("first_comment", text)


def _option_problems(post: Post, options: LinkedInOptions, *, is_page: bool) -> Iterator[Problem]:
    source = limits.POSTS_SOURCE
    if is_page and options.visibility == "CONNECTIONS":
        message = "a page has no connections: leave visibility out, or post as a member"
        yield problem("options.linkedin.visibility", "page_visibility", message, actual=options.visibility)
    if options.visibility == "CONTAINER" and options.container is None:
        message = "a post for a group alone needs the group's URN: give container"
        yield problem("options.linkedin.container", "required", message, source=source)
    if options.targets and not is_page:
        message = "only a page's posts have an audience: leave targets out"
        yield problem("options.linkedin.targets", "page_only", message, source=source)
    if not all(audience and all(audience.values()) for audience in options.targets):
        message = "an audience is empty: name its facets, and whom of each, or leave targets out"
        yield problem("options.linkedin.targets", "not_empty", message, source=source)
    if options.feed == "NONE" and len(post.media) > 1:
        message = "LinkedIn takes several images in organic posts only: give one image, or leave feed out"
        yield problem("options.linkedin.feed", "organic_only", message, source=source)
    if options.call_to_action is not None and options.landing_page is None:
        message = "the button leads nowhere: give landing_page"
        yield problem("options.linkedin.landing_page", "button_without_address", message, source=source, warns=True)
