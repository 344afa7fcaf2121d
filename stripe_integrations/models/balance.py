from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, money_of
from stripe_integrations.models.fields import StripeIdField, StripeLink


class StripeBaseBalanceTransaction(StripeModel):
    """A balance transaction; `source` is the id of what it is for, an object of any kind.

    Follows https://docs.stripe.com/api/balance_transactions/object.
    """

    source = StripeIdField(null=True, blank=True, db_index=True)
    type = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    reporting_category = models.CharField(max_length=255, null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True)
    amount = models.BigIntegerField(null=True, blank=True)
    fee = models.BigIntegerField(null=True, blank=True)
    net = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    exchange_rate = models.DecimalField(max_digits=30, decimal_places=15, null=True, blank=True)
    available_on = models.DateTimeField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)

    amount_money = money_of("amount")
    fee_money = money_of("fee")
    net_money = money_of("net")

    class Meta:
        abstract = True


class StripeBasePayout(StripeModel):
    """A payout; `destination` is the id of a bank account or a card.

    Follows https://docs.stripe.com/api/payouts/object.
    """

    stripe_paths = {"trace_id": ("trace_id.value",)}

    destination = StripeIdField(null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    arrival_date = models.DateTimeField(null=True, blank=True, db_index=True)
    automatic = models.BooleanField(null=True, blank=True)
    method = models.CharField(max_length=255, null=True, blank=True)
    type = models.CharField(max_length=255, null=True, blank=True)
    source_type = models.CharField(max_length=255, null=True, blank=True)
    reconciliation_status = models.CharField(max_length=255, null=True, blank=True)
    trace_id = models.CharField(max_length=255, null=True, blank=True)
    failure_code = models.CharField(max_length=255, null=True, blank=True)
    failure_message = models.TextField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    statement_descriptor = models.CharField(max_length=255, null=True, blank=True)
    balance_transaction = StripeLink(
        conf.model_label("BalanceTransaction"), related_name="+", db_index=False
    )
    failure_balance_transaction = StripeLink(
        conf.model_label("BalanceTransaction"), related_name="+", db_index=False
    )
    original_payout = StripeLink(conf.model_label("Payout"), related_name="+", db_index=False)
    reversed_by = StripeLink(conf.model_label("Payout"), related_name="+", db_index=False)
    metadata = models.JSONField(null=True, blank=True)

    amount_money = money_of("amount")

    class Meta:
        abstract = True


class StripeBaseTransfer(StripeModel):
    """A transfer to a connected account; `destination_payment` is the id of its charge there.

    Follows https://docs.stripe.com/api/transfers/object.
    """

    destination = StripeLink(conf.model_label("Account"), related_name="%(class)ss")
    destination_payment = StripeIdField(null=True, blank=True)
    source_transaction = StripeLink(conf.model_label("Charge"), related_name="%(class)ss")
    source_type = models.CharField(max_length=255, null=True, blank=True)
    amount = models.BigIntegerField(null=True, blank=True)
    amount_reversed = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    reversed = models.BooleanField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    balance_transaction = StripeLink(
        conf.model_label("BalanceTransaction"), related_name="+", db_index=False
    )
    transfer_group = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_money = money_of("amount")
    amount_reversed_money = money_of("amount_reversed")

    class Meta:
        abstract = True


class BalanceTransaction(StripeBaseBalanceTransaction):
    class Meta(StripeBaseBalanceTransaction.Meta):
        swappable = conf.swappable("BalanceTransaction")


class Payout(StripeBasePayout):
    class Meta(StripeBasePayout.Meta):
        swappable = conf.swappable("Payout")


class Transfer(StripeBaseTransfer):
    class Meta(StripeBaseTransfer.Meta):
        swappable = conf.swappable("Transfer")
