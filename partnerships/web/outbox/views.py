"""The outbox for staff: emails that were sent or are scheduled, and the text of one. Others get a 404."""

from urllib.parse import urlencode

from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partnerships.core.access import is_administrator, is_staff
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.ids import primary_key
from partnerships.core.listing import CAP
from partnerships.mail.choices import EmailState
from partnerships.mail.resending import may_send_again, send_again
from partnerships.notifications import emails
from partnerships.notifications.email_queries import SHOWN_KINDS, email_body, email_list, email_rows, emails_seen
from partnerships.web.frame.editing import redirect_after_save, signed_in

PAGE_SIZE, MOST_FAILED = 25, 10


@never_cache
@require_safe
def outbox(request):
    """Failed emails come first, unless a status is chosen; then those that are due last."""
    if not is_staff(request.user):
        raise NotFound
    listing = email_list(request.user, request.GET)
    rows, asked = listing.qs, {name: text for name in listing.filters if (text := request.GET[name].strip())}
    found_words = _found_words(rows.order_by()[: CAP + 1].count()) if asked else ""
    is_first = not asked.get("state") and not request.GET.get("after")
    failed = list(rows.filter(state=EmailState.FAILED)[: MOST_FAILED + 1]) if is_first else []
    if not asked.get("state"):
        rows = rows.exclude(state=EmailState.FAILED)
    found = list(_after(rows, request.GET.get("after", ""))[: PAGE_SIZE + 1])
    shown = email_rows([*failed[:MOST_FAILED], *found[:PAGE_SIZE]])
    more = _url(asked | {"after": str(shown[-1].email.pk)}) if len(found) > PAGE_SIZE else None
    context = {
        "failed": shown[: len(failed[:MOST_FAILED])],
        "more_failed": _url(asked | {"state": EmailState.FAILED.value}) if len(failed) > MOST_FAILED else None,
        "rows": shown[len(failed[:MOST_FAILED]) :],
        "asked": asked,
        "found_words": found_words,
        "kinds": sorted(SHOWN_KINDS, key=lambda one: one[1]),
        "states": EmailState.choices,
        "is_administrator": is_administrator(request.user),
        "pager": {"earlier_url": _url(asked) if request.GET.get("after") else None, "more_url": more},
    }
    return render(request, "outbox/list.html", context)


def _found_words(number) -> str:
    if not number:
        return gettext("No emails match")
    shown = f"{CAP:,}+" if number > CAP else f"{number:,}"
    return ngettext("%(number)s email matches", "%(number)s emails match", number) % {"number": shown}


def _url(asked):
    return reverse("outbox") + (f"?{urlencode(asked)}" if asked else "")


def _after(rows, after):
    if not after:
        return rows
    last = _email_or_404(rows, after)
    return rows.filter(Q(due_at__lt=last.due_at) | Q(due_at=last.due_at, pk__lt=last.pk))


def _email_or_404(rows, pk):
    """An email among these rows. Raises NotFound."""
    found = rows.filter(pk=primary_key(str(pk))).first()
    if found is None:
        raise NotFound
    return found


@never_cache
@require_safe
def email(request, pk):
    (row,) = email_rows([_email_or_404(emails_seen(request.user), pk)])
    body, language = email_body(request.user, row.email, emails.render)
    context = {
        "row": row,
        "email": row.email,
        "may_send_again": may_send_again(request.user, row.email),
        "body": body,
        "language": language,
        "crumbs": [(gettext("Outbox"), reverse("outbox"))],
    }
    return render(request, "outbox/detail.html", context)


@never_cache
@require_POST
@signed_in
def send(request, pk):
    """Send a failed email again."""
    found = _email_or_404(emails_seen(request.user), pk)
    page = reverse("email", args=[found.pk])
    try:
        send_again(email=found, by=request.user)
    except ValidationError as problem:
        return redirect_after_save(request, " ".join(problem.messages), page)
    return redirect_after_save(request, gettext("It’s waiting to be sent again."), page)
