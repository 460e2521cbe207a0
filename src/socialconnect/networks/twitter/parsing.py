"""Posts as Twitter gives them back, turned into ours."""

from __future__ import annotations

import re
import unicodedata

from socialconnect.networks.twitter.text import urls
from socialconnect.networks.twitter.wire import Tweet
from socialconnect.post import PublishedPost

__all__ = ["address", "published", "same_text"]

_ESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ESCAPES = re.compile("|".join(_ESCAPED))
_OWN_MEDIA = re.compile(r"https?://(?:www\.)?(?:x|twitter)\.com/\w+/status/(?P<id>[0-9]+)/(?:photo|video)/[0-9]+")

_LEADING_NAMES = re.compile(r"^(?:@\w{1,15}\s+)+")
"""https://docs.x.com/fundamentals/counting-characters: the names that an answer gets by itself."""


def address(post_id: str) -> str:
    """Give where people see a post; works without the user's name."""
    return f"https://x.com/i/web/status/{post_id}"


def published(tweet: Tweet, *, network: str, account: str) -> PublishedPost:
    """Give a post that was read back, its text as it was written: Twitter's short addresses undone."""
    parent = next((one.id for one in tweet.references if one.type == "replied_to"), None)
    return PublishedPost(
        network=network,
        account=account,
        id=tweet.id,
        url=address(tweet.id),
        text=_as_written(tweet),
        created_at=tweet.created_at,
        media_count=len(tweet.media_keys),
        parent=parent,
    )


def _as_written(tweet: Tweet) -> str:
    text, entities = tweet.text, tweet.entities
    if tweet.note is not None:  # the whole of a long post; `text` is cut
        text, entities = tweet.note.text, tweet.note.entities or entities
    text = _ESCAPES.sub(lambda found: _ESCAPED[found[0]], text)
    for url in entities.urls if entities else ():
        own = _OWN_MEDIA.fullmatch(url.expanded_url or "")
        if url.media_key is not None or (own is not None and own["id"] == tweet.id):
            text = text.replace(url.url, "").rstrip()  # Twitter's own address of the media: nobody wrote it
        elif url.expanded_url:
            text = text.replace(url.url, url.expanded_url)
    return text


def same_text(written: str, found: str, *, quoted: str | None = None, answers: bool = False) -> bool:
    """
    Whether a text that was read back is the one that was written.

    Twitter changes blanks, gives an address without a scheme back with one, and ends the text of a post that quotes
    another with that post's address.

    Args:
        written: The text as it was sent.
        found: The text that was read back, its short addresses undone.
        quoted: The id of the post that it quotes.
        answers: Whether it answers another post: then Twitter may have put the names of those whom it answers first.
    """
    if quoted is not None:
        found = re.sub(rf"\s*https?://(?:www\.)?(?:x|twitter)\.com/\w+/(?:web/)?status/{quoted}/?$", "", found)
    if _plain(written) == _plain(found):
        return True
    return answers and _plain(written) == _plain(_LEADING_NAMES.sub("", found))


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    for url in sorted(set(urls(text)), key=len, reverse=True):
        text = text.replace(url, re.sub(r"^https?://", "", url, flags=re.IGNORECASE).rstrip("/"))
    return " ".join(text.split())
