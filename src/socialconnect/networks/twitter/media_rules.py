"""What Twitter takes of pictures, GIFs, films and subtitles, checked on the files themselves."""

from __future__ import annotations

from collections.abc import Iterator

from socialconnect.errors import Problem
from socialconnect.media import Image, MediaFacts, Video
from socialconnect.networks.twitter import limits
from socialconnect.networks.twitter.gif import frames
from socialconnect.networks.twitter.media import is_gif
from socialconnect.networks.twitter.subtitles import language_code, subtitles_type
from socialconnect.post import Post

__all__ = ["media_problems", "problem"]

_SOURCE = limits.MEDIA_SOURCE


def problem(
    field: str,
    rule: str,
    message: str,
    source: str,
    *,
    limit: str | float | None = None,
    actual: str | float | None = None,
    severity: str = "error",
) -> Problem:
    """Give a broken rule of Twitter's."""
    return Problem(
        field=field,
        rule=rule,
        message=message,
        limit=limit,
        actual=actual,
        network="twitter",
        source=source,
        severity=severity,
    )


def media_problems(post: Post, *, premium: bool) -> list[Problem]:
    """Give everything that Twitter would refuse in a post's media, and what it would answer only to some."""
    found = list(_together(post))
    for index, media in enumerate(post.media):
        field = f"media[{index}]"
        facts = media.facts
        if isinstance(media, Image):
            found += _alt(media, field)
            if facts is not None and (facts.type or "").startswith("image/"):  # else told for every network already
                found += _gif(media, facts, field) if is_gif(media) else _picture(facts, facts.type or "", field)
        elif isinstance(media, Video):
            found += _not_sent(media, field)
            found += _subtitles(media, field)
            if facts is not None and (facts.type or "").startswith("video/"):
                found += _video(facts, field, premium=premium)
    return found


def _together(post: Post) -> Iterator[Problem]:
    """Check how many there are, and of what kinds."""
    count, most = len(post.media), limits.MAX_IMAGES
    if count > most:
        message = f"Twitter takes {most} images in a post"
        yield problem("media", "max_count", message, limits.CREATE_SOURCE, limit=most, actual=count)
    moving = sum(1 for media in post.media if isinstance(media, Video) or is_gif(media))
    if moving and count > 1:
        message = f"a post on Twitter takes 1 to {most} images, or one GIF, or one video, and no two kinds"
        told = f"{count - moving} images, {moving} GIFs or videos"
        yield problem("media", "mixed", message, limits.CREATE_SOURCE, limit=1, actual=told)


def _alt(image: Image, field: str) -> Iterator[Problem]:
    length, longest = len(image.alt or ""), limits.ALT_TEXT
    if length > longest:
        message = f"the description has {length} characters of {longest}"
        yield problem(f"{field}.alt", "max_length", message, _SOURCE, limit=longest, actual=length)


def _size(facts: MediaFacts, field: str, called: str, most: int) -> Iterator[Problem]:
    if facts.size > most:
        message = f"the {called} has {facts.size} bytes of {most}"
        yield problem(field, "max_size", message, _SOURCE, limit=most, actual=facts.size)


def _picture(facts: MediaFacts, kind: str, field: str) -> Iterator[Problem]:
    if kind not in limits.IMAGE_TYPES:
        taken = ", ".join((*limits.IMAGE_TYPES, limits.GIF_TYPE))
        message = f"Twitter's image upload takes {taken}; this is {kind}"
        yield problem(field, "media_type", message, _SOURCE, limit=taken, actual=kind)
    yield from _size(facts, field, "image", limits.IMAGE_BYTES)
    least, most = limits.IMAGE_SIDE
    sides = [side for side in (facts.width, facts.height) if side is not None]
    if any(not least <= side <= most for side in sides):
        message = f"each side of an image should have {least} to {most} pixels"
        limit, actual = f"{least}-{most}", f"{facts.width}x{facts.height}"
        yield problem(field, "image_size", message, _SOURCE, limit=limit, actual=actual, severity="warning")


def _gif(image: Image, facts: MediaFacts, field: str) -> Iterator[Problem]:
    yield from _size(facts, field, "GIF", limits.GIF_BYTES)
    widest, highest = limits.GIF_SIDES
    width, height = facts.width, facts.height
    if width is not None and height is not None and (width > widest or height > highest):
        message = f"a GIF has {widest}x{highest} pixels at most; this one has {width}x{height}"
        limit, actual = f"{widest}x{highest}", f"{width}x{height}"
        yield problem(field, "image_size", message, _SOURCE, limit=limit, actual=actual)
    count = frames(image)
    if count is None:
        return
    if count > limits.GIF_FRAMES:
        message = f"a GIF has {limits.GIF_FRAMES} frames at most; this one has {count}"
        yield problem(field, "max_frames", message, _SOURCE, limit=limits.GIF_FRAMES, actual=count)
    pixels = (width or 0) * (height or 0) * count
    if pixels > limits.GIF_PIXELS:
        message = f"the frames of a GIF have {limits.GIF_PIXELS} pixels together at most; these have {pixels}"
        yield problem(field, "max_pixels", message, _SOURCE, limit=limits.GIF_PIXELS, actual=pixels)


