"""The visits of each role: every route with every record, every list by every filter, order and search, and refusals.

A visit is named by labels instead of ids, so that it's the same in another world.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.urls import reverse

from partnerships.api.resources import RESOURCES
from partnerships.core.filters import TreeFilter
from partnerships.models import Department, Email, IssueArea, Jurisdiction, Organization, Partnership, Result, Term
from partnerships.notifications.email_queries import email_rows
from tests import access
from tests.canaries.organizations import KINDS
from tests.canaries.words import sign
from tests.fields import searched
from tests.test_access import address

# Planted drafts hardly differ, and choices are public, so only some of their pages are opened.
OF_DRAFTS = {
    "partnership",
    "partnership_partners",
    "partnership_agreement",
    "public_records",
    "partnership_edit",
    "api_one",
}
OF_DRAFTS |= {"partnership_makeup"}
OF_CHOICES = {"issue_area", "jurisdiction", "api_one"}
IN_FULL = {"table", "moved", "organizing", "partnership.title of a full draft"}
# A POST there ends the session, or revokes the token.
ONLY_LOOKED_AT = (
    "account_logout",
    "admin:logout",
    "account_login",
    "account_request_login_code",
    "account_token_replace",
    "account_token_revoke",
    "webhook_secret",
    "webhook_pause",
    "webhook_resume",
    "webhook_delete",
    "webhook_test",
    "webhook_again",
    "service_secret",
    "service_take_over",
    "service_revoke",
)
# Anyone with such a link is treated as its recipient. The crawl follows those in emails.
PERSONAL = {
    "answer_meeting",
    "answer_check_in",
    "answer_round",
    "answer_ties",
    "stop_emails",
    "own_feed",
    "name_by_link",
    "agree_by_link",
    "state_by_link",
}
PAGES = ("partnerships", "organizations", "jurisdictions", "departments", "meetings")
# Fields in the search index, for those who may read them. The canaries of other fields are only searched as whole
# words.
KNOWN_TO_SEARCH = (
    {"title", "name", "other_names", "contribution", "place"} | searched("partnership") | searched("organization")
)
# What the search box finds for those who may see it.
FOUND_BY_SEARCH = ("partnership.title", "organization.name", "organization.aims", "meeting.title", "action.title",
    "result.title", "measure.title", "contact.name", "contact.email", "person.name", "person.email", "merge.lost_name",
    "change.before")  # fmt: skip
# Records that a list can be filtered by.
RECORDS = {
    "organization": Organization,
    "jurisdiction": Jurisdiction,
    "department": Department,
    "partnership": Partnership,
}
RECORDS |= {"lead": Jurisdiction, "within": Jurisdiction, "issue": IssueArea, "result": Result}
# Lists of the options of fields. Options are public, and each world has some of its own for its hidden choices.
OWN_TERMS = {"list of vocabularies", "vocabularies by pages"}
# Lists that could find a canary of this model.
SEARCHED = {"organization": ("organizations", "partnerships"), "meeting": ("meetings",), "agendaitem": ("meetings",)}


@dataclass(frozen=True)
class Visit:
    surface: str  # the route
    label: str  # what is requested there, by name
    path: str
    params: dict = field(default_factory=dict)
    method: str = "get"

    @property
    def name(self):
        return f"{self.method} {self.surface} {self.label}"


def visits(world, names):
    """All visits, for canaries with these names."""
    for some in (_records, _files, _merges, _circles, _publishing, _starts, _emails, _lists, _refused, _overtaken):
        yield from some(world)
    yield from _searches(names)


def _records(world):
    """Every route with the records of the table of rights, and with every planted record of the same kind."""
    asked, routes_of = set(), {}
    for group in access.GROUPS:
        for record in group.records or [""]:
            asked |= {(route, record) for route in group.routes}
            found = world.records.get(record.removeprefix("api "))
            routes_of.setdefault(type(found), set()).update(group.routes)
    for name, record in world.records.items():
        routes = routes_of.get(type(record), set())
        if isinstance(record, Partnership) and name in world.planted - IN_FULL:
            routes = routes & OF_DRAFTS
        if name.startswith(("issue area of", "place of one")):
            routes = routes & OF_CHOICES
        asked |= {(route, f"api {name}" if route == "api_one" else name) for route in routes}
    for route, record in sorted(one for one in asked if one[0] not in PERSONAL):
        path = address(world, route, record)
        yield Visit(route, record, path)
        if route not in ONLY_LOOKED_AT and "." not in path:
            # No record has this version, and there are no other fields. Those who may write get the form again, with
            # errors.
            yield Visit(route, record, path, {"version": "0"}, "post")


def _files(world):
    for name in ("table", "partnership.title of a full draft"):
        if name in world.records:
            path = reverse("public_records", args=[world.key(name)])
            yield Visit("public_records", f"{name}, the file", path, {"sent": "yes"}, "post")
            yield Visit("public_records", f"{name}, the whole file", path, {"private": "on"}, "post")


def _merges(world):
    """Each profile next to the open one, on the page that would merge them."""
    for of in KINDS:
        if of in world.records:
            path = reverse("organization_merge", args=[world.key("profiled")])
            yield Visit("organization_merge", f"with one {of}", path, {"other": world.key(of)})


def _emails(world):
    """Every email, and the outbox by state."""
    seen = Counter()
    for row in email_rows(Email.objects.order_by("pk")):
        label = f"{row.email.kind} to {row.to} about {row.about} due {row.email.due_at} {row.email.lead_id}"
        seen[label] += 1
        yield Visit("email", f"{label} {seen[label]}", reverse("email", args=[row.email.pk]))
    for state in ("planned", "sent", "withdrawn"):
        yield Visit("outbox", state, reverse("outbox"), {"state": state})


def _circles(world):
    """The circles of the issue area in the office's jurisdiction, compared with January."""
    of_table = reverse("partnership_partners", args=[world.key("table")])
    of_area = reverse("issue_area_circles", args=[world.key("issue area")])
    at = {"at": world.people.office.public_id}
    for label, params in (("now", {}), ("since January", {"since": "2026-01-01"}), ("asked wrongly", {"since": "x"})):
        yield Visit("partnership_partners", f"the table {label}", of_table, params)
        yield Visit("issue_area_circles", f"of the office {label}", of_area, at | params)


