"""What people make of a post, in numbers: `socialMetadata`, and the summary of the older `socialActions`."""

from __future__ import annotations

from collections import Counter

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.answers import batch
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.comments import Comments
from socialconnect.testing.emulators.linkedin.encoding import RestliValue
from socialconnect.testing.emulators.linkedin.errors import not_found
from socialconnect.testing.emulators.linkedin.reactions import likes_summary, reactions_to
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import Share, State
from socialconnect.testing.emulators.linkedin.wire import SocialPatch, validated
from socialconnect.transport.request import Response

__all__ = ["Social"]


class Social:
    """
    Counts that everybody sees.

    Args:
        state: Where posts are.
        comments: Takes comments away when they are closed.
    """

    def __init__(self, state: State, comments: Comments) -> None:
        self._state = state
        self._comments = comments

    def metadata(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/socialMetadata/{urn}`."""
        caller.may_read_social(call)
        found = self._metadata(str(call.key))
        if found is None:
            raise not_found()
        return json_response(200, found)

    def metadata_batch(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/socialMetadata?ids=List(…)`."""
        caller.may_read_social(call)
        caller.need_batches(call)

        def find(key: RestliValue) -> JsonValue | None:
            return self._metadata(str(key))

        return batch(self._state.settings, call.values("ids"), find)

    def update(self, call: RestliCall, caller: Caller) -> Response:
        """`POST /rest/socialMetadata/{urn}?actor=…`: opens comments, or closes them and takes them away."""
        share = self._state.share(str(call.key))
        if share is None:
            raise not_found()
        caller.may_act_as(call, call.text("actor") or share.author)
        caller.may_act_as(call, share.author)
        wanted = validated(call.body, SocialPatch).patch.set.commentsState
        share.comments_open = wanted == "OPEN"
        if not share.comments_open:
            for one in [*self._state.comments_of(share)]:
                if not one.deleted:
                    self._comments.remove(one)
        return Response(204, {}, b"")

    def summary(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/socialActions/{urn}`."""
        caller.may_read_social(call)
        share = self._state.share(str(call.key))
        if share is None:
            raise not_found()
        return json_response(200, self._summary(share, caller.member))

    def summary_batch(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/socialActions?ids=List(…)`."""
        caller.may_read_social(call)
        caller.need_batches(call)

        def find(key: RestliValue) -> JsonValue | None:
            share = self._state.share(str(key))
            return None if share is None else self._summary(share, caller.member)

        return batch(self._state.settings, call.values("ids"), find)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _summary(self, share: Share, member: str) -> JsonValue:
        comments, first_level = self._comment_counts(share)
        return {
            "target": share.urn,
            "$URN": share.urn,
            "likesSummary": likes_summary(self._state, share.urn, self._nameless(share), member),
            "commentsSummary": {
                "aggregatedTotalComments": comments,
                "totalFirstLevelComments": first_level,
                "selectedComments": [],
                "commentsState": "OPEN" if share.comments_open else "CLOSED",
            },
        }

    def _metadata(self, urn: str) -> JsonValue | None:
        share = self._state.share(urn)
        if share is None:
            return self._comment_metadata(urn)
        comments, first_level = self._comment_counts(share)
        kinds = Counter(one.kind for one in reactions_to(self._state, share.urn))
        kinds["LIKE"] += self._nameless(share)
        return {
            "entity": urn,
            "commentsState": "OPEN" if share.comments_open else "CLOSED",
            "commentSummary": {"count": comments, "topLevelCount": first_level},
            "reactionSummaries": _reactions(kinds),
        }

    def _comment_metadata(self, urn: str) -> JsonValue | None:
        comment = self._state.comment(urn)
        if comment is None:
            return None
        replies = [one for one in self._state.comments_of(comment.share) if one.parent == comment.urn]
        return {
            "entity": urn,
            "commentsState": "OPEN" if comment.share.comments_open else "CLOSED",
            "commentSummary": {"count": len(replies), "topLevelCount": len(replies)},
            "reactionSummaries": _reactions(Counter(one.kind for one in reactions_to(self._state, comment.urn))),
        }

    def _comment_counts(self, share: Share) -> tuple[int, int]:
        total = share.metrics.latest.get("commentCount", 0)
        replies = sum(one.parent is not None for one in self._state.comments_of(share))
        return total, total - replies

    def _nameless(self, share: Share) -> int:
        """How many likes were set as a number, with nobody behind them."""
        return share.metrics.latest.get("likeCount", 0) - len(reactions_to(self._state, share.urn))


def _reactions(kinds: Counter[str]) -> JsonValue:
    return {kind: {"reactionType": kind, "count": number} for kind, number in sorted(kinds.items()) if number}
