"""Operations: what commands, cron and the admin call, apart from the processing of an event.

`catch_up` reads the events that never arrived, `verify` compares the mirror with Stripe's API,
`remap` moves stored objects into models and columns that were added later, `prune` deletes old
bodies and requests.
"""
