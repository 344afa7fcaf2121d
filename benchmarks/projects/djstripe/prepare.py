"""Make the tables, and the rows that spare dj-stripe reading the account of its key each time."""

import django
from django.conf import settings
from django.core.management import call_command

django.setup()

from djstripe import models  # noqa: E402 - Django must be set up

from benchmarks.contenders import DJSTRIPE, SECRET  # noqa: E402

call_command("migrate", run_syncdb=True, verbosity=0)
account = models.Account.objects.create(id="acct_bench", livemode=False)
models.APIKey.objects.create(
    type="secret",
    secret=settings.STRIPE_TEST_SECRET_KEY,
    livemode=False,
    djstripe_owner_account=account,
)
models.WebhookEndpoint.objects.create(
    id="we_bench",
    livemode=False,
    djstripe_owner_account=account,
    enabled_events=["*"],
    secret=SECRET,
    status="enabled",
    url="http://127.0.0.1" + DJSTRIPE.path,
    djstripe_uuid=DJSTRIPE.path.split("/")[-2],
    djstripe_validation_method="verify_signature",
)
