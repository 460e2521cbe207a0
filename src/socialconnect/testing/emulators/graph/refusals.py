"""The table of Graph's refusals; `errors.graph_error` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

__all__ = ["REFUSALS", "Known"]


@dataclass(frozen=True)
class Known:
    """One refusal; the fields are those of `errors.GraphError`, and a name where its codes mean something else too."""

    code: int | None
    subcode: int | None
    message: str
    status: int = 400
    type: str = "OAuthException"
    title: str | None = None
    user_message: str | None = None
    transient: bool | None = None
    data: Mapping[str, JsonValue] | None = None
    variant: str = ""


_RATE = (
    "Wait a bit and try again. For more info, please refer to "
    "https://developers.facebook.com/docs/graph-api/overview/rate-limiting."
)
_SESSION = "Error validating access token"
_BLOCKED = "We limit how often you can post, comment or do other things in a given amount of time."

_GENERAL = (
    Known(1, None, "An unknown error occurred", status=500),
    Known(1, 99, "An unknown error occurred", status=500),
    Known(1, 2853006, "(#1) The viewer does not have the task that this needs"),
    Known(2, None, "An unexpected error has occurred. Please retry your request later.", status=500, transient=True),
    Known(3, None, "(#3) Application does not have the capability to make this API call."),
    Known(4, None, "(#4) Application request limit reached", status=403, transient=True),
    Known(10, None, "(#10) Application does not have permission for this action", status=403),
    Known(12, None, "(#12) This endpoint is deprecated"),
    Known(17, None, "(#17) User request limit reached"),
    Known(17, 2446079, "(#17) User request limit reached"),
    Known(32, None, "(#32) Page request limit reached", status=403),
    Known(100, None, "(#100) Invalid parameter"),
    Known(
        100,
        33,
        "Unsupported get request. Object with this ID does not exist, cannot be loaded due to missing permissions, or "
        "does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
        type="GraphMethodException",
    ),
    Known(100, 36007, "This authorization code has expired."),
    Known(100, 36009, "This authorization code has been used."),
    Known(100, 1349125, "(#100) Invalid content format"),
    Known(100, 2061006, "(#100) The URL in the content is not valid"),
    Known(101, None, "Error validating application. Cannot get application info due to a system error."),
    Known(102, None, "Session key invalid or no longer valid"),
    Known(104, None, "Incorrect signature"),
    Known(324, None, "(#324) Missing or invalid image file"),
    Known(341, None, "(#341) Feed action request limit reached"),
    Known(368, None, "(#368) The action attempted has been deemed abusive or is otherwise disallowed"),
    Known(368, 1390008, f"(#368) {_BLOCKED}", user_message=_BLOCKED),
    Known(389, None, "(#389) Unable to fetch video file from URL."),
    Known(390, None, "(#390) There was a problem uploading your video file. Please try again."),
    Known(506, None, "(#506) Duplicate status message"),
    Known(506, 1455006, "(#506) Duplicate status message"),
    Known(613, None, "(#613) Calls to this api have exceeded the rate limit."),
    Known(803, None, "(#803) Some of the aliases you requested do not exist"),
    Known(2500, None, "An active access token must be used to query information about the current user."),
    Known(
        2635, None, "(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version."
    ),
    Known(3001, 1504028, "(#3001) Invalid query", user_message="No metric was specified to be fetched."),
    Known(80001, None, f"(#80001) There have been too many calls to this Page account. {_RATE}"),
    Known(80002, None, f"(#80002) There have been too many calls to this Instagram account. {_RATE}"),
)

_TOKENS = (
    Known(190, None, "Invalid OAuth access token - Cannot parse access token"),
    Known(190, 458, f"{_SESSION}: The user has not authorized application."),
    Known(190, 459, f"{_SESSION}: The user has been checkpointed. Log in at www.facebook.com to correct the issue."),
    Known(
        190,
        460,
        f"{_SESSION}: The session has been invalidated because the user changed their password or Facebook has changed "
        "the session for security reasons.",
    ),
    Known(190, 463, f"{_SESSION}: Session has expired."),
    Known(190, 464, f"{_SESSION}: Sessions for the user are not allowed because the user is not a confirmed user."),
    Known(190, 467, f"{_SESSION}: This may be because the user logged out or may be due to a system error."),
    Known(190, 490, f"{_SESSION}: The session is not valid."),
    Known(190, 492, f"{_SESSION}: The user is no longer an admin of the Page."),
    Known(190, 2069032, "(#190) A Page access token is required for this call for the new Pages experience"),
    Known(200, None, "(#200) Permissions error", status=403),
    Known(200, 2069030, "(#200) This endpoint is not supported in the new Pages experience"),
    Known(200, 2069031, "(#200) This field is not supported in the new Pages experience"),
    Known(200, 2069033, "(#200) This feature is not supported in the new Pages experience"),
    Known(210, None, "(#210) A page access token is required to request this resource."),
    Known(283, None, "(#283) Requires a permission that was not granted", status=403),
    Known(294, None, "(#294) Managing this requires a permission that was not granted", status=403),
)

# Numbers that one integrator matches anywhere in the body; they normally come as the second code.
_PAGE = tuple(
    Known(100, subcode, f"(#100) {meaning}")
    for subcode, meaning in (
        (1346003, "The content was flagged"),
        (1363047, "Temporarily unavailable"),
        (1366046, "Photos should be smaller than 4 MB and saved as JPG, PNG, GIF, TIFF, HEIF or WebP files."),
        (1366051, "These photos were already posted."),
        (1404006, "A security check is needed"),
        (1404078, "Page Publishing Authorization is needed"),
        (1404102, "The content goes against the Community Standards"),
        (1404112, "The account is limited"),
        (1609005, "The link could not be scraped"),
        (1609008, "Links to facebook.com are refused here"),
        (1609010, "Temporarily unavailable"),
        (2069019, "Invalid file"),
        (2874008, "Insights are not available for this post"),
        *((number, "Insights are not available for this Page") for number in range(2932001, 2932011)),
        (4854002, "The identity has to be confirmed"),
    )
)

_VIDEO = (
    Known(2, 1363030, "The video upload timed out", status=500, transient=True),
    Known(2, 1363019, "There was a problem with the video upload", status=500),
    Known(
        6001,
        1363037,
        "There was a problem uploading your video file. Please try again.",
        transient=False,
        data={"start_offset": 535822336, "end_offset": 541065216},
    ),
    Known(6000, None, "There was a problem uploading your video file. Please try again."),
    Known(6001, None, "There was a problem uploading your video file. Please try again."),
    *(
        Known(6000, subcode, f"The video cannot be used: {meaning}")
        for subcode, meaning in (
            (1363020, "format"),
            (1363021, "too small"),
            (1363024, "format"),
            (1363025, "too long"),
            (1363026, "too long"),
            (1363040, "its ratio is not between 16:9 and 9:16"),
            (1363042, "duration"),
            (1363127, "resolution"),
            (1363128, "it must last 3 to 90 seconds"),
            (1363129, "it must have 24 to 60 frames a second"),
        )
    ),
)

# The texts for people are the documented ones; of the texts for developers and the headings only four were seen
# (2207004, 2207027, 2207042 and 2207089, whose text stands for the others of code 100). Where the network puts a value
# of the post's in, a common one stands here.
_INSTAGRAM = tuple(
    Known(code, subcode, message, transient=False, title=title, user_message=user_message)
    for code, subcode, message, title, user_message in (
        (-2, 2207003, "Timeout", "Timeout", "It takes too long to download the media."),
        (
            -2,
            2207020,
            "Media expired",
            "Media expired",
            "The media you are trying to access has expired. Please try to upload again.",
        ),
        (-1, 2207001, "Instagram server error. Please try again.", "Server error", None),
        (-1, 2207032, "Create media failed", "Create media failed", "Create media fail, please try to re-create media"),
        (-1, 2207053, "Unknown upload error", "Upload error", "unknown upload error"),
        (
            1,
            2207057,
            "Invalid thumbnail offset",
            "Thumbnail offset",
            "Thumbnail offset must be greater than or equal to 0 and less than video duration",
        ),
        (
            9,
            2207042,
            "Application request limit reached",
            "Publishing limit",
            "You reached maximum number of posts that is allowed to be published by Content Publishing API.",
        ),
        (24, 2207006, "Media not found", "Media not found", "The media with this id cannot be found"),
        (
            24,
            2207008,
            "The requested resource does not exist",
            "Media builder not found",
            "The media builder with creation id does not exist or has been expired.",
        ),
        (25, 2207050, "Account restricted", "Account restricted", "The Instagram account is restricted."),
        (100, 2207023, "Invalid parameter", "Unknown media type", "The media type is unknown."),
        (
            100,
            2207028,
            "Invalid parameter",
            "Carousel",
            "Your post won't work as a carousel. Carousels need at least 2 photos/videos and no more than 10 "
            "photos/videos.",
        ),
        (
            100,
            2207035,
            "Invalid parameter",
            "Product tags",
            "Product tag positions should not be specified for video media.",
        ),
        (
            100,
            2207036,
            "Invalid parameter",
            "Product tags",
            "Product tag positions are required for photo media.",
        ),
        (
            100,
            2207037,
            "Invalid parameter",
            "Product tags",
            "We couldn't add all of your product tags. The product ID may be incorrect, the product may be deleted, or "
            "you may not have permission to tag the product.",
        ),
        (100, 2207040, "Invalid parameter", "Too many tags", "Cannot use more than 20 tags per created media."),
        (
            352,
            2207026,
            "Unsupported video format",
            "Unsupported video format",
            "The video format is not supported. Please check spec for supported video format",
        ),
        (
            9004,
            2207052,
            "Only photo or video can be accepted as media type.",
            "Media download has failed.",
            "The media could not be fetched from this uri",
        ),
        (
            9007,
            2207027,
            "Media ID is not available",
            "Media not ready",
            "The media is not ready for publishing, please wait for a moment",
        ),
        (
            36000,
            2207004,
            "The image size is too large.",
            "Image size too large",
            "The image is too large to download. It should be less than 8 MiB.",
        ),
        (
            36001,
            2207005,
            "Unsupported image format",
            "Unsupported image format",
            "The image format is not supported. Supported formats are: JPEG.",
        ),
        (
            36003,
            2207009,
            "Invalid aspect ratio",
            "Invalid aspect ratio",
            "The submitted image with this aspect ratio cannot be published. Please submit an image with a valid "
            "aspect ratio.",
        ),
        (
            36004,
            2207010,
            "The caption was too long.",
            "Caption too long",
            "The submitted image's caption was too long. The maximum number of characters permitted for a caption is "
            "2200. Please submit media with a shorter caption.",
        ),
        # Beside these second codes of integrators' the first one was not seen.
        (100, 2207018, "This collaborator cannot be tagged.", None, None),
        (100, 2207073, "The media type is not supported.", None, None),
        (100, 2207076, "The media upload failed.", None, None),
        (100, 2207077, "The video could not be downloaded.", None, None),
        (100, 2207081, "The account cannot post trial reels.", None, None),
        (100, 2207082, "The video could not be processed.", None, None),
        (100, 2207085, "Fatal", None, None),
        # Captured: https://github.com/MookieLian/n8n-nodes-instagram/issues/9 (2026-02-26).
        (
            100,
            2207089,
            "Invalid parameter",
            "Carousel item cannot be published standalone",
            "Media created with media_type=VIDEO is a carousel item and cannot be published as a standalone post. To "
            "publish a standalone video, use media_type=REELS instead.",
        ),
    )
)

_AUDIO = (
    Known(10, 9053, "Ads audio swap discovery is not yet available.", status=403),
    *(
        Known(100, subcode, message)
        for subcode, message in (
            (9050, "Provide either user_id or ig_user_id, not both."),
            (9052, "Missing or invalid purpose for product=ADS."),
            (9054, "The ig_media_id parameter is required."),
            (9055, "This media does not contain copyrighted licensed music."),
            (9056, "Missing required parameter audio_replacement_mode."),
            (9057, "Invalid audio_replacement_mode value."),
            (9058, "Missing required parameter search_query."),
            (9060, "The search_query parameter is only valid when audio_replacement_mode=search."),
            (9062, "The supplied ig_media_id refers to a non-Reel media."),
            (9063, "The supplied partnership_ad_code is invalid or expired."),
            (9064, "The supplied partnership_ad_code does not match the ig_media_id."),
        )
    ),
)

_BLOCK = Known(
    # Captured bodies carry the text of a rate limit, HTTP 403, and the post may be live.
    4,
    2207051,
    "Application request limit reached",
    status=403,
    transient=False,
    title="Action is blocked",
    user_message="We restrict certain activity to protect our community. Tell us if you think we made a mistake.",
)

_VARIANTS = (
    Known(10, None, "(#10) Not enough viewers for the media to show insights", variant="few viewers"),
    # Seen with HTTP 500, whatever version was asked for.
    Known(100, None, "The ids query parameter is deprecated in v26.0+.", status=500, variant="multi-get"),
    Known(100, None, "(#100) The value must be a valid insights metric", variant="metric"),
    Known(200, None, "(#200) publish_actions is deprecated", status=403, variant="publish_actions"),
    Known(368, None, "(#368) It looks like you already posted this.", variant="repeat"),
    Known(100, None, "The user is not an Instagram Business", variant="no business account"),
    Known(100, None, "You cannot access the app till you log in to www.facebook.com", variant="log in first"),
    Known(190, None, f"{_SESSION}: the session has been invalidated", variant="session"),
)

REFUSALS: tuple[Known, ...] = (*_GENERAL, *_TOKENS, *_PAGE, *_VIDEO, *_INSTAGRAM, *_AUDIO, _BLOCK, *_VARIANTS)
"""Every refusal that has a text; a code with several subcodes has a row for each."""
