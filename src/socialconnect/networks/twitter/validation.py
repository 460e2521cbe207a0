"""What Twitter would refuse in a post, found before anything is sent."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

from socialconnect.errors import Problem
from socialconnect.networks.twitter import limits
from socialconnect.networks.twitter.media_rules import media_problems, problem
from socialconnect.networks.twitter.options import NO_OPTIONS, TwitterOptions
from socialconnect.networks.twitter.text import cashtags, invalid_characters, urls, weighted_length
from socialconnect.post import Post

__all__ = ["composed", "problems"]


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
    """Give everything that Twitter would refuse in a post and its thread, and what it would answer only to some."""
    found = _one(post, premium=premium)
    if not post.poll and not post.options:
        # Of a post with nothing in it at all every network's check tells; only the thread's posts are ours alone.
        found = [told for told in found if told.rule != "not_empty"]
    for index, part in enumerate(post.thread):
        found += [
            told.model_copy(update={"field": f"thread[{index}].{told.field}"}) for told in _one(part, premium=premium)
        ]
        found += _part(part, f"thread[{index}]")
    return found + _repeated(post)


def _repeated(post: Post) -> list[Problem]:
    """Warn of posts of a thread with the same text, which Twitter may take for duplicates: half of it would be live."""
    found: list[Problem] = []
    seen = {composed(post)}
    for index, part in enumerate(post.thread):
        text = composed(part)
        if text in seen and not part.media and part.poll is None:
            message = "an earlier post of the thread has this text: Twitter may refuse the second as a duplicate"
            field = f"thread[{index}].text"
            found.append(problem(field, "duplicate", message, limits.POSTS_SOURCE, severity="warning"))
        seen.add(text)
    return found


def _one(post: Post, *, premium: bool) -> list[Problem]:
    found = [*_text(post, premium=premium), *_link(post)]
    options = post.options_for(TwitterOptions)
    if options is None and not post.media and post.poll is None:
        return found  # a text alone, as most are: this is on the path of each publish
    options = options or NO_OPTIONS
    return [
        *found,
        *media_problems(post, premium=premium),
        *_poll(post),
        *_exclusive(options, post),
        *_options(options, post),
    ]


def _part(part: Post, field: str) -> list[Problem]:
    """Check what holds for the further posts of a thread alone."""
    found: list[Problem] = []
    options = part.options_for(TwitterOptions) or NO_OPTIONS
    named = ("reply_to", options.reply_to), ("edit_of", options.edit_of)
    for name, value in named:
        if value:
            message = "each post of a thread answers the one before: only the first can answer or replace another"
            found.append(problem(f"{field}.options.{name}", "exclusive", message, limits.CREATE_SOURCE))
    if part.first_comment is not None:
        message = "Twitter has no comments: add a post to the thread instead"
        found.append(problem(f"{field}.first_comment", "supported", message, limits.CREATE_SOURCE))
    return found


def _text(post: Post, *, premium: bool) -> list[Problem]:
    text = composed(post)
    longest = limits.TEXT.longest_premium if premium else limits.TEXT.longest
    found: list[Problem] = []
    length = weighted_length(text)
    if length > longest:
        message = f"the text counts {length} of {longest}, by Twitter's weighted length (every address counts 23)"
        found.append(problem("text", "max_length", message, limits.TEXT_SOURCE, limit=longest, actual=length))
    if not text.strip() and not post.media:
        found.append(
            problem(
                "text",
                "not_empty",
                "a post without media needs a text, one with a poll, a quote or a card too",
                limits.CREATE_SOURCE,
            )
        )
    if bad := invalid_characters(text):
        message = f"Twitter takes no text with {', '.join(bad)}"
        found.append(problem("text", "characters", message, limits.TEXT_SOURCE, actual=", ".join(bad)))
    tags, most = cashtags(text), limits.TEXT.cashtags
    if len(tags) > most:
        message = f"Twitter takes {most} cashtag in a post; this one has {', '.join(tags)}"
        found.append(problem("text", "cashtags", message, limits.POSTS_SOURCE, limit=most, actual=len(tags)))
    return found


def _link(post: Post) -> list[Problem]:
    """Tell what of a link is not sent: a tweet holds its address alone."""
    link = post.link
    if link is None:
        return []
    given = ("title", link.title), ("description", link.description), ("image", link.image)
    return [
        problem(
            f"link.{name}",
            "not_shown",
            f"Twitter takes an address alone, without {name}: it is not sent",
            limits.CREATE_SOURCE,
            severity="warning",
        )
        for name, there in given
        if there
    ]


def _poll(post: Post) -> list[Problem]:
    poll = post.poll
    if poll is None:
        return []
    found: list[Problem] = []
    source = limits.CREATE_SOURCE
    least, most = limits.POLL_OPTIONS
    if not least <= len(poll.options) <= most:
        message = f"a poll on Twitter has {least} to {most} options; this one has {len(poll.options)}"
        limit, count = f"{least}-{most}", len(poll.options)
        found.append(problem("poll.options", "count", message, source, limit=limit, actual=count))
    for index, option in enumerate(poll.options):
        length, longest = len(unicodedata.normalize("NFC", option)), limits.POLL_OPTION
        if not 1 <= length <= longest or not option.strip():
            message = f"an option has 1 to {longest} characters; this one has {length}"
            field = f"poll.options[{index}]"
            found.append(problem(field, "max_length", message, source, limit=longest, actual=length))
    minutes, rest = divmod(poll.lasts, timedelta(minutes=1))
    shortest, longest = limits.POLL_MINUTES
    if rest or not shortest <= minutes <= longest:
        message = f"a poll on Twitter lasts {shortest} to {longest} whole minutes; this one lasts {poll.lasts}"
        limit = f"{shortest}-{longest} minutes"
        found.append(problem("poll.lasts", "duration", message, source, limit=limit, actual=str(poll.lasts)))
    if poll.question and poll.question not in post.text:
        message = "Twitter shows no question apart from the text: this one is not sent"
        found.append(problem("poll.question", "not_shown", message, source, severity="warning"))
    return found


def _exclusive(options: TwitterOptions, post: Post) -> list[Problem]:
    """Of a poll, a quote, media, a card and a link to a conversation a post takes one."""
    asked = (
        ("media", bool(post.media)),
        ("poll", post.poll is not None),
        ("options.quote", options.quote is not None),
        ("options.card", options.card is not None),
        ("options.direct_message_link", options.direct_message_link is not None),
    )
    there = [field for field, given in asked if given]
    if len(there) < 2:
        return []
    message = f"a post on Twitter takes one of media, poll, quote, card and message link; this one has {len(there)}"
    told = ", ".join(there)
    return [problem(there[-1], "exclusive", message, limits.CREATE_SOURCE, limit=1, actual=told)]


def _options(options: TwitterOptions, post: Post) -> list[Problem]:
    found: list[Problem] = []
    if options.quote:
        message = "quoting is part of Enterprise contracts only; without one Twitter refuses the post"
        found.append(problem("options.quote", "access", message, limits.CREATE_SOURCE, severity="warning"))
    if options.reply_to:
        message = "without an Enterprise contract only those can be answered who mentioned or quoted the account"
        found.append(problem("options.reply_to", "access", message, limits.CHANGES_SOURCE, severity="warning"))
    if options.edit_of:
        message = "only posts of X Premium accounts can be edited, for a time; the edited post gets a new id"
        found.append(problem("options.edit_of", "access", message, limits.EDIT_SOURCE, severity="warning"))
    needs = (
        ("options.tagged_users", bool(options.tagged_users) and not post.media, "media to tag users in"),
        ("options.exclude_reply_users", bool(options.exclude_reply_users) and not options.reply_to, "reply_to"),
        ("options.share_with_followers", options.share_with_followers and not options.community, "community"),
    )
    kept = ("poll", post.poll is not None), ("options.community", bool(options.community))
    for field, given in (*kept, ("options.reply_to", bool(options.reply_to))):
        if options.edit_of and given:
            message = "Twitter edits no polls, no answers to others and no posts in a community"
            found.append(problem(field, "editable", message, limits.EDIT_SOURCE))
    found += [
        problem(field, "needs", f"this needs {what}", limits.CREATE_SOURCE) for field, broken, what in needs if broken
    ]
    return found
