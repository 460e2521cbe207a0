"""What an archive says about itself to somebody who has nothing but the folder."""

from __future__ import annotations

__all__ = ["READ_ME"]

READ_ME = """This folder is an archive of an outbox of socialconnect, a library for posting to social networks.

manifest.json          what is in here, each file with its size and SHA-256, made at which moment; what was left out
                       because it may no longer be kept; under which terms the rest was read; which networks were at
                       rest (paused), so that nothing of theirs was sent after that moment
media/                 the media files, each named by the SHA-256 of what is in it, as the posts name them

One JSON object a line; these are what is read back:

campaigns.jsonl        campaigns: name, when it was put in, its start if it was launched
pauses.jsonl           the campaigns of them that are paused, and since when
drafts.jsonl           posts that were kept and not planned
deliveries.jsonl       "delivery": one post for one account at one time, with its state: plans and published posts alike
                       "history": every change of it; "steps": what was done of its publish, with the network's answers
                       "missing": for one that may be live, the request whose answer is missing
readings.jsonl         posts and numbers as the network gave them: when, under which terms, until when they may be kept
moves.jsonl            deliveries that were moved to other accounts: the old one's id, those that took its place, until
                       when that can be undone, and the id of the one that took their place again
spending.jsonl         what each account spent in each month (UTC), at the most that it can have been
held_by_network.jsonl  drafts and plans that the network itself held and that the outbox has no part in; a "problem"
                       tells of an account that could not be asked. Nothing puts these back

The same as tables (CSV, UTF-8), for people; nothing reads them back. Text that a spreadsheet would take for a formula,
since it begins with = + - @ or white space, has an apostrophe (') before it here, and here alone:

drafts.csv             id, network, account, created_at, text, link, media (the names of files, or addresses)
deliveries.csv         id, network, account, campaign, state, at (when it is to appear), after (or how long after its
                       campaign's start), text, link, media, published (the live post's id), error
published.csv          network, account, id, url, text (as it was planned), changed_at, delivery (its id)
metrics.csv            network, account, kind, about (the post's id, or the account), name, part, value, read_at,
                       keep_until (by when it must be deleted), ai_training (allowed, forbidden, or what else is known)
moves.csv              id, delivery, replacements, until, undone_by
spending.csv           network, account, month, amount, currency
held_by_network.csv    kind (draft or plan), network, account, id, at, text

States of a delivery: held (waits for its campaign's launch), planned, claimed and sending (under way), published,
failed, missed and cancelled (nothing is live), needs_attention (a person must do something first), unknown (it may be
live: look at the account).

Times are in UTC. `Outbox.restore`, or `socialconnect outbox restore`, reads it all back and first checks every byte.
There are no tokens or passwords in here, but posts that are not public yet. Whoever keeps this folder keeps to the
networks' terms: delete it, or what is named there, by the moment that the manifest's "delete_by" tells.
"""
