"""Interpretations of a measure's numbers by its partners: add, withdraw, and answer a dispute."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from partnerships.core.access import require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.filters import refuse_unknown
from partnerships.measurement import interpretations, queries
from partnerships.measurement import number_words as words
from partnerships.measurement.choices import InterpretationKind
from partnerships.measurement.number_queries import numbers_of
from partnerships.measurement.rules import may_answer_dispute, may_interpret_for
from partnerships.web.frame.editing import redirect_after_save
from partnerships.web.frame.steps import Step, take_step
from partnerships.web.measures.forms.interpretations import AnswerForm, InterpretationForm

PERIODS = 8  # periods with numbers to choose from
_WHOLE = ("", _("The whole measure"))
_ANSWERED = _("Someone has already responded. Your text is still here.")


def statements_on(person, measure) -> list[dict]:
    """The interpretations of a measure, as dicts with what the person may do about each."""
    mine, settles = {party.pk for party in may_interpret_for(person, measure)}, may_answer_dispute(person, measure)
    return [
        {
            "interpretation": one,
            "about": _about_number(measure, one),
            "then": words.number_words(measure, one.number) if one.number is not None else "",
            "is_dispute": one.kind == InterpretationKind.DISPUTE,
            "may_take_back": one.party_id in mine,
            "may_answer": settles and one.kind == InterpretationKind.DISPUTE and one.settled_at is None,
        }
        for one in queries.interpretations_of(person, measure)
    ]


def _about_number(measure, interpretation):
    return words.number_name(measure, interpretation.starts_on, interpretation.cell) if interpretation.starts_on else ""


@never_cache
@require_http_methods(["GET", "POST"])
def add(request, public_id):
    """Add an interpretation. `?about=` is the number that it's about, such as “2024-01-01|race=black”."""
    measure = queries.measure(request.user, public_id)
    parties = may_interpret_for(request.user, measure)
    require(bool(parties))
    refuse_unknown(request.GET, ("about",))
    initial = {"about": request.GET.get("about", "")} | (
        {"kind": InterpretationKind.DISPUTE} if "about" in request.GET else {}
    )
    form = InterpretationForm(
        request.POST or None, parties=parties, numbers=_number_choices(request.user, measure), initial=initial
    )

    def act(data):
        starts_on, _, cell = data["about"].partition("|")
        try:
            interpretations.save_interpretation(
                measure=measure,
                party=next(party for party in parties if party.entity.public_id == data["party"]),
                by=request.user,
                words=data["words"],
                kind=data["kind"],
                starts_on=date.fromisoformat(starts_on) if starts_on else None,
                cell=cell,
            )
        except ValidationError as problem:
            raise _errors_at_about(problem) from None
        return gettext("Saved. It now appears next to the numbers.")

    def page(record):
        return _step_of(
            measure, title=gettext("Comment on the numbers"), text=measure.title, button=gettext("Save comment")
        )

    return take_step(request, form, act, page, to=f"{measure.get_absolute_url()}#said")


def _errors_at_about(problem):
    """The form has one field for the period and the cell of a number, so errors of the period belong to it."""
    errors = problem.error_dict if hasattr(problem, "error_dict") else {}
    return ValidationError({"about" if name == "starts_on" else name: found for name, found in errors.items()})


def _number_choices(person, measure):
    found = numbers_of(person, measure, last=PERIODS)
    return [_WHOLE] + [
        (f"{period}|{cell}", f"{words.number_name(measure, period, cell)}: {words.shown_words(measure, number)}")
        for period in reversed(found.periods)
        for cell in found.cells
        if (number := found.number(period, cell)).state == ""
    ]


@never_cache
@require_http_methods(["GET", "POST"])
def answer(request, public_id, number):
    measure = queries.measure(request.user, public_id)
    interpretation = _one(request.user, measure, number)
    require(may_answer_dispute(request.user, measure) and interpretation.kind == InterpretationKind.DISPUTE)

    def act(data):
        interpretations.answer_dispute(reading=interpretation, by=request.user, answer=data["answer"])
        return gettext("Saved. We’ll email the partner.")

    def page(record):
        title = gettext("%(party)s disputes a number") % {"party": interpretation.party}
        text = f"{_about_number(measure, interpretation)}."
        more = {"interpretation": interpretation}
        return _step_of(measure, title=title, text=text, button=gettext("Respond"), more=more)

    form = AnswerForm(request.POST or None)
    return take_step(request, form, act, page, to=f"{measure.get_absolute_url()}#said", changed=_ANSWERED)


@require_POST
def withdraw(request, public_id, number):
    measure = queries.measure(request.user, public_id)
    interpretation = _one(request.user, measure, number)
    interpretations.delete_interpretation(reading=interpretation, by=request.user)
    return redirect_after_save(request, gettext("Your comment was deleted."), measure.get_absolute_url())


def _one(person, measure, number):
    found = next((one for one in queries.interpretations_of(person, measure) if one.pk == number), None)
    if found is None:
        raise NotFound
    return found


def _step_of(measure, **texts) -> Step:
    crumbs = [(gettext("Measures"), reverse("measures")), (measure.title, measure.get_absolute_url())]
    return Step(
        record=measure, back=measure.get_absolute_url(), crumbs=crumbs, template_name="measures/say.html", **texts
    )
