"""The step view: a page with one small form for one action, and a redirect after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import render

from partnerships.core.errors import EditConflict, ValidationError
from partnerships.core.types import Text
from partnerships.web.frame.editing import CHANGED, STALE, add_errors, mark_conflict, redirect_after_save, status_of


@dataclass(kw_only=True)
class Step:
    """The content of a step page.

    `record` is the one whose version the form sends. `points` is a list of consequences with a title. `both` has
    (label, text) pairs of what was chosen and what is saved now, after an edit conflict. `more` is additional context
    for the template.
    """

    title: Text
    text: Text
    button: Text
    back: str
    record: Any = None
    crumbs: Sequence = ()
    points: Sequence = ()
    points_title: str = ""
    both: Sequence = ()
    template_name: str = "step.html"
    more: dict = field(default_factory=dict)


def take_step(
    request,
    form,
    act: Callable[[dict], Any],
    page: Callable[[Any], Step],
    record=None,
    *,
    to: str,
    changed: Text = CHANGED,
    refused: Callable[[], None] | None = None,
):
    """Show the page of a step, or redirect to `to` after `act` succeeded.

    `act` takes the cleaned data, and returns the success message or a response of its own. `page` takes the current
    record and returns the Step. `changed` is the message for an edit conflict. `refused` is called before the page is
    rendered after an error.
    """
    if form.is_bound and form.is_valid():
        try:
            done = act(form.cleaned_data)
        except EditConflict as stale:
            record = mark_conflict(form, stale, changed)
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            return done if isinstance(done, HttpResponse) else redirect_after_save(request, done, to)
        if refused:
            refused()
    step, in_place = page(record), bool(request.htmx)
    frame = {"in_place": True, "frame_template": "in_place.html"} if in_place else {}
    return render(request, step.template_name, vars(step) | step.more | frame | {"form": form}, status=status_of(form))


def had_conflict(form) -> bool:
    return form.has_error(NON_FIELD_ERRORS, STALE)


def posted_data(request):
    """The POST data, even if it's empty, or a draft that is shown again (`web.frame.drafts`); otherwise None."""
    return request.POST if request.method == "POST" or request.POST else None
