"""Bare procrastinate, for comparison: jobs that only note when they ran, in a database of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import procrastinate
import psycopg
from procrastinate.jobs import Status

__all__ = ["ProcrastinateJobs", "procrastinate_jobs"]

_POLL = 0.5
"""Seconds between a worker's looks for jobs whose moment has come: as the outbox's."""

_FILL = (
    "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) "
    "SELECT 'later', 'note', '{}', now() + interval '300 days' + n * interval '1 second' "
    "FROM generate_series(1, %s) AS n"
)


class ProcrastinateJobs:
    """
    Args:
        address: A database of its own.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._seen: list[float] = []
        self._wanted, self._all_seen = 0, asyncio.Event()
        self._runner = asyncio.Runner()
        self._app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address))
        self._note = self._app.task(name="note", queue="now")(self._noted)
        self._worker = self._runner.run(self._open())

    async def _open(self) -> int:
        await self._app.open_async()
        await self._app.schema_manager.apply_schema_async()
        return await self._app.job_manager.register_worker()

    async def _noted(self) -> None:
        """Note when it is called: what a job does."""
        self._seen.append(time.time())
        if len(self._seen) == self._wanted:
            self._all_seen.set()

    def fill(self, count: int) -> None:
        """Put many in, for long after."""
        with psycopg.connect(self._address, autocommit=True) as db:
            db.execute(_FILL, (count,))
            db.execute("VACUUM ANALYZE")

    def one(self) -> None:
        """Put one in that is due, take it, and finish it."""
        self._runner.run(self._one())

    async def _one(self) -> None:
        manager = self._app.job_manager
        await self._note.defer_async()
        job = await manager.fetch_job(["now"], self._worker)
        assert job is not None
        await manager.finish_job(job, Status.SUCCEEDED, delete_job=True)

    def submit(self, count: int, at: datetime) -> None:
        """Put jobs in, one by one."""
        self._runner.run(self._submit(count, at))

    async def _submit(self, count: int, at: datetime) -> None:
        later = self._note.configure(queue="later", schedule_at=at)
        for _ in range(count):
            await later.defer_async()

    def submit_together(self, count: int, at: datetime) -> None:
        """Put jobs in, all in one statement."""
        later = self._note.configure(queue="later", schedule_at=at)
        self._runner.run(later.batch_defer_async(*({} for _ in range(count))))

    def all_at_once(self, count: int, workers: int) -> tuple[Sequence[float], datetime]:
        """Let many be due at one moment; gives when each one ran, and that moment."""
        self._seen.clear()
        self._wanted = count
        due = datetime.now(UTC) + timedelta(seconds=3)
        self._runner.run(self._run_all(count, workers, due))
        return list(self._seen), due

    async def _run_all(self, count: int, workers: int, due: datetime) -> None:
        await self._note.configure(schedule_at=due).batch_defer_async(*({} for _ in range(count)))
        worker = asyncio.create_task(
            self._app.run_worker_async(
                queues=["now"],
                concurrency=workers,
                fetch_job_polling_interval=_POLL,
                delete_jobs="always",
                install_signal_handlers=False,
            )
        )
        await self._all_seen.wait()
        worker.cancel()
        await asyncio.wait([worker])

    def close(self) -> None:
        """End it."""
        self._runner.run(self._close())
        self._runner.close()

    async def _close(self) -> None:
        await self._app.close_async()


@contextmanager
def procrastinate_jobs(address: str) -> Iterator[ProcrastinateJobs]:
    """Give procrastinate in a database that is there for it alone."""
    jobs = ProcrastinateJobs(address)
    try:
        yield jobs
    finally:
        jobs.close()
