"""Blocked email addresses: the list, add one, remove one. Only for administrators; others get a 404."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core.access import is_administrator
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.filters import refuse_unknown
from partnerships.core.ids import primary_key
from partnerships.mail.suppressions import allow_again, entries_of, suppress_manually
from partnerships.notifications.email_queries import suppression_list, suppression_rows
from partnerships.web.frame.editing import add_errors, redirect_after_save, seen_now, status_of
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.outbox.forms import AllowForm, SuppressForm

PAGE_SIZE = 25
KNOWN = ("after",)
BACK = _("Blocked email addresses")


@never_cache
@require_http_methods(["GET", "POST"])
def suppressions(request):
    """List blocked email addresses, and add one. By POST, so that no email address is in a URL or a log."""
    if not is_administrator(request.user):
        raise NotFound
    rows, page = _asked_for(request.GET, suppression_list(request.user)), reverse("suppressions")
    form, there = SuppressForm(request.POST if request.method == "POST" else None), None
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        try:
            suppress_manually(by=request.user, address=typed["address"], why=typed["why"])
        except ValidationError as problem:
            there = entries_of([typed["address"]]).first()
            add_errors(problem, form)
        else:
            return redirect_after_save(request, gettext("The email address is blocked."), page)
    found = list(rows[: PAGE_SIZE + 1])
    more = f"{page}?after={found[PAGE_SIZE - 1].pk}" if len(found) > PAGE_SIZE else None
    context = {
        "form": form,
        "there": there,
        "rows": suppression_rows(found[:PAGE_SIZE]),
        "pager": {"earlier_url": page if request.GET.get("after") else None, "more_url": more},
        "crumbs": [(gettext("Outbox"), reverse("outbox"))],
    }
    return render(request, "outbox/suppressions.html", context, status=status_of(form))


def _asked_for(params, rows):
    refuse_unknown(params, KNOWN)
    after = params.get("after", "")
    if not after:
        return rows
    key = primary_key(after)
    if not key:
        raise NotFound
    return rows.filter(pk__lt=key)


@never_cache
@require_http_methods(["GET", "POST"])
def allow(request, pk):
    entry = suppression_list(request.user).filter(pk=primary_key(str(pk))).first()
    if entry is None:
        raise NotFound
    back = reverse("suppressions")
    form = AllowForm(posted_data(request), initial={"was": entry.reason})

    def act(data):
        allow_again(by=request.user, entry=entry, **data)
        return gettext("The email address is unblocked.")

    def page(_):
        (row,) = suppression_rows([entry])
        return Step(
            title=gettext("Unblock this email address?"),
            text=f"{row.whose}. {entry.get_reason_display()}.",
            points=(
                gettext("The next email will be sent there again."),
                gettext("Emails that failed in the meantime aren’t sent again."),
            ),
            points_title=gettext("What this means"),
            button=gettext("Unblock address"),
            back=back,
            both=[(gettext("Reason"), entry.get_reason_display())] if form.is_bound else [],
            crumbs=[(gettext("Outbox"), reverse("outbox")), (BACK, back)],
        )

    return take_step(request, form, act, page, to=back, refused=lambda: seen_now(form, was=entry.reason))
