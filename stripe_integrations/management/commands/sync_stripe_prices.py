from stripe_integrations.management.commands import stripe_sync


class Command(stripe_sync.Command):
    help = "Fill the mirror of prices from Stripe's API, as `stripe_sync prices` does."
    names = ("prices",)
