from __future__ import annotations

from typing import Any, ClassVar

from rest_framework.settings import api_settings
from rest_framework.throttling import UserRateThrottle


class StripeThrottle(UserRateThrottle):
    """Limit the requests that make a call to Stripe, by user.

    The rate is that of the scope `stripe` in `DEFAULT_THROTTLE_RATES`, where None is no limit; 30 a
    minute if it is not there.
    """

    scope = "stripe"
    default_rate: ClassVar[str] = "30/min"

    def get_rate(self) -> Any:
        return self.rate_in_settings()

    @classmethod
    def rate_in_settings(cls) -> Any:
        """Return the rate as the project has written it, else ours."""
        # Read now: the attribute of the base class is from when it was imported.
        return api_settings.DEFAULT_THROTTLE_RATES.get(cls.scope, cls.default_rate)
