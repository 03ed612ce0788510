"""The step view: a page with one small form that does one thing, and then leads on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import render

from partnerships.core.errors import Stale, ValidationError
from partnerships.web.editing import CHANGED, STALE, overtaken, place_errors, saved, status_of


@dataclass(kw_only=True)
class Step:
    """What such a page says. `record`: the one whose version the form sends along; `points`: what the step means, with a title;
    `both`: when somebody was quicker, what was chosen and what is saved now, as pairs of words; `more`: what another template
    takes."""

    title: str
    text: str
    button: str
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
    changed: str = CHANGED,
    refused: Callable[[], None] | None = None,
):
    """The page of a step; once `act` has taken what was typed, the way on (`to`).

    `act` gives what to say of it, or an answer of its own. `page` says what the page shows of the record as it stands by then.
    `changed`: what is said when somebody was quicker. `refused` is called once the action refuses, before the page is drawn.
    """
    if form.is_bound and form.is_valid():
        try:
            done = act(form.cleaned_data)
        except Stale as stale:
            record = overtaken(form, stale, changed)
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return done if isinstance(done, HttpResponse) else saved(request, done, to)
        if refused:
            refused()
    step = page(record)
    return render(request, step.template_name, vars(step) | step.more | {"form": form}, status=status_of(form))


def was_overtaken(form) -> bool:
    return form.has_error(NON_FIELD_ERRORS, STALE)


def sent(request):
    """What was sent; a form that was sent empty is a form, too."""
    return request.POST if request.method == "POST" else None
