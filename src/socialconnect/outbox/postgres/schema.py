"""
The outbox's schema in a PostgreSQL database: made, recognised, and brought up to date where it is.

Everything is in the schema `socialconnect`, procrastinate's tables too, so that an application may keep its own tables,
and a procrastinate of its own, in the same database. Each upgrade is one transaction, and of several processes that
come at once one does it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from procrastinate.schema import SchemaManager
from psycopg.rows import DictRow

from socialconnect.outbox.store import StoreUnavailable

__all__ = ["SCHEMA", "prepare"]

SCHEMA = "socialconnect"

_LOCK = 0x50C1A1C0
"""Advisory lock: who brings the schema up to date."""

UPGRADES = (
    """
    CREATE TABLE campaigns (
        id text PRIMARY KEY,
        created bigint NOT NULL,
        started bigint
    );
    CREATE TABLE deliveries (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        network text NOT NULL,
        account text NOT NULL,
        post text NOT NULL,
        state text NOT NULL,
        at bigint,
        after bigint,
        campaign text REFERENCES campaigns (id),
        due bigint,
        attempts integer NOT NULL DEFAULT 0,
        answers integer NOT NULL DEFAULT 0,
        fence bigint NOT NULL DEFAULT 0,
        owner text,
        lease_until bigint,
        intent text,
        intent_at bigint,
        first_intent bigint,
        ended bigint,
        existing text,
        looks integer NOT NULL DEFAULT 0,
        look_at bigint,
        seen text,
        published text,
        error text,
        error_kind text,
        created bigint NOT NULL,
        changed bigint NOT NULL
    );
    CREATE INDEX deliveries_by_account ON deliveries (network, account, state, at, number);
    CREATE INDEX deliveries_by_campaign ON deliveries (campaign) WHERE campaign IS NOT NULL;
    CREATE INDEX deliveries_due ON deliveries (due) WHERE state = 'planned';
    CREATE INDEX deliveries_leased ON deliveries (network, account, lease_until)
        WHERE state IN ('claimed', 'sending');
    CREATE INDEX deliveries_to_look_at ON deliveries (network, account, look_at) WHERE look_at IS NOT NULL;
    CREATE INDEX deliveries_changed ON deliveries (network, account, changed);
    CREATE TABLE steps (
        delivery text NOT NULL REFERENCES deliveries (id),
        name text NOT NULL,
        visible boolean NOT NULL,
        result text NOT NULL,
        recorded bigint NOT NULL,
        expires bigint,
        PRIMARY KEY (delivery, name)
    );
    CREATE TABLE drafts (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        network text NOT NULL,
        account text NOT NULL,
        post text NOT NULL,
        created bigint NOT NULL
    );
    CREATE INDEX drafts_by_account ON drafts (network, account, number);
    CREATE TABLE pauses (
        kind text NOT NULL,
        name text NOT NULL,
        since bigint NOT NULL,
        PRIMARY KEY (kind, name)
    );
    CREATE TABLE history (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        delivery text NOT NULL,
        at bigint NOT NULL,
        was text,
        became text NOT NULL,
        owner text,
        attempt integer NOT NULL,
        due bigint,
        error text,
        error_kind text,
        seen text
    );
    CREATE INDEX history_by_delivery ON history (delivery, number);

    -- The history is written by triggers, so that nothing can forget to.
    CREATE FUNCTION write_history() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO history (delivery, at, was, became, owner, attempt, due)
            VALUES (NEW.id, NEW.changed, NULL, NEW.state, NEW.owner, NEW.attempts, NEW.due);
        ELSE
            INSERT INTO history (delivery, at, was, became, owner, attempt, due, error, error_kind, seen)
            VALUES (NEW.id, NEW.changed, OLD.state, NEW.state, COALESCE(NEW.owner, OLD.owner), NEW.attempts, NEW.due,
                NEW.error, NEW.error_kind, NEW.seen);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER history_of_new AFTER INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION write_history();
    CREATE TRIGGER history_of_changes AFTER UPDATE ON deliveries FOR EACH ROW
        WHEN (OLD.state <> NEW.state OR OLD.fence <> NEW.fence OR OLD.looks <> NEW.looks)
        EXECUTE FUNCTION write_history();

    -- An account's first planned delivery that may begin.
    CREATE FUNCTION first_planned(of_network text, of_account text) RETURNS TABLE (id text, due bigint)
    LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
        SELECT one.id, one.due FROM deliveries AS one
        WHERE one.network = of_network AND one.account = of_account AND one.state = 'planned'
        AND NOT EXISTS (SELECT 1 FROM pauses WHERE kind = 'network' AND name = one.network
            OR kind = 'campaign' AND name = one.campaign)
        ORDER BY one.at, one.number LIMIT 1
    $$;
    -- The moment at which there is something to do for an account.
    CREATE FUNCTION next_moment(of_network text, of_account text) RETURNS bigint
    LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
    DECLARE
        busy bigint := (SELECT MIN(lease_until) FROM deliveries WHERE network = of_network AND account = of_account
            AND state IN ('claimed', 'sending'));
        look bigint := (SELECT MIN(look_at) FROM deliveries WHERE network = of_network AND account = of_account
            AND look_at IS NOT NULL);
    BEGIN
        RETURN LEAST(look, COALESCE(busy, (SELECT due FROM first_planned(of_network, of_account))));
    END $$;

    -- procrastinate is told when to serve an account, in the transaction that changes what there is to do: each account
    -- has one waiting job, which stands at its next moment. While a worker is at it the job stands at the end of its
    -- first lease: should the worker be gone by then, another one goes on. procrastinate's other lock is not used: it
    -- would keep an account's jobs from running until a dead worker's one was cleared away.
    CREATE FUNCTION account_key(of_network text, of_account text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN 'outbox-' || md5(of_network || ' ' || of_account);
    CREATE FUNCTION wake(of_network text, of_account text) RETURNS void LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
    DECLARE
        key text := account_key(of_network, of_account);
        wanted timestamptz := 'epoch'::timestamptz + next_moment(of_network, of_account) * interval '1 microsecond';
        job bigint;
        stands_at timestamptz;
    BEGIN
        SELECT id, scheduled_at INTO job, stands_at FROM procrastinate_jobs
            WHERE queueing_lock = key AND status = 'todo';
        IF stands_at = wanted OR stands_at < wanted AND EXISTS (
            SELECT 1 FROM deliveries
            WHERE network = of_network AND account = of_account AND state IN ('claimed', 'sending')
            AND 'epoch'::timestamptz + changed * interval '1 microsecond' < stands_at
        ) THEN
            RETURN;
        END IF;
        IF job IS NOT NULL THEN
            PERFORM procrastinate_cancel_job_v1(job, false, true);
        END IF;
        IF wanted IS NOT NULL THEN
            PERFORM procrastinate_defer_jobs_v1(ARRAY[ROW(key, 'socialconnect.serve', 0, NULL, key,
                jsonb_build_object('network', of_network, 'account', of_account), wanted
            )]::procrastinate_job_to_defer_v1[]);
        END IF;
    END $$;
    CREATE FUNCTION wake_accounts() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    BEGIN
        PERFORM wake(network, account) FROM (SELECT DISTINCT network, account FROM touched) AS one;
        RETURN NULL;
    END $$;
    CREATE TRIGGER jobs_of_new AFTER INSERT ON deliveries REFERENCING NEW TABLE AS touched
        FOR EACH STATEMENT EXECUTE FUNCTION wake_accounts();
    CREATE TRIGGER jobs_of_changes AFTER UPDATE ON deliveries REFERENCING NEW TABLE AS touched
        FOR EACH STATEMENT EXECUTE FUNCTION wake_accounts();
    """,
    # What was read from networks, what was spent, and what was moved to other accounts.
    """
    CREATE TABLE readings (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        network text NOT NULL,
        account text NOT NULL,
        kind text NOT NULL,
        keep_until bigint,
        data text NOT NULL
    );
    CREATE INDEX readings_by_account ON readings (network, account, number);
    CREATE INDEX readings_to_purge ON readings (keep_until) WHERE keep_until IS NOT NULL;
    CREATE TABLE spending (
        network text NOT NULL,
        account text NOT NULL,
        month text NOT NULL,
        currency text NOT NULL,
        amount numeric NOT NULL,
        PRIMARY KEY (network, account, month, currency)
    );
    CREATE TABLE reroutes (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        data text NOT NULL
    );
    """,
)
"""From each version of the schema to the next, from nothing on. Times are microseconds since 1970, in UTC."""

Connection = psycopg.Connection[DictRow]


def prepare(connection: Connection, address: str) -> None:
    """
    Bring the schema up to date, or make it.

    Args:
        connection: A connection of its own, which commits by itself.
        address: The database, for messages.

    Raises:
        StoreUnavailable: It is newer than this library, or not an outbox's.
    """
    if _up_to_date(connection, address):
        return
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        if not _up_to_date(connection, address):  # again: another process may have been first
            _upgrade(connection, *_versions(connection, address))


def _up_to_date(connection: Connection, address: str) -> bool:
    version, engine = _versions(connection, address)
    if version > len(UPGRADES):
        raise _newer(address, f"of this library (schema {version}; this one knows up to {len(UPGRADES)})", SCHEMA)
    newest = _migrations()[-1].name
    if engine > newest:
        raise _newer(address, f"of procrastinate ({engine}; this one knows up to {newest})", "procrastinate")
    return version == len(UPGRADES) and engine == newest


def _newer(address: str, what: str, upgrade: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"The outbox {address} was written by a newer version {what}.",
        hint=f"Nothing was changed in it. Upgrade {upgrade}.",
    )


def _versions(connection: Connection, address: str) -> tuple[int, str]:
    """Give the versions of the schema and of procrastinate's; nothing of either is 0 and an empty name."""
    # By the catalogue's tables: what a function such as to_regclass remembers may be older than the lock.
    found = _one(
        connection,
        "SELECT COUNT(*) FILTER (WHERE relname = 'versions') AS ours, COUNT(*) AS all FROM pg_class "
        "JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname = 'socialconnect'",
    )
    if found["ours"]:
        row = _one(connection, "SELECT version, procrastinate FROM socialconnect.versions ORDER BY number DESC LIMIT 1")
        return int(row["version"]), str(row["procrastinate"])
    if found["all"]:
        raise StoreUnavailable(
            f"The database {address} holds a schema named {SCHEMA} that is not an outbox.",
            hint="Nothing was changed in it. Give another database.",
        )
    return 0, ""


def _upgrade(connection: Connection, version: int, engine: str) -> None:
    connection.execute("CREATE SCHEMA IF NOT EXISTS socialconnect")
    connection.execute("SET LOCAL search_path = socialconnect")
    if engine:
        for one in _migrations():
            if one.name > engine:
                connection.execute(one.read_bytes())
    else:
        connection.execute(
            "CREATE TABLE versions (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version integer NOT NULL, "
            "procrastinate text NOT NULL, at timestamptz NOT NULL DEFAULT now())"
        )
        connection.execute(SchemaManager.get_schema())
    for script in UPGRADES[version:]:
        connection.execute(script.encode())
    newest = _migrations()[-1].name
    connection.execute("INSERT INTO versions (version, procrastinate) VALUES (%s, %s)", (len(UPGRADES), newest))


def _migrations() -> list[Path]:
    """Give procrastinate's own upgrades, oldest first: their names begin with the version, in digits of equal width."""
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"), key=lambda one: one.name)


def _one(connection: Connection, statement: str) -> dict[str, Any]:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None  # noqa: S101  # each of them gives a row
    return row
