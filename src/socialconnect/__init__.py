"""
One typed interface to Facebook, Instagram, LinkedIn and Twitter.

It tells the truth about retired and paywalled APIs, never posts twice, and works offline in tests. Everything that
users import is here; each part is loaded when it is first used, so that `import socialconnect` costs next to nothing.
"""

from __future__ import annotations

# Type checkers take the name for true; importing it from typing would cost more than all the rest of this module.
TYPE_CHECKING = False

__version__ = "0.1.0"

if TYPE_CHECKING:
    from socialconnect.adapter import Adapter as Adapter
    from socialconnect.adapter import Capabilities as Capabilities
    from socialconnect.auth import OAuth1Credential as OAuth1Credential
    from socialconnect.auth import StaticToken as StaticToken
    from socialconnect.auth import Token as Token
    from socialconnect.auth import TokenSource as TokenSource
    from socialconnect.campaign import AsyncCampaign as AsyncCampaign
    from socialconnect.campaign import Campaign as Campaign
    from socialconnect.campaign import CampaignPost as CampaignPost
    from socialconnect.campaign import CampaignReport as CampaignReport
    from socialconnect.clock import Clock as Clock
    from socialconnect.clock import SystemClock as SystemClock
    from socialconnect.cost import CampaignCost as CampaignCost
    from socialconnect.cost import CostEstimate as CostEstimate
    from socialconnect.cost import CostItem as CostItem
    from socialconnect.cost import Money as Money
    from socialconnect.cost import QuotaUse as QuotaUse
    from socialconnect.data_use import Provenance as Provenance
    from socialconnect.errors import AccountLocked as AccountLocked
    from socialconnect.errors import ApiPaywalled as ApiPaywalled
    from socialconnect.errors import ApiRetired as ApiRetired
    from socialconnect.errors import ApiVersionRetired as ApiVersionRetired
    from socialconnect.errors import AuthError as AuthError
    from socialconnect.errors import ConfigurationError as ConfigurationError
    from socialconnect.errors import DataUseForbidden as DataUseForbidden
    from socialconnect.errors import DuplicatePost as DuplicatePost
    from socialconnect.errors import LifecycleError as LifecycleError
    from socialconnect.errors import MediaNotReady as MediaNotReady
    from socialconnect.errors import MediaRejected as MediaRejected
    from socialconnect.errors import NotFound as NotFound
    from socialconnect.errors import NotSent as NotSent
    from socialconnect.errors import OutcomeUnknown as OutcomeUnknown
    from socialconnect.errors import PartlyPublished as PartlyPublished
    from socialconnect.errors import PermissionDenied as PermissionDenied
    from socialconnect.errors import PolicyBlocked as PolicyBlocked
    from socialconnect.errors import Problem as Problem
    from socialconnect.errors import ProtocolError as ProtocolError
    from socialconnect.errors import QuotaExceeded as QuotaExceeded
    from socialconnect.errors import RateLimited as RateLimited
    from socialconnect.errors import RejectedError as RejectedError
    from socialconnect.errors import SocialConnectError as SocialConnectError
    from socialconnect.errors import SunsetWarning as SunsetWarning
    from socialconnect.errors import ThrottleError as ThrottleError
    from socialconnect.errors import TokenExpired as TokenExpired
    from socialconnect.errors import TokenRevoked as TokenRevoked
    from socialconnect.errors import TransportError as TransportError
    from socialconnect.errors import UnavailableError as UnavailableError
    from socialconnect.errors import UnsupportedFeature as UnsupportedFeature
    from socialconnect.errors import ValidationError as ValidationError
    from socialconnect.journal import Journal as Journal
    from socialconnect.journal import Progress as Progress
    from socialconnect.lifecycle import ApiState as ApiState
    from socialconnect.lifecycle import DeprecationStatus as DeprecationStatus
    from socialconnect.lifecycle import Lifecycle as Lifecycle
    from socialconnect.lifecycle import OperationStatus as OperationStatus
    from socialconnect.lifecycle import Overlay as Overlay
    from socialconnect.lifecycle import PlanComparison as PlanComparison
    from socialconnect.lifecycle import PlanCost as PlanCost
    from socialconnect.lifecycle import SunsetPlan as SunsetPlan
    from socialconnect.lifecycle import Volume as Volume
    from socialconnect.lifecycle import compare_plans as compare_plans
    from socialconnect.lifecycle import load_overlays as load_overlays
    from socialconnect.lifecycle import sunset_plan as sunset_plan
    from socialconnect.lifecycle import sunset_plan_async as sunset_plan_async
    from socialconnect.media import Document as Document
    from socialconnect.media import Image as Image
    from socialconnect.media import MediaFacts as MediaFacts
    from socialconnect.media import Subtitles as Subtitles
    from socialconnect.media import Video as Video
    from socialconnect.metrics import AccountMetrics as AccountMetrics
    from socialconnect.metrics import DataUse as DataUse
    from socialconnect.metrics import Metrics as Metrics
    from socialconnect.metrics import MetricsReport as MetricsReport
    from socialconnect.metrics import MetricValue as MetricValue
    from socialconnect.metrics import Unavailable as Unavailable
    from socialconnect.network import AsyncNetwork as AsyncNetwork
    from socialconnect.network import Network as Network
    from socialconnect.networks.facebook import AsyncFacebook as AsyncFacebook
    from socialconnect.networks.facebook import Facebook as Facebook
    from socialconnect.networks.facebook.options import FacebookOptions as FacebookOptions
    from socialconnect.networks.instagram import AsyncInstagram as AsyncInstagram
    from socialconnect.networks.instagram import Instagram as Instagram
    from socialconnect.networks.instagram.options import InstagramOptions as InstagramOptions
    from socialconnect.networks.linkedin import AsyncLinkedIn as AsyncLinkedIn
    from socialconnect.networks.linkedin import LinkedIn as LinkedIn
    from socialconnect.networks.linkedin.options import LinkedInOptions as LinkedInOptions
    from socialconnect.networks.twitter import AsyncTwitter as AsyncTwitter
    from socialconnect.networks.twitter import Twitter as Twitter
    from socialconnect.networks.twitter.options import TwitterOptions as TwitterOptions
    from socialconnect.outbox import ArchiveManifest as ArchiveManifest
    from socialconnect.outbox import AsyncOutbox as AsyncOutbox
    from socialconnect.outbox import Delivery as Delivery
    from socialconnect.outbox import DeliveryState as DeliveryState
    from socialconnect.outbox import Outbox as Outbox
    from socialconnect.outbox import Proposal as Proposal
    from socialconnect.outbox import Purged as Purged
    from socialconnect.outbox import Reading as Reading
    from socialconnect.outbox import Rerouted as Rerouted
    from socialconnect.outbox import Rerouting as Rerouting
    from socialconnect.outbox import Restored as Restored
    from socialconnect.outbox import Spend as Spend
    from socialconnect.post import Draft as Draft
    from socialconnect.post import Link as Link
    from socialconnect.post import NetworkOptions as NetworkOptions
    from socialconnect.post import Poll as Poll
    from socialconnect.post import Post as Post
    from socialconnect.post import PostVariant as PostVariant
    from socialconnect.post import PublishedPost as PublishedPost
    from socialconnect.post import ScheduledPost as ScheduledPost
    from socialconnect.preview import PreparedRequest as PreparedRequest
    from socialconnect.refusal import Refusal as Refusal
    from socialconnect.refusal import Rule as Rule
    from socialconnect.registry import NetworkEntry as NetworkEntry
    from socialconnect.transport.pacing import RateWindow as RateWindow
    from socialconnect.transport.request import Effect as Effect
    from socialconnect.transport.request import FilePart as FilePart
    from socialconnect.transport.request import Request as Request
    from socialconnect.transport.request import Response as Response
    from socialconnect.transport.retry import RetryPolicy as RetryPolicy

