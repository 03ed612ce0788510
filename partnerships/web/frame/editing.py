"""What all edit pages do: validate forms, call one action, and show its errors at the fields.

Nothing that was typed gets lost: a refused form comes back as it was sent, with errors at the fields.
"""

from collections.abc import Iterator
from copy import copy
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model
from django.forms import ModelForm
from django.forms.models import construct_instance
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from partnerships.core.access import require
from partnerships.core.children import errors_by_field
from partnerships.core.dates import require_years
from partnerships.core.errors import ValidationError
from partnerships.core.snapshots import serialize

STALE = "stale"
# Error codes for when someone else saved first.
QUICKER = (STALE, "decided", "noted_already")
CHANGED = _("Someone changed this record while you had it open. Review it again, then decide.")
SAVED_NOW = _("What is saved now")


def signed_in(view):
    """Decorator that redirects anonymous users to the sign-in page.

    A POST from someone whose session has ended raises NotAllowed, and the error page shows what they typed.
    """
    entered = login_required(view)

    @wraps(view)
    def visit(request, *args, **kwargs):
        require(request.method != "POST" or request.user.is_authenticated)
        return entered(request, *args, **kwargs)

    return visit


def add_errors(problem, form, formsets=None, others=None) -> None:
    """Add an action's ValidationError to the fields that it's about.

    Keys are a field of `form`; “NAME-2-field” for a row of formsets[NAME], where 2 is the index in `formset.sent`; or
    “NAME-field” for others[NAME]. All other errors appear above the form.
    """
    for key, found in errors_by_field(problem).items():
        target, name = _target(key, form, formsets or {}, others or {})
        if name not in target.fields:
            target, name = (target, None) if target is not form else (form, None)
        target.add_error(name, found)


def add_model_errors(forms) -> None:
    """Add to forms that won't be saved what their models refuse in the other fields, so that all errors show at once.

    The action checks the same. A formset's rows are checked each.
    """
    for one in [row for form in forms for row in getattr(form, "forms", [form])]:
        if isinstance(one, ModelForm) and getattr(one, "cleaned_data", None) and not one.cleaned_data.get("DELETE"):
            for problem in _model_problems(one):
                add_errors(problem, one)


def _model_problems(form: ModelForm) -> Iterator[ValidationError]:
    right = {name for name in form.cleaned_data if name in form.fields and name not in form.errors}
    fields = form.instance._meta.concrete_fields
    # A row may name another row of the form, which isn't a record yet.
    right -= {
        one.name for one in fields if one.is_relation and not isinstance(form.cleaned_data.get(one.name), Model | None)
    }
    record = construct_instance(form, copy(form.instance), right)
    unknown = {one.name for one in fields} - right
    wrong: set[str] = set()
    for check in (record.clean_fields, record.validate_constraints, lambda exclude: require_years(record)):
        try:
            check(exclude=unknown | wrong)
        except ValidationError as problem:
            wrong |= errors_by_field(problem).keys()
            yield problem


def _target(key, form, formsets, others):
    name, _, rest = key.partition("-")
    if name in formsets and rest:
        place, _, field = rest.partition("-")
        sent = formsets[name].sent
        if place.isdecimal() and int(place) < len(sent):
            row = sent[int(place)]
            return row, field if field in row.fields else _row_field(row, field)
    if name in others and rest:
        return others[name], rest
    return form, None if key == NON_FIELD_ERRORS else key


def _row_field(row, field):
    """The field of a party's form for an error of the party or of one of its roles."""
    for ending, name in (("hours_per_month", "hours"), ("role", "roles")):
        if field.endswith(ending) and name in row.fields:
            return name
    if field.startswith("roles") and "roles" in row.fields:
        return "roles"
    return "entity" if "entity" in row.fields else None


def rows_to_send(formset) -> list[dict]:
    """The rows of a valid formset as the action expects them. Stores the form of each row in `formset.sent`."""
    formset.sent, rows = [], []
    for form in formset.forms:
        row = form.as_row()
        if row is not None:
            formset.sent.append(form)
            rows.append(row)
    return rows


def status_of(form) -> int:
    """The HTTP status for the page of a form, as `page_status`."""
    is_stale = any(form.has_error(NON_FIELD_ERRORS, code) for code in QUICKER)
    return page_status(is_stale=is_stale, has_errors=form.is_bound)


def page_status(*, is_stale, has_errors) -> int:
    """The HTTP status for a page with a form: 409 if someone else saved first, 422 for other errors, otherwise 200."""
    if is_stale:
        return 409
    return 422 if has_errors else 200


def mark_conflict(form, stale, words=CHANGED):
    """Add the error that someone else saved first. Returns the current record, to render the page with."""
    form.add_error(None, ValidationError(words, code=STALE))
    return stale.current


def seen_now(form, **fields) -> None:
    """Update hidden fields of a sent form to the current state, and keep all that was typed."""
    data = form.data.copy()
    for name, value in fields.items():
        data[name] = value
    form.data = data


def typed_values(form, names) -> dict:
    """The cleaned values of a form, as snapshots have them."""
    return as_in_snapshots({name: form.cleaned_data.get(name) for name in names})


def as_in_snapshots(values) -> dict:
    """Typed values as snapshots have them: several records, a list or a queryset, as sorted texts."""
    found = {}
    for name, value in values.items():
        many = hasattr(value, "model") or isinstance(value, list)
        found[name] = sorted(str(serialize(one)) for one in value) if many else serialize(value)
    return found


def version_of(request, name="version") -> int:
    """The version that the form was rendered with. 0, which no record has, if it's missing or invalid."""
    return version_in(request.POST, name)


def version_in(data, name="version") -> int:
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def redirect_after_save(request, words, to):
    messages.success(request, words)
    request.is_saved = True  # tells `web.frame.drafts` to delete the draft
    return redirect(to)


def form_copy(record):
    """A copy for a form's own validation, since a form must not change the record that the action locks."""
    copy = type(record)()
    copy.__dict__.update({name: value for name, value in record.__dict__.items() if name != "_state"})
    copy._state.adding, copy._state.db = record._state.adding, record._state.db
    return copy


def raw_values(bound) -> list[str]:
    """The values that a browser would send for this field."""
    value = bound.value()
    values = value if isinstance(value, (list, tuple)) else [value]
    return ["" if v is None else "on" if v is True else str(getattr(v, "pk", v)) for v in values if v is not False]
