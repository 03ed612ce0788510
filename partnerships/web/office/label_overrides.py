"""List options and label overrides: staff edit the terms of open vocabularies and the labels of closed ones.

The page shows first where a label appears.
"""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.core.access import manages, require
from partnerships.core.choices import Vocabulary
from partnerships.core.errors import NotFound, ValidationError
from partnerships.directory import label_overrides
from partnerships.directory import queries as directory
from partnerships.directory.reference.vocabularies import term_name
from partnerships.web.frame.editing import add_errors, redirect_after_save, seen_now, status_of
from partnerships.web.office.forms.label_overrides import TermForm, WordForm

LISTS = _("List options")
TERM_SHOWS = (_("forms and filters of records that use it"), _("pages, files and the API of those records"))
_SAVED = _("Saved.")


def _for_administrators(request):
    if not label_overrides.may_override_labels(request.user):
        raise NotFound


@never_cache
@require_safe
def word_lists(request):
    _for_administrators(request)
    context = {
        "closed": [(key, one.title, len(one.values)) for key, one in label_overrides.CLOSED.items()],
        "open": Vocabulary.choices,
    }
    return render(request, "office/words/lists.html", context)


@never_cache
@require_safe
def word_list(request, vocabulary):
    _for_administrators(request)
    context = {"crumbs": _crumbs()[:1], "vocabulary": vocabulary, "is_open": vocabulary in Vocabulary.values}
    if context["is_open"]:
        rows = [_term_row(one) for one in label_overrides.terms_of(vocabulary)]
        return render(
            request, "office/words/list.html", context | {"title": Vocabulary(vocabulary).label, "rows": rows}
        )
    numbers = label_overrides.usage_counts(vocabulary)
    counted = bool(label_overrides.closed_vocabulary(vocabulary).counted)
    rows = [
        _word_row(vocabulary, one, numbers[one.key] if counted else None)
        for one in label_overrides.values_of(vocabulary)
    ]
    return render(
        request,
        "office/words/list.html",
        context | {"title": label_overrides.closed_vocabulary(vocabulary).title, "rows": rows},
    )


def _term_row(one):
    url = reverse("word", args=[one.vocabulary, one.key])
    row = {"label": one.label, "own": "", "help": one.help, "number": one.number, "is_retired": one.is_retired}
    return row | {"translation": _if_other(term_name(one.label), one.label), "url": url}


def _if_other(words, label) -> str:
    """The label in the language of this page, or "" on an English page and for a label without one."""
    return words if words != label else ""


def _word_row(vocabulary, one, number=None, jurisdiction=None):
    own = one.own if one.label else ""
    url = reverse("word", args=[vocabulary, one.key])
    if jurisdiction:
        url = reverse("own_word", args=[jurisdiction.public_id, vocabulary, one.key])
    row = {"label": one.label or one.own, "own": own, "help": one.help, "number": number}
    return row | {"translation": _if_other(gettext(one.own), one.own), "url": url}


@never_cache
@require_http_methods(["GET", "POST"])
def word(request, vocabulary, key):
    """The page of a value in a closed vocabulary, or of a term in an open one."""
    _for_administrators(request)
    if vocabulary in Vocabulary.values:
        return _term(request, vocabulary, key)
    numbers = label_overrides.usage_counts(vocabulary)
    crumbs = [
        *_crumbs()[:1],
        (label_overrides.closed_vocabulary(vocabulary).title, reverse("word_list", args=[vocabulary])),
    ]
    number = numbers.get(key) if label_overrides.closed_vocabulary(vocabulary).counted else None
    return _reword(request, vocabulary, key, crumbs, number=number)


def _crumbs(*more):
    return [(LISTS, reverse("word_lists")), *more]


