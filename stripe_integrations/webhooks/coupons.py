from stripe_integrations.webhooks.base import MirrorWebhook


class CouponCreatedWebhook(MirrorWebhook):
    name = "coupon.created"
    description = "Occurs when a coupon is created."


class CouponUpdatedWebhook(MirrorWebhook):
    name = "coupon.updated"
    description = "Occurs when a coupon changes."


class CouponDeletedWebhook(MirrorWebhook):
    name = "coupon.deleted"
    description = "Occurs when a coupon is deleted."
