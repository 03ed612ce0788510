"""The outbox for staff: emails that were sent or are scheduled, and the text of one. Others get a 404."""

from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partnerships.core.access import is_administrator, is_staff
from partnerships.core.errors import NotFound, UnknownParameters, ValidationError
from partnerships.core.filters import TRACKING
from partnerships.mail.choices import EmailState
from partnerships.mail.resending import may_send_again, send_again
from partnerships.notifications import emails
from partnerships.notifications.email_queries import LARGEST_ID, email_body, email_list, email_rows
from partnerships.web.editing import redirect_after_save, signed_in

PAGE_SIZE = 100
KNOWN = ("state", "after")


@never_cache
@require_safe
def outbox(request):
    if not is_staff(request.user):
        raise NotFound
    state, rows = _asked_for(request.GET, email_list(request.user))
    found = list(rows[: PAGE_SIZE + 1])
    shown = email_rows(found[:PAGE_SIZE])
    more = f"{_url(state)}{'&' if state else '?'}after={shown[-1].letter.pk}" if len(found) > PAGE_SIZE else None
    context = {
        "rows": shown,
        "states": [(words, _url(key), key == state) for key, words in [("", "All emails"), *EmailState.choices]],
        "state": state,
        "is_administrator": is_administrator(request.user),
        "pager": {"earlier_url": _url(state) if request.GET.get("after") else None, "more_url": more},
    }
    return render(request, "outbox/list.html", context)


def _url(state):
    return reverse("outbox") + (f"?state={state}" if state else "")


def _asked_for(params, rows):
    unknown = [name for name in params if name not in KNOWN and not TRACKING.match(name)]
    if unknown:
        raise UnknownParameters(unknown, KNOWN)
    state, after = params.get("state", ""), params.get("after", "")
    if state:
        if state not in EmailState.values:
            raise ValidationError({"state": f"Known states: {', '.join(EmailState.values)}."})
        rows = rows.filter(state=state)
    if after:
        last = _email_or_404(rows, after)
        rows = rows.filter(Q(due_at__lt=last.due_at) | Q(due_at=last.due_at, pk__lt=last.pk))
    return state, rows


def _email_or_404(rows, pk):
    """An email among these rows. Raises NotFound."""
    found = rows.filter(pk=pk).first() if str(pk).isdecimal() and int(pk) <= LARGEST_ID else None
    if found is None:
        raise NotFound
    return found


@never_cache
@require_safe
def email(request, pk):
    (row,) = email_rows([_email_or_404(email_list(request.user), pk)])
    context = {
        "row": row,
        "letter": row.letter,
        "may_send_again": may_send_again(request.user, row.letter),
        "body": email_body(request.user, row.letter, emails.render),
        "crumbs": [("Outbox", reverse("outbox"))],
    }
    return render(request, "outbox/detail.html", context)


@never_cache
@require_POST
@signed_in
def send(request, pk):
    """Send a failed email again."""
    found = _email_or_404(email_list(request.user), pk)
    page = reverse("letter", args=[found.pk])
    try:
        send_again(email=found, by=request.user)
    except ValidationError as problem:
        return redirect_after_save(request, " ".join(problem.messages), page)
    return redirect_after_save(request, "It’s waiting to be sent again.", page)
