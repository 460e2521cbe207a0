"""
Carrying out on PostgreSQL as jobs of procrastinate: its workers run, on as many machines as there are.

Each account has a job that waits for the account's next moment; the triggers of the schema keep it there. The job
claims one delivery through the same path as a run that polls does. procrastinate gives the running, and the store the
guarantee: should a job run twice, or late, or on two machines at once, there is nothing to claim the second time.
"""

from __future__ import annotations

import asyncio  # noqa: TID251  # procrastinate's worker is one of asyncio
import logging
import signal
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from socialconnect.blocking import run
from socialconnect.clock import Clock, SystemClock
from socialconnect.errors import ConfigurationError
from socialconnect.outbox.core import OutboxCore
from socialconnect.outbox.postgres import database
from socialconnect.outbox.postgres.store import PostgresStore, queue_of
from socialconnect.outbox.report import RunReport
from socialconnect.outbox.store import Account, Store, StoreUnavailable
from socialconnect.outbox.worker import Worker

__all__ = ["Engine"]

T = TypeVar("T")

_log = logging.getLogger("socialconnect.outbox")

TASK = "socialconnect.serve"

_FETCH = 0.5
"""Seconds between looks for jobs whose moment has come; of new jobs the server tells at once."""

_HEARTBEAT, _STALLED = 10.0, 30.0
"""Seconds between a worker's signs of life, and without one until its jobs are taken away."""