def _not_sent(video: Video, field: str) -> Iterator[Problem]:
    """Tell what a post's film loses on Twitter."""
    given = ("alt", video.alt is not None), ("title", video.title is not None), ("thumbnail", bool(video.thumbnail))
    for name, there in given:
        if there:
            message = f"Twitter takes no {name} with a post's video: it is not sent"
            yield problem(f"{field}.{name}", "not_shown", message, _SOURCE, severity="warning")


def _video(facts: MediaFacts, field: str, *, premium: bool) -> Iterator[Problem]:
    rules = limits.VIDEO
    if facts.type not in limits.VIDEO_TYPES:
        taken = ", ".join(limits.VIDEO_TYPES)
        message = f"Twitter's video upload takes {taken}; this is {facts.type}"
        yield problem(field, "media_type", message, limits.SPEC_SOURCE, limit=taken, actual=facts.type)
    yield from _size(facts, field, "video", rules.largest)
    if facts.seconds is not None and facts.seconds < rules.shortest:
        message = f"a video lasts {rules.shortest} seconds at least; this one lasts {facts.seconds:g}"
        yield problem(field, "min_seconds", message, _SOURCE, limit=rules.shortest, actual=facts.seconds)
    yield from _by_account(facts, field, premium=premium)
    yield from _frame(facts, field)
    # A film of 60 frames measures as 60.002 or 59.94 too.
    if facts.frame_rate is not None and round(facts.frame_rate) > rules.frame_rate:
        message = f"a video has {rules.frame_rate:g} frames in a second at most; this one has {facts.frame_rate:g}"
        yield problem(field, "frame_rate", message, _SOURCE, limit=rules.frame_rate, actual=facts.frame_rate)
    if facts.audio_codec is not None and not facts.audio_codec.startswith(rules.audio):
        message = f"a video's sound is {rules.audio}; this one's is {facts.audio_codec}"
        yield problem(field, "audio_codec", message, _SOURCE, limit=rules.audio, actual=facts.audio_codec)


def _by_account(facts: MediaFacts, field: str, *, premium: bool) -> Iterator[Problem]:
    """Warn of what depends on the account: Twitter decides by the user, and tells nobody beforehand."""
    most_bytes, most_seconds = limits.VIDEO.premium if premium else limits.VIDEO.usual
    whose = "with X Premium" if premium else "without X Premium"
    if most_bytes < facts.size <= limits.VIDEO.largest:
        message = f"an account {whose} may post videos of {most_bytes} bytes; this one has {facts.size}"
        limit, actual = most_bytes, facts.size
        yield problem(field, "max_size", message, _SOURCE, limit=limit, actual=actual, severity="warning")
    if facts.seconds is not None and facts.seconds > most_seconds:
        message = f"an account {whose} may post videos of {most_seconds} seconds; this one lasts {facts.seconds:g}"
        told = {"limit": most_seconds, "actual": facts.seconds}
        yield problem(field, "max_seconds", message, _SOURCE, **told, severity="warning")


def _frame(facts: MediaFacts, field: str) -> Iterator[Problem]:
    width, height, rules = facts.width, facts.height, limits.VIDEO
    if width is None or height is None:
        return
    actual = f"{width}x{height}"
    if min(width, height) < rules.smallest:
        message = f"each side of a video has {rules.smallest} pixels at least; this one has {actual}"
        yield problem(field, "video_size", message, _SOURCE, limit=rules.smallest, actual=actual)
    longer, shorter = rules.sides
    if max(width, height) > longer or min(width, height) > shorter:
        message = f"a video should have {longer}x{shorter} pixels at most; this one has {actual}"
        limit = f"{longer}x{shorter}"
        # The same page lets subscribers upload 1080p, so this cannot be the last word.
        yield problem(field, "video_size", message, _SOURCE, limit=limit, actual=actual, severity="warning")
    flattest, widest = rules.ratio
    if not flattest <= width / height <= widest:
        message = f"a video's sides are as 1:3 to 3:1; this one has {actual}"
        yield problem(field, "ratio", message, _SOURCE, limit="1:3-3:1", actual=actual)


def _subtitles(video: Video, field: str) -> Iterator[Problem]:
    seen: set[str] = set()
    source = limits.SPEC_SOURCE
    for index, one in enumerate(video.subtitles):
        place = f"{field}.subtitles[{index}]"
        code = language_code(one.language)
        if code is None:
            message = f"Twitter knows languages by two letters; it has no code for {one.language!r}"
            yield problem(f"{place}.language", "language", message, source, limit="2", actual=one.language)
        elif code in seen:
            message = f"there are subtitles in {code} already: Twitter keeps one file for each language"
            yield problem(f"{place}.language", "unique", message, source, actual=one.language)
        seen.add(code or "")
        if one.url is not None:
            message = "the network does not fetch subtitles: give a file"
            yield problem(place, "media_source", message, source)
        elif subtitles_type(one) is None:
            message = "Twitter takes subtitles as SRT or WebVTT; this file is neither"
            yield problem(place, "media_type", message, source, limit="text/srt, text/vtt")
