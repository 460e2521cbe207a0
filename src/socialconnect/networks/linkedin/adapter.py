"""LinkedIn: a page's or a member's posts, over the versioned API (https://api.linkedin.com/rest)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue

from socialconnect.adapter import Capabilities, DoneSteps, Seen
from socialconnect.cost import CostEstimate, QuotaUse
from socialconnect.errors import OutcomeUnknown, Problem, SocialConnectError, ValidationError
from socialconnect.journal import Journal, post_id_of
from socialconnect.metrics import AccountMetrics, Metrics
from socialconnect.networks.linkedin import limits, little_text, restli
from socialconnect.networks.linkedin.account_metrics import fetch_account_metrics
from socialconnect.networks.linkedin.allowances import DAILY
from socialconnect.networks.linkedin.api import POST_URN, LinkedInApi
from socialconnect.networks.linkedin.comments import comment, look_for_comment, need_scope
from socialconnect.networks.linkedin.content import carried, new_post
from socialconnect.networks.linkedin.metrics import fetch_metrics
from socialconnect.networks.linkedin.options import LinkedInOptions
from socialconnect.networks.linkedin.problems import problem
from socialconnect.networks.linkedin.reader import carried_by, find_by_media, published, read_posts
from socialconnect.networks.linkedin.uploads import Uploads
from socialconnect.networks.linkedin.validation import problems
from socialconnect.post import Post, PublishedPost
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["LinkedInAdapter"]

_POSTS = "/rest/posts"
_COMMENT = "comment"


class LinkedInAdapter(LinkedInApi):
    """
    One page or one member; see `LinkedInApi` for the arguments.

    Raises:
        ConfigurationError: The author is no such URN, the version no year and month, or the tier none of LinkedIn's.
    """

    options = LinkedInOptions

    @property
    def capabilities(self) -> Capabilities:
        """What this account can do by itself. LinkedIn lets nobody new read a member's posts."""
        return Capabilities(
            delete=True,
            update=True,
            read_back=self.is_page,
            media_from_file=True,
            metrics_batch=limits.METRICS_BATCH if self.is_page else 1,
            account_metrics=True,
            polls=True,
            first_comment=True,
            documents=True,
        )

    # ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Publish: upload the files, see that they are ready, create the post, comment on it."""
        if post.first_comment:
            await need_scope(self)
        live = await journal.recorded("publish")  # only the comment is missing: nothing is uploaded for that
        post_id, uploaded = await self._post(post, journal) if live is None else (post_id_of(live[0]), [])
        said = None
        if post.first_comment:
            text = post.first_comment
            said = post_id_of(await journal.visible(_COMMENT, lambda: comment(self, post_id, text)))
        options = post.options_for(LinkedInOptions)
        parent = options.reshare_of if options else None
        data: dict[str, JsonValue] = {"media": [*uploaded]} if uploaded else {}
        return published(
            self, post_id, text=post.text, media_count=len(post.media), parent=parent, comment=said, data=data
        )

    async def _post(self, post: Post, journal: Journal) -> tuple[str, list[str]]:
        """Upload the files and create the post; gives its id, and theirs."""
        uploads = Uploads(self, journal)
        media = {f"upload[{at}]": one for at, one in enumerate(post.media)}
        if post.link is not None and post.link.image is not None:
            media["upload[link]"] = post.link.image
        sent = {place: await uploads.upload(place, one) for place, one in media.items()}
        files = [await uploads.ready(place, media[place], urn) for place, urn in sent.items()]
        uploaded, thumbnail = files[: len(post.media)], next(iter(files[len(post.media) :]), None)
        body = new_post(self.account, post, uploaded, thumbnail)
        return post_id_of(await journal.visible("publish", lambda: self._create(body, files))), uploaded

    async def _create(self, body: JsonValue, files: Sequence[str]) -> str:
        request = Request("POST", self.url("api", _POSTS), Effect.VISIBLE, json=body, limit_key=f"POST {_POSTS}")
        try:
            return await self.wire.call(request, _created_id)
        except OutcomeUnknown:
            found = await self._look(files)
            if found is None:
                raise
            return found

    async def _look(self, files: Sequence[str]) -> str | None:
        """Look for the post with these files, where the account may read its posts and the files tell it apart."""
        if not (files and self.is_page):
            return None
        try:
            return await find_by_media(self, files)
        except SocialConnectError:
            return None  # nothing is known beyond what was known

    # ── what is published ─────────────────────────────────────────────────────────────────────────────────────────

    async def delete(self, post_id: str) -> None:
        """Delete a post; LinkedIn says yes as well for one that is already gone."""
        await self.wire.call(self._changing("DELETE", post_id, "DELETE"), lambda response: None)

    async def update(self, post_id: str, text: str) -> None:
        """Change a post's text; LinkedIn marks the post as edited."""
        body: JsonValue = {"patch": {"$set": {"commentary": little_text.write(text)}}}
        await self.wire.call(self._changing("POST", post_id, "PARTIAL_UPDATE", body), lambda response: None)

    def _changing(self, verb: str, post_id: str, method: str, body: JsonValue = None) -> Request:
        if POST_URN.fullmatch(post_id) is None:
            # LinkedIn says yes to deleting what does not exist: a wrong id would read as a post that is gone.
            told = "this is no LinkedIn post: give the id as publish() or posts() gave it"
            limit = "urn:li:share:… or urn:li:ugcPost:…"
            raise ValidationError([problem("ref", "post_urn", told, limit=limit, actual=post_id)])
        return Request(
            verb,
            self.url("api", f"{_POSTS}/{restli.encode(post_id)}"),
            Effect.VISIBLE,
            headers={"X-RestLi-Method": method},
            json=body,
            limit_key=f"{method} {_POSTS}",
        )

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        """Give the account's posts, newest first; a member's only to the few apps that may read them."""
        return await read_posts(self, since, limit)

    async def look_for(self, post: Post, step: str, done: DoneSteps) -> Seen | None:
        """Look for a first comment below its post."""
        live = await done.recorded("publish") if step == _COMMENT else None
        return None if live is None else await look_for_comment(self, post_id_of(live[0]), post.first_comment or "")

    def resembles(self, post: Post, found: PublishedPost) -> bool:
        """Tell posts of one text apart by what they carry, too; see `Adapter.resembles`."""
        options = post.options_for(LinkedInOptions)
        reshares = options is not None and options.reshare_of is not None
        fits = reshares == (found.parent is not None) and carried_by(found) == carried(post)
        return fits and super().resembles(post, found)

    def lists(self, post: Post) -> bool:
        """Whether `posts` would hold such a post, so that it would be known again; see `Adapter.lists`."""
        # One for advertisements stands in no list. Of a group's posts, and of how polls and references are read back,
        # LinkedIn does not tell.
        options = post.options_for(LinkedInOptions) or LinkedInOptions()
        known = options.feed == "MAIN_FEED" and options.visibility != "CONTAINER"
        return known and post.poll is None and options.reference is None

    async def fetch_metrics(
        self, post_ids: Sequence[str], names: Sequence[str] = ()
    ) -> dict[str, Metrics | SocialConnectError]:
        """Give a page's numbers in batches, a member's post by post."""
        return await fetch_metrics(self, post_ids, names)

    async def fetch_account_metrics(
        self, since: datetime | None, until: datetime | None, names: Sequence[str] = ()
    ) -> AccountMetrics:
        """Give a page's followers, views and statistics, or a member's; day by day where a time is given."""
        return await fetch_account_metrics(self, since, until, names)

    # ── what needs no request ─────────────────────────────────────────────────────────────────────────────────────

    def problems(self, post: Post) -> list[Problem]:
        """Give everything in the post that LinkedIn would refuse."""
        return problems(post, is_page=self.is_page)

    def cost(self, post: Post) -> CostEstimate:
        """Say which daily allowances publishing takes from. LinkedIn has no price list for calls."""
        quotas = [self._quota("POST /rest/posts", 1)]
        files = [*post.media, *([post.link.image] if post.link is not None and post.link.image is not None else [])]
        for name, kind, calls in (("images", "image", 1), ("documents", "document", 1), ("videos", "video", 2)):
            number = sum(one.kind == kind for one in files)
            if number:
                quotas.append(self._quota(f"POST /rest/{name}", number * calls))
                quotas.append(self._quota(f"GET /rest/{name}", number, at_least=True))
        if post.first_comment:
            quotas.append(self._quota("POST /rest/socialActions", 1))
        note = "LinkedIn does not print its daily allowances; an app's owner sees them in the developer portal."
        return CostEstimate(
            network=self.network, operation="publish", priced=False, quotas=tuple(quotas), notes=(note,)
        )

    def _quota(self, endpoint: str, calls: int, *, at_least: bool = False) -> QuotaUse:
        limit = DAILY.get(self.tier) if self.tier is not None else None
        return QuotaUse(
            name=f"{endpoint} calls per UTC day{', at least' if at_least else ''}", units=calls, limit=limit
        )


def _created_id(response: Response) -> str:
    """Read the id of what was created; without it nobody knows which post it is, and it must not be sent again."""
    created = restli.decode_id(response.headers["x-restli-id"])
    if POST_URN.fullmatch(created) is None:
        raise ValueError("x-restli-id is not the URN of a post")
    return created
