"""Models are built when they are first used: many threads may be the first at once."""

from __future__ import annotations

import subprocess
import sys

FIRST_USE = """
import sys
import threading
from collections import Counter

from socialconnect import Image, Post, PublishedPost, Twitter, TwitterOptions, Video
from socialconnect.lifecycle.catalogue import Catalogue, bundled
from socialconnect.testing.emulators.twitter import TwitterEmulator

THREADS = 32
sys.setswitchinterval(1e-6)  # as many changes of thread as there can be
emulator = TwitterEmulator()
together = threading.Barrier(THREADS)
outcomes = Counter()


def first(number):
    together.wait()
    try:
        post = Post("One.", media=[Image(b"a picture", alt="One")], options=TwitterOptions(reply_to="1"))
        again = Post.model_validate_json(post.model_dump_json())
        video = Video(b"a film", title="Two")
        ref = PublishedPost(network="twitter", account="1", id="2")
        catalogue = bundled("twitter")
        twitter = Twitter(token=emulator.accounts[0].token, http_client=emulator.client())
        sent = twitter.publish(Post(f"Three: {number}."))
        outcomes[again == post, video.title, ref.id, type(catalogue) is Catalogue, type(sent) is PublishedPost] += 1
    except BaseException as error:
        outcomes[f"{type(error).__name__}: {error}"] += 1


threads = [threading.Thread(target=first, args=(number,)) for number in range(THREADS)]
for one in threads:
    one.start()
for one in threads:
    one.join()
assert outcomes == {(True, "Two", "2", True, True): THREADS}, outcomes
"""

EVERY_MODEL = """
import pkgutil
import sys
import threading
from importlib import import_module

from pydantic import BaseModel, ValidationError

import socialconnect

for module in pkgutil.walk_packages(socialconnect.__path__, "socialconnect."):
    if not module.name.endswith(("__main__", "pytest_plugin")):
        import_module(module.name)


def below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def outcome(model):
    try:
        return repr(model.model_validate({"no such field": 1}))
    except ValidationError as error:
        return error.title, error.error_count()


models = [one for one in below(BaseModel) if one.__module__.startswith("socialconnect.")]
deferred = [one for one in models if not one.__pydantic_complete__]
assert len(deferred) > 50, len(deferred)  # or there is nothing to see here

THREADS = 8
sys.setswitchinterval(1e-6)
together = threading.Barrier(THREADS)
found = []


def first():
    told = {}
    for model in deferred:
        together.wait()
        try:
            told[model] = outcome(model)
        except BaseException as error:
            told[model] = error
    found.append(told)


threads = [threading.Thread(target=first) for _ in range(THREADS)]
for one in threads:
    one.start()
for one in threads:
    one.join()
for model in deferred:
    expected = outcome(model)
    assert [told[model] for told in found] == [expected] * THREADS, (model, [told[model] for told in found])
"""


def run(script: str) -> None:
    """Run a script in an interpreter of its own, where no model has been used yet."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


def test_threads_may_make_their_first_posts_at_once() -> None:
    """Posts, results and the catalogue are whole in each of many threads that are the first to use them."""
    run(FIRST_USE)


def test_threads_may_build_any_model_at_once() -> None:
    """Each model of the library gives every thread that is the first to use it the answer that it gives later."""
    run(EVERY_MODEL)
