"""What LinkedIn would refuse of a file, read from the file itself."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import repeat

from socialconnect.media import Document, Image, Subtitles, Video
from socialconnect.networks.linkedin import limits
from socialconnect.networks.linkedin.problems import problem, too_long
from socialconnect.problem import Problem

__all__ = ["document_problems", "image_problems", "video_problems"]

_PDF = "application/pdf"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How the older Word and PowerPoint files begin."""
_PIECE = 1024 * 1024
_CUE = re.compile(r"\d{1,2}:\d\d:\d\d,\d{3}\s*-->\s*\d{1,2}:\d\d:\d\d,\d{3}")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")


def image_problems(field: str, media: Image) -> Iterator[Problem]:
    """Give what is wrong with an image: its kind, its pixels, its pictures if it moves, its description."""
    if media.url is not None:
        return  # told already, for every file of the post
    if media.alt is not None:
        yield from too_long(f"{field}.alt", "the alternative text", media.alt, limits.ALT_TEXT)
    facts = media.facts
    if facts is None or facts.type is None or not facts.type.startswith("image/"):
        return  # told already, for every network
    source = limits.IMAGES_SOURCE
    if facts.type not in limits.IMAGE_TYPES:
        message = f"LinkedIn takes JPEG, PNG and GIF images, not {facts.type}"
        taken = ", ".join(limits.IMAGE_TYPES)
        yield problem(field, "media_type", message, limit=taken, actual=facts.type, source=source)
    pixels = (facts.width or 0) * (facts.height or 0)
    if pixels >= limits.IMAGE_PIXELS:
        message = f"the image has {pixels} pixels; LinkedIn takes fewer than {limits.IMAGE_PIXELS}"
        yield problem(field, "max_pixels", message, limit=limits.IMAGE_PIXELS - 1, actual=pixels, source=source)
    if facts.size > limits.IMAGE_BYTES:
        message = f"the image has {facts.size} bytes; LinkedIn prints no limit, and larger ones than this were refused"
        yield problem(
            field, "max_bytes", message, limit=limits.IMAGE_BYTES, actual=facts.size, source=source, warns=True
        )
    if facts.type == "image/gif":
        frames = _gif_frames(media)
        if frames is not None and frames > limits.GIF_FRAMES:
            message = f"the GIF has {frames} pictures; LinkedIn takes {limits.GIF_FRAMES}"
            yield problem(field, "max_frames", message, limit=limits.GIF_FRAMES, actual=frames, source=source)


def video_problems(field: str, media: Video) -> Iterator[Problem]:
    """Give what is wrong with a video: its kind, its bytes, its length, and the files that belong to it."""
    if media.alt is not None:
        message = "LinkedIn takes no description of a video: it is left out; give subtitles"
        yield problem(f"{field}.alt", "supported", message, source=limits.VIDEOS_SOURCE, warns=True)
    if media.thumbnail is not None:
        if media.thumbnail.url is not None:
            yield problem(f"{field}.thumbnail", "media_source", "LinkedIn does not fetch media: give a file")
        yield from image_problems(f"{field}.thumbnail", media.thumbnail)
    yield from _subtitles_problems(field, media)
    facts = media.facts
    if facts is None or facts.type is None or not facts.type.startswith("video/"):
        return  # told already, for every network
    source = limits.VIDEOS_SOURCE
    if facts.type != limits.VIDEO_TYPE:
        message = f"LinkedIn takes MP4 videos, not {facts.type}"
        yield problem(field, "media_type", message, limit=limits.VIDEO_TYPE, actual=facts.type, source=source)
    if facts.size < limits.VIDEO_LEAST_BYTES:
        message = f"the video has {facts.size} bytes; LinkedIn takes {limits.VIDEO_LEAST_BYTES} at least"
        yield problem(field, "min_bytes", message, limit=limits.VIDEO_LEAST_BYTES, actual=facts.size, source=source)
    elif facts.size > limits.VIDEO_BYTES:
        worst = facts.size > limits.VIDEO_MOST_BYTES
        most = limits.VIDEO_MOST_BYTES if worst else limits.VIDEO_BYTES
        message = f"the video has {facts.size} bytes; LinkedIn {'takes' if worst else 'advises'} {most} at most"
        yield problem(field, "max_bytes", message, limit=most, actual=facts.size, source=source, warns=not worst)
    least, most = limits.VIDEO_SECONDS
    if facts.seconds is not None and not least <= facts.seconds <= most:
        rule, limit = ("min_seconds", least) if facts.seconds < least else ("max_seconds", most)
        message = f"the video lasts {facts.seconds:g} seconds; LinkedIn takes {least} to {most}"
        yield problem(field, rule, message, limit=limit, actual=facts.seconds, source=source)