_WHERE = {
    "AccountLocked": "errors",
    "AccountMetrics": "metrics",
    "Adapter": "adapter",
    "ApiPaywalled": "errors",
    "ApiRetired": "errors",
    "ApiState": "lifecycle",
    "ApiVersionRetired": "errors",
    "ArchiveManifest": "outbox",
    "AsyncCampaign": "campaign",
    "AsyncFacebook": "networks.facebook",
    "AsyncInstagram": "networks.instagram",
    "AsyncLinkedIn": "networks.linkedin",
    "AsyncNetwork": "network",
    "AsyncOutbox": "outbox",
    "AsyncTwitter": "networks.twitter",
    "AuthError": "errors",
    "Campaign": "campaign",
    "CampaignCost": "cost",
    "CampaignPost": "campaign",
    "CampaignReport": "campaign",
    "Capabilities": "adapter",
    "Clock": "clock",
    "ConfigurationError": "errors",
    "CostEstimate": "cost",
    "CostItem": "cost",
    "DataUse": "metrics",
    "DataUseForbidden": "errors",
    "Delivery": "outbox",
    "DeliveryState": "outbox",
    "DeprecationStatus": "lifecycle",
    "Document": "media",
    "Draft": "post",
    "DuplicatePost": "errors",
    "Effect": "transport.request",
    "Facebook": "networks.facebook",
    "FacebookOptions": "networks.facebook.options",
    "FilePart": "transport.request",
    "Image": "media",
    "Instagram": "networks.instagram",
    "InstagramOptions": "networks.instagram.options",
    "Journal": "journal",
    "Lifecycle": "lifecycle",
    "LifecycleError": "errors",
    "Link": "post",
    "LinkedIn": "networks.linkedin",
    "LinkedInOptions": "networks.linkedin.options",
    "MediaFacts": "media",
    "MediaNotReady": "errors",
    "MediaRejected": "errors",
    "MetricValue": "metrics",
    "Metrics": "metrics",
    "MetricsReport": "metrics",
    "Money": "cost",
    "Network": "network",
    "NetworkEntry": "registry",
    "NetworkOptions": "post",
    "NotFound": "errors",
    "NotSent": "errors",
    "OAuth1Credential": "auth",
    "OperationStatus": "lifecycle",
    "Outbox": "outbox",
    "OutcomeUnknown": "errors",
    "Overlay": "lifecycle",
    "PartlyPublished": "errors",
    "PermissionDenied": "errors",
    "PlanComparison": "lifecycle",
    "PlanCost": "lifecycle",
    "PolicyBlocked": "errors",
    "Poll": "post",
    "Post": "post",
    "PostVariant": "post",
    "PreparedRequest": "preview",
    "Problem": "errors",
    "Progress": "journal",
    "Proposal": "outbox",
    "ProtocolError": "errors",
    "Provenance": "data_use",
    "PublishedPost": "post",
    "Purged": "outbox",
    "QuotaExceeded": "errors",
    "QuotaUse": "cost",
    "RateLimited": "errors",
    "RateWindow": "transport.pacing",
    "Reading": "outbox",
    "Refusal": "refusal",
    "RejectedError": "errors",
    "Request": "transport.request",
    "Rerouted": "outbox",
    "Rerouting": "outbox",
    "Response": "transport.request",
    "Restored": "outbox",
    "RetryPolicy": "transport.retry",
    "Rule": "refusal",
    "ScheduledPost": "post",
    "SocialConnectError": "errors",
    "Spend": "outbox",
    "StaticToken": "auth",
    "Subtitles": "media",
    "SunsetPlan": "lifecycle",
    "SunsetWarning": "errors",
    "SystemClock": "clock",
    "ThrottleError": "errors",
    "Token": "auth",
    "TokenExpired": "errors",
    "TokenRevoked": "errors",
    "TokenSource": "auth",
    "TransportError": "errors",
    "Twitter": "networks.twitter",
    "TwitterOptions": "networks.twitter.options",
    "Unavailable": "metrics",
    "UnavailableError": "errors",
    "UnsupportedFeature": "errors",
    "ValidationError": "errors",
    "Video": "media",
    "Volume": "lifecycle",
    "compare_plans": "lifecycle",
    "load_overlays": "lifecycle",
    "sunset_plan": "lifecycle",
    "sunset_plan_async": "lifecycle",
}
"""Where each public name is."""

