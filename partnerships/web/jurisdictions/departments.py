"""Pages of departments, offices, initiatives and units: the list, its download, and one department."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from partnerships.directory import queries, rules
from partnerships.directory.exports import DEPARTMENTS
from partnerships.web.components.details import after_closing, identifiers_of, rows_of_partnerships
from partnerships.web.components.following import follow_button
from partnerships.web.components.interactions import timeline_with
from partnerships.web.components.members import people_url_for
from partnerships.web.frame import nouns
from partnerships.web.frame.lists.matches import why_lines
from partnerships.web.frame.lists.page import ListPage
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.record_history import latest
from partnerships.web.frame.words import checked_words, closed_words, label


def list_page(request):
    listing, noun = DEPARTMENTS.listing(request.user, request.GET), nouns.DEPARTMENT
    return ListPage(request, listing, gettext("Departments"), noun, sheet=DEPARTMENTS, api="departments")


@require_safe
@tidy_address
def department_list(request):
    page = list_page(request)
    context = page.context()
    context["rows"] = [_row(record, page.listing.query) for record in context["rows"]]
    context["crumbs"] = [(gettext("Jurisdictions"), reverse("jurisdictions"))]
    return render(request, "jurisdictions/departments.html", context)


def _row(record, query):
    texts = [
        (gettext("Name"), record.name),
        (gettext("Other names"), record.other_names),
        (gettext("Jurisdiction"), record.jurisdiction.name),
        (gettext("About"), record.about),
    ]
    return {
        "url": record.get_absolute_url(),
        "title": record.name,
        "tags": [label(record.kind, "department_kind"), *_equity(record)],
        "line": record.about,
        "facts": [record.jurisdiction.name],
        "note": closed_words(record),
        "is_illustration": record.is_illustration,
        "why": why_lines(query, texts) if query else [],
    }


def _equity(record):
    return [gettext("Leads racial equity work")] if record.is_equity_office else []


@require_safe
def department(request, public_id):
    person = request.user
    record = queries.department(person, public_id)
    home = record.jurisdiction
    context = {
        "may_write": rules.may_write_department(request.user, record),
        "may_merge": rules.may_merge(request.user, record),
        "record": record,
        "tags": [label(record.kind, "department_kind"), *_equity(record)],
        "home_url": home.get_absolute_url(),
        "below": queries.departments_below(record),
        "issue_areas": list(record.issue_areas.all()),
        "contacts": queries.contacts_of(person, record),
        "identifiers": identifiers_of(request.user, record),
        "checked": checked_words(record, request.user),
        "follow": follow_button(person, record),
        "crumbs": [
            (gettext("Jurisdictions"), reverse("jurisdictions")),
            (home.name, home.get_absolute_url()),
            *[(above.name, above.get_absolute_url()) for above in queries.ancestors_of(record)],
        ],
        "people_url": people_url_for(person, record),
        **latest(person, record),
        "after_closing": after_closing(person, record),
        **rows_of_partnerships(person, "department", record),
        **timeline_with(person, record),
    }
    return render(request, "jurisdictions/department.html", context)
