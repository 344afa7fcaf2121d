#: A customer has a foreign key to its user.
THERE = {"auth", "contenttypes", "stripe_integrations"}


class StripeApart:
    """Keeps the package's models, and users, in the database `stripe`, others in `default`."""

    def db_for_read(self, model, **hints):
        return "stripe" if model._meta.app_label in THERE else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **hints):
        return (db == "stripe") == (app_label in THERE)
