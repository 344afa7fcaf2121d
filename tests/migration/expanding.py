"""The fake Stripe, as far as dj-stripe asks it for more: its own account, and expanded objects."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from stripe_integrations.testing import FakeStripe, objects
from stripe_integrations.testing.fake_stripe.account_state import AccountState, Data
from stripe_integrations.testing.fake_stripe.port import page

OWN = "acct_own"
#: What a request is to have expanded, out of sight of the fake itself.
EXPAND = "expand_here"
#: Lists below an object that are empty here.
EMPTY_LISTS = ("features", "lines")


class ExpandingStripe(FakeStripe):
    def acting_for(self, account: str | None) -> AbstractContextManager[AccountState]:
        """The same; dj-stripe names its own account in each request, too."""
        return super().acting_for(None if account == OWN else account)

    def handle(self, method: str, path: str, params: Data, headers: Any) -> tuple[str, bool]:
        """The same, with more that can be expanded."""
        expand = params.pop("expand", None)
        given = params if expand is None else {**params, EXPAND: expand}
        return super().handle(method, path, given, headers)

    def answer(self, method: str, parts: list[str], params: Data) -> Data:
        expand = params.pop(EXPAND, [])
        if parts == ["account"]:
            return objects.bare("account", OWN)
        if parts[0] == "accounts":
            known = {id: objects.bare("account", id) for id in self.accounts if id}
            return self.found(known, parts[1]) if parts[1:] else page(known, params)
        if parts[-1] in EMPTY_LISTS:
            return page({}, params)
        made = super().answer(method, parts, params)
        for path in expand:
            self.expand(made, path.split("."))
        return made

    def expand(self, holder: Any, path: list[str]) -> None:
        """Put objects in place of the ids at a path, as deep as there are any."""
        if isinstance(holder, list):
            for each in holder:
                self.expand(each, path)
            return
        name, *rest = path
        if not isinstance(holder, dict):
            return
        if name == "sources" and holder.get("object") == "customer":
            sources = self.current.sources.get(holder["id"], {})
            holder[name] = {"object": "list", "data": list(sources.values()), "has_more": False}
        elif not rest and isinstance(holder.get(name), str):
            holder[name] = self.anything(holder[name])
        elif rest:
            self.expand(holder.get(name), rest)

    def anything(self, id: str) -> Any:
        """Return an object by its id, whatever it is; the id if it is none."""
        held = [*self.current.objects.values(), *self.current.sources.values()]
        return next((things[id] for things in held if id in things), id)
