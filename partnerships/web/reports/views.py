"""Reports: the report definitions of an office or organization, and each report on a page and as a file."""

import logging

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core import rate_limits
from partnerships.core.access import belongs_somewhere, require
from partnerships.core.errors import NotFound
from partnerships.core.models import type_key
from partnerships.reports import actions as reports
from partnerships.reports import queries as report_queries
from partnerships.reports.choices import ReportKind, ReportState
from partnerships.reports.filter_words import partnerships_in_words
from partnerships.reports.pdf import PdfNotRendered, pdf_of
from partnerships.reports.rules import may_report_for
from partnerships.reports.work import OPEN
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import version_of
from partnerships.web.frame.forms.fields import NoForm
from partnerships.web.frame.steps import Step, posted_data, take_step

LOOK_AGAIN = 3  # seconds until the browser reloads the progress of a report
MOST_FILES = rate_limits.Rate(20, 3600)  # that one person can have made in another language
log = logging.getLogger(__name__)


@never_cache
@require_safe
def report_list(request):
    if not belongs_somewhere(request.user):
        raise NotFound
    rows = report_queries.definitions(request.user)
    owners = report_queries.owners_written_by(request.user)
    context = {
        "rows": rows,
        "may_add": bool(owners),
        "own": [
            (one, reverse("own_report_new", args=[one.public_id])) for one in owners if type_key(one) == "organization"
        ],
        "offices": [one for one in owners if type_key(one) == "jurisdiction"],
    }
    return render(request, "reports/list.html", context)


@require_http_methods(["GET", "POST"])
def council(request):
    """Request the council report of the office whose ID is sent, or of the only office that the person reports for.

    Who reports for several offices and sent none chooses on the list of reports, which also has the button.
    """
    offices = report_queries.offices_written_by(request.user)
    require(bool(offices))
    chosen = [one for one in offices if one.public_id == request.POST.get("office", offices[0].public_id)]
    if request.method == "GET" or ("office" not in request.POST and len(offices) > 1):
        return redirect("reports")
    if not chosen:
        raise NotFound
    return redirect("report", reports.request_council_report(office=chosen[0], by=request.user).pk)


@never_cache
@require_safe
def definition(request, public_id):
    one = report_queries.definition(request.user, public_id)
    context = {
        "one": one,
        "made": report_queries.reports_of(one),
        "may_write": may_report_for(request.user, one.owner),
        "people": list(one.mailed_to.order_by("name", "pk")),
        "which": partnerships_in_words(one) if one.kind == ReportKind.COUNCIL else "",
        "filters_url": f"{reverse('partnerships')}{'?' + one.query if one.query else ''}",
        "crumbs": _crumbs()[:1],
    }
    return render(request, "reports/definition.html", context)


@require_http_methods(["GET", "POST"])
def make(request, public_id):
    """Request a report. A second click leads to the same one."""
    one = report_queries.definition(request.user, public_id)
    require(may_report_for(request.user, one.owner))

    def act(data):
        return redirect("report", reports.request_report(definition=one, by=request.user).pk)

    def page(one):
        title = gettext("Create “%(title)s” now") % {"title": one.title}
        text = gettext("We’ll make it in the background. The next page shows the progress, and then the report.")
        return _step_of(one, title=title, text=text, button=gettext("Create report"))

    return take_step(request, NoForm(posted_data(request)), act, page, one, to="")


@require_http_methods(["GET", "POST"])
def end(request, public_id):
    """End a report, or start it again."""
    one = report_queries.definition(request.user, public_id)
    require(may_report_for(request.user, one.owner))
    is_ended = one.ended_on

    def act(data):
        change = reports.resume_report if is_ended else reports.end_report
        change(definition=one, by=request.user, version=version_of(request))
        if is_ended:
            return gettext("Resumed. You can create it again.")
        return gettext("Ended. It won’t be created again.")

    def page(one):
        if one.ended_on:
            title = gettext("Resume “%(title)s”?")
            text, button = gettext("It isn’t created automatically until you set a schedule."), gettext("Resume report")
        else:
            title = gettext("End “%(title)s”?")
            text = gettext("It won’t be created again. Reports that were already made stay here.")
            button = gettext("End report")
        return _step_of(one, title=title % {"title": one.title}, text=text, button=button)

    return take_step(request, NoForm(posted_data(request)), act, page, one, to=one.get_absolute_url())


def _step_of(one, **texts) -> Step:
    return Step(
        record=one, back=one.get_absolute_url(), crumbs=[*_crumbs()[:1], (one.title, one.get_absolute_url())], **texts
    )


@never_cache
@require_safe
def report(request, pk):
    seen = report_queries.report_seen(request.user, pk)
    one = seen.report
    context = {
        "report": one,
        "definition": one.definition,
        "content": seen.content,
        "is_struck": seen.is_struck,
        "struck_on": one.struck_on,
        "has_file": seen.has_file,
        "is_open": one.state in OPEN,
        "is_failed": one.state == ReportState.FAILED,
        "may_write": may_report_for(request.user, one.definition.owner),
        "crumbs": [*_crumbs(), (one.definition.title, one.definition.get_absolute_url())],
    }
    response = render(request, "reports/report.html" if seen.content else "reports/at_work.html", context)
    if one.state in OPEN and not seen.content:
        response["Refresh"] = str(LOOK_AGAIN)
    return response


@never_cache
@require_safe
def file(request, pk):
    """The file that was made, which is in English. In another language it's made now, and not kept."""
    one, content = report_queries.file_of(request.user, pk)
    if not page_language.is_english():
        content = _translated_file(request.user, one) or content
    name = f"report-{one.definition.public_id}-{one.made_at:%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _translated_file(person, one) -> bytes | None:
    """The file in the language of the reader, or None if it can't be made, or if they had too many made."""
    if rate_limits.seconds_to_wait(rate_limits.Limit("report_file", str(person.pk), [MOST_FILES])):
        return None
    try:
        return pdf_of(one)
    except PdfNotRendered:
        log.exception("The PDF of report %s in %s was not made.", one.pk, get_language())
        return None


def _crumbs():
    return [(gettext("Reports"), reverse("reports"))]
