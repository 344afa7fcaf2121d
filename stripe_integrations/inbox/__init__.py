"""Is it Stripe? Turns an HTTP request into a trusted event, or refuses it with a reason.

`receive` is the way in: `authentication` finds the endpoint and its secrets, `payloads` reads and
parses the body, `signatures` verifies it, `confirmation` reads unsigned events from the API.
`audit` stores a row of the request. Open `receive` first.
"""
