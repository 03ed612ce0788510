"""Naughty strings as searches: in the search box of every list, and in every parameter of list pages and of the API."""

from urllib.parse import urlencode

from django.test import Client

from partnerships.api.parameters import API_CONTROL
from partnerships.api.resources import RESOURCES
from tests.counts import forget_counts
from tests.naughty_strings import Count, structure

LISTS = ("partnerships", "organizations", "jurisdictions", "departments", "meetings")
ON_PAGES = ("ordering", "cursor", "exact")


def ask_all(texts) -> Count:
    """Search every list for each text, and send it in the parameters of one list: in all of them, and in one alone."""
    count, client = Count(), Client(raise_request_exception=False)
    known = set().union(*(tags_of(client, name) for name in LISTS))
    tags_of_search = tags_of(client, "search") | tags_of(client, "search/suggestions")
    for n, text in enumerate(texts):
        forget_counts()
        for name in LISTS:
            _page(count, client, name, {"q": text}, known)
            _api(count, client, name, {"q": text})
        for name in ("search", "search/suggestions"):
            _page(count, client, name, {"q": text}, tags_of_search)
        _api(count, client, "issue-areas", {"q": text})
        name = LISTS[n % len(LISTS)]
        for ask, more in ((_page, ON_PAGES), (_api, (*ON_PAGES, *API_CONTROL))):
            names = [*RESOURCES[name].filterset_class.base_filters, *more]
            ask(count, client, name, {one: texts[(n + place) % len(texts)] for place, one in enumerate(names)})
            ask(count, client, name, {names[n % len(names)]: text})
            count.inputs |= {(name, one) for one in (*names, "q")}
    return count


def tags_of(client, name):
    """The HTML structure that this list page can have, whatever it finds."""
    found = set()
    likely = (
        "",
        "a",
        "a b",
        "open",
        "park",
        "prak",
        "Minneapolis",
        "Minneaplis",
        "zzyzx",
        "zzyzx qwxqw",
        "a b c d",
        "x" * 300,
        "-",
    )
    for text in likely:
        found |= set(structure(client.get(f"/{name}/", {"q": text}).content.decode()))
    return found


def _page(count, client, name, params, tags=None):
    answer = client.get(f"/{name}/", params)
    body = answer.content.decode()
    count.posts += 1
    count.typed += len(params)
    count.note(answer.status_code in (200, 400), f"/{name}/?{urlencode(params)}: {answer.status_code}")
    if tags is not None:
        more = set(structure(body)) - tags
        count.note(not more, f"/{name}/?{urlencode(params)}: {sorted(map(str, more))}")


def _api(count, client, name, params):
    answer = client.get(f"/api/v1/{name}/", params)
    count.posts += 1
    count.typed += len(params)
    is_right = answer.status_code in (200, 400, 410) and bool(answer.json())
    count.note(is_right, f"/api/v1/{name}/?{urlencode(params)}: {answer.status_code}")
