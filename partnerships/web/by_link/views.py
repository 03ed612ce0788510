"""Pages for personal links in emails, without an account or a session (`frame.private_pages`)."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.core.errors import NotFound, ValidationError
from partnerships.mail.choices import EmailKind
from partnerships.mail.schedule import day_words
from partnerships.meetings.choices import AttendanceReply
from partnerships.meetings.queries import agenda_seen
from partnerships.notifications import answers, link_queries, links
from partnerships.web.by_link.forms import CheckInForm
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import add_errors
from partnerships.web.frame.idempotency import redirect_resubmissions
from partnerships.web.frame.private_pages import private_page
from partnerships.web.frame.words import local_time


@private_page(links.MEETING)
def meeting(request, link):
    seat, message, status = link_queries.seat_of(link), "", 200
    if request.method == "POST":
        answer = request.POST.get("answer", "")
        if answer in AttendanceReply.values:
            answers.answer_meeting(seat=seat, answer=answer)
            message = AttendanceReply(answer).label
        else:
            status = 422
    context = {
        "meeting": seat.meeting,
        "day": day_words(seat.meeting.date),
        "when": local_time(seat.meeting),
        "agenda": agenda_seen(None, seat.meeting),
        "choices": AttendanceReply.choices,
        "message": message,
        "is_refused": status == 422,
    }
    return render(request, "by_link/meeting.html", context, status=status)


@private_page(links.CHECK_IN)
def check_in(request, link):
    try:
        plan = link_queries.check_in_of(link)
    except NotFound:
        answer = link_queries.answer_of(link, request.user)
        return render(request, "by_link/answered.html", {"answer": answer, "plan": answer.plan})
    form = CheckInForm(request.POST if request.method == "POST" else None)
    if page_language.SWITCH in request.POST:
        form = CheckInForm(initial=page_language.typed(form))
    if form.is_bound and form.is_valid():
        wants_call = "wants_call" in request.POST
        try:
            answers.answer_check_in(plan=plan, fields=form.cleaned_data | {"wants_call": wants_call})
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            thanks_page = reverse("answer_saved") + page_language.query(request)
            redirect_resubmissions(request, thanks_page, shows_secret=False)
            return render(request, "by_link/thanks.html", {"plan": plan, "wants_call": wants_call})
    partnership = plan.partnership
    page = partnership.get_absolute_url() if partnership.is_published else ""
    context = {"plan": plan, "form": form, "page": page, "switch_form": gettext("Send your answers")}
    return render(request, "by_link/check_in.html", context, status=422 if form.errors else 200)


@page_language.by_link
@require_safe
@never_cache
def thanks(request):
    """Where a second POST of an answered check-in leads. The page says nothing of it, since its URL has no secret."""
    return render(request, "by_link/thanks.html")


@private_page(links.EMAILS)
def unsubscribe(request, link):
    """Unsubscribe through the page's button or the email program's own (RFC 8058). The button “again” undoes it.

    Other requests change nothing, since email scanners send all kinds of them.
    """
    reader, kind = link_queries.unsubscribe_target(link)
    state = ""
    if "again" in request.POST:
        state = "again"
        answers.resubscribe(reader=reader, kind=kind)
    elif "stop" in request.POST or request.POST.get("List-Unsubscribe") == "One-Click":
        state = "stopped"
        answers.unsubscribe(reader=reader, kind=kind)
    return render(request, "by_link/unsubscribe.html", {"kind": EmailKind(kind).label, "state": state})
