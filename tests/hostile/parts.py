"""What the hostile settings name; it imports nothing, as REST framework reads it early."""


class Raising:
    """Stands for any class of a project's that must not reach the webhook."""

    def __init__(self, *args, **kwargs):
        raise AssertionError("a class of the project's was used")


def raising_handler(error, context):
    raise AssertionError("the project's exception handler was used")


class ReadReplica:
    """Reads go to a replica, which here has the tables and, for ever, no rows."""

    def db_for_read(self, model, **hints):
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, *args, **hints):
        return True
