"""Label overrides: staff choose labels for values of closed vocabularies, and keep the terms of open ones. Keys never
change.

The chosen labels are read into each process (`core.label_overrides`) by `reload_if_changed`, when a page finds that the rows
have a new version.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Choices, Count, ForeignObjectRel, Model
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.core import clock, label_overrides
from partnerships.core.access import Author, Viewer, account_of, is_administrator, manages, require
from partnerships.core.choices import Side, Stage, Vocabulary
from partnerships.core.errors import NotFound, ValidationError
from partnerships.core.models import Change
from partnerships.core.text import as_seen
from partnerships.core.types import Text
from partnerships.directory.models import IssueArea, Jurisdiction, Organization, Term, Wording

STALE = "stale"


@dataclass(frozen=True)
class ClosedVocabulary:
    """A closed vocabulary.

    `values`: key → the registry's own label. `counted`: (model, field) pairs that hold its values. `shows`: where
    people see it. `sample`: an English sentence that uses a label.
    """

    title: Text
    values: Mapping[str, Text]
    shows: tuple[Text, ...]
    sample: str = "{}"
    counted: list = field(default_factory=list)


def key_to_label(choices: type[Choices]) -> dict[str, str]:
    """Key → the registry's own label, for a TextChoices class."""
    return {str(one.value): str(one._label_) for one in choices}


CLOSED = {
    "side": ClosedVocabulary(
        _("Sides"),
        key_to_label(Side),
        (_("circles"), _("lists of partners"), _("filters of partnerships and organizations"), _("rounds")),
        "The two sides of this partnership: {}.",
        [(Organization, "side")],
    ),
    "stage": ClosedVocabulary(
        _("Stages of a jurisdiction"),
        key_to_label(Stage),
        (_("pages of jurisdictions"), _("the filter of jurisdictions")),
        "Stage of racial equity work: {}.",
        [(Jurisdiction, "stage")],
    ),
}
"""Key → closed vocabulary. Packages above add their own."""


def load() -> None:
    """Read all chosen labels into this process. Three queries."""
    columns = ("vocabulary", "key", "jurisdiction__public_id", "label", "help", "at")
    rows = list(Wording.objects.order_by("pk").values_list(*columns, named=True))
    words = {(row.vocabulary, row.key, row.jurisdiction__public_id or ""): (row.label, row.help) for row in rows}
    terms, areas = (
        list(model.objects.exclude(translated_at=None).values_list(name, "translations", "translated_at"))
        for model, name in ((Term, "label"), (IssueArea, "name"))
    )
    translations = {(code, label): text for label, texts, _at in [*areas, *terms] for code, text in texts.items()}
    moments = ([row.at for row in rows], *([at for _label, _texts, at in some] for some in (terms, areas)))
    version = str(len(rows)), *(str(max(some, default=None)) for some in moments)
    label_overrides.use_overrides(label_overrides.LabelOverrides(version, words, translations))


def reload_if_changed(version: tuple) -> None:
    """Read the labels again if the rows have another version than the one that this process knows."""
    if version != label_overrides.version():
        load()
        label_overrides.use_version(version)


def may_override_labels(person: Viewer, jurisdiction: Jurisdiction | None = None) -> bool:
    """Whether the person may change labels: administrators the registry's, managers those of their jurisdiction."""
    return manages(person, jurisdiction) if jurisdiction else is_administrator(person)


@dataclass(frozen=True)
class ValueLabels:
    """One value and its labels, all in English: labels are changed only there (decision 14).

    `own`: the registry's own label. `was`: a mark of the current state, for the next save.
    """

    key: str
    own: str
    label: str
    help: str

    @property
    def was(self) -> str:
        return f"{self.label}\n{self.help}"


def closed_vocabulary(vocabulary: str) -> ClosedVocabulary:
    """The closed vocabulary with this key. Raises NotFound."""
    if vocabulary not in CLOSED:
        raise NotFound
    return CLOSED[vocabulary]


def values_of(vocabulary: str, jurisdiction: Jurisdiction | None = None) -> list[ValueLabels]:
    """Its values with the labels chosen for everyone, or for this jurisdiction. One query. Raises NotFound."""
    rows = Wording.objects.filter(vocabulary=vocabulary, jurisdiction=jurisdiction)
    chosen = {row.key: (row.label, row.help) for row in rows}
    return [
        ValueLabels(key, _in_english(own), *chosen.get(key, ("", "")))
        for key, own in closed_vocabulary(vocabulary).values.items()
    ]


def _in_english(label: Text) -> str:
    with translation.override("en"):
        return str(label)


def labels_of_value(vocabulary: str, key: str, jurisdiction: Jurisdiction | None = None) -> ValueLabels:
    """One value with its labels. Raises NotFound."""
    return _value_labels(
        vocabulary, key, Wording.objects.filter(vocabulary=vocabulary, key=key, jurisdiction=jurisdiction).first()
    )


