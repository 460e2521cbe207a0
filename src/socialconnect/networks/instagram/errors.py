"""From Instagram's error codes to error classes: the publishing codes; the rest is in `networks/meta`."""

from __future__ import annotations

from socialconnect.errors import (
    AccountLocked,
    DuplicatePost,
    MediaNotReady,
    MediaRejected,
    NotFound,
    PermissionDenied,
    PolicyBlocked,
    QuotaExceeded,
    RateLimited,
    RejectedError,
    UnavailableError,
)
from socialconnect.networks.meta.errors import RATES, table
from socialconnect.refusal import Rule

__all__ = ["RULES"]

_PUBLISHING = (
    "https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/error-codes"
)
_UPLOADS = "https://developers.facebook.com/docs/instagram-platform/content-publishing"
_INSIGHTS = "https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights"

_LOOK = "Look at the account's recent posts before you send it again."
_AGAIN = "Publish again: the media is prepared anew."
_FETCH = "Instagram could not fetch the media: its address must be public and answer without a login."
_VIDEO = "Convert the video to what Instagram takes: MP4 or MOV, H.264, AAC, 3 seconds to 15 minutes."
_TAG = "Correct the tags named in the message."

_SUBCODES = (
    # First of all: on the wire it is HTTP 403 with the text of a rate limit, and the post may be live.
    Rule(
        PolicyBlocked,
        code="4",
        subcode="2207051",
        hint=f"Instagram takes it for spam; do not send it again for some hours. {_LOOK}",
        may_have_happened=True,
        source=_PUBLISHING,
    ),
    Rule(MediaRejected, subcode="2207003", hint=f"{_FETCH} It took too long.", source=_PUBLISHING),
    Rule(
        MediaRejected, subcode="2207020", hint=f"The prepared media is older than a day. {_AGAIN}", source=_PUBLISHING
    ),
    Rule(UnavailableError, subcode="2207001", hint=f"Instagram failed. {_LOOK}", source=_PUBLISHING),
    Rule(UnavailableError, subcode=("2207032", "2207053"), hint=_AGAIN, source=_PUBLISHING),
    Rule(RejectedError, subcode="2207057", hint="Choose a thumbnail within the video's length.", source=_PUBLISHING),
    Rule(
        QuotaExceeded,
        subcode="2207042",
        hint="The account's publishes of the last 24 hours are used up: wait until the oldest is a day old.",
        source=_PUBLISHING,
    ),
    Rule(
        NotFound,
        subcode="2207006",
        hint=f"The media is gone, or the token may not see it. {_AGAIN}",
        source=_PUBLISHING,
    ),
    Rule(
        MediaNotReady, subcode="2207008", hint="Try again in a minute or two, then prepare it anew.", source=_PUBLISHING
    ),
    Rule(
        AccountLocked,
        subcode="2207050",
        hint="Ask the account's owner to log in to Instagram and follow what it asks there.",
        source=_PUBLISHING,
    ),
    Rule(RejectedError, subcode="2207023", hint="Instagram knows no such kind of media.", source=_PUBLISHING),
    Rule(RejectedError, subcode="2207028", hint="Give a carousel two to ten media.", source=_PUBLISHING),
    Rule(RejectedError, subcode=("2207035", "2207036", "2207037", "2207040"), hint=_TAG, source=_PUBLISHING),
    Rule(MediaRejected, subcode="2207026", hint=_VIDEO, source=_PUBLISHING),
    Rule(MediaRejected, subcode="2207052", hint=_FETCH, source=_PUBLISHING),
    Rule(MediaNotReady, subcode="2207027", hint="Wait some seconds and publish it again.", source=_PUBLISHING),
    Rule(MediaRejected, subcode="2207004", hint="Send an image of at most 8 MiB.", source=_PUBLISHING),
    Rule(MediaRejected, subcode="2207005", hint="Send a JPEG.", source=_PUBLISHING),
    Rule(MediaRejected, subcode="2207009", hint="Crop the image to between 4:5 and 1.91:1.", source=_PUBLISHING),
    Rule(
        RejectedError, subcode="2207010", hint="Shorten the caption; validate() tells the limits.", source=_PUBLISHING
    ),
    Rule(RejectedError, subcode="2207018", hint="Leave out the collaborator who cannot be tagged."),
    Rule(MediaRejected, subcode=("2207076", "2207077"), hint=f"{_FETCH} {_AGAIN}"),
    Rule(RejectedError, subcode="2207081", hint="This account may not post trial reels."),
    Rule(RejectedError, subcode="2207073", hint="Instagram does not delete this kind of media."),
    Rule(MediaRejected, subcode="2207082", hint=_VIDEO),
    # On a deletion or a locked container the same number with this text was a fault of Instagram's own.
    Rule(UnavailableError, subcode="2207085", text="Fatal", hint=f"Instagram failed. {_LOOK}"),
    Rule(MediaRejected, subcode="2207085", hint=_VIDEO),
    Rule(
        RejectedError,
        code="100",
        subcode=tuple(str(number) for number in range(9050, 9065)),
        hint="Correct the audio named in the message.",
        source=_PUBLISHING,
    ),
)

_TEXTS = (
    # Several public clients meet this text on a second publish of one container; they disagree on its code.
    Rule(DuplicatePost, text="media has already been published", hint=f"It is live. {_LOOK}"),
    Rule(
        NotFound,
        code="10",
        text="Not enough viewers",
        hint="Instagram shows a story's numbers only from five viewers on.",
        source=_INSIGHTS,
    ),
    Rule(
        PermissionDenied,
        text="The user is not an Instagram Business",
        hint="Ask the owner to turn the account into a professional one.",
    ),
    # The upload host's whole word on a token that it does not take, in the middle of a text that names processing.
    Rule(
        PermissionDenied,
        code="ProcessingFailedError",
        text="unauthorized user request",
        hint="The upload host does not take the token for this media: connect the account again, by Facebook Login.",
        source=_UPLOADS,
    ),
    Rule(RejectedError, text="param collaborators is not allowed", hint="Leave out the collaborators."),
    Rule(RateLimited, text="Page request limit reached", hint="Wait, and send fewer requests.", source=RATES),
)

# What the subcode tells more precisely, for answers that come without one.
_CODES = (
    Rule(RateLimited, code=("32", "80002"), hint="Wait, and send fewer requests.", source=RATES),
    Rule(MediaNotReady, code="9007", hint="Wait some seconds and publish it again.", source=_PUBLISHING),
    Rule(MediaRejected, code="9004", hint=_FETCH, source=_PUBLISHING),
    Rule(MediaRejected, code=("352", "36000", "36001", "36003"), hint="The message names it.", source=_PUBLISHING),
    Rule(RejectedError, code="36004", hint="Shorten the caption; validate() tells the limits.", source=_PUBLISHING),
    Rule(UnavailableError, code="-1", hint=f"Instagram failed. {_LOOK}", source=_PUBLISHING),
    Rule(UnavailableError, code=("OffsetInvalidError", "PartialRequestError"), hint="Resume the upload."),
    Rule(MediaRejected, code="ProcessingFailedError", hint=_VIDEO),
)

RULES = table(_SUBCODES, _TEXTS, _CODES)
"""From code and subcode to class, most specific first."""
