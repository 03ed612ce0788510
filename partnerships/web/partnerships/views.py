"""Pages of partnerships: the list and its download. pages.py has those of one partnership."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from partnerships.assessment.rules import may_start_somewhere
from partnerships.core.access import is_staff, jurisdictions_written_by, may_write_somewhere
from partnerships.core.exports import COLUMNS
from partnerships.registry import attention, document_queries, facet_queries, rules
from partnerships.registry.exports import PARTNERSHIPS
from partnerships.web.components.partnerships import row_of
from partnerships.web.frame import nouns
from partnerships.web.frame.lists.page import offices_first
from partnerships.web.frame.lists.parameters import tidy_address


def list_page(request):
    """The list of partnerships with its filters, which the map has too."""
    return offices_first(
        request,
        PARTNERSHIPS,
        gettext("Partnerships"),
        nouns.PARTNERSHIP,
        by="lead",
        api="partnerships",
        first=("status", "issue", "kind", "needs" if is_staff(request.user) else "side"),
        views=((gettext("List"), "partnerships"), (gettext("Map"), "partnerships_map")),
        counts=facet_queries.facet_counts,
    )


@require_safe
@tidy_address
def partnership_list(request):
    page = list_page(request)
    found = page.listing
    rows, context = page.light(*document_queries.DOCUMENT_COLUMNS)
    rows = [document_queries.DocumentRow.of(row) for row in rows]
    documents = document_queries.documents(request.user, rows, brief=True)
    needs = _attention(request.user, rows)
    context["rows"] = [
        row_of(document, is_draft=not row.is_published, query=found.query) | {"attention": needs.get(row.pk)}
        for row, document in zip(rows, documents, strict=True)
    ]
    context["may_add"] = rules.may_add_partnership(request.user)
    context["is_staff"] = is_staff(request.user)
    context["menu"] = _menu(request.user, page)
    return render(request, "partnerships/list.html", context)


def _menu(person, page) -> list[tuple[str, str]]:
    """What staff can do with the partnerships of the list: (label, URL)."""
    menu = []
    if may_write_somewhere(person):
        menu.append((gettext("Import a spreadsheet"), reverse("imports")))
    if jurisdictions_written_by(person):
        filters = page.url(drop=["ordering", COLUMNS]).partition("?")[2]
        menu.append((gettext("Create a council report"), f"{reverse('report_new')}?{urlencode({'filters': filters})}"))
    if may_start_somewhere(person):
        menu.append(
            (
                gettext("Start survey rounds for this list"),
                page.url(drop=["ordering", COLUMNS], path=reverse("portfolio_new")),
            )
        )
    return menu


def _attention(person, rows) -> dict[int, list[tuple[str, bool]]]:
    """What needs attention on those of these partnerships that the reader's own offices lead: (words, is overdue)."""
    drafts, shown = {row.pk for row in rows if not row.is_published}, {}
    for pk, needs in attention.needs_of(person, [row.pk for row in rows]).items():
        lines = [(_need_words(key, n), key in attention.OVERDUE) for key, n in needs]
        lines += [(gettext("Not published yet"), False)] if pk in drafts else []
        shown[pk] = sorted(lines, key=lambda line: not line[1])
    return shown


def _need_words(key, n) -> str:
    if key == "overdue_actions":
        return ngettext("%(number)s action item overdue", "%(number)s action items overdue", n) % {"number": n}
    return str(attention.NEEDS[key])
