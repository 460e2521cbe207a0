"""Long-form articles: the only drafts of the v2 API."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.errors import forbidden, invalid, problem
from socialconnect.testing.emulators.twitter.posts import NOT_PERMITTED, Posts
from socialconnect.testing.emulators.twitter.schema import json_body
from socialconnect.testing.emulators.twitter.state import Article, State
from socialconnect.testing.emulators.twitter.wire import ArticleBody, CreatePost
from socialconnect.transport.request import Response

__all__ = ["Articles"]


class Articles:
    """
    The article endpoints.

    Args:
        state: Where they are.
        posts: What makes the post that an article is published as.
        ledger: What they are charged to.
    """

    def __init__(self, state: State, posts: Posts, ledger: Ledger) -> None:
        self._state = state
        self._posts = posts
        self._ledger = ledger

    def draft(self, call: Call) -> Response:
        """`POST /2/articles/draft`."""
        body = json_body(call.request, ArticleBody)
        if not self._state.users[call.user_id].premium:
            raise forbidden(NOT_PERMITTED)  # articles are for those who pay
        cover = body.cover_media.media_id if body.cover_media else None
        if cover is not None and cover not in self._state.media:
            raise invalid("Your media IDs are invalid.", parameters={"cover_media.media_id": [cover]})
        article = Article(self._state.new_id(), call.user_id, body.title, cover)
        self._state.articles[article.id] = article
        data: JsonValue = {"id": article.id, "title": article.title}
        return json_response(201, {"data": data})

    def publish(self, call: Call) -> Response:
        """`POST /2/articles/:article_id/publish`."""
        article_id = call.captures["article_id"]
        article = self._state.articles.get(article_id)
        if article is None or article.author_id != call.user_id:
            detail = f"Could not find article with article_id: [{article_id}]."
            kind = "https://api.x.com/2/problems/resource-not-found"
            raise problem(404, {"title": "Not Found Error", "detail": detail, "resource_type": "article", "type": kind})
        if article.post_id is None:
            author = self._state.users[call.user_id]
            link = f"https://x.com/i/article/{article.id}"
            tweet = self._posts.build(CreatePost(text=link), author, [])
            tweet.article_id = article.id
            self._state.tweets[tweet.id] = tweet
            article.post_id = tweet.id
            self._ledger.charge("post_create")
        return json_response(200, {"data": {"post_id": article.post_id}})
