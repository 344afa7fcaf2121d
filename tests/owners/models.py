from django.db import models


class Team(models.Model):
    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)

    def __str__(self):
        return f"Team {self.name}"


class Club(models.Model):
    """It has an address that is no column."""

    stripe_email = "club@example.com"


class House(models.Model):
    """It has no address."""