def _value_labels(vocabulary: str, key: str, row: Wording | None) -> ValueLabels:
    """The value with the labels of this row, if there is one."""
    if key not in closed_vocabulary(vocabulary).values:
        raise NotFound
    own = _in_english(closed_vocabulary(vocabulary).values[key])
    return ValueLabels(key, own, row.label if row else "", row.help if row else "")


def usage_counts(vocabulary: str) -> dict[str, int]:
    """Key → how many rows of the registry have this value."""
    found = dict.fromkeys(closed_vocabulary(vocabulary).values, 0)
    for model, name in closed_vocabulary(vocabulary).counted:
        for key, number in model.objects.order_by().values_list(name).annotate(number=Count("pk")):
            if str(key) in found:
                found[str(key)] += number
    return found


@transaction.atomic
def override_label(
    *, by: Author, vocabulary: str, key: str, label: str, help: str, was: str, jurisdiction: Jurisdiction | None = None
) -> None:
    """Choose a label and a help text for a value: for everyone, or for the pages of a jurisdiction.

    Two empty texts restore the registry's own label. `was`: `ValueLabels.was` as the person saw it. Raises NotAllowed,
    NotFound, and ValidationError by field, with the code STALE for an edit conflict.
    """
    require(may_override_labels(by, jurisdiction))
    _lock_labels(jurisdiction)
    # Read once under a lock, so that a row added by another person in between isn't overwritten unseen.
    rows = Wording.objects.select_for_update(no_key=True)
    row = rows.filter(vocabulary=vocabulary, key=key, jurisdiction=jurisdiction).first()
    before = _value_labels(vocabulary, key, row)
    if before.was != was:
        raise _edit_conflict()
    made = row or Wording(vocabulary=vocabulary, key=key, jurisdiction=jurisdiction)
    made.label, made.help, made.by, made.at = label, help, account_of(by), clock.now()
    made.full_clean(validate_unique=False, validate_constraints=False)
    made.label = "" if made.label == before.own else made.label
    _refuse_markup(made)
    _refuse_taken(made, before)
    if (made.label, made.help) == (before.label, before.help):
        return
    if made.label or made.help:
        _store(made)
    elif row:
        row.delete()
    _log(by, "wording", jurisdiction, f"{vocabulary}:{key}", before, made)
    transaction.on_commit(load)


def _edit_conflict() -> ValidationError:
    words = gettext("Someone else changed these labels in the meantime. Review them again.")
    return ValidationError(words, code=STALE)


def _store(made: Wording) -> None:
    """Save the row. Without an existing row to lock, another person may have saved the same value first."""
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise _edit_conflict() from None


def _lock_labels(jurisdiction: Jurisdiction | None) -> None:
    """Make saves wait for each other: those for everyone, and those of one jurisdiction."""
    if jurisdiction:
        Jurisdiction.objects.select_for_update(no_key=True).get(pk=jurisdiction.pk)
    else:
        list(Term.objects.select_for_update(no_key=True).order_by("pk").values_list("pk")[:1])


def _refuse_markup(row: Wording | Term) -> None:
    for name in ("label", "help"):
        if set(getattr(row, name)) & set("<>"):
            raise ValidationError({name: gettext("Enter plain text, without %(signs)s.") % {"signs": "< >"}})


def _refuse_taken(made: Wording, before: ValueLabels) -> None:
    """Refuse a label that another value of the vocabulary has: people couldn't distinguish them."""

    def for_all(key: str) -> str:
        return label_overrides.override_for(made.vocabulary, key)[0] if made.jurisdiction else ""

    shown = made.label or for_all(made.key) or before.own
    for other in values_of(made.vocabulary, made.jurisdiction):
        names = {other.own, other.label or for_all(other.key) or other.own}
        if other.key != made.key and as_seen(shown) in map(as_seen, names):
            words = gettext("“%(label)s” is already the label of another option here. Choose a different one.")
            raise ValidationError({"label": words % {"label": shown}})
    if not made.jurisdiction:
        _refuse_taken_by_jurisdiction(made, shown)


def _refuse_taken_by_jurisdiction(made: Wording, shown: str) -> None:
    """Refuse a label for everyone that a jurisdiction, which has none of its own for this value, has for another one."""
    rows = Wording.objects.filter(vocabulary=made.vocabulary).exclude(jurisdiction=None).exclude(label="")
    own = set(rows.filter(key=made.key).values_list("jurisdiction", flat=True))
    for other in rows.exclude(key=made.key).select_related("jurisdiction").order_by("pk"):
        if other.jurisdiction_id not in own and as_seen(other.label) == as_seen(shown):
            words = gettext("“%(label)s” is already the label of another option in %(place)s. Choose a different one.")
            raise ValidationError({"label": words % {"label": shown, "place": other.jurisdiction}})


