"""Is it newer? Takes a Stripe object, writes its row if that is older, and returns the row.

`sync` takes any object. `newer` prepares the object of an event for the compiled `statements`.
`ordering` judges a snapshot against the row, and `write` writes it through the ORM. Where only the
API can tell which is newer, `fetch` reads the object, between two attempts of `refetch`. `mapping`
fills the columns, `parts` writes the objects in an object's lists, `pages` the objects of a page of
the API's list, and `ownership` decides whose a row is. Open `ordering` first, then `write`.
"""
