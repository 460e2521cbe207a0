"""The outbox's schema in a SQLite file, and how each version of it becomes the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

__all__ = ["APPLICATION_ID", "UPGRADES", "statements"]

APPLICATION_ID = 0x50C1A1C0
"""In the file's header: how an outbox is told from other SQLite files."""

UPGRADES = (
    """
    CREATE TABLE campaigns (
        id TEXT PRIMARY KEY,
        created INTEGER NOT NULL,
        started INTEGER
    );
    CREATE TABLE deliveries (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        network TEXT NOT NULL,
        account TEXT NOT NULL,
        post TEXT NOT NULL,
        state TEXT NOT NULL,
        at INTEGER,
        after INTEGER,
        campaign TEXT REFERENCES campaigns (id),
        due INTEGER,
        attempts INTEGER NOT NULL DEFAULT 0,
        answers INTEGER NOT NULL DEFAULT 0,
        fence INTEGER NOT NULL DEFAULT 0,
        owner TEXT,
        lease_until INTEGER,
        intent TEXT,
        intent_at INTEGER,
        published TEXT,
        error TEXT,
        error_kind TEXT,
        created INTEGER NOT NULL,
        changed INTEGER NOT NULL
    );
    CREATE INDEX deliveries_by_account ON deliveries (network, account, state, at, number);
    CREATE INDEX deliveries_by_campaign ON deliveries (campaign) WHERE campaign IS NOT NULL;
    CREATE INDEX deliveries_due ON deliveries (due) WHERE state = 'planned';
    CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE state IN ('claimed', 'sending');
    CREATE TABLE steps (
        delivery TEXT NOT NULL REFERENCES deliveries (id),
        name TEXT NOT NULL,
        visible INTEGER NOT NULL,
        result TEXT NOT NULL,
        recorded INTEGER NOT NULL,
        expires INTEGER,
        PRIMARY KEY (delivery, name)
    ) WITHOUT ROWID;
    CREATE TABLE drafts (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        network TEXT NOT NULL,
        account TEXT NOT NULL,
        post TEXT NOT NULL,
        created INTEGER NOT NULL
    );
    CREATE INDEX drafts_by_account ON drafts (network, account, number);
    """,
    # Reconciliation, pauses, and the history of each delivery, which a trigger writes so that nothing can forget to.
    """
    ALTER TABLE deliveries ADD COLUMN first_intent INTEGER;
    ALTER TABLE deliveries ADD COLUMN ended INTEGER;
    ALTER TABLE deliveries ADD COLUMN existing TEXT;
    ALTER TABLE deliveries ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE deliveries ADD COLUMN look_at INTEGER;
    ALTER TABLE deliveries ADD COLUMN seen TEXT;
    UPDATE deliveries SET first_intent = intent_at WHERE state IN ('sending', 'unknown');
    UPDATE deliveries SET look_at = changed WHERE state = 'unknown';
    CREATE INDEX deliveries_to_look_at ON deliveries (network, account, look_at) WHERE look_at IS NOT NULL;
    CREATE INDEX deliveries_changed ON deliveries (network, account, changed);
    CREATE TABLE pauses (
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (kind, name)
    ) WITHOUT ROWID;
    CREATE TABLE history (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        delivery TEXT NOT NULL,
        at INTEGER NOT NULL,
        was TEXT,
        became TEXT NOT NULL,
        owner TEXT,
        attempt INTEGER NOT NULL,
        due INTEGER,
        error TEXT,
        error_kind TEXT,
        seen TEXT
    );
    CREATE INDEX history_by_delivery ON history (delivery, number);
    CREATE TRIGGER history_of_new AFTER INSERT ON deliveries BEGIN
        INSERT INTO history (delivery, at, was, became, owner, attempt, due)
        VALUES (NEW.id, NEW.changed, NULL, NEW.state, NEW.owner, NEW.attempts, NEW.due);
    END;
    CREATE TRIGGER history_of_changes AFTER UPDATE ON deliveries
    WHEN OLD.state <> NEW.state OR OLD.fence <> NEW.fence OR OLD.looks <> NEW.looks BEGIN
        INSERT INTO history (delivery, at, was, became, owner, attempt, due, error, error_kind, seen)
        VALUES (NEW.id, NEW.changed, OLD.state, NEW.state, COALESCE(NEW.owner, OLD.owner), NEW.attempts, NEW.due,
            NEW.error, NEW.error_kind, NEW.seen);
    END;
    """,
    # What was read from networks, what was spent, and what was moved to other accounts.
    """
    CREATE TABLE readings (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        network TEXT NOT NULL,
        account TEXT NOT NULL,
        kind TEXT NOT NULL,
        keep_until INTEGER,
        data TEXT NOT NULL
    );
    CREATE INDEX readings_by_account ON readings (network, account, number);
    CREATE INDEX readings_to_purge ON readings (keep_until) WHERE keep_until IS NOT NULL;
    CREATE TABLE spending (
        network TEXT NOT NULL,
        account TEXT NOT NULL,
        month TEXT NOT NULL,
        currency TEXT NOT NULL,
        amount TEXT NOT NULL,
        PRIMARY KEY (network, account, month, currency)
    ) WITHOUT ROWID;
    CREATE TABLE reroutes (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        data TEXT NOT NULL
    );
    """,
)
"""From each version of the schema to the next, from an empty file on. Times are microseconds since 1970, in UTC."""


def statements(script: str) -> Iterator[str]:
    """Give a script's statements one by one; `executescript` would commit in between."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
