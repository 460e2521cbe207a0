"""
Everything that can go wrong, as one tree.

```
SocialConnectError
├── ConfigurationError                the caller's set-up
├── ValidationError                   .problems; raised before any request
│   └── UnsupportedFeature            the network cannot do this
├── AuthError
│   ├── TokenExpired, TokenRevoked    refresh, or ask the user again
│   └── PermissionDenied              .missing scopes or roles
├── LifecycleError                    .deprecation: since when, by which source, what replaces it
│   ├── ApiRetired
│   │   └── ApiVersionRetired         .version, .newest
│   └── ApiPaywalled                  .plan, .price, .source
├── DataUseForbidden                  .topic, .rule, .source: the network's terms do not allow this use
├── ThrottleError                     .retry_after
│   ├── RateLimited
│   └── QuotaExceeded                 daily or monthly allowance, credits, spend limit
├── RejectedError                     the network understood and said no
│   ├── DuplicatePost, MediaRejected, MediaNotReady, PolicyBlocked, AccountLocked, NotFound
├── PartlyPublished                   .posts are live, .cause stopped the rest; go on with .progress
├── UnavailableError                  the network is down or broken; nothing was done
├── TransportError
│   ├── NotSent                       the request never left: safe to repeat
│   └── OutcomeUnknown                it may have been done: look before repeating
└── ProtocolError                     an answer that the library does not understand
```

The classes follow what a caller does about an error: mend the set-up, mend the post, reconnect the account, leave or
pay, wait, or look before sending again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Unpack

from socialconnect.base_error import Facts, SocialConnectError
from socialconnect.problem import Problem

if TYPE_CHECKING:
    from socialconnect.cost import Money
    from socialconnect.data_use import DataUse
    from socialconnect.journal import Progress
    from socialconnect.lifecycle.status import DeprecationStatus
    from socialconnect.post import PublishedPost

__all__ = [
    "AccountLocked",
    "ApiPaywalled",
    "ApiRetired",
    "ApiVersionRetired",
    "AuthError",
    "ConfigurationError",
    "DataUseForbidden",
    "DuplicatePost",
    "LifecycleError",
    "MediaNotReady",
    "MediaRejected",
    "NotFound",
    "NotSent",
    "OutcomeUnknown",
    "PartlyPublished",
    "PermissionDenied",
    "PolicyBlocked",
    "Problem",
    "ProtocolError",
    "QuotaExceeded",
    "RateLimited",
    "RejectedError",
    "SocialConnectError",
    "SunsetWarning",
    "ThrottleError",
    "TokenExpired",
    "TokenRevoked",
    "TransportError",
    "UnavailableError",
    "UnsupportedFeature",
    "ValidationError",
]


class SunsetWarning(UserWarning):
    """Something that this call uses ends on a known day that is near."""


class ConfigurationError(SocialConnectError):
    """The set-up is wrong: an argument, a file, an environment variable, an extra that is not installed."""

    def __init__(
        self, message: str | None = None, *, problems: Iterable[Problem] = (), hint: str | None = None
    ) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(_with_problems(message, self.problems) if self.problems else message, hint=hint)


class ValidationError(SocialConnectError):
    """
    What the caller gave breaks a rule; nothing was sent.

    `problems` holds every broken rule, not only the first.
    """

    def __init__(
        self,
        problems: Iterable[Problem] | None = None,
        *,
        message: str | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems or ())
        super().__init__(_with_problems(message, self.problems), **facts)


def _with_problems(message: str | None, problems: Sequence[Problem]) -> str | None:
    if not problems:
        return message
    told = "; ".join(str(problem) for problem in problems)
    return f"{message}: {told}" if message else told


class UnsupportedFeature(ValidationError):
    """The network, or this account on it, cannot do this."""


class AuthError(SocialConnectError):
    """The network does not accept who is calling."""


class TokenExpired(AuthError):
    """The token's time is over."""

    default_hint = "Refresh the token, or ask the user to connect the account again."


class TokenRevoked(AuthError):
    """The token is no longer valid: withdrawn, replaced, or never right."""

    default_hint = "Ask the user to connect the account again."