def _log(
    by: Author,
    kind: str,
    jurisdiction: Jurisdiction | None,
    what: str,
    before: Wording | Term | ValueLabels,
    after: Wording | Term | ValueLabels,
) -> None:
    snapshots = [
        {"what": what, "label": one.label, "help": one.help, **getattr(one, "translations", {})}
        for one in (before, after)
    ]
    Change.objects.create(
        at=clock.now(),
        by=account_of(by),
        verb="reword",
        record_type=kind,
        record_id=jurisdiction.pk if jurisdiction else getattr(after, "pk", None) or 0,
        public_id=jurisdiction.public_id if jurisdiction else "",
        before=snapshots[0],
        after=snapshots[1],
    )


# Open vocabularies


def terms_of(vocabulary: str) -> list[Term]:
    """All terms, including retired ones, each with `number`: how many rows use it. Raises NotFound."""
    if vocabulary not in Vocabulary.values:
        raise NotFound
    rows = list(Term.objects.filter(vocabulary=vocabulary))
    for one in rows:
        one.number = 0
    by_pk = {one.pk: one for one in rows}
    # Most references have no name on this side, so Django hides them. The rows between two tables are counted as such.
    for relation in Term._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.related_model._meta.auto_created:
            continue
        field = relation.field.name
        used = relation.related_model._default_manager.order_by().filter(**{f"{field}__in": list(by_pk)})
        for pk, number in used.values_list(field).annotate(number=Count("pk")):
            if pk in by_pk:
                by_pk[pk].number += number
    return rows


def term(vocabulary: str, key: str) -> Term:
    """One term. Raises NotFound."""
    found = Term.objects.filter(vocabulary=vocabulary, key=key).first()
    if found is None:
        raise NotFound
    return found


TERM_FIELDS = ("label", "help", "position", "is_retired", "translations")


def fingerprint_of_term(one: Term) -> str:
    """A mark of the current state of a term, for the next save."""
    return "\n".join(str(getattr(one, name)) for name in TERM_FIELDS)


@transaction.atomic
def save_term(*, by: Author, vocabulary: str, key: str, fields: dict, was: str | None = None) -> Term:
    """Add a term (without `was`) or change one. `fields`: keys from TERM_FIELDS. `was`: its `fingerprint_of_term` when it
    was read.

    Raises NotAllowed, NotFound, and ValidationError by field, with the code STALE for an edit conflict.
    """
    require(is_administrator(by))
    _lock_labels(None)
    if was is None:
        row = Term(vocabulary=vocabulary, key=key)
        if key == "new":  # used by the URL of the form
            raise ValidationError({"key": gettext("The registry already uses this key. Choose a different one.")})
        if Term.objects.filter(vocabulary=vocabulary, key=key).exists():
            words = gettext("An option with this key already exists. Choose a different one.")
            raise ValidationError({"key": words})
    else:
        row = Term.objects.select_for_update(no_key=True).filter(pk=term(vocabulary, key).pk).get()
        if fingerprint_of_term(row) != was:
            words = gettext("Someone else changed this option in the meantime. Review it again.")
            raise ValidationError(words, code=STALE)
    before = copy(row)
    for name in TERM_FIELDS:
        setattr(row, name, fields[name])
    row.full_clean(validate_unique=False, validate_constraints=False)
    _refuse_markup(row)
    _check_translations(row)
    others = Term.objects.filter(vocabulary=vocabulary).exclude(pk=row.pk)
    if as_seen(row.label) in map(as_seen, others.values_list("label", flat=True)):
        words = gettext("There’s already an option “%(label)s”. Choose a different label.")
        raise ValidationError({"label": words % {"label": row.label}})
    if was is None or fingerprint_of_term(row) != was:
        row.translated_at = clock.now() if row.translations or before.translations else row.translated_at
        row.save()
        _log(by, "term", None, f"{vocabulary}:{key}", before, row)
        transaction.on_commit(load)
    return row


def cleaned_translations(texts: dict[str, str], model: type[Model], name: str) -> dict[str, str]:
    """Clean what a field of a model is in other languages. Raise ValidationError at “label_es” for a label in Spanish that
    can't be one.
    """
    column = next(one for one in model._meta.concrete_fields if one.name == name)
    cleaned, wrong = {}, {}
    for code, text in texts.items():
        try:
            cleaned[code] = column.clean(text, None)
        except ValidationError as problem:
            wrong[f"{name}_{code}"] = problem
    if wrong:
        raise ValidationError(wrong)
    return cleaned


def _check_translations(row: Term) -> None:
    """Clean the labels in other languages. Raise ValidationError at “label_es” for one in Spanish that can't be one."""
    row.translations = cleaned_translations(row.translations, Term, "label")
    labels = [one.translations for one in Term.objects.filter(vocabulary=row.vocabulary).exclude(pk=row.pk)]
    for code, text in row.translations.items():
        try:
            _refuse_markup(Term(label=text))
        except ValidationError as problem:
            raise ValidationError({f"label_{code}": problem.message_dict["label"]}) from None
        if as_seen(text) in (as_seen(other.get(code, "")) for other in labels):
            words = gettext("There’s already an option “%(label)s”. Choose a different label.")
            raise ValidationError({f"label_{code}": words % {"label": text}})
