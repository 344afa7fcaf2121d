import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from stripe_integrations import conf
from stripe_integrations.kinds import MIRRORED

OF_A_CUSTOMER = [
    kind.model
    for kind in MIRRORED.values()
    if any(field.name == "customer" for field in conf.model(kind.model)._meta.concrete_fields)
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", OF_A_CUSTOMER)
def test_rows_of_a_user_are_those_of_the_customer_in_the_account(name):
    ada, bob = (get_user_model().objects.create(username=name) for name in ("ada", "bob"))
    for user, account in ((ada, None), (ada, "acct_1"), (bob, None)):
        key = f"{user.username}_{account}"
        conf.model("Customer").objects.create(id=f"cus_{key}", user=user, account=account)
        conf.model(name).objects.create(id=key, customer_id=f"cus_{key}", account=account)
    conf.model(name).objects.create(id="absent", customer_id="cus_absent")
    rows = conf.model(name).objects
    assert rows.for_user(ada).get().pk == "ada_None"
    assert rows.for_user(ada, account="acct_1").get().pk == "ada_acct_1"
    for nobody in (None, AnonymousUser()):
        assert not rows.for_user(nobody).exists()
