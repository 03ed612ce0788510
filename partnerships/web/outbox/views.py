"""The outbox for staff: emails that were sent or are scheduled, and the text of one. Others get a 404."""

from django.db.models import Q
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partnerships.core.access import is_administrator, is_staff
from partnerships.core.errors import Missing, UnknownParameters, ValidationError
from partnerships.core.filters import TRACKING
from partnerships.mail.choices import LetterState
from partnerships.mail.resending import may_send_again, send_again
from partnerships.notifications import letters
from partnerships.notifications.letter_queries import LARGEST_ID, letter_body, letter_rows, letters_list
from partnerships.web.editing import saved, signed_in

PAGE_SIZE = 100
KNOWN = ("state", "after")


@never_cache
@require_safe
def outbox(request):
    if not is_staff(request.user):
        raise Missing
    state, rows = _asked_for(request.GET, letters_list(request.user))
    found = list(rows[: PAGE_SIZE + 1])
    shown = letter_rows(found[:PAGE_SIZE])
    more = f"{_url(state)}{'&' if state else '?'}after={shown[-1].letter.pk}" if len(found) > PAGE_SIZE else None
    context = {
        "rows": shown,
        "states": [(words, _url(key), key == state) for key, words in [("", "All letters"), *LetterState.choices]],
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
        if state not in LetterState.values:
            raise ValidationError({"state": f"Known states: {', '.join(LetterState.values)}."})
        rows = rows.filter(state=state)
    if after:
        last = _letter(rows, after)
        rows = rows.filter(Q(due_at__lt=last.due_at) | Q(due_at=last.due_at, pk__lt=last.pk))
    return state, rows


def _letter(rows, pk):
    """An email among these rows. Raises Missing."""
    found = rows.filter(pk=pk).first() if str(pk).isdecimal() and int(pk) <= LARGEST_ID else None
    if found is None:
        raise Missing
    return found


@never_cache
@require_safe
def letter(request, pk):
    (row,) = letter_rows([_letter(letters_list(request.user), pk)])
    context = {
        "row": row,
        "letter": row.letter,
        "may_send_again": may_send_again(request.user, row.letter),
        "body": letter_body(request.user, row.letter, letters.render),
        "crumbs": [("Outbox", reverse("outbox"))],
    }
    return render(request, "outbox/detail.html", context)


@never_cache
@require_POST
@signed_in
def send(request, pk):
    """Send a failed email again."""
    found = _letter(letters_list(request.user), pk)
    page = reverse("letter", args=[found.pk])
    try:
        send_again(letter=found, by=request.user)
    except ValidationError as problem:
        return saved(request, " ".join(problem.messages), page)
    return saved(request, "It waits to be sent again.", page)
