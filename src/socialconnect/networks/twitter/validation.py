"""What Twitter would refuse in a post, found before anything is sent."""

from __future__ import annotations

from socialconnect.errors import Problem
from socialconnect.media import Image, MediaFacts
from socialconnect.networks.twitter import limits
from socialconnect.networks.twitter.options import NO_OPTIONS, TwitterOptions
from socialconnect.networks.twitter.text import cashtags, invalid_characters, urls, weighted_length
from socialconnect.post import Post

__all__ = ["composed", "problems"]

_NETWORK = "twitter"


def composed(post: Post) -> str:
    """
    Give the text as it is sent: a tweet has no field for a link, so the address stands after the text.

    It is not put there twice: not if the text holds the address already.
    """
    if post.link is None:
        return post.text
    url = post.link.url
    if url in post.text and (url in post.text.split() or url in urls(post.text)):
        return post.text
    return f"{post.text} {url}" if post.text else url


def problems(post: Post, *, premium: bool) -> list[Problem]:
    """Give everything that Twitter would refuse in a post, and what it would answer only to some."""
    options = post.options_for(TwitterOptions) or NO_OPTIONS
    return [*_text(post, premium=premium), *_media(post), *_options(options, post)]


def _text(post: Post, *, premium: bool) -> list[Problem]:
    text = composed(post)
    longest = limits.TEXT.longest_premium if premium else limits.TEXT.longest
    found: list[Problem] = []
    length = weighted_length(text)
    if length > longest:
        message = f"the text counts {length} of {longest}, by Twitter's weighted length (every address counts 23)"
        found.append(_problem("text", "max_length", message, limits.TEXT_SOURCE, limit=longest, actual=length))
    if not text.strip() and not post.media:
        found.append(_problem("text", "not_empty", "a post without media needs a text", limits.CREATE_SOURCE))
    if bad := invalid_characters(text):
        message = f"Twitter takes no text with {', '.join(bad)}"
        found.append(_problem("text", "characters", message, limits.TEXT_SOURCE, actual=", ".join(bad)))
    tags, most = cashtags(text), limits.TEXT.cashtags
    if len(tags) > most:
        message = f"Twitter takes {most} cashtag in a post; this one has {', '.join(tags)}"
        found.append(_problem("text", "cashtags", message, limits.POSTS_SOURCE, limit=most, actual=len(tags)))
    return found


def _media(post: Post) -> list[Problem]:
    found: list[Problem] = []
    if len(post.media) > limits.MAX_IMAGES:
        message = f"Twitter takes {limits.MAX_IMAGES} images in a post"
        count = len(post.media)
        found.append(
            _problem("media", "max_count", message, limits.CREATE_SOURCE, limit=limits.MAX_IMAGES, actual=count)
        )
    for index, media in enumerate(post.media):
        field = f"media[{index}]"
        if isinstance(media, Image):
            found += _image(media, field)
        else:
            message = "videos cannot be sent to Twitter by this version of the library yet"
            found.append(_problem(field, "supported", message, limits.MEDIA_SOURCE))
    return found


def _image(image: Image, field: str) -> list[Problem]:
    found: list[Problem] = []
    length, longest = len(image.alt or ""), limits.ALT_TEXT
    if length > longest:
        message = f"the description has {length} characters of {longest}"
        found.append(_problem(f"{field}.alt", "max_length", message, limits.MEDIA_SOURCE, limit=longest, actual=length))
    facts = image.facts
    if facts is None or facts.type is None or not facts.type.startswith("image/"):
        return found  # told for every network already
    return found + _image_file(facts, facts.type, field)


def _image_file(facts: MediaFacts, kind: str, field: str) -> list[Problem]:
    found: list[Problem] = []
    source = limits.MEDIA_SOURCE
    if kind not in limits.IMAGE_TYPES:
        taken = ", ".join(limits.IMAGE_TYPES)
        message = f"Twitter's image upload takes {taken}; this is {kind}"
        if kind == "image/gif":
            message += " (GIFs go another way, which this version of the library does not know yet)"
        found.append(_problem(field, "media_type", message, source, limit=taken, actual=kind))
    size, most_bytes = facts.size, limits.IMAGE_BYTES
    if size > most_bytes:
        message = f"the image has {size} bytes of {most_bytes}"
        found.append(_problem(field, "max_size", message, source, limit=most_bytes, actual=size))
    least, most = limits.IMAGE_SIDE
    sides = [side for side in (facts.width, facts.height) if side is not None]
    if any(not least <= side <= most for side in sides):
        message = f"each side of an image should have {least} to {most} pixels"
        limit, actual = f"{least}-{most}", f"{facts.width}x{facts.height}"
        found.append(_problem(field, "image_size", message, source, limit=limit, actual=actual, severity="warning"))
    return found


def _options(options: TwitterOptions, post: Post) -> list[Problem]:
    found: list[Problem] = []
    if options.quote and post.media:
        message = "a post quotes another or carries media, not both"
        found.append(_problem("options.quote", "exclusive", message, limits.CREATE_SOURCE))
    if options.quote:
        message = "quoting is part of Enterprise contracts only; without one Twitter refuses the post"
        found.append(_problem("options.quote", "access", message, limits.CREATE_SOURCE, severity="warning"))
    if options.reply_to:
        message = "without an Enterprise contract only those can be answered who mentioned or quoted the account"
        found.append(_problem("options.reply_to", "access", message, limits.CHANGES_SOURCE, severity="warning"))
    needs = (
        ("options.tagged_users", bool(options.tagged_users) and not post.media, "media to tag users in"),
        ("options.exclude_reply_users", bool(options.exclude_reply_users) and not options.reply_to, "reply_to"),
        ("options.share_with_followers", options.share_with_followers and not options.community, "community"),
    )
    found += [
        _problem(field, "needs", f"this needs {what}", limits.CREATE_SOURCE) for field, broken, what in needs if broken
    ]
    return found


def _problem(
    field: str,
    rule: str,
    message: str,
    source: str,
    *,
    limit: str | int | None = None,
    actual: str | int | None = None,
    severity: str = "error",
) -> Problem:
    return Problem(
        field=field,
        rule=rule,
        message=message,
        limit=limit,
        actual=actual,
        network=_NETWORK,
        source=source,
        severity=severity,
    )