def _publishing(world):
    """The page where the partner decides whether everyone may read the round."""
    path = reverse("round_publish", args=[world.key("round of the table"), world.partners_party.pk])
    yield Visit("round_publish", "the table's, for the partner", path)


def _starts(world):
    """Who is needed for a partnership of the office: for every issue area, and for every community."""
    lead = {"purpose": Term.objects.filter(vocabulary="purpose").first().key, "lead": world.people.office.public_id}
    areas, communities = IssueArea.objects.order_by("key"), Term.objects.filter(vocabulary="community").order_by("key")
    about = {"issue": [area.key for area in areas], "community": [str(term.pk) for term in communities]}
    for label, params in (("on anything", {}), ("on everything", about), ("wrongly", {"purpose": "x"})):
        yield Visit("partnership_new", label, reverse("partnership_new"), lead | params)


def _lists(world):
    yield Visit("calendar", "next month", reverse("calendar"), {"month": "2026-03"})
    for path, resource in RESOURCES.items():
        api = f"/api/v1/{path}/"
        for label, params in _asked(world, resource):
            yield Visit("api_list", f"{path} {label}", api, params)
        for since in ("start", "1-20260201"):
            yield Visit("api_list", f"sync of {path} since {since}", api, {"updated_since": since})
        yield Visit("api_list", f"{path} by pages", api, {"page_size": "2"})
        for ordering in resource.orderings if path in PAGES else ():
            yield Visit(path, f"by {ordering}", f"/{path}/", {"ordering": ordering})
            yield Visit(f"{path}_csv", f"by {ordering}", f"/{path}.csv", {"ordering": f"-{ordering}"})


def _asked(world, resource):
    """Yield (label, parameters), one parameter at a time: each order, and each filter with each of its values."""
    for ordering in resource.orderings:
        yield f"by {ordering}", {"ordering": ordering}
        yield f"by -{ordering}", {"ordering": f"-{ordering}"}
    for name, chosen in resource.filterset_class.base_filters.items():
        if isinstance(chosen, TreeFilter):
            yield from ((f"{name}: {of}", {name: key}) for of, key in _keys(world, resource, name))
        elif hasattr(chosen.field, "choices"):
            yield from ((f"{name}: {value}", {name: str(value)}) for value, _ in chosen.field.choices if value)
        else:
            yield name, {name: "MN" if name == "state" else "2026-03-01"}


def _keys(world, resource, name):
    """The records, by name, that a list can be filtered by with this parameter."""
    model = IssueArea if (resource.path, name) == ("issue-areas", "within") else RECORDS[name]
    return [(of, record.key if model is IssueArea else record.public_id)
            for of, record in world.records.items() if isinstance(record, model)]  # fmt: skip


def _searches(names):
    """For each canary, where it could be found: the word, its beginning, and the word mistyped."""
    for name in names:
        word = sign(name)
        mistyped = word[:4] + word[5] + word[4] + word[6:]
        if name.startswith(FOUND_BY_SEARCH):
            yield Visit("search", f"search of everything: {word[:6]}", "/search/", {"q": word[:6]})
        for path in SEARCHED.get(name.partition(".")[0], ("partnerships",)):
            yield Visit("api_list", f"search of {path}: {word}", f"/api/v1/{path}/", {"q": word})
            if name.partition(" ")[0].partition(".")[2] in KNOWN_TO_SEARCH:
                yield Visit("api_list", f"search of {path}: {word[:6]}", f"/api/v1/{path}/", {"q": word[:6]})
                yield Visit(path, f"search: {mistyped}", f"/{path}/", {"q": mistyped})


def _refused(world):
    """Requests that get 400, 404, 405 and 410."""
    partnership, api = f"/api/v1/partnerships/{world.key('table')}/", "/api/v1/partnerships/"
    yield Visit("api_list", "unknown", api, {"nothing": "1"})
    yield Visit("api_list", "no such kind", api, {"kind": "nothing"})
    yield Visit("api_list", "too old", api, {"updated_since": "1-20200101"})
    yield Visit("api_one", "no such field", partnership, {"fields": "internal_notes"})
    yield Visit("api_one", "deleted", partnership, {}, "delete")
    yield Visit("partnerships", "unknown", "/partnerships/", {"internal_notes": "x"})
    yield Visit("partnerships", "no such status", "/partnerships/", {"status": "nothing"})
    yield Visit("nothing", "", "/nothing/here/")


def _overtaken(world):
    """Edit conflicts, which show both texts to those who may save."""
    for of in KINDS:
        if of in world.records:
            fields = {"version": "0", "name": "Mine", "side": "community", "other_names": "Mine", "aims": "Mine"}
            for route in ("own_name", "own_work"):
                yield Visit(route, f"{of}, too late", reverse(route, args=[world.key(of)]), fields, "post")
    path, key = reverse("partnership_our_part", args=[world.key("table")]), world.people.organization.public_id
    submitted = {"version": "0", f"adds-{key}-contribution": "Mine", f"note-{key}-text": "Mine"}
    yield Visit("partnership_our_part", "too late", path, submitted, "post")