class Engine:
    """
    procrastinate's worker for the accounts of one outbox.

    Args:
        core: The outbox.
        store: Its store.
        clock: Its clock.
        workers: How many deliveries are carried out side by side.

    Raises:
        ConfigurationError: It is not on PostgreSQL, lives by another clock than the machine's, or has no accounts.
    """

    def __init__(self, core: OutboxCore, store: Store, clock: Clock, *, workers: int) -> None:
        if not isinstance(store, PostgresStore):
            raise ConfigurationError(
                "Jobs need an outbox on PostgreSQL, and this one is a file.", hint="Use run(): it does the same."
            )
        if not isinstance(clock, SystemClock):
            raise ConfigurationError(
                "procrastinate's workers live by the machine's clock, and this outbox by another.",
                hint="Use run() with a clock that tests move.",
            )
        if workers < 1:
            raise ConfigurationError("workers must be at least 1.")
        if not core.accounts:
            raise ConfigurationError("The outbox was given no accounts to work for.", hint="Make the networks first.")
        self._core, self._store, self._clock, self._workers = core, store, clock, workers
        self._threads = anyio.CapacityLimiter(workers + 1)  # one for the looks between the jobs
        self._stopped = asyncio.Event()
        self._report = RunReport()
        self._worker_of: dict[Account, Worker] = {}

    async def run(self, *, until_idle: bool) -> RunReport:
        """
        Work until told to stop by SIGINT or SIGTERM, after what is under way; or until nothing is left.

        A server that starts again within half a minute is waited for.

        Raises:
            ConfigurationError: This is another event loop than asyncio's.
            StoreUnavailable: The database cannot be used any more.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise ConfigurationError(
                "procrastinate works under asyncio alone.", hint="Use run(), or asyncio for the process that works."
            ) from None
        with self._stopped_by_signals():
            while True:
                try:
                    await self._work(until_idle=until_idle)
                except (ConnectorException, psycopg.OperationalError, StoreUnavailable) as error:
                    if self._stopped.is_set():
                        return self._report
                    if isinstance(error, StoreUnavailable) and not database.is_cut(error):
                        raise
                    _log.warning("the outbox %s does not answer: %s", self._store.address, type(error).__name__)
                    await self._server()
                    if self._stopped.is_set():
                        return self._report
                else:
                    return self._report

    async def _server(self) -> None:
        """Wait for the server, and say so if it is in vain, unless told to stop meanwhile."""
        while not self._stopped.is_set():
            try:
                await self._do(self._store.pauses)
            except StoreUnavailable as error:
                if not database.is_cut(error) and not self._stopped.is_set():
                    raise  # else a connection from before, of which there are some
            else:
                return

    @contextmanager
    def _stopped_by_signals(self) -> Generator[None, None, None]:
        """Let the first SIGINT or SIGTERM stop it; the second one does what it did before."""
        loop = asyncio.get_running_loop()
        before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}

        def restore() -> None:
            for one, handler in before.items():
                loop.remove_signal_handler(one)
                signal.signal(one, handler)

        def stop() -> None:
            self._stopped.set()
            restore()

        try:
            for one in before:
                loop.add_signal_handler(one, stop)
        except (RuntimeError, ValueError, NotImplementedError):  # not the main thread, or Windows: no signals for us
            yield
            return
        try:
            yield
        finally:
            if not self._stopped.is_set():
                restore()

    async def _work(self, *, until_idle: bool) -> None:
        app = self._app()
        async with app.open_async():
            await self._sweep(app)
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[queue_of(one) for one in self._core.accounts],
                    name="socialconnect",
                    concurrency=self._workers,
                    fetch_job_polling_interval=_FETCH,
                    delete_jobs="always",
                    update_heartbeat_interval=_HEARTBEAT,
                    stalled_worker_timeout=_STALLED,
                    install_signal_handlers=False,
                )
            )
            stopped = asyncio.create_task(self._stopped.wait())
            try:
                while not (until_idle and await self._idle()):
                    poll = self._core.poll.total_seconds()
                    await asyncio.wait([worker, stopped], timeout=poll, return_when=asyncio.FIRST_COMPLETED)
                    if worker.done() or self._stopped.is_set():
                        break
                    await self._sweep(app)
            finally:
                stopped.cancel()
                worker.cancel()  # it ends what is under way first
                with anyio.CancelScope(shield=True):
                    await asyncio.wait([worker])
                failure = None if worker.cancelled() else worker.exception()
            if failure is not None:
                raise failure

    async def _idle(self) -> bool:
        return await self._do(lambda: self._core.worker.rest(None, until_idle=True)) is None

    def _app(self) -> procrastinate.App:
        connector = procrastinate.PsycopgConnector(
            conninfo=self._store.conninfo,
            min_size=1,
            max_size=self._workers + 3,
            timeout=database.PATIENCE,
            name=f"jobs of {self._store.address}",
        )
        app = procrastinate.App(connector=connector)
        app.task(name=TASK)(self._serve)
        return app

    async def _serve(self, network: str, account: str) -> None:
        """Do what there is to do for one account: the job."""
        served = (network, account)
        try:
            report, done = await self._do(lambda: self._attempt(served))
            if not done and (early := await self._do(lambda: self._early(served))):
                await self._clock.sleep_async(early)  # the database's clock is ahead of this machine's
                later, done = await self._do(lambda: self._attempt(served))
                report += later
            if not done:  # else recording it has seen to the next job
                await self._do(lambda: self._store.wake([served]))
        except StoreUnavailable as error:
            _log.warning("%s %s was not served: %s", network, account, error)
        else:
            self._count(report)

    async def _early(self, account: Account) -> float:
        moment = await self._store.next_moment(account)
        seconds = 0.0 if moment is None else (moment - self._clock.now()).total_seconds()
        return seconds if 0 < seconds <= self._core.poll.total_seconds() else 0.0  # more is another worker's lease

    async def _attempt(self, account: Account) -> tuple[RunReport, bool]:
        """Carry out one delivery if one is due; say also whether one was."""
        worker = self._worker_of.get(account)
        if worker is None:
            worker = self._worker_of[account] = self._core.worker_of(account)
        look = await worker.look_at_own()
        done = RunReport()
        for operations in look.due:
            # One, so that all accounts get their turn, and a stop comes soon: if there is more, its job is waiting.
            done += await worker.drain(operations, _Once())
        return look.report + done, done != RunReport()

    def _count(self, report: RunReport) -> None:
        """Add what a job did; what is due for nobody here is as the last look at all found it."""
        self._report += report.model_copy(update={"unattached": self._report.unattached})

    async def _sweep(self, app: procrastinate.App) -> None:
        """Free what dead workers held, and see to it that no account is forgotten."""
        for job in await app.job_manager.get_stalled_jobs(task_name=TASK, seconds_since_heartbeat=_STALLED):
            try:
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
            except ConnectorException as error:
                if not isinstance(error.__cause__, psycopg.errors.RaiseException):
                    raise  # else another worker was faster
        found = await self._do(self._recover)
        self._report += found  # apart: what jobs count meanwhile must not be overwritten

    async def _recover(self) -> RunReport:
        look = await self._core.worker_of(None).look_at_own()
        await self._store.wake(self._core.accounts)
        return look.report + RunReport(unattached=await self._core.worker.unattached())

    async def _do(self, act: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Await something of the outbox: on the blocking face in a thread, where it runs to its end."""
        if self._store.blocking:
            return await anyio.to_thread.run_sync(lambda: run(act()), limiter=self._threads)
        return await act()


class _Once:
    """Says to go on once."""

    def __init__(self) -> None:
        self._asked = False

    def __call__(self) -> bool:
        """Whether to stop."""
        asked, self._asked = self._asked, True
        return asked
