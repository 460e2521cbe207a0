"""From Facebook's error codes to error classes: the rows that only pages have; the rest is in `networks/meta`."""

from __future__ import annotations

from pydantic import ValidationError as ShapeError

from socialconnect.errors import (
    AccountLocked,
    DuplicatePost,
    MediaRejected,
    NotFound,
    PermissionDenied,
    PolicyBlocked,
    RateLimited,
    RejectedError,
    SocialConnectError,
    UnavailableError,
)
from socialconnect.networks.facebook.wire import PartRefusal, Range
from socialconnect.networks.meta.errors import HANDLING, PAGES, RATES, either, table
from socialconnect.refusal import Rule
from socialconnect.transport.request import Response

__all__ = ["RULES", "PartRefused", "part_refused"]


class PartRefused(UnavailableError):
    """Facebook refused a part of a video, and names the range to send in its place."""

    retryable = False  # not the same part again: the one that it asks for

    due: Range
    """The range that it asks for."""


_OTHER_RANGE = "6001.1363037"

_POSTS = "https://developers.facebook.com/docs/pages-api/posts"
_PHOTOS = "https://developers.facebook.com/docs/page-stories-api"
_REELS = "https://developers.facebook.com/docs/video-api/guides/reels-publishing/"
_UPLOADS = "https://developers.facebook.com/docs/instagram-platform/content-publishing"  # the same host's refusal
_INSIGHTS = "https://developers.facebook.com/docs/platforminsights/page"

_IMAGE = "Send a JPEG, PNG, GIF, BMP or TIFF within the size limit; validate() tells which."
_VIDEO = "Convert the video to what the page takes: MP4, H.264, AAC, within the documented size and length."
_SECURITY = "Ask the page's owner to finish Facebook's security check or identity confirmation on facebook.com."
_CONTENT = "Change the content: Facebook holds it against its Community Standards."
_LOOK = "Look at the page's recent posts: it is there already."
_AGAIN = "Try again later. After a publish, look at the page's recent posts first."

_MANY_PAGES = "Wait, and read less often; the page's calls are counted for each hour."
_NO_INSIGHTS = "Facebook keeps no insights for this page or post; a page needs 100 followers."

_TWO_AND_NINE = tuple(str(number) for number in range(2932001, 2932011))

_CHECKS = either(("1404006", "1404112", "4854002"), AccountLocked, _SECURITY, _POSTS)
_AUTHORISATION = either("1404078", AccountLocked, "The page needs Page Publishing Authorization first.", _POSTS)
_FLAGGED = either(("1346003", "1404102"), PolicyBlocked, _CONTENT, _POSTS)
_OWN_LINK = either("1609008", RejectedError, "Facebook takes no link to facebook.com: take it out.", _POSTS)
_SCRAPE = either("1609005", RejectedError, "Facebook could not read the linked page: check the address.", HANDLING)
_BAD_URL = either("2061006", RejectedError, "There is a bad address in the text or link: correct it.", _POSTS)
_PASSING = either(("1609010", "1363047"), UnavailableError, _AGAIN, _POSTS)
_FORMAT = either("1349125", RejectedError, "The content's format is not valid: the message names it.", _POSTS)
_FILE = either("2069019", MediaRejected, _IMAGE, _POSTS)
_PHOTO = either("1366046", MediaRejected, _IMAGE, _PHOTOS)
_SAME_PHOTOS = either("1366051", DuplicatePost, _LOOK, _PHOTOS)
_UNKNOWN_INSIGHTS = either(("2874008", *_TWO_AND_NINE), NotFound, _NO_INSIGHTS, PAGES)
_NO_METRIC = either("1504028", RejectedError, "Name at least one metric.", _INSIGHTS)
_UPLOAD = either(("1363030", "1363019"), UnavailableError, "Resume the upload from the offset told.", _REELS)
_VIDEO_FORMAT = either(
    ("1363020", "1363021", "1363024", "1363025", "1363026", "1363042"), MediaRejected, _VIDEO, _REELS
)
_REEL_SHAPE = either(("1363040", "1363127", "1363128", "1363129"), MediaRejected, _VIDEO, _REELS)
_EITHER = (
    *(_CHECKS, _AUTHORISATION, _FLAGGED, _OWN_LINK, _SCRAPE, _BAD_URL, _PASSING, _FORMAT, _FILE, _PHOTO),
    *(_SAME_PHOTOS, _UNKNOWN_INSIGHTS, _NO_METRIC, _UPLOAD, _VIDEO_FORMAT, _REEL_SHAPE),
)

_SUBCODES = (
    *(rows[0] for rows in _EITHER),
    Rule(DuplicatePost, subcode="1455006", hint=_LOOK),
    Rule(
        UnavailableError,
        code="6001",
        subcode="1363037",
        hint="Send the range again that the answer's error_data names.",
        source=_REELS,
    ),
)

_TEXTS = (
    Rule(
        NotFound,
        code="10",
        text="Not enough viewers",
        hint="The network shows this number only from a few viewers on.",
    ),
    # The upload host's whole word on a token that it does not take, in the middle of a text that names processing.
    Rule(
        PermissionDenied,
        code="ProcessingFailedError",
        text="unauthorized user request",
        hint="The upload host does not take the token for this video: connect the page again.",
        source=_UPLOADS,
    ),
    Rule(RateLimited, text="Page request limit reached", hint=_MANY_PAGES, source=RATES),
)

_CODES = (
    *(rows[1] for rows in _EITHER),
    Rule(RateLimited, code=("32", "80001"), hint=_MANY_PAGES, source=RATES),
    Rule(MediaRejected, code="324", hint=_IMAGE),
    Rule(MediaRejected, code=("389", "390"), hint=_VIDEO),
    Rule(DuplicatePost, code="506", hint=_LOOK, source=HANDLING),
    Rule(RejectedError, code="3001", hint="Name at least one metric.", source=_INSIGHTS),
    Rule(MediaRejected, code=("6000", "6001"), hint=_VIDEO),
    Rule(
        UnavailableError, code=("OffsetInvalidError", "PartialRequestError"), hint="Resume the upload.", source=_REELS
    ),
    Rule(MediaRejected, code="ProcessingFailedError", hint=_VIDEO, source=_REELS),
)

RULES = table(_SUBCODES, _TEXTS, _CODES)
"""From code and subcode to class, most specific first."""


def part_refused(error: SocialConnectError, response: Response) -> SocialConnectError:
    """Give a refusal that names another range to send as such; any other as it is."""
    if error.code != _OTHER_RANGE:
        return error
    try:
        due = response.into(PartRefusal).error.error_data
    except ShapeError:
        return error  # without a range there is nothing else to send
    refused = PartRefused(
        error.message,
        status=error.status,
        code=error.code,
        request_id=error.request_id,
        hint=error.hint,
        docs=error.docs,
        answer=error.answer,
    )
    refused.due = due
    return refused
