"""A partner without an account confirms the record of a partnership, or disputes it, by the personal link of its contact."""

from django.shortcuts import render
from django.utils.translation import gettext

from partnerships.core.errors import EditConflict, ValidationError
from partnerships.notifications import link_queries, links
from partnerships.registry import statements
from partnerships.registry.confirmation_requests import record_fingerprint
from partnerships.web.components.forms.statements import StatementForm
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import add_errors, mark_conflict, seen_now, status_of
from partnerships.web.frame.idempotency import redirect_resubmissions
from partnerships.web.frame.private_pages import private_page
from partnerships.web.partnerships.statements import CHANGED, question_of


@private_page(links.STATEMENT)
def by_link(request, link):
    asked = link_queries.statement_of(link)
    if asked.is_used:
        return _page(request, asked)
    mark, last, is_sent = record_fingerprint(asked.party.partnership), asked.last, request.method == "POST"
    initial = {"seen": mark} | ({"verdict": last.verdict, "words": last.words} if last else {})
    form = StatementForm(request.POST if is_sent else None, initial=initial, parties=[asked.party])
    if is_sent and page_language.SWITCH in request.POST:
        is_sent, form = False, StatementForm(initial=page_language.typed(form), parties=[asked.party])
    if is_sent and form.is_valid():
        try:
            statements.state_by_link(party=asked.party, contact=asked.contact, mark=asked.mark, **form.cleaned_data)
        except EditConflict as stale:
            mark_conflict(form, stale, CHANGED)
            seen_now(form, seen=mark)
        except ValidationError as problem:
            if (now := link_queries.statement_of(link)).is_used:  # in the meantime, by the same link
                return _page(request, now)
            add_errors(problem, form)
        else:
            redirect_resubmissions(request, request.path + page_language.query(request), shows_secret=False)
            return _page(request, link_queries.statement_of(link), done=form.cleaned_data["verdict"])
    return _page(request, asked, form, switch_form=gettext("Send answer"))


def _page(request, asked, form=None, **context):
    """The question with its form, or without: what was saved, or that the link was used."""
    record = asked.party.partnership
    context |= {"title": question_of(record), "asked": asked, "party": asked.party, "record": record, "form": form}
    return render(request, "by_link/statement.html", context, status=status_of(form) if form else 200)
