"""A worker in a process of its own: publishes what is due to a wall that is a file, and ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from pydantic import JsonValue

from socialconnect import Adapter, Network, Outbox, Post, PublishedPost
from socialconnect.journal import Journal


class FileWall(Adapter):
    """Each post is a line, written in one piece."""

    network = "wall"
    hosts: ClassVar[Mapping[str, str]] = {"api": "https://wall.example"}
    wall = ""

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        async def act() -> JsonValue:
            handle = os.open(self.wall, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(handle, f"{post.text} {os.getpid()}\n".encode())
            os.close(handle)
            return post.text

        return PublishedPost(network=self.network, account=self.account, id=str(await journal.visible("publish", act)))


def main(path: str, wall: str, accounts: list[str]) -> None:
    """Serve these accounts until nothing is planned for them."""
    FileWall.wall = wall
    with Outbox(path, poll=timedelta(milliseconds=10)) as outbox:
        for account in accounts:
            Network.from_adapter(FileWall(account=account), token="secret-token", outbox=outbox)
        print("ready", flush=True)
        sys.stdin.readline()
        print(outbox.run(until_idle=True).published, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