def _reword(request, vocabulary, key, crumbs, *, number=None, jurisdiction=None):
    one = label_overrides.labels_of_value(vocabulary, key, jurisdiction)
    known = label_overrides.closed_vocabulary(vocabulary)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and "own" in data:
        data["label"] = data["help"] = ""
    form = WordForm(data, initial={"label": one.label, "help": one.help, "was": one.was}, own=one.own)
    back, looks = crumbs[-1][1], data is not None and "look" in data
    if form.is_bound and form.is_valid() and not looks:
        typed = form.cleaned_data
        try:
            label_overrides.override_label(
                by=request.user,
                vocabulary=vocabulary,
                key=key,
                label=typed["label"],
                help=typed["help"],
                was=typed["was"].replace("\r\n", "\n"),
                jurisdiction=jurisdiction,
            )
        except ValidationError as problem:
            add_errors(problem, form)
            seen_now(form, was=label_overrides.labels_of_value(vocabulary, key, jurisdiction).was)
        else:
            return redirect_after_save(
                request,
                gettext("The registry’s own label is back.") if data is not None and "own" in data else _SAVED,
                back,
            )
    shown = (form.cleaned_data.get("label") if form.is_bound and form.is_valid() else "") or one.own
    context = {
        "title": gettext("Change label “%(label)s”") % {"label": one.own},
        "form": form,
        "sample": known.sample.format(shown if looks else one.label or one.own),
        "looks": looks,
        "shows": known.shows,
        "number": number,
        "is_chosen": bool(one.label or one.help),
        "jurisdiction": jurisdiction,
        "back": back,
        "crumbs": crumbs,
    }
    status = 200 if looks and not form.errors else status_of(form)
    return render(request, "office/words/word.html", context, status=status)


def _term(request, vocabulary, key):
    one = label_overrides.term(vocabulary, key)
    before = label_overrides.fingerprint_of_term(one)
    data = request.POST if request.method == "POST" else None
    form = TermForm(data, instance=one, initial={"was": before})
    number = next(row.number for row in label_overrides.terms_of(vocabulary) if row.pk == one.pk)
    title = gettext("Change “%(name)s”") % {"name": one.label}
    return _save_term(request, vocabulary, form, title, key=key, usage_count=number)


@never_cache
@require_http_methods(["GET", "POST"])
def term_new(request, vocabulary):
    _for_administrators(request)
    if vocabulary not in Vocabulary.values:
        raise NotFound
    form = TermForm(request.POST if request.method == "POST" else None, is_new=True)
    title = gettext("Add an option: %(list)s") % {"list": Vocabulary(vocabulary).label}
    return _save_term(request, vocabulary, form, title)


def _save_term(request, vocabulary, form, title, key="", usage_count=None):
    """Show, preview or save the form of a term; `key` is "" for a new one. `usage_count`: records that use it."""
    back, looks = reverse("word_list", args=[vocabulary]), request.method == "POST" and "look" in request.POST
    if form.is_bound and form.is_valid() and not looks:
        typed = {"is_retired": False} | form.cleaned_data
        was = typed["was"].replace("\r\n", "\n") if key else None
        try:
            label_overrides.save_term(
                by=request.user, vocabulary=vocabulary, key=key or typed["key"], fields=typed, was=was
            )
        except ValidationError as problem:
            add_errors(problem, form)
            if key:
                seen_now(form, was=label_overrides.fingerprint_of_term(label_overrides.term(vocabulary, key)))
        else:
            return redirect_after_save(request, _SAVED, back)
    context = {
        "title": title,
        "form": form,
        "sample": form["label"].value() or "",
        "looks": looks,
        "shows": TERM_SHOWS,
        "is_open": True,
        "number": usage_count,
        "is_chosen": False,
        "jurisdiction": None,
        "back": back,
        "crumbs": _crumbs((Vocabulary(vocabulary).label, back)),
    }
    status = 200 if looks and not form.errors else status_of(form)
    return render(request, "office/words/word.html", context, status=status)


@never_cache
@require_safe
def own_words(request, public_id):
    """The label overrides of a jurisdiction, for its managers."""
    record = directory.jurisdiction(request.user, public_id)
    if not manages(request.user, record):
        raise NotFound
    groups = [
        (known.title, [_word_row(name, one, jurisdiction=record) for one in label_overrides.values_of(name, record)])
        for name, known in label_overrides.CLOSED.items()
    ]
    return render(
        request, "office/words/own.html", {"record": record, "groups": groups, "crumbs": _place_crumbs(record)}
    )


@never_cache
@require_http_methods(["GET", "POST"])
def own_word(request, public_id, vocabulary, key):
    record = directory.jurisdiction(request.user, public_id)
    require(label_overrides.may_override_labels(request.user, record))
    crumbs = [*_place_crumbs(record), (gettext("Our labels"), reverse("own_words", args=[public_id]))]
    return _reword(request, vocabulary, key, crumbs, jurisdiction=record)


def _place_crumbs(record):
    return [
        (gettext("Jurisdictions"), reverse("jurisdictions")),
        (record.name, record.get_absolute_url()),
    ]
