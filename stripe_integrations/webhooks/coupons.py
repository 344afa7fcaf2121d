from stripe_integrations.webhooks.base import SyncWebhook


class CouponCreatedWebhook(SyncWebhook):
    name = "coupon.created"
    description = "Occurs when a coupon is created."


class CouponUpdatedWebhook(SyncWebhook):
    name = "coupon.updated"
    description = "Occurs when a coupon changes."


class CouponDeletedWebhook(SyncWebhook):
    name = "coupon.deleted"
    description = "Occurs when a coupon is deleted."
