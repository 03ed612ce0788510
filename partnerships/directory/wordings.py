"""Rewording: staff choose words for values of closed vocabularies, and keep the terms of open ones. Keys never change.

What was chosen is read into each process (`core.wording`): by `renew`, where a page finds that the rows have another version.
"""

from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Count

from partnerships.core import clock, wording
from partnerships.core.access import is_administrator, manages, require
from partnerships.core.choices import Side, Stage, Vocabulary
from partnerships.core.errors import Missing, ValidationError
from partnerships.core.models import Change
from partnerships.directory.models import Jurisdiction, Organization, Term, Wording

STALE = "stale"


@dataclass(frozen=True)
class Closed:
    """A closed vocabulary: `values`: key → the registry's own word; `counted`: (model, field) of what carries it; `shows`: where
    people meet it; `sample`: a sentence with the word in it."""

    title: str
    values: dict[str, str]
    shows: tuple[str, ...]
    sample: str = "{}"
    counted: list = field(default_factory=list)


def key_to_label(choices) -> dict[str, str]:
    """Of a TextChoices: key → the registry's own word."""
    return {str(one.value): str(one._label_) for one in choices}


CLOSED = {
    "side": Closed(
        "Sides",
        key_to_label(Side),
        ("circles", "lists of parties", "filters of partnerships and organizations", "rounds"),
        "The two sides of this partnership: {}.",
        [(Organization, "side")],
    ),
    "stage": Closed(
        "Stages of a jurisdiction",
        key_to_label(Stage),
        ("pages of jurisdictions", "the filter of jurisdictions"),
        "Stage of racial equity work: {}.",
        [(Jurisdiction, "stage")],
    ),
}
"""Key → closed vocabulary. Packages above add their own."""


def read() -> None:
    """Reads all that was chosen into this process. One query."""
    rows = list(
        Wording.objects.order_by("pk").values_list(
            "vocabulary", "key", "jurisdiction__public_id", "label", "help", "at"
        )
    )
    words = {(row[0], row[1], row[2] or ""): (row[3], row[4]) for row in rows}
    _remember(words, (str(len(rows)), str(max((row[5] for row in rows), default=None))))


def renew(version: tuple) -> None:
    """Reads anew where the rows have another version than those that this process knows."""
    if version != wording.version():
        read()
        _remember(wording.all_words(), version)


def _remember(words, version):
    wording.take(wording.Chosen(version, words))


def may_reword(person, jurisdiction=None) -> bool:
    """The registry's words: administrators. A jurisdiction's own: its managers."""
    return manages(person, jurisdiction) if jurisdiction else is_administrator(person)


@dataclass(frozen=True)
class Word:
    """One value as it stands. `own`: the registry's own word; `was`: a mark of what stands, for the next save."""

    key: str
    own: str
    label: str
    help: str

    @property
    def was(self) -> str:
        return f"{self.label}\n{self.help}"


def closed(vocabulary: str) -> Closed:
    """Raises Missing."""
    if vocabulary not in CLOSED:
        raise Missing
    return CLOSED[vocabulary]


def words_of(vocabulary: str, jurisdiction=None) -> list[Word]:
    """Its values with what was chosen for everyone, or for this jurisdiction alone. One query. Raises Missing."""
    rows = Wording.objects.filter(vocabulary=vocabulary, jurisdiction=jurisdiction)
    chosen = {row.key: (row.label, row.help) for row in rows}
    return [Word(key, own, *chosen.get(key, ("", ""))) for key, own in closed(vocabulary).values.items()]


def word(vocabulary: str, key: str, jurisdiction=None) -> Word:
    """Raises Missing."""
    return _word(
        vocabulary, key, Wording.objects.filter(vocabulary=vocabulary, key=key, jurisdiction=jurisdiction).first()
    )


def _word(vocabulary, key, row) -> Word:
    """The value with what this row chose for it, or none."""
    if key not in closed(vocabulary).values:
        raise Missing
    return Word(key, closed(vocabulary).values[key], row.label if row else "", row.help if row else "")


def carried(vocabulary: str) -> dict[str, int]:
    """Key → how many rows of the registry carry it."""
    found = dict.fromkeys(closed(vocabulary).values, 0)
    for model, name in closed(vocabulary).counted:
        for key, number in model.objects.order_by().values_list(name).annotate(number=Count("pk")):
            if str(key) in found:
                found[str(key)] += number
    return found


@transaction.atomic
def reword(*, by, vocabulary: str, key: str, label: str, help: str, was: str, jurisdiction=None) -> None:
    """Chooses a word and a sentence of help for a value: for everyone, or for the pages of a jurisdiction. Both empty: back
    to the registry's own. `was`: `Word.was` as it was seen.

    Raises NotAllowed, Missing, and ValidationError by field; its code is STALE where somebody else was quicker.
    """
    require(may_reword(by, jurisdiction))
    _lock(jurisdiction)
    # Read once, and held: a row that came between two looks would be written over unseen.
    rows = Wording.objects.select_for_update(no_key=True)
    row = rows.filter(vocabulary=vocabulary, key=key, jurisdiction=jurisdiction).first()
    before = _word(vocabulary, key, row)
    if before.was != was:
        raise _stale()
    made = row or Wording(vocabulary=vocabulary, key=key, jurisdiction=jurisdiction)
    made.label, made.help, made.by, made.at = label, help, by, clock.now()
    made.full_clean(validate_unique=False, validate_constraints=False)
    made.label = "" if made.label == before.own else made.label
    _refuse_markup(made)
    _refuse_taken(made, before)
    if (made.label, made.help) == (before.label, before.help):
        return
    if made.label or made.help:
        _store(made)
    else:
        row.delete()
    _log(by, "wording", jurisdiction, f"{vocabulary}:{key}", before, made)
    transaction.on_commit(read)


