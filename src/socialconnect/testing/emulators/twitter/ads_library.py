"""What stands beside drafts and scheduled posts in the X Ads API: previews, the media library, promoted plans."""

from __future__ import annotations

from itertools import count

from pydantic import JsonValue

from socialconnect.testing.emulators.twitter.ads_calls import AdsCall, ads_time, answer, bad, lacking, page
from socialconnect.testing.emulators.twitter.errors import ads_error
from socialconnect.testing.emulators.twitter.processing import processing
from socialconnect.testing.emulators.twitter.state import Media, State
from socialconnect.transport.request import Response

__all__ = ["AdsLibrary", "PromotedPlans"]

_KINDS = {"photo": "IMAGE", "video": "VIDEO", "animated_gif": "GIF"}
_STATES = {"succeeded": "TRANSCODE_COMPLETED", "failed": "TRANSCODE_FAILED"}
_PREVIEWED = 200


class AdsLibrary:
    """
    Previews and the media library.

    Args:
        state: Where posts and media are.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def previews(self, call: AdsCall) -> Response:
        """`GET …/tweet_previews`: a frame for each post of the named kind; the others are left out."""
        sent = call.parameters("tweet_ids", "tweet_type")
        kinds: dict[str, set[str]] = {
            "DRAFT": {*self._state.drafts},
            "SCHEDULED": {*self._state.plans},
            "PUBLISHED": {*self._state.tweets},
        }
        if not sent.get("tweet_ids"):
            raise lacking("tweet_ids")
        if not sent.get("tweet_type"):
            raise lacking("tweet_type")
        kind = sent["tweet_type"]
        if kind not in kinds:
            raise bad("tweet_type", kind, f'Expected one of {", ".join(kinds)}, got "{kind}" for tweet_type')
        ids = sent["tweet_ids"].split(",")
        if len(ids) > _PREVIEWED:
            raise bad("tweet_ids", sent["tweet_ids"], f"At most {_PREVIEWED} ids.")
        call.told.update({"tweet_ids": [*ids], "account_id": call.account})
        found: list[JsonValue] = [
            {"tweet_id": one, "preview": f"<iframe class='tweet-preview' src='https://ton.twimg.com/{one}'>"}
            for one in ids
            if one in kinds[kind]
        ]
        return answer(call, found)

    def all(self, call: AdsCall) -> Response:
        """`GET …/media_library`."""
        sent = call.parameters("count", "cursor", "media_type", "q")
        kind = sent.get("media_type")
        if kind is not None and kind not in _KINDS.values():
            raise bad("media_type", kind, f'Expected one of GIF, IMAGE, VIDEO, got "{kind}" for media_type')
        call.told["account_id"] = call.account
        wanted = sent.get("q", "").lower()
        found = [one for one in self._held(call) if kind in (None, _KINDS[one.kind])]
        return page(
            call, sent, [self._view(one) for one in found if wanted in (one.library_name or "").lower()],
            default=20, most=50,
        )  # fmt: skip

    def one(self, call: AdsCall) -> Response:
        """`GET …/media_library/:media_key`."""
        call.parameters()
        call.told.update({"account_id": call.account, "media_key": call.id})
        return answer(call, self._view(self._find(call, call.id)))

    def add(self, call: AdsCall) -> Response:
        """`POST …/media_library`: puts an uploaded file into it."""
        names = ("media_key", "name", "title", "description", "file_name", "poster_media_key")
        sent = call.parameters(*names)
        if not sent.get("media_key"):
            raise lacking("media_key")
        media = self._find(call, sent["media_key"])
        media.library_name = sent.get("name") or sent.get("file_name")
        return answer(call, self._view(media))

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _held(self, call: AdsCall) -> list[Media]:
        users = self._state.ads_accounts[call.account]
        media = self._state.media.values()
        return [one for one in media if one.owner_id in users and one.finalized_at and one.category != "subtitles"]

    def _find(self, call: AdsCall, key: str) -> Media:
        found = next((one for one in self._held(call) if one.key == key), None)
        if found is None:
            raise ads_error(404, "MEDIA_NOT_FOUND", f"No media was found for {key}", parameter="media_key", value=key)
        return found

    def _view(self, media: Media) -> JsonValue:
        state = str(processing(self._state, media)["state"]) if media.processed else "succeeded"
        return {
            "tweeted": any(media.id in one.media_ids for one in self._state.tweets.values()),
            "name": media.library_name,
            "file_name": media.library_name,
            "media_url": f"https://pbs.twimg.com/media/{media.id}.jpg",
            "media_category": media.category.upper(),
            "media_key": media.key,
            "created_at": ads_time(media.created_at),
            "media_status": _STATES.get(state, "TRANSCODE_IN_PROGRESS"),
            "media_type": _KINDS[media.kind],
            "updated_at": ads_time(media.created_at),
            "deleted": False,
        }


class PromotedPlans:
    """
    Which scheduled posts a line item will promote. The emulator holds no campaigns: any line item will do.

    Args:
        state: Where scheduled posts are.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._held: dict[str, dict[str, JsonValue]] = {}
        self._numbers = count(1)

    def create(self, call: AdsCall) -> Response:
        """`POST …/scheduled_promoted_tweets`."""
        sent = call.parameters("line_item_id", "scheduled_tweet_id")
        for name in ("line_item_id", "scheduled_tweet_id"):
            if not sent.get(name):
                raise lacking(name)
        plan = self._state.plans.get(sent["scheduled_tweet_id"])
        if plan is None or plan.account_id != call.account:
            told = f"No scheduled_tweet was found for {sent['scheduled_tweet_id']}"
            raise ads_error(404, "NOT_FOUND", told, parameter="scheduled_tweet_id", value=sent["scheduled_tweet_id"])
        now = ads_time(self._state.now)
        made: dict[str, JsonValue] = {
            "line_item_id": sent["line_item_id"],
            "id": f"1x{next(self._numbers):03d}",
            "created_at": now,
            "updated_at": now,
            "deleted": False,
            "scheduled_tweet_id": plan.id,
        }
        self._held[str(made["id"])] = made
        return answer(call, made)

    def all(self, call: AdsCall) -> Response:
        """`GET …/scheduled_promoted_tweets`."""
        sent = call.parameters("count", "cursor", "line_item_ids", "scheduled_promoted_tweet_ids", "with_deleted")
        lines = set(sent.get("line_item_ids", "").split(",")) - {""}
        ids = set(sent.get("scheduled_promoted_tweet_ids", "").split(",")) - {""}
        found: list[JsonValue] = [
            one
            for one in self._held.values()
            if (not lines or one["line_item_id"] in lines)
            and (not ids or one["id"] in ids)
            and (not one["deleted"] or sent.get("with_deleted") == "true")
        ]
        return page(call, sent, found, default=200, most=1000)

    def one(self, call: AdsCall) -> Response:
        """`GET …/scheduled_promoted_tweets/:id`."""
        call.parameters("with_deleted")
        return answer(call, self._find(call))

    def delete(self, call: AdsCall) -> Response:
        """`DELETE …/scheduled_promoted_tweets/:id`: only before the post goes live."""
        call.parameters()
        found = self._find(call)
        plan = self._state.plans.get(str(found["scheduled_tweet_id"]))
        if plan is not None and plan.status != "SCHEDULED":
            raise ads_error(400, "INVALID_PARAMETER", "The scheduled Tweet is live already.", parameter="id")
        found["deleted"] = True
        return answer(call, found)

    def _find(self, call: AdsCall) -> dict[str, JsonValue]:
        found = self._held.get(call.id)
        if found is None or found["deleted"]:
            raise ads_error(404, "NOT_FOUND", f"No scheduled_promoted_tweet was found for {call.id}", parameter="id")
        return found
