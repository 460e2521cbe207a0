"""LinkedIn: a page's or a member's posts, over the versioned API (https://api.linkedin.com/rest)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.adapter import Adapter, Capabilities
from socialconnect.auth.tokens import Credential
from socialconnect.cost import CostEstimate, QuotaUse
from socialconnect.errors import (
    ConfigurationError,
    DuplicatePost,
    MediaNotReady,
    MediaRejected,
    PermissionDenied,
    Problem,
    ProtocolError,
    QuotaExceeded,
    SocialConnectError,
)
from socialconnect.journal import Journal
from socialconnect.media import Image
from socialconnect.metrics import Metrics
from socialconnect.networks.linkedin import limits, little_text, metrics, restli
from socialconnect.networks.linkedin.content import new_post, problems
from socialconnect.networks.linkedin.errors import RULES, read_refusal
from socialconnect.networks.linkedin.options import LinkedInOptions
from socialconnect.networks.linkedin.restli import RestliValue
from socialconnect.networks.linkedin.wire import (
    ImageAnswer,
    InitializeUpload,
    InitializeUploadAnswer,
    PostElement,
    PostsAnswer,
    UploadOwner,
)
from socialconnect.post import Post, PublishedPost
from socialconnect.refusal import Refusal
from socialconnect.transport.request import Effect, FileSlice, Request, Response
from socialconnect.transport.wire import Wire

__all__ = ["LinkedInAdapter"]

T = TypeVar("T")

_AUTHOR = re.compile(r"urn:li:(?:(?P<page>organization|organizationBrand):\d+|person:[A-Za-z0-9_-]+)")
_VERSION = re.compile(r"\d{6}")
_POST_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")
_NOT_LIVE = ("DRAFT", "PUBLISH_FAILED")


class LinkedInAdapter(Adapter):
    """
    One page or one member.

    Args:
        author: The URN that posts: `urn:li:organization:…` or `urn:li:person:…`.
        api_version: The version to ask for, as year and month.
        base_url: Where LinkedIn is, in place of its own hosts.

    Raises:
        ConfigurationError: The author is no such URN, or the version no year and month.
    """

    network = "linkedin"
    hosts: ClassVar[Mapping[str, str]] = {"api": "https://api.linkedin.com", "oauth": "https://www.linkedin.com"}
    trusted_domains = ("linkedin.com",)
    options = LinkedInOptions
    rules = RULES

    def __init__(self, *, author: str, api_version: str, base_url: str | None = None) -> None:
        found = _AUTHOR.fullmatch(author)
        if found is None:
            raise ConfigurationError(
                f"author must be the URN of a page or a member, not {author!r}.",
                hint="Give urn:li:organization:<number>, or urn:li:person:<id> with the `sub` of /v2/userinfo as id.",
            )
        if _VERSION.fullmatch(api_version) is None:
            raise ConfigurationError(
                f"api_version must be a year and a month in six digits, not {api_version!r}.",
                hint="Leave it out to use the newest.",
            )
        super().__init__(account=author, base_url=base_url)
        self.is_page = found["page"] is not None
        """Whether it posts as a page; else as a member."""
        self._version = api_version
        self._status_refused = False  # whether this token may not look at uploads, found out by asking once
        if self.base_url is not None:
            # Uploads go to addresses that the answers name: on an emulator, elsewhere on the same origin.
            parts = urlsplit(self.base_url)
            self.trusted_prefixes = (f"{parts.scheme}://{parts.netloc}/",)

    @property
    def capabilities(self) -> Capabilities:
        """What this account can do by itself. LinkedIn lets nobody new read a member's posts."""
        batch = limits.METRICS_BATCH if self.is_page else 1
        return Capabilities(delete=True, read_back=self.is_page, media_from_file=True, metrics_batch=batch)

    @property
    def api_version(self) -> str:
        """The API version that the adapter asks for."""
        return self._version

    # ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Publish: upload the images, see that they are ready, create the post."""
        images = [one for one in post.media if isinstance(one, Image)]
        uploaded = [await self._uploaded(f"upload[{at}]", image, journal) for at, image in enumerate(images)]
        thumbnail = None
        if post.link is not None and post.link.image is not None:
            thumbnail = await self._uploaded("upload[link]", post.link.image, journal)
        for image in (*uploaded, *([thumbnail] if thumbnail else [])):
            await self._seen_ready(image, journal)
        body = new_post(self.account, post, uploaded, thumbnail)
        post_id = str(await journal.visible("publish", lambda: self._create(body)))
        return self._published(post_id, text=post.text, media_count=len(uploaded), parent=_parent(post))

    async def _create(self, body: JsonValue) -> str:
        url = self.url("api", "/rest/posts")
        request = Request("POST", url, Effect.VISIBLE, json=body, limit_key="POST /rest/posts")
        return await self.wire.call(request, _created_id)

    async def _uploaded(self, step: str, image: Image, journal: Journal) -> str:
        return str(await journal.step(step, lambda: self._upload(image), lives=limits.UPLOAD_LIVES))

    async def _upload(self, image: Image) -> str:
        """Upload an image and give its URN."""
        body = InitializeUpload(initializeUploadRequest=UploadOwner(owner=self.account))
        request = Request(
            "POST",
            self.url("api", "/rest/images?action=initializeUpload"),
            Effect.PREPARE,
            json=body.model_dump(mode="json"),
            limit_key="POST /rest/images",
        )
        place = (await self.wire.call(request, lambda response: response.into(InitializeUploadAnswer))).value
        if not self.trusts(place.uploadUrl):
            raise ProtocolError(
                f"LinkedIn names {urlsplit(place.uploadUrl).netloc} to upload to: nothing was sent there."
            )
        length = image.facts.size if image.facts is not None else 0
        headers = {"Content-Type": "application/octet-stream"}
        content = FileSlice(image, 0, length)
        upload = Request(
            "PUT", place.uploadUrl, Effect.PREPARE, headers=headers, content=content, limit_key="PUT upload"
        )
        await self.wire.call(upload, lambda response: None)
        return place.image

    async def _seen_ready(self, image: str, journal: Journal) -> None:
        async def wait() -> JsonValue:
            await self._until_ready(image)
            return True

        await journal.step(f"ready {image}", wait, lives=limits.UPLOAD_LIVES)

    async def _until_ready(self, image: str) -> None:
        """Wait until an image is processed. Some tokens may post and not look: they post at once."""
        for wait in (*limits.IMAGE_WAITS, 0.0):
            status = None if self._status_refused else await self._image_status(image)
            if status is None or status == "AVAILABLE":
                return
            if status == "PROCESSING_FAILED":
                raise MediaRejected(f"LinkedIn could not process the image {image}.", hint="Use another file.")
            if wait:
                await self.wire.sleep(wait)
        raise MediaNotReady(
            f"LinkedIn is still processing the image {image}; nothing was posted.",
            hint="Publish again later.",
            retry_after=limits.IMAGE_COME_BACK,
        )

    async def _image_status(self, image: str) -> str | None:
        url = self.url("api", f"/rest/images/{restli.encode(image)}")
        request = restli.reading(url, {}, method="GET", limit_key="GET /rest/images")
        try:
            return (await self.wire.call(request, lambda response: response.into(ImageAnswer))).status
        except PermissionDenied:
            self._status_refused = True
            return None

    def _published(self, post_id: str, **known: object) -> PublishedPost:
        fields = {"network": self.network, "account": self.account, "id": post_id, "url": _permalink(post_id)}
        return PublishedPost.model_validate({**fields, **known})

    # ── what is published ─────────────────────────────────────────────────────────────────────────────────────────

    async def delete(self, post_id: str) -> None:
        """Delete a post; LinkedIn says yes as well for one that is already gone."""
        request = Request(
            "DELETE",
            self.url("api", f"/rest/posts/{restli.encode(post_id)}"),
            Effect.VISIBLE,
            headers={"X-RestLi-Method": "DELETE"},
            limit_key="DELETE /rest/posts",
        )
        await self.wire.call(request, lambda response: None)

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        """Give the account's posts, newest first; a member's only to the few apps that may read them."""
        found: list[PublishedPost] = []
        start, count = 0, max(1, min(limit, limits.PAGE))
        while len(found) < limit:
            query: dict[str, RestliValue] = {"q": "author", "author": self.account}
            query |= {"start": start, "count": count, "sortBy": "CREATED"}
            page = await self._find("/rest/posts", query, self._read_page)
            recent = [one for one in page if one is None or since is None or not _older(one, since)]
            found += [one for one in recent if one is not None]
            start += count
            if len(page) < count or not recent:
                break
        # The order of pages is LinkedIn's word alone; within what was read it is made sure of.
        found.sort(key=_age, reverse=True)
        return found[:limit]

    def _read_page(self, response: Response) -> list[PublishedPost | None]:
        return [self._read(element) for element in response.into(PostsAnswer).elements]

    def _read(self, element: dict[str, JsonValue]) -> PublishedPost | None:
        """Read a post; `None` for one that people cannot see."""
        post = PostElement.model_validate(element)
        if post.lifecycleState in _NOT_LIVE:
            return None
        at = post.publishedAt or post.createdAt
        return self._published(
            restli.decode_id(post.id),
            text=None if post.commentary is None else little_text.read(post.commentary),
            created_at=None if at is None else datetime.fromtimestamp(at / 1000, UTC),
            media_count=post.content.media_count,
            parent=post.reshareContext.parent if post.reshareContext else None,
            data=element,
        )

    async def fetch_metrics(
        self, post_ids: Sequence[str], names: Sequence[str] = ()
    ) -> dict[str, Metrics | SocialConnectError]:
        """Give a page's numbers in batches, a member's post by post."""
        if self.is_page:
            return await metrics.page_metrics(self._find, self.account, post_ids, self.wire.clock.now)
        return await metrics.member_metrics(self._find, post_ids, self.wire.clock.now)

    async def _find(self, path: str, query: Mapping[str, RestliValue], parse: Callable[[Response], T], /) -> T:
        request = restli.reading(self.url("api", path), query, method="FINDER", limit_key=f"GET {path}")
        return await self.wire.call(request, parse)

    # ── what needs no request ─────────────────────────────────────────────────────────────────────────────────────

    def problems(self, post: Post) -> list[Problem]:
        """Give everything in the post that LinkedIn would refuse."""
        return problems(post, is_page=self.is_page)

    def cost(self, post: Post) -> CostEstimate:
        """Say which daily allowances publishing takes from. LinkedIn has no price list for calls."""
        images = len(post.media) + (1 if post.link is not None and post.link.image is not None else 0)
        quotas = [QuotaUse(name="POST /rest/posts calls per UTC day", units=1)]
        if images:
            quotas.append(QuotaUse(name="POST /rest/images calls per UTC day", units=images))
            quotas.append(QuotaUse(name="GET /rest/images calls per UTC day, at least", units=images))
        note = "LinkedIn does not print its daily allowances; an app's owner sees them in the developer portal."
        return CostEstimate(
            network=self.network, operation="publish", priced=False, quotas=tuple(quotas), notes=(note,)
        )

    # ── LinkedIn's way of speaking ────────────────────────────────────────────────────────────────────────────────

    def bind(self, wire: Wire) -> Self:
        """Give a copy that speaks through this wire; what was found out about the token's rights starts anew."""
        bound = super().bind(wire)
        bound._status_refused = False
        return bound

    def sign(self, request: Request, credential: Credential) -> Mapping[str, str]:
        """Give the token's header, and for the versioned API the version's."""
        headers = dict(super().sign(request, credential))
        if self._path(request.url).startswith("/rest/"):
            own = {name.lower() for name in request.headers}
            versions = {"LinkedIn-Version": self._version, "X-Restli-Protocol-Version": restli.PROTOCOL_VERSION}
            headers |= {name: value for name, value in versions.items() if name.lower() not in own}
        return headers

    def read_refusal(self, request: Request, response: Response) -> Refusal:
        """Read an error answer."""
        return read_refusal(response, path=self._path(request.url), now=self.wire.clock.now())

    def refused(self, request: Request, response: Response, *, answer: str) -> SocialConnectError:
        """Turn an error answer into the error that it means, with what LinkedIn tells in its message alone."""
        error = super().refused(request, response, answer=answer)
        if isinstance(error, DuplicatePost):
            existing = _POST_URN.search(error.message)
            error.existing = existing[0] if existing else None
        elif isinstance(error, QuotaExceeded) and error.retry_after is None:
            error.retry_after = _until_midnight(self.wire.clock.now())
        elif isinstance(error, PermissionDenied):
            # A row names the scopes of pages and members; this account is one of the two.
            kind = "organization" if self.is_page else "member"
            error.missing = tuple(scope for scope in error.missing if kind in scope)
        return error

    def _path(self, url: str) -> str:
        path = url.removeprefix(self.base_url) if self.base_url else urlsplit(url).path
        return path.partition("?")[0]


def _created_id(response: Response) -> str:
    """Read the id of what was created; without it nobody knows which post it is, and it must not be sent again."""
    created = restli.decode_id(response.headers["x-restli-id"])
    if _POST_URN.fullmatch(created) is None:
        raise ValueError("x-restli-id is not the URN of a post")
    return created


def _permalink(post_id: str) -> str:
    return f"https://www.linkedin.com/feed/update/{post_id}/"


def _parent(post: Post) -> str | None:
    options = post.options_for(LinkedInOptions)
    return options.reshare_of if options else None


def _age(post: PublishedPost) -> tuple[datetime, str]:
    # Ids of shares and ugcPosts count up together, so their numbers order what appeared at one moment.
    return post.created_at or datetime.max.replace(tzinfo=UTC), post.id.rpartition(":")[2].zfill(20)


def _older(post: PublishedPost, since: datetime) -> bool:
    return post.created_at is not None and post.created_at < since


def _until_midnight(now: datetime) -> float:
    midnight = datetime.combine(now.date() + timedelta(days=1), now.min.time(), UTC)
    return (midnight - now).total_seconds()
