"""Which permissions each operation needs, by either login."""

from __future__ import annotations

from socialconnect.testing.emulators.graph.call import Call

__all__ = ["require_comments", "require_delete", "require_insights", "require_publish", "require_read"]

_FACEBOOK = ("instagram_basic", "pages_read_engagement")
_INSTAGRAM = ("instagram_business_basic",)


def _require(call: Call, facebook: tuple[str, ...], instagram: tuple[str, ...]) -> None:
    if call.login == "instagram":
        call.token.require(*_INSTAGRAM, *instagram, code=10)
    else:
        call.token.require(*_FACEBOOK, *facebook, code=10)


def require_read(call: Call) -> None:
    """
    Make sure that the token may read.

    Raises:
        GraphError: It may not.
    """
    _require(call, (), ())


def require_publish(call: Call) -> None:
    """
    Make sure that the token may publish, and that its person may create content on the account's Page.

    Raises:
        GraphError: It may not.
    """
    _require(call, ("instagram_content_publish",), ("instagram_business_content_publish",))
    if call.login == "facebook" and not call.token.tasks & {"MANAGE", "CREATE_CONTENT"}:
        call.token.require_task("CREATE_CONTENT")


def require_insights(call: Call) -> None:
    """
    Make sure that the token may read insights.

    Raises:
        GraphError: It may not.
    """
    _require(call, ("instagram_manage_insights",), ("instagram_business_manage_insights",))


def require_comments(call: Call) -> None:
    """
    Make sure that the token may read and write comments.

    Raises:
        GraphError: It may not.
    """
    _require(call, ("instagram_manage_comments",), ("instagram_business_manage_comments",))


def require_delete(call: Call) -> None:
    """
    Make sure that the token may delete media, which only Facebook Login can give.

    Raises:
        GraphError: It may not.
    """
    call.token.require("instagram_basic", "instagram_manage_contents", code=10)