def _stale():
    return ValidationError("Somebody else changed these words meanwhile. Look at them again.", code=STALE)


def _store(made):
    """Whoever chose words for this value at the same moment was quicker, where there was no row yet to wait for."""
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise _stale() from None


def _lock(jurisdiction):
    """One save after another, of those for everyone and of those of one jurisdiction."""
    if jurisdiction:
        Jurisdiction.objects.select_for_update(no_key=True).get(pk=jurisdiction.pk)
    else:
        list(Term.objects.select_for_update(no_key=True).order_by("pk").values_list("pk")[:1])


def _refuse_markup(row):
    for name in ("label", "help"):
        if set(getattr(row, name)) & set("<>"):
            raise ValidationError({name: "Write plain words, without < and >."})


def _refuse_taken(made, before):
    """Two values of one vocabulary with the same word could not be told apart."""
    shown = made.label or before.own
    for other in words_of(made.vocabulary, made.jurisdiction):
        for_all = wording.chosen_for(made.vocabulary, other.key)[0]
        names = {other.own, other.label or (for_all if made.jurisdiction else "") or other.own}
        if other.key != made.key and shown.casefold() in {name.casefold() for name in names}:
            raise ValidationError({"label": f"“{shown}” is the word for another value here. Choose another one."})


def _log(by, kind, jurisdiction, what, before, after):
    shots = [{"what": what, "label": one.label, "help": one.help} for one in (before, after)]
    Change.objects.create(
        at=clock.now(),
        by=by,
        verb="reword",
        record_type=kind,
        record_id=jurisdiction.pk if jurisdiction else getattr(after, "pk", None) or 0,
        public_id=jurisdiction.public_id if jurisdiction else "",
        before=shots[0],
        after=shots[1],
    )


# Open vocabularies


def terms_of(vocabulary: str) -> list[Term]:
    """All of its terms, the retired ones too, each with `number`: how many rows carry it. Raises Missing."""
    if vocabulary not in Vocabulary.values:
        raise Missing
    rows = list(Term.objects.filter(vocabulary=vocabulary))
    for one in rows:
        one.number = 0
    by_pk = {one.pk: one for one in rows}
    for relation in Term._meta.related_objects:
        field = relation.field.name
        used = relation.related_model.objects.order_by().filter(**{f"{field}__in": list(by_pk)})
        for pk, number in used.values_list(field).annotate(number=Count("pk")):
            if pk in by_pk:
                by_pk[pk].number += number
    return rows


def term(vocabulary: str, key: str) -> Term:
    """Raises Missing."""
    found = Term.objects.filter(vocabulary=vocabulary, key=key).first()
    if found is None:
        raise Missing
    return found


TERM_FIELDS = ("label", "help", "position", "is_retired")


def mark_of(one: Term) -> str:
    """What stands of a term, for the next save."""
    return "\n".join(str(getattr(one, name)) for name in TERM_FIELDS)


@transaction.atomic
def save_term(*, by, vocabulary: str, key: str, fields: dict, was: str | None = None) -> Term:
    """Adds a term (without `was`) or changes one. `fields`: of TERM_FIELDS.

    Raises NotAllowed, Missing, and ValidationError by field; its code is STALE where somebody else was quicker.
    """
    require(is_administrator(by))
    _lock(None)
    if was is None:
        made = Term(vocabulary=vocabulary, key=key)
        if key == "new":  # the address of the form
            raise ValidationError({"key": "This key is taken by the registry itself. Choose another one."})
        if Term.objects.filter(vocabulary=vocabulary, key=key).exists():
            raise ValidationError({"key": "There is a term with this key already. Choose another one."})
    else:
        made = Term.objects.select_for_update(no_key=True).filter(pk=term(vocabulary, key).pk).get()
        if mark_of(made) != was:
            raise ValidationError("Somebody else changed this term meanwhile. Look at it again.", code=STALE)
    before = Word(key, made.label, made.label, made.help)
    for name in TERM_FIELDS:
        setattr(made, name, fields[name])
    made.full_clean(validate_unique=False, validate_constraints=False)
    _refuse_markup(made)
    others = Term.objects.filter(vocabulary=vocabulary).exclude(pk=made.pk)
    if made.label.casefold() in {label.casefold() for label in others.values_list("label", flat=True)}:
        raise ValidationError({"label": f"There is a term “{made.label}” already. Choose another word."})
    if was is None or mark_of(made) != was:
        made.save()
        _log(by, "term", None, f"{vocabulary}:{key}", before, made)
    return made