__all__ = [
    "AccountLocked",
    "AccountMetrics",
    "Adapter",
    "ApiPaywalled",
    "ApiRetired",
    "ApiState",
    "ApiVersionRetired",
    "ArchiveManifest",
    "AsyncCampaign",
    "AsyncFacebook",
    "AsyncInstagram",
    "AsyncLinkedIn",
    "AsyncNetwork",
    "AsyncOutbox",
    "AsyncTwitter",
    "AuthError",
    "Campaign",
    "CampaignCost",
    "CampaignPost",
    "CampaignReport",
    "Capabilities",
    "Clock",
    "ConfigurationError",
    "CostEstimate",
    "CostItem",
    "DataUse",
    "DataUseForbidden",
    "Delivery",
    "DeliveryState",
    "DeprecationStatus",
    "Document",
    "Draft",
    "DuplicatePost",
    "Effect",
    "Facebook",
    "FacebookOptions",
    "FilePart",
    "Image",
    "Instagram",
    "InstagramOptions",
    "Journal",
    "Lifecycle",
    "LifecycleError",
    "Link",
    "LinkedIn",
    "LinkedInOptions",
    "MediaFacts",
    "MediaNotReady",
    "MediaRejected",
    "MetricValue",
    "Metrics",
    "MetricsReport",
    "Money",
    "Network",
    "NetworkEntry",
    "NetworkOptions",
    "NotFound",
    "NotSent",
    "OAuth1Credential",
    "OperationStatus",
    "Outbox",
    "OutcomeUnknown",
    "Overlay",
    "PartlyPublished",
    "PermissionDenied",
    "PlanComparison",
    "PlanCost",
    "PolicyBlocked",
    "Poll",
    "Post",
    "PostVariant",
    "PreparedRequest",
    "Problem",
    "Progress",
    "Proposal",
    "ProtocolError",
    "Provenance",
    "PublishedPost",
    "Purged",
    "QuotaExceeded",
    "QuotaUse",
    "RateLimited",
    "RateWindow",
    "Reading",
    "Refusal",
    "RejectedError",
    "Request",
    "Rerouted",
    "Rerouting",
    "Response",
    "Restored",
    "RetryPolicy",
    "Rule",
    "ScheduledPost",
    "SocialConnectError",
    "Spend",
    "StaticToken",
    "Subtitles",
    "SunsetPlan",
    "SunsetWarning",
    "SystemClock",
    "ThrottleError",
    "Token",
    "TokenExpired",
    "TokenRevoked",
    "TokenSource",
    "TransportError",
    "Twitter",
    "TwitterOptions",
    "Unavailable",
    "UnavailableError",
    "UnsupportedFeature",
    "ValidationError",
    "Video",
    "Volume",
    "__version__",
    "compare_plans",
    "load_overlays",
    "sunset_plan",
    "sunset_plan_async",
]


def __getattr__(name: str) -> object:
    where = _WHERE.get(name)
    if where is None:
        raise AttributeError(f"module 'socialconnect' has no attribute {name!r}")
    from importlib import import_module

    loaded: object = getattr(import_module(f"socialconnect.{where}"), name)
    globals()[name] = loaded
    return loaded


def __dir__() -> list[str]:
    return sorted(__all__)
