from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.mirror import fetch, rows
from stripe_integrations.mirror.snapshots import from_answer

if TYPE_CHECKING:
    from stripe_integrations.models import StripeObject


class StripeEntitlementSummary(StripeAction["StripeObject"]):
    """Verbs on a customer's whole set of active entitlements; the customer's id stands for its own.

    Its rows lead to those of `ActiveEntitlement`. Follows
    https://docs.stripe.com/api/entitlements/active-entitlement/list.
    """

    kind = kinds.ENTITLEMENT_SUMMARY

    @classmethod
    def _retrieve(cls, data: dict[str, Any], account: str | None) -> StripeObject:
        seen = rows.version(cls.kind, data["id"], account)
        whole, answer = fetch.listed_whole(cls.kind, data["id"], account)
        return cls._write(from_answer(whole, answer, seen), account=account)
