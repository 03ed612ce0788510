"""The menus in the head: each person has those entries that lead somewhere for them, and every page is linked."""

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import URLPattern, get_resolver

from partnerships.web.frame.context import Frame
from tests.factories import make_department, make_partnership

pytestmark = pytest.mark.django_db

FOR_ALL = ["Partnerships", "Organizations", "Meetings", "Results", "Network"]
WORK = ["Interactions", "My action items", "All action items", "Responses due", "Rounds", "Imports", "Reports"]
WORK += ["Plans", "Coverage", "Saved lists"]
OFFICE = ["People and settings", "Outbox", "Suggestions", "Claims", "Users", "List options", "Pages about this site"]
BROWSE = ["Issue areas", "Jurisdictions", "Departments", "Measures", "Activities"]
FOR_VISITORS = [*BROWSE, "Plans", "Coverage"]
MENUS = {
    "": [*FOR_ALL, ("Browse", FOR_VISITORS), "Sign in"],
    "stranger": [*FOR_ALL, ("Browse", FOR_VISITORS), "Your account"],
    "partner": [
        *[*FOR_ALL, ("Work", [one for one in WORK if one != "Imports"])],
        *[("Office", ["People and settings", "Suggestions", "Claims"]), ("Browse", BROWSE), "Your account"],
    ],
    "editor": [*FOR_ALL, ("Work", WORK), ("Office", OFFICE[:4]), ("Browse", BROWSE), "Your account"],
    "administrator": [*FOR_ALL, ("Work", WORK), ("Office", OFFICE), ("Browse", BROWSE), "Your account"],
}


@pytest.mark.parametrize("role", MENUS)
def test_each_person_has_the_entries_that_lead_somewhere(client, people, role):
    if role:
        client.force_login(getattr(people, role))
    frame = client.get("/").context["frame"]
    menu = [
        (one["label"], [e["label"] for e in one["entries"]]) if "entries" in one else one["label"] for one in frame.menu
    ]
    assert [*menu, frame.account["label"]] == MENUS[role]
    for item in frame.menu:
        for entry in item.get("entries", [item]):
            assert (entry["url"], client.get(entry["url"]).status_code) == (entry["url"], 200)


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/partnerships/", [("Partnerships", "page")]),
        ("/rounds/", [("Work", "true"), ("Rounds", "page")]),
        ("/rounds/?show=owed", [("Work", "true"), ("Rounds", "page")]),
        ("/outbox/kinds/", [("Office", "true"), ("Outbox", "true")]),
        ("/words/", []),
        ("/account/", [("Your account", "page")]),
        ("/account/actions/", [("Work", "true"), ("My action items", "page")]),
    ],
)
def test_the_menu_says_where_one_is(client, people, address, current):
    client.force_login(people.editor)
    frame: Frame = client.get(address).context["frame"]
    entries = [one for item in frame.menu for one in (item, *item.get("entries", ()))]
    assert [(one["label"], one["current"]) for one in [*entries, frame.account] if one["current"]] == current


def test_the_office_page_leads_to_people_and_settings_as_far_as_one_may(client, people):
    client.force_login(people.editor)
    text = client.get("/office/").content.decode()
    assert f'href="/jurisdictions/{people.office.public_id}/people/"' in text
    assert f'href="/jurisdictions/{people.office.public_id}/webhooks/"' not in text
    people.office.memberships.update(role="manager")
    text = client.get("/office/").content.decode()
    for path in ("people", "webhooks", "keeping", "words"):
        assert f'href="/jurisdictions/{people.office.public_id}/{path}/"' in text
    client.force_login(people.stranger)
    assert client.get("/office/").status_code == 404


def test_it_takes_the_same_queries_for_one_place_as_for_three(client, people, django_assert_num_queries):
    client.force_login(people.editor)
    for body in ({"organization": people.organization}, {"jurisdiction": people.other_office}):
        with django_assert_num_queries(5):
            assert client.get("/office/").status_code == 200
        people.editor.memberships.create(**body, role="manager")


# Answered by a program, a browser or a button, or opened by a card with a code on it.
NOT_PAGES = {"healthz", "readyz", "search_suggestions", "picker", "email_html", "code", "answer_saved"}
NOT_PAGES |= {"numbers_to_check"}  # on the home page while there are any


@pytest.mark.slow
def test_no_page_is_reachable_only_by_its_address(client, people):
    """Every page whose address names no record is linked from a page that is."""
    make_partnership(lead=people.office)
    make_department(people.office)
    people.office.memberships.update(role="manager")
    people.administrator.memberships.create(jurisdiction=people.office, role="manager")
    people.administrator.memberships.create(organization=people.organization, role="editor")
    client.force_login(people.administrator)
    wanted = {"/account/": "account"} | {
        f"/{pattern.pattern}": pattern.name
        for pattern in get_resolver("partnerships.web.urls").url_patterns
        if isinstance(pattern, URLPattern) and "<" not in str(pattern.pattern) and "." not in str(pattern.pattern)
    }
    seen, queue = {"/"}, deque(["/"])
    while queue:
        here = queue.popleft()
        for href in re.findall(r'(?:href|action)="([^"#]*)', client.get(here).content.decode()):
            path = urlsplit(urljoin(here, href)).path
            if path in wanted and path not in seen:
                seen.add(path)
                queue.append(path)
    assert {name for path, name in wanted.items() if path not in seen} - NOT_PAGES == set()
