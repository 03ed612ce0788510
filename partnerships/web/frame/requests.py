"""The type of requests of views that only people with an account reach."""

from django.http import HttpRequest

from partnerships.accounts.models import Person


class SignedInRequest(HttpRequest):
    user: Person
