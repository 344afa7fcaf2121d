from stripe_integrations.management.commands import stripe_sync


class Command(stripe_sync.Command):
    help = "Fill the mirror of customers from Stripe's API, as `stripe_sync customers` does."
    names = ("customers",)
