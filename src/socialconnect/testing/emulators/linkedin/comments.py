"""Comments and replies: `socialActions/{urn}/comments`."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.answers import batch, page_of
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.content import check_asset
from socialconnect.testing.emulators.linkedin.encoding import RestliValue
from socialconnect.testing.emulators.linkedin.errors import (
    access_denied,
    invalid_field,
    not_found,
    wrong_urn,
    wrong_value,
)
from socialconnect.testing.emulators.linkedin.little import parse
from socialconnect.testing.emulators.linkedin.quota import Quotas
from socialconnect.testing.emulators.linkedin.reactions import likes_summary
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import Comment, Share, State, millis
from socialconnect.testing.emulators.linkedin.wire import CommentPatch, CreateComment, validated
from socialconnect.transport.request import Response

__all__ = ["Comments"]


class Comments:
    """
    The comments of posts, and the replies to them.

    Args:
        state: Where they are.
        quotas: What members may write in a minute.
    """

    def __init__(self, state: State, quotas: Quotas) -> None:
        self._state = state
        self._quotas = quotas

    def create(self, call: RestliCall, caller: Caller) -> Response:
        """`POST …/comments`: 201 with the comment."""
        sent = call.body if isinstance(call.body, dict) else {}
        if isinstance(sent.get("actor"), str):
            caller.may_act_as(call, str(sent["actor"]))
        body = validated(sent, CreateComment)
        share, above = self._place(call, body)
        if not share.comments_open:
            raise access_denied("Comments are closed on this post")
        if not body.message.text.strip() and not body.content:
            raise invalid_field("INVALID_VALUE_BLANK_FIELD", "/message/text", "/message/text cannot be blank")
        for one in body.content:
            check_asset(one.entity.image, body.actor, self._state, "/content/entity/image", "image")
        self._quotas.count_comment(caller)
        now = self._state.now
        comment = Comment(
            id=str(self._state.new_number()),
            share=share,
            actor=body.actor,
            impersonator=caller.impersonated(body.actor),
            text=self._shown(call, body.message.text),
            fields={name: sent[name] for name in ("message", "content") if name in sent},
            created_at=now,
            modified_at=now,
            parent=above.urn if above is not None else None,
        )
        self._state.comments[comment.id] = comment
        share.metrics.add(now, "commentCount", 1)
        headers = {
            "x-restli-id": comment.id,
            "x-resourceidentity-urn": comment.urn,
            "location": f"/socialActions/{share.thread.replace(':', '%3A')}/comments/{comment.id}",
        }
        return json_response(201, self._view(comment, caller), headers)

    def get(self, call: RestliCall, caller: Caller) -> Response:
        """`GET …/comments/{id}`."""
        self._may_read(call, caller)
        return json_response(200, self._view(self._one(call), caller))

    def batch_get(self, call: RestliCall, caller: Caller) -> Response:
        """`GET …/comments?ids=List(…)`."""
        self._may_read(call, caller)
        caller.need_batches(call)
        share, _ = self._thread(call)

        def find(key: RestliValue) -> JsonValue | None:
            found = self._state.comments.get(str(key))
            if found is None or found.deleted or found.share is not share:
                return None
            return self._view(found, caller) if self._state.settled(found.created_at) else None

        return batch(self._state.settings, call.values("ids"), find)

    def get_all(self, call: RestliCall, caller: Caller) -> Response:
        """`GET …/comments`: the first-level ones of a post, or the replies of a comment."""
        self._may_read(call, caller)
        share, above = self._thread(call)
        parent = above.urn if above is not None else None
        found = [
            self._view(one, caller)
            for one in self._state.comments_of(share)
            if one.parent == parent and self._state.settled(one.created_at)
        ]
        return page_of(call, found, tells_total=True)

    def update(self, call: RestliCall, caller: Caller) -> Response:
        """`POST …/comments/{id}?actor=…` with a patch of the message: 200 with the comment."""
        comment = self._own(call, caller)
        message = validated(call.body, CommentPatch).patch.message.set
        comment.text = self._shown(call, message.text)
        comment.fields["message"] = message.model_dump(mode="json")
        comment.modified_at = self._state.now
        return json_response(200, self._view(comment, caller), {"x-resourceidentity-urn": comment.urn})

    def delete(self, call: RestliCall, caller: Caller) -> Response:
        """`DELETE …/comments/{id}?actor=…`: its replies go with it."""
        comment = self._own(call, caller)
        self.remove(comment)
        return Response(204, {}, b"")

    def remove(self, comment: Comment) -> None:
        """Take a comment away, and its replies."""
        replies = [one for one in self._state.comments_of(comment.share) if one.parent == comment.urn]
        for one in (comment, *replies):
            one.deleted = True
            comment.share.metrics.add(self._state.now, "commentCount", -1)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _shown(self, call: RestliCall, text: str) -> str:
        """Give what people read: little text by the versioned path, and what was written by the older one."""
        return parse(text, self._state.names).text if call.versioned else text

    def _may_read(self, call: RestliCall, caller: Caller) -> None:
        if call.versioned:
            caller.may_read_social(call)
        else:
            caller.need(call, "r_member_social", "r_organization_social")

    def _place(self, call: RestliCall, body: CreateComment) -> tuple[Share, Comment | None]:
        """Give the post that a new comment is below, and the comment if it replies to one."""
        share, above = self._thread(call)
        if self._state.share(body.object) is not share and self._target(body.object)[0] is not share:
            raise wrong_value("/object", body.object)
        if body.parentComment is not None:
            above = self._state.comment(body.parentComment)
            if above is None or above.share is not share:
                raise wrong_urn("/parentComment")
        return share, above

    def _thread(self, call: RestliCall) -> tuple[Share, Comment | None]:
        """Give the post, and the comment if the path names one."""
        share, comment = self._target(str(call.parents[0]))
        if share is None:
            raise not_found()
        return share, comment

    def _target(self, urn: str) -> tuple[Share | None, Comment | None]:
        comment = self._state.comment(urn)
        return (comment.share, comment) if comment is not None else (self._state.share(urn), None)

    def _one(self, call: RestliCall) -> Comment:
        share, _ = self._thread(call)
        found = self._state.comments.get(str(call.key))
        if found is None or found.deleted or found.share is not share or not self._state.settled(found.created_at):
            raise not_found()
        return found

    def _own(self, call: RestliCall, caller: Caller) -> Comment:
        """Give the comment that is to change: the actor's own."""
        actor = call.text("actor") or caller.member
        caller.may_act_as(call, actor)
        comment = self._one(call)
        if comment.actor != actor and comment.share.author != actor:
            raise access_denied()
        return comment

    def _view(self, comment: Comment, caller: Caller) -> JsonValue:
        by: dict[str, JsonValue] = {"actor": comment.actor}
        if comment.impersonator is not None:
            by["impersonator"] = comment.impersonator
        message = comment.fields.get("message")
        sent: dict[str, JsonValue] = message if isinstance(message, dict) else {}
        view: dict[str, JsonValue] = {
            "id": comment.id,
            "$URN": comment.urn,
            "commentUrn": comment.urn,
            "actor": comment.actor,
            "object": comment.share.thread,
            "message": {"attributes": sent.get("attributes", []), "text": sent.get("text", "")},
            "created": {**by, "time": millis(comment.created_at)},
            "lastModified": {**by, "time": millis(comment.modified_at)},
            "likesSummary": likes_summary(self._state, comment.urn, 0, caller.member),
        }
        if comment.parent is None:
            replies = [one for one in self._state.comments_of(comment.share) if one.parent == comment.urn]
            view["commentsSummary"] = {
                "aggregatedTotalComments": len(replies),
                "totalFirstLevelComments": len(replies),
                "selectedComments": [],
            }
        else:
            view["parentComment"] = comment.parent
        if "content" in comment.fields:
            view["content"] = comment.fields["content"]
        return view
