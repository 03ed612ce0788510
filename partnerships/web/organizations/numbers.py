"""Identifiers that someone has to check: the list of an office, and the buttons that confirm one or withdraw that."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partnerships.core.access import belongs_somewhere
from partnerships.core.errors import EditConflict, NotFound, ValidationError
from partnerships.directory import identifying
from partnerships.directory.models import body_of
from partnerships.directory.rules import identifiers_to_check, identifiers_visible_to
from partnerships.web.frame.editing import redirect_after_save, version_of
from partnerships.web.frame.words import label

SHOWN = 200  # at once, oldest first


@never_cache
@require_safe
def to_check(request):
    """The numbers of organizations that the person's offices keep, and that no one has confirmed."""
    if not belongs_somewhere(request.user):
        raise NotFound
    rows = identifiers_to_check(request.user).select_related("organization").order_by("pk")[:SHOWN]
    return render(request, "organizations/numbers.html", {"rows": _rows_of(request.user, rows)})


def _rows_of(person, identifiers) -> list[dict]:
    shared = identifying.sharing_each(person, identifiers)
    return [
        {
            "pk": one.pk,
            "record": one.organization,
            "label": label(one.scheme, "identifier"),
            "value": one.value,
            "also": [(str(other), other.get_absolute_url()) for other in shared[one.pk]],
            "may_confirm": True,
        }
        for one in identifiers
    ]


@require_POST
def confirm(request, pk):
    return _press(request, pk, identifying.confirm_identifier, gettext("The number is confirmed."))


@require_POST
def withdraw(request, pk):
    return _press(request, pk, identifying.withdraw_confirmation, gettext("The number is no longer confirmed."))


def _press(request, pk, action, done):
    identifier = identifiers_visible_to(request.user).select_related("organization").filter(pk=pk).first()
    if identifier is None:
        raise NotFound
    page = reverse("numbers_to_check") if "in_list" in request.POST else body_of(identifier).get_absolute_url()
    try:
        action(identifier=identifier, by=request.user, version=version_of(request))
    except EditConflict:
        messages.warning(request, gettext("Someone just changed this record. Check the number again."))
        return redirect(page)
    except ValidationError as problem:
        messages.warning(request, " ".join(problem.messages))
        return redirect(page)
    return redirect_after_save(request, done, page)
