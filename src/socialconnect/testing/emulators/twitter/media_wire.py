"""The request bodies of the media endpoints."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, StringConstraints, model_validator

from socialconnect.testing.emulators.twitter.schema import Body, Id

__all__ = [
    "AppendBody",
    "DeleteSubtitlesBody",
    "InitializeBody",
    "MetadataBody",
    "OlderOneShotBody",
    "OneShotBody",
    "SubtitlesBody",
]

Country = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
SubtitledCategory = Literal["AmplifyVideo", "TweetVideo"]
LARGEST_UPLOAD = 17_179_869_184


class OneShotBody(Body):
    """The body of `POST /2/media/upload`; `media` is there but in a multipart form, where it is a file."""

    media: str
    media_category: Literal["tweet_image", "dm_image", "subtitles", "tweet_gif", "dm_gif", "tweet_video", "dm_video"]
    additional_owners: str | None = None


class OlderOneShotBody(Body):
    """The same until spec 2.166."""

    media: str
    media_category: Literal["tweet_image", "dm_image", "subtitles"]
    media_type: str | None = None
    shared: bool = False
    additional_owners: list[Id] | None = None


class InitializeBody(Body):
    """The body of `POST /2/media/upload/initialize`. The spec requires nothing; without a type it is no upload."""

    media_type: Literal[
        "image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/pjpeg", "image/tiff", "video/mp4",
        "video/quicktime", "video/webm", "video/mp2t", "text/srt", "text/vtt", "model/gltf-binary",
        "model/vnd.usdz+zip",
    ]  # fmt: skip
    total_bytes: Annotated[int, Field(ge=0, le=LARGEST_UPLOAD)]
    media_category: (
        Literal[
            "tweet_image", "dm_image", "subtitles", "tweet_gif", "dm_gif", "tweet_video", "dm_video", "amplify_video"
        ]
        | None
    ) = None  # fmt: skip
    additional_owners: Annotated[list[Id], Field(default_factory=list)]
    shared: bool = False


class AppendBody(Body):
    """The JSON body of `POST /2/media/upload/{id}/append`; until spec 2.166 the index might be written in digits."""

    media: str
    segment_index: (
        Annotated[int, Field(ge=0, le=999)] | Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}$")]
    )  # fmt: skip


class AltText(Body):
    """A description for people who cannot see the image."""

    text: Annotated[str, Field(max_length=1000)]


class AllowDownload(Body):
    """Whether people may download it."""

    allow_download: bool | None = None


class AudiencePolicy(Body):
    """Who may see it."""

    creator_subscriptions: list[Literal["Any"]] | None = None
    x_subscriptions: list[Literal["Any"]] | None = None


class ContentExpiration(Body):
    """Until when it is shown."""

    timestamp_sec: float


class DomainRestrictions(Body):
    """Where it may be embedded."""

    whitelist: list[str]


class FoundMediaOrigin(Body):
    """Where it was found."""

    id: str
    provider: str


class GeoRestrictions(Body):
    """Where in the world it is shown: one of the two lists is empty."""

    blacklisted_country_codes: list[Country]
    whitelisted_country_codes: list[Country]

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if bool(self.blacklisted_country_codes) == bool(self.whitelisted_country_codes):
            raise ValueError("exactly one list of countries must be empty")
        return self


class ManagementInfo(Body):
    """Whether it is managed in Media Studio."""

    managed: bool


class PreviewMedia(Body):
    """The picture that stands for a video."""

    media: Id
    media_category: Literal["TweetImage"] = "TweetImage"


class PreviewImage(Body):
    """The picture that stands for a video."""

    media_key: PreviewMedia


class SensitiveMediaWarning(Body):
    """What the media shows."""

    adult_content: bool | None = None
    graphic_violence: bool | None = None
    other: bool | None = None


class SharedInfo(Body):
    """Whether others may use it."""

    shared: bool


class UploadSource(Body):
    """What it was uploaded by."""

    upload_source: str


class StickerInfo(Body):
    """What stands on it."""

    stickers: Annotated[list[JsonValue], Field(max_length=25)]


class Metadata(Body):
    """What is told about a file."""

    allow_download_status: AllowDownload | None = None
    alt_text: AltText | None = None
    audience_policy: AudiencePolicy | None = None
    content_expiration: ContentExpiration | None = None
    domain_restrictions: DomainRestrictions | None = None
    found_media_origin: FoundMediaOrigin | None = None
    geo_restrictions: GeoRestrictions | None = None
    management_info: ManagementInfo | None = None
    preview_image: PreviewImage | None = None
    sensitive_media_warning: SensitiveMediaWarning | None = None
    shared_info: SharedInfo | None = None
    sticker_info: StickerInfo | None = None
    upload_source: UploadSource | None = None


class MetadataBody(Body):
    """The body of `POST /2/media/metadata`."""

    id: Id
    metadata: Metadata = Metadata()


class Subtitles(Body):
    """A file of subtitles, and its language."""

    id: Id
    language_code: Language
    display_name: str | None = None


class SubtitlesBody(Body):
    """The body of `POST /2/media/subtitles`."""

    id: Id
    media_category: SubtitledCategory
    subtitles: Subtitles


class DeleteSubtitlesBody(Body):
    """The body of `DELETE /2/media/subtitles`."""

    id: Id
    media_category: SubtitledCategory
    language_code: Language