class PermissionDenied(AuthError):
    """
    The token is valid and may not do this.

    `missing` names the scopes, permissions or roles to ask for, where the network or its documentation tells them.
    """

    def __init__(self, message: str | None = None, *, missing: Iterable[str] = (), **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.missing: tuple[str, ...] = tuple(missing)
        if self.missing and not self.hint:
            self.hint = f"Ask for: {', '.join(self.missing)}."


class LifecycleError(SocialConnectError):
    """An API's life stands in the way: it is retired, or access to it is sold."""

    def __init__(
        self,
        message: str | None = None,
        *,
        deprecation: DeprecationStatus | None = None,
        source: str | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        super().__init__(message, **facts)
        self.deprecation = deprecation
        """What the catalogue says of the operation on that day: since when, by which source, what replaces it."""
        self.source = source
        """Who says so: a page's address, the application that declared it, or `answer` for the network's own answer."""


class ApiRetired(LifecycleError):
    """The API that this call needs no longer exists."""

    part = False
    """Whether only something in the request is gone, such as a field or a metric: the next call may do without it."""


class ApiVersionRetired(ApiRetired):
    """The API version that was asked for is no longer served."""

    def __init__(
        self,
        message: str | None = None,
        *,
        version: str | None = None,
        newest: str | None = None,
        deprecation: DeprecationStatus | None = None,
        source: str | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        super().__init__(message, deprecation=deprecation, source=source, **facts)
        self.version = version
        """The version that was asked for."""
        self.newest = newest
        """The newest version that the catalogue knows."""


class ApiPaywalled(LifecycleError):
    """Access to this API is sold, and this app or account has not bought it."""

    def __init__(
        self,
        message: str | None = None,
        *,
        plan: str | None = None,
        price: Money | None = None,
        deprecation: DeprecationStatus | None = None,
        source: str | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        super().__init__(message, deprecation=deprecation, source=source, **facts)
        self.plan = plan
        """The plan that would give access, by the network's name for it."""
        self.price = price
        """What that plan costs, where it is known."""


class DataUseForbidden(SocialConnectError):
    """The network's terms do not allow this use of its data, or do not say that they do."""

    default_hint = "Read the rule at its source; `accept=` takes what is limited or unstated, never what is forbidden."

    def __init__(
        self, message: str | None = None, *, topic: str = "", rule: DataUse | None = None, **facts: Unpack[Facts]
    ) -> None:
        super().__init__(message, **facts)
        self.topic = topic
        """The use, such as `ai-training`."""
        self.rule = rule
        """The rule that decides; `None` if the terms that the catalogue knows do not speak of it."""

    @property
    def source(self) -> str | None:
        """Where the rule stands."""
        return self.rule.source if self.rule is not None else None


class ThrottleError(SocialConnectError):
    """Too much, too fast: nothing was done, and time or money will help. `retry_after` is in seconds."""

    retryable = True


class RateLimited(ThrottleError):
    """The network's rate limit is reached."""


class QuotaExceeded(ThrottleError):
    """A daily or monthly allowance, a credit balance or a spend limit is used up."""

    retryable = False

    def __init__(self, message: str | None = None, *, would_cost: Money | None = None, **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.would_cost = would_cost
        """For a spend limit: what the call, which was not sent, may cost at the most."""


class RejectedError(SocialConnectError):
    """The network understood the request and said no; nothing was done."""


class DuplicatePost(RejectedError):
    """
    The network says that this post exists already.

    After an answer was lost this is good news: the first attempt was carried out.
    `existing` is the id of the live post, where the network names it.
    """

    def __init__(self, message: str | None = None, *, existing: str | None = None, **facts: Unpack[Facts]) -> None:
        super().__init__(message, **facts)
        self.existing = existing


class MediaRejected(RejectedError):
    """The network does not take this media file."""


class MediaNotReady(RejectedError):
    """The network is still processing an uploaded media file; nothing was posted."""

    retryable = True


class PolicyBlocked(RejectedError):
    """The network refuses this for its rules on content or behaviour."""


class AccountLocked(RejectedError):
    """The account must be unlocked, verified or confirmed by its owner on the network itself."""


class NotFound(RejectedError):
    """There is no such post, media, page or account, or the token may not see it."""


class PartlyPublished(SocialConnectError):
    """
    A part of the post is live, such as the first posts of a thread, and then something failed.

    Args:
        posts: What is live, in order; by their ids.
        cause: What stopped the rest.
        progress: What was done so far: `publish(post, progress=error.progress)` goes on from there.
    """

    def __init__(
        self,
        message: str | None = None,
        *,
        posts: Sequence[PublishedPost] = (),
        cause: SocialConnectError | None = None,
        progress: Progress | None = None,
        **facts: Unpack[Facts],
    ) -> None:
        super().__init__(message, **facts)
        self.posts = tuple(posts)
        self.cause = cause
        self.progress = progress


class UnavailableError(SocialConnectError):
    """The network is down or broken; nothing was done."""

    retryable = True


class TransportError(SocialConnectError):
    """The request or its answer did not get through."""


class NotSent(TransportError):
    """The request never left this machine: it is safe to repeat."""

    retryable = True


class OutcomeUnknown(TransportError):
    """The request left, and no verdict came back: it may have been carried out."""

    default_hint = "Look at the account's recent posts before you send it again."
    may_have_happened = True


class ProtocolError(SocialConnectError):
    """The network gave an answer that the library does not understand; `answer` holds it, redacted."""
