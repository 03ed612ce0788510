"""Links and breadcrumbs to the users of an office or organization."""

from django.urls import reverse

from partnerships.accounts.rules import may_see_members
from partnerships.core import record_types
from partnerships.core.models import type_key
from partnerships.web.frame.nouns import LISTS


def people_url(body) -> str:
    return reverse(f"{type_key(body)}_people", args=[body.public_id])


def people_url_for(person, body) -> str:
    """The URL of the list of users, or "" if the person may not see it."""
    return people_url(body) if may_see_members(person, body) else ""


def crumbs_to(body, *more) -> list:
    kind = record_types.for_record(body)
    page = reverse(kind.key, args=[body.public_id])
    return [(LISTS[kind.listed_in], reverse(kind.listed_in)), (str(body), page), *more]
