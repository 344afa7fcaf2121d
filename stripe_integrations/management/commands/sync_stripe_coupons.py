from stripe_integrations.management.commands import stripe_sync


class Command(stripe_sync.Command):
    help = "Fill the mirror of coupons from Stripe's API, as `stripe_sync coupons` does."
    names = ("coupons",)
