"""Once per class: stores a trusted event and runs its webhook classes; its row has the results.

`store` inserts the event together with its object, by the mirror's statements where they cover it,
else by `insert`; `run` runs the webhook classes of the `registry` that are not done, each in its
own transaction; `progress` is what the row says of them. `discovery` imports the classes. Open
`store` first.
"""
