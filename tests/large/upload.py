"""Publish one film in a process of its own, and tell how much memory it took: NETWORK URL ACCOUNT TOKEN FILE."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from socialconnect import Facebook, LinkedIn, Network, Post, Twitter, Video


def network(name: str, url: str, account: str, token: str) -> Network:
    """Make the network."""
    match name:
        case "facebook":
            return Facebook(page_id=account, token=token, base_url=url)
        case "linkedin":
            return LinkedIn(author=account, token=token, base_url=url)
        case _:
            return Twitter(token=token, base_url=url)


def main(name: str, url: str, account: str, token: str, path: str) -> None:
    """Publish it."""
    with network(name, url, account, token) as ours:
        ours.publish(Post("A film.", media=[Video(path)]))
    # Not `resource.getrusage`: its maximum begins with that of the process that started this one.
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    print(told[1] if told else "")


if __name__ == "__main__":
    main(*sys.argv[1:])
