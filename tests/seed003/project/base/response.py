"""What the view-set of seed 003 imports as `project.base.response`."""

from rest_framework import response


class Ok(response.Response):
    pass
