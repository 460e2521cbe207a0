"""APScheduler with its SQLAlchemy job store on a SQLite file, for comparison; there only if it is installed."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

__all__ = ["ApschedulerJobs", "apscheduler_jobs"]

_BATCH = 10_000

_seen: list[float] = []


def note() -> None:
    """Note when it is called: what a job does."""
    _seen.append(time.time())


class ApschedulerJobs:
    """
    A scheduler over one SQLite file.

    Args:
        path: The file.
        threads: How many jobs run side by side.
    """

    def __init__(self, path: Path, threads: int) -> None:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
        from apscheduler.schedulers.background import BackgroundScheduler

        self._store: Any = SQLAlchemyJobStore(url=f"sqlite:///{path}")
        self._scheduler: Any = BackgroundScheduler(
            jobstores={"default": self._store},
            executors={"default": ThreadPoolExecutor(threads)},
            job_defaults={"misfire_grace_time": 3600},
            timezone=UTC,
        )
        self._scheduler.start(paused=True)

    def fill(self, count: int) -> None:
        """Put many in, for long after."""
        at = datetime.now(UTC) + timedelta(days=300)
        state = self._add(at).__getstate__()
        for begin in range(0, count, _BATCH):
            rows = [
                {"id": name, "next_run_time": at.timestamp(), "job_state": pickle.dumps({**state, "id": name})}
                for name in (uuid4().hex for _ in range(min(_BATCH, count - begin)))
            ]
            with self._store.engine.begin() as db:
                db.execute(self._store.jobs_t.insert(), rows)

    def one(self) -> None:
        """Put one in that is due, take it, and finish it."""
        now = datetime.now(UTC)
        self._add(now)
        (job,) = self._store.get_due_jobs(now + timedelta(seconds=1))
        self._store.remove_job(job.id)

    def submit(self, count: int, at: datetime) -> None:
        """Put jobs in, one by one."""
        for _ in range(count):
            self._add(at)

    def all_at_once(self, count: int) -> tuple[Sequence[float], datetime]:
        """Let many be due at one moment; gives when each one ran, and that moment."""
        _seen.clear()
        self._store.remove_all_jobs()
        due = datetime.now(UTC) + timedelta(seconds=3600)
        jobs = [self._add(due) for _ in range(count)]
        due = datetime.now(UTC) + timedelta(seconds=3)
        state = [job.__getstate__() for job in jobs]
        with self._store.engine.begin() as db:
            db.execute(self._store.jobs_t.delete())
            db.execute(
                self._store.jobs_t.insert(),
                [
                    {
                        "id": one["id"],
                        "next_run_time": due.timestamp(),
                        "job_state": pickle.dumps({**one, "next_run_time": due, "trigger": _at(due)}),
                    }
                    for one in state
                ],
            )
        self._scheduler.resume()
        done = threading.Event()
        while len(_seen) < count and not done.wait(0.05):
            pass
        self._scheduler.pause()
        return list(_seen), due

    def close(self) -> None:
        """End it."""
        self._scheduler.shutdown()

    def _add(self, at: datetime) -> Any:
        return self._scheduler.add_job(note, "date", run_date=at)


def _at(due: datetime) -> Any:
    from apscheduler.triggers.date import DateTrigger

    return DateTrigger(due, UTC)


@contextmanager
def apscheduler_jobs(path: Path, threads: int) -> Iterator[ApschedulerJobs | None]:
    """Give a scheduler, or nothing if it is not installed."""
    if find_spec("apscheduler") is None or find_spec("sqlalchemy") is None:
        yield None
        return
    jobs = ApschedulerJobs(path, threads)
    try:
        yield jobs
    finally:
        jobs.close()