def _subtitles_problems(field: str, media: Video) -> Iterator[Problem]:
    if len(media.subtitles) > limits.SUBTITLES:
        message = "LinkedIn takes one file of subtitles with a video"
        limit, actual = limits.SUBTITLES, len(media.subtitles)
        yield problem(f"{field}.subtitles", "max_items", message, limit=limit, actual=actual)
    for at, one in enumerate(media.subtitles):
        place = f"{field}.subtitles[{at}]"
        if one.url is not None:
            yield problem(place, "media_source", "LinkedIn does not fetch media: give a file")
        elif not _is_srt(one):
            message = "this is no SRT file, such as `1`, `00:00:01,000 --> 00:00:02,500` and a text, line by line"
            yield problem(place, "media_type", message, limit="SRT", source=limits.VIDEOS_SOURCE)


def _is_srt(subtitles: Subtitles) -> bool:
    try:
        text = subtitles.read(0, _PIECE).decode("utf-8-sig", "ignore")
    except OSError:
        return True  # told already, for every network
    return not text.lstrip().startswith("WEBVTT") and _CUE.search(text) is not None


def document_problems(field: str, media: Document) -> Iterator[Problem]:
    """Give what is wrong with a document: its kind, its bytes, its pages where they can be counted, its title."""
    if not (media.title or "").strip():
        message = "LinkedIn shows a title with a document: give Document(…, title=…)"
        yield problem(f"{field}.title", "required", message, source=limits.POSTS_SOURCE)
    facts = media.facts
    if facts is None:
        return  # given by its address: told already, for every file of the post
    source = limits.DOCUMENTS_SOURCE
    kind = _document_kind(media, facts.type)
    if kind is None:
        message = f"LinkedIn takes PDF, PPT, PPTX, DOC and DOCX documents, not {facts.type or 'this'}"
        yield problem(field, "media_type", message, limit="PDF, PPT, PPTX, DOC, DOCX", actual=facts.type, source=source)
    if facts.size > limits.DOCUMENT_BYTES:
        message = f"the document has {facts.size} bytes; LinkedIn takes {limits.DOCUMENT_BYTES}"
        yield problem(field, "max_bytes", message, limit=limits.DOCUMENT_BYTES, actual=facts.size, source=source)
    elif kind in ("pdf", "pptx"):
        pages = _pdf_pages(media) if kind == "pdf" else _slides(media)
        if pages is not None and pages > limits.DOCUMENT_PAGES:
            # A PDF that was changed may hold pages that nobody sees any more: they cannot be told apart for sure.
            message = f"the document has {pages} pages; LinkedIn takes {limits.DOCUMENT_PAGES}"
            limit, warns = limits.DOCUMENT_PAGES, kind == "pdf"
            yield problem(field, "max_pages", message, limit=limit, actual=pages, source=source, warns=warns)


def _document_kind(media: Document, kind: str | None) -> str | None:
    if kind == _PDF:
        return "pdf"
    head = media.read(0, len(_OLE))
    if head == _OLE:
        return "ole"  # Word and PowerPoint alike
    if not head.startswith(b"PK"):
        return None
    names = _packed_names(media)
    return next(
        (
            kind
            for start, kind in (("ppt/", "pptx"), ("word/", "docx"))
            if any(map(str.startswith, names, repeat(start)))
        ),
        None,
    )


def _packed_names(media: Document) -> list[str]:
    try:
        with media.open() as file, zipfile.ZipFile(file) as packed:
            return packed.namelist()
    except zipfile.BadZipFile:
        return []


def _slides(media: Document) -> int:
    return sum(re.fullmatch(r"ppt/slides/slide\d+\.xml", name) is not None for name in _packed_names(media))


def _pdf_pages(media: Document) -> int | None:
    """Count a PDF's pages; `None` where they are packed away in a stream."""
    pages, end = 0, b""
    for piece in media.chunks(_PIECE):
        whole = end + piece
        if b"/ObjStm" in whole:
            return None
        # What ends with the piece may go on in the next one, as `/Pages` does.
        found = [one.end() for one in _PAGE.finditer(whole) if one.end() < len(whole)]
        pages += len(found)
        end = whole[max(len(whole) - 32, *found[-1:]) :] if found else whole[-32:]
    return pages or None


def _gif_frames(media: Image) -> int | None:
    """Count a GIF's pictures; `None` if it is not as a GIF should be."""
    content = media.read(0, _PIECE * 64)
    try:
        at = 13 + _colours(content[10])
        frames = 0
        while content[at] != 0x3B:
            if content[at] == 0x2C:
                frames += 1
                at += 10 + _colours(content[at + 9]) + 1
            else:
                at += 2
            while content[at]:
                at += content[at] + 1
            at += 1
    except IndexError:
        return None
    return frames


def _colours(flags: int) -> int:
    """Give the length of the table of colours that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
