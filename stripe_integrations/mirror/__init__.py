"""Is it newer? Takes a Stripe object, writes its row if that is older, and returns the row.

`sync` takes an object, `newer` an event's own for the compiled `statements`; `ordering` judges a
snapshot against the row, `write` writes it through the ORM, `fetch` reads an object from the API
where only that can tell, between two attempts of `refetch`. `mapping` fills the columns, `parts`
writes the objects in an object's lists. Open `ordering` first, then `write`.
"""
