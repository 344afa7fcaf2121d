"""Django signals: what happens to a request, and to a mirror row.

Of the signals of a request, `sender` is WebhookEventTrigger and `instance` the trigger. A receiver
that raises is logged, and changes nothing.
"""

from __future__ import annotations

from django.dispatch import Signal

#: Before a request is looked at.
webhook_pre_validate = Signal()
#: After it; `valid` tells whether it came from Stripe.
webhook_post_validate = Signal()
#: Before the event of a valid request is stored and processed.
webhook_pre_process = Signal()
#: After it, when all is committed; with a queue, when the queue has it.
webhook_post_process = Signal()
#: In its place when that failed; `exception` is why.
webhook_processing_error = Signal()

#: After a mirror row was written, in the transaction of the write: a receiver that raises undoes
#: it.
#: `sender` is the model, `instance` the row, `created` whether it is new, `before` the old value of
#: each column that has changed, `event` the stored event that it comes from, None for other writes.
mirror_changed = Signal()
