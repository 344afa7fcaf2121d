"""Operations: what commands, cron and the admin call, apart from the processing of an event.

`backfill` fills the mirror from the API's lists, `catch_up` reads the events that never arrived,
`verify` compares the mirror with Stripe's API, `remap` moves stored objects into models and columns
that were added later, `prune` deletes old bodies and requests, `import_djstripe` and
`import_upstream` take over other libraries' tables, and `health` says how things stand. Open the
one that is named after the command; for `stripe_sync`, open `backfill`.
"""
