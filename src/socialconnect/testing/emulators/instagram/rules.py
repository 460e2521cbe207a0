"""
What a container may be made with, and how Instagram refuses the rest.

See https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media. The codes of
what the error-code page does not list were not seen; 100 stands for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.graph.fields import words
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.types import typed

__all__ = [
    "KEPT",
    "TYPES",
    "Directory",
    "Limits",
    "check_belonging",
    "check_caption",
    "check_extras",
    "check_tags",
    "check_thumbnail",
    "thumbnail_failure",
]

LONGEST_CAPTION = 2_200
LONGEST_ALT = 1_000
MOST_COLLABORATORS = 3
MOST_USER_TAGS = 20
MOST_PRODUCT_TAGS = 5
MOST_SPONSORS = 2
THUMBNAIL = 2207057

TYPES = {
    **typed("string", "alt_text audio_configuration audio_name caption cover_url image_url location_id media_type"),
    **typed("string", "poll_attachment thumb_offset title upload_type video_url"),
    **typed("bool", "cross_post_to_threads is_ai_generated is_carousel_item is_comment_prompt_used"),
    **typed("bool", "is_paid_partnership is_poll_duration_extended share_to_feed show_ig_link"),
    **typed("list<string>", "children collaborators"),
    **typed("list<map>", "product_tags user_tags"),
    "branded_content_sponsor_ids": "list<unsigned int>",
    "trial_params": "map",
}
"""What the call takes, by Meta's own schema
(https://github.com/facebook/facebook-business-sdk-codegen/blob/main/api_specs/specs/IGUser.json)."""

FACEBOOK_LOGIN_ONLY = words(
    """
    branded_content_sponsor_ids cross_post_to_threads is_comment_prompt_used is_paid_partnership
    is_poll_duration_extended poll_attachment show_ig_link title
    """
)
"""What Meta's schema of the calls by Instagram Login (`IGUserForIGOnlyAPI`) does not have."""

KEPT = (
    *("audio_configuration", "audio_name", "branded_content_sponsor_ids", "collaborators", "cover_url"),
    *("cross_post_to_threads", "is_ai_generated", "is_comment_prompt_used", "is_paid_partnership"),
    *("is_poll_duration_extended", "location_id", "poll_attachment", "product_tags", "share_to_feed"),
    *("show_ig_link", "thumb_offset", "title", "trial_params", "user_tags"),
)
"""What is kept with the container, as it came."""

_UNDOCUMENTED = words(
    """
    audio_configuration cross_post_to_threads is_comment_prompt_used is_poll_duration_extended media_type
    poll_attachment show_ig_link title
    """
)
"""What every kind may carry: nothing is written about it."""

_BRANDED = frozenset({"branded_content_sponsor_ids", "is_paid_partnership"})
_TAKEN = {
    "image": _BRANDED
    | words("image_url caption alt_text collaborators user_tags location_id product_tags is_ai_generated"),
    "carousel child": words("image_url is_carousel_item alt_text user_tags product_tags"),
    "carousel child video": words("video_url upload_type is_carousel_item thumb_offset user_tags product_tags"),
    "reels": _BRANDED
    | words("video_url upload_type caption cover_url thumb_offset share_to_feed audio_name trial_params")
    | words("collaborators user_tags location_id product_tags is_ai_generated"),
    # A caption of a story is shown nowhere; clients in use send one all the same.
    "stories": _BRANDED
    | words("image_url video_url upload_type thumb_offset user_tags location_id is_ai_generated caption"),
    "carousel": _BRANDED
    | words("children caption collaborators location_id product_tags share_to_feed is_ai_generated"),
}
_TAKEN["video"] = _TAKEN["reels"]

# By the notes at the head of the same page, and the changelog
# (https://developers.facebook.com/documentation/instagram-platform/changelog.md).
_SINCE = {"alt_text": date(2025, 3, 24), "is_ai_generated": date(2026, 6, 22)}
_SINCE_FOR_STORIES = {**_SINCE, "user_tags": date(2025, 7, 9)}

AUTOMATIC_REELS = date(2023, 7, 1)
"""From when a video post (`media_type=VIDEO`) became a reel by itself."""
VIDEO_POSTS_END = date(2023, 11, 9)
"""From when it was refused."""

_STRATEGIES = ("MANUAL", "SS_PERFORMANCE")


@dataclass
class Limits:
    """
    What the emulator allows, for tests to change.

    Args:
        processing: How long a container is in progress; `None` for ever.
        publishes: How many posts an account may publish in 24 hours.
        containers: How many containers an account may make in 24 hours, carousels and each of their items counted.
        hashtags: How many hashtags a caption may have; one vendor reports that 5 are enforced.
        mentions: How many mentions a caption may have; one vendor reports that 3 are enforced.
        image_types: The MIME types that images may have. JPEG is documented; in a measurement PNG and WebP passed.
        feed_videos_refused: When a video that is neither reel nor item is refused: while its container is made, or, as
            was captured in 2026 (https://github.com/MookieLian/n8n-nodes-instagram/issues/9), when it is published.
    """

    processing: timedelta | None
    publishes: int
    containers: int = 400
    hashtags: int = 30
    mentions: int = 20
    image_types: frozenset[str] = frozenset({"image/jpeg"})
    feed_videos_refused: Literal["creation", "publishing"] = "creation"


@dataclass
class Directory:
    """
    What Instagram knows about the people, places and products that a post may name.

    Args:
        unavailable: Names of accounts that cannot be tagged or made collaborators: private ones, or none at all.
        locations: The Pages that have a place; any number will do if not given.
        products: The products that the account may tag; any number will do if not given.
        trial_reels: Whether the account may post trial reels.
    """

    unavailable: set[str] = field(default_factory=set[str])
    locations: set[str] | None = None
    products: set[str] | None = None
    trial_reels: bool = True


def check_belonging(parameters: Parameters, kind: str, login: str, today: date) -> None:
    """
    Make sure that everything that came belongs to this kind of container.

    Args:
        parameters: What came.
        kind: One of the kinds of `_TAKEN`, in the network's own words.
        login: The login whose rules hold.
        today: The day.

    Raises:
        GraphError: Something does not.
    """
    sent = {name for name in set(parameters) & set(TYPES) if parameters.text(name)}
    if not parameters.flag("is_carousel_item", False):
        sent.discard("is_carousel_item")  # saying no is always allowed
    for name in sorted(sent):
        since = _SINCE_FOR_STORIES.get(name) if kind == "stories" else _SINCE.get(name)
        if since is not None and today < since:
            raise GraphError(100, f"(#100) param {name} is not allowed")
        if login == "instagram" and name in FACEBOOK_LOGIN_ONLY:
            raise GraphError(100, f"(#100) param {name} is not allowed")
        if name not in _TAKEN[kind] | _UNDOCUMENTED:
            # The words were seen for `collaborators` on a carousel's item.
            raise GraphError(100, f"(#100) param {name} is not allowed for {kind}")


def check_caption(caption: str, limits: Limits) -> None:
    """
    Make sure that a caption is not too long, and names not too much.

    Raises:
        GraphError: It does.
    """
    hashtags, mentions = (len(re.findall(rf"(?<!\w){sign}\w", caption)) for sign in "#@")
    if len(caption) > LONGEST_CAPTION or hashtags > limits.hashtags:
        refusal = graph_error(36004, 2207010)
        text = (
            f"The submitted image's caption was {len(caption)} characters long. The maximum number of characters "
            f"permitted for a caption is {LONGEST_CAPTION}. Please submit media with a shorter caption."
        )
        raise replace(refusal, user_message=text)
    if mentions > limits.mentions:
        raise _too_many_tags(limits.mentions)


def check_tags(parameters: Parameters, directory: Directory, *, video: bool, story: bool) -> None:
    """
    Check the people and products that are named in a picture or a video.

    Raises:
        GraphError: One cannot be named, or not like this.
    """
    people = [_object("user_tags", one) for one in parameters.items("user_tags")]
    if len(people) > MOST_USER_TAGS:
        raise _too_many_tags(MOST_USER_TAGS)
    for one in people:
        name = one.get("username")
        if not isinstance(name, str) or not name:
            raise GraphError(100, "(#100) Param user_tags must have a username for each user")
        if name in directory.unavailable:
            raise GraphError(100, f"(#100) The user {name} cannot be tagged")
        if not video and not story and not _positioned(one):
            raise GraphError(100, "(#100) Param user_tags must have x and y for photos")
        _check_positions("user_tags", one)
    products = [_object("product_tags", one) for one in parameters.items("product_tags")]
    ids = [str(one.get("product_id") or "") for one in products]
    if len(ids) > MOST_PRODUCT_TAGS:
        raise _too_many_tags(MOST_PRODUCT_TAGS)
    for id_, one in zip(ids, products, strict=True):
        known = id_.isdecimal() and (directory.products is None or id_ in directory.products)
        if not known or ids.count(id_) > 1:
            raise graph_error(100, 2207037)
        if video and ("x" in one or "y" in one):
            raise graph_error(100, 2207035)
        if not video and not _positioned(one):
            raise graph_error(100, 2207036)
        _check_positions("product_tags", one)


def check_extras(parameters: Parameters, directory: Directory) -> None:
    """
    Check what has a rule of its own.

    Raises:
        GraphError: Something breaks its rule.
    """
    if len(parameters.text("alt_text")) > LONGEST_ALT:
        raise GraphError(100, f"(#100) Param alt_text must be no longer than {LONGEST_ALT} characters")
    collaborators = parameters.names("collaborators")
    if len(collaborators) > MOST_COLLABORATORS:
        raise GraphError(100, f"(#100) Param collaborators must have no more than {MOST_COLLABORATORS} elements")
    if any(one.lstrip("@") in directory.unavailable for one in collaborators):
        raise graph_error(100, 2207018)
    if len(parameters.items("branded_content_sponsor_ids")) > MOST_SPONSORS:
        raise GraphError(
            100, f"(#100) Param branded_content_sponsor_ids must have no more than {MOST_SPONSORS} elements"
        )
    location = parameters.text("location_id")
    if location and (
        not location.isdecimal() or (directory.locations is not None and location not in directory.locations)
    ):
        raise GraphError(100, "INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID")
    if "trial_params" in parameters:
        _check_trial(parameters, directory)


def check_thumbnail(parameters: Parameters, seconds: float | None) -> None:
    """
    Make sure that the frame for the cover is in the video. An address for the cover makes the frame unimportant.

    Raises:
        GraphError: It is not.
    """
    parameters.number("thumb_offset", 0)
    sent = {name: parameters.text(name) for name in ("thumb_offset", "cover_url") if name in parameters}
    if thumbnail_failure(sent, seconds) is not None:
        raise graph_error(1, THUMBNAIL)


def thumbnail_failure(kept: Mapping[str, str], seconds: float | None) -> int | None:
    """Give the subcode for a frame that is not in the video, or `None`."""
    if "thumb_offset" not in kept or "cover_url" in kept:
        return None
    offset = int(kept["thumb_offset"])
    good = offset >= 0 and (seconds is None or offset < seconds * 1000)
    return None if good else THUMBNAIL


def _check_trial(parameters: Parameters, directory: Directory) -> None:
    value = parameters.value("trial_params")
    strategy = value.get("graduation_strategy") if isinstance(value, Mapping) else None
    if strategy not in _STRATEGIES:
        raise GraphError(
            100, f"(#100) Param trial_params[graduation_strategy] must be one of {{{', '.join(_STRATEGIES)}}}"
        )
    if not directory.trial_reels:
        raise graph_error(100, 2207081)


def _object(name: str, value: JsonValue) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise GraphError(100, f"(#100) Param {name} must be an array of objects")
    return value


def _positioned(tag: Mapping[str, JsonValue]) -> bool:
    return "x" in tag and "y" in tag


def _check_positions(name: str, tag: Mapping[str, JsonValue]) -> None:
    for axis in ("x", "y"):
        told = tag.get(axis)
        if told is None:
            continue
        try:
            within = 0.0 <= float(str(told)) <= 1.0
        except ValueError:
            within = False
        if not within:
            raise GraphError(100, f"(#100) Param {name} must have {axis} between 0.0 and 1.0")


def _too_many_tags(most: int) -> GraphError:
    return replace(graph_error(100, 2207040), user_message=f"Cannot use more than {most} tags per created media.")
