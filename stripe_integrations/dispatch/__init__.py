"""Once per class: stores a trusted event and runs its webhook classes; its row has the results.

`events` builds the event's row. `store` inserts it together with its object, by the mirror's
statements where they cover it, else by `insert`. `run` runs the webhook classes of the `registry`
that are not done, each in its own transaction; `progress` writes into the row how far it is.
`twins` finds the other event of the same change. `discovery` imports the classes, and
`wanted_events` says which event types they need. Open `store` first.
"""
