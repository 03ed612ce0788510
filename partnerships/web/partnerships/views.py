"""Pages of partnerships: the list and its download. pages.py has those of one partnership."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from partnerships.assessment.rules import may_start_somewhere
from partnerships.core import record_types, search
from partnerships.core.access import is_staff, jurisdictions_written_by
from partnerships.core.exports import COLUMNS
from partnerships.registry import queries, rules
from partnerships.registry.exports import PARTNERSHIPS
from partnerships.web.csv import file_of
from partnerships.web.lists import ListPage, leads
from partnerships.web.words import label

PARTIES_SHOWN = 6
_KIND = record_types.get("partnership")


@require_safe
def partnership_list(request):
    found = PARTNERSHIPS.listing(request.user, request.GET)
    page = ListPage(
        request,
        found,
        "Partnerships",
        ("partnership", "partnerships"),
        sheet=PARTNERSHIPS,
        api="partnerships",
        counts=queries.facet_counts(found),
        choices=leads(),
        folded=("role", "stage", "engagement", "origin"),
    )
    rows, context = page.light(*queries.DOCUMENT_COLUMNS)
    shown = zip(rows, queries.documents(request.user, rows), strict=True)
    context["rows"] = [row_of(document, is_draft=not row[3], query=found.query) for row, document in shown]
    context["may_add"] = rules.may_add_partnership(request.user)
    context["is_staff"] = is_staff(request.user)
    if may_start_somewhere(request.user) and context["total"]:
        context["ask_url"] = page.url(drop=["ordering", COLUMNS], path=reverse("portfolio_new"))
    if jurisdictions_written_by(request.user) and context["total"]:
        filters = page.url(drop=["ordering", COLUMNS]).partition("?")[2]
        context["report_url"] = f"{reverse('report_new')}?{urlencode({'filters': filters})}"
    return render(request, "partnerships/list.html", context)


def row_of(document, *, is_draft=False, query=None) -> dict:
    """A published document for components/_row_partnership.html."""
    return {
        "url": reverse("partnership", args=[document["id"]]),
        "title": document["title"],
        "kind": document["kind"],
        "parties": document["parties"][:PARTIES_SHOWN],
        "more_parties": max(0, len(document["parties"]) - PARTIES_SHOWN),
        "status": document["status"],
        "areas": [label(key, "issue") for key in document["issue_areas"]],
        "note": "Draft" if is_draft else "",
        "is_illustration": document["is_illustration"],
        "summary": document["summary"],
        "why": why_lines(query, texts_of(document)) if query else [],
    }


def texts_of(document) -> list[tuple[str, str]]:
    """The texts by which a partnership is found, each with what it is."""
    names = [party["name"] for party in document["parties"]] + [document["lead"]["name"]]
    return [
        ("Title", document["title"]),
        *[("Partner", name) for name in names],
        *[(_KIND.label_of(field), document[field.name]) for field in _KIND.fields if field.is_searched],
        *[(f"What {party['name']} contributes", party["contribution"]) for party in document["parties"]],
    ]


def why_lines(query, texts) -> list:
    """The snippet of a row's visible texts that matched the search, with the match marked."""
    found = search.snippet(query, texts)
    return [format_html("{}: “{}<mark>{}</mark>{}”", *found)] if found else []


@require_safe
def partnership_csv(request):
    return file_of(request, PARTNERSHIPS)
