"""The table of verbs: each with what it needs, its call, and what Stripe has once it has acted.

`test_verbs.py` runs every case alone, by two callers at once, and with an answer that gets lost.
A group of verbs adds its cases in a file of its own, `cases_of_<group>.py`, which is listed below.
"""

from tests.actions import (
    cases_of_catalog,
    cases_of_customers,
    cases_of_invoices,
    cases_of_payments,
    cases_of_subscriptions,
)

CASES = [
    *cases_of_catalog.CASES,
    *cases_of_customers.CASES,
    *cases_of_invoices.CASES,
    *cases_of_payments.CASES,
    *cases_of_subscriptions.CASES,
]
