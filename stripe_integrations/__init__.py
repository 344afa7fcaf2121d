"""A Django REST Framework plugin by which a project's own tables follow Stripe."""

__version__ = "0.1.0"
