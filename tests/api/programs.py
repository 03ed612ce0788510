"""A program that writes through the API with a token, and what it reads in refusals."""

import json

from django.test import Client

from partnerships.accounts.choices import Writable
from partnerships.accounts.token_actions import make_token
from tests.api.test_errors import problem


class Program:
    """A client with a token of this person that may write records of all kinds."""

    def __init__(self, person, writes=Writable.values):
        memberships = list(person.memberships.all())
        token = make_token(
            by=person,
            name=f"For {person.email}",
            memberships=memberships,
            days=30,
            writes=writes if memberships else (),
        )
        self.client = Client(headers={"authorization": f"Bearer {token[1]}"})

    def get(self, path):
        return self.client.get(f"/api/v1/{path}")

    def send(self, method, path, body, content_type="application/json", **headers):
        body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return self.client.generic(method, f"/api/v1/{path}", body, content_type=content_type, headers=headers)

    def change(self, path, body, method="PATCH", etag=None):
        etag = etag or self.get(path).headers.get("ETag", '"none"')
        return self.send(method, path, body, **{"if-match": etag})


def pointers(answer, status=400, code="invalid_fields"):
    return [(error["pointer"], error["code"]) for error in problem(answer, status, code)["errors"]]
