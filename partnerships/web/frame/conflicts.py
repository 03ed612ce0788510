"""Edit conflicts: two people saved the same record.

Compares what each of them changed since the version that both read. What only one person changed merges automatically.
A field that both changed becomes a clash: the page shows both texts, keeps everything that was typed, and asks which
one to save (`choose-FIELD`).
"""

from dataclasses import dataclass, field

from partnerships.accounts.choices import VERBS_WITHOUT_VERSION
from partnerships.core.models import Change, type_key
from partnerships.web.frame.history import in_words, name_of, name_of_person

PREFIX = "choose-"
UNKNOWN = object()  # the text that both read, if the log no longer has it


@dataclass
class Conflict:
    clashes: list[dict] = field(default_factory=list)  # as components/_conflict.html expects them
    theirs: set[str] = field(default_factory=set)  # fields that only the other person changed
    by: str = ""
    at: object = None
    version: int = 0  # the current version, which the next save must refer to
    given: int = 0  # the version that was edited

    def name_for(self, form) -> None:
        """Give the inputs of the clashes the prefix of their form, since a page may have several."""
        for clash in self.clashes:
            clash |= {key: form.add_prefix(clash[key]) for key in ("id", "name")}


def chosen_theirs(post, form) -> set[str]:
    """The fields of a form for which the person chose the saved text."""
    start = form.add_prefix(PREFIX)
    return {name.removeprefix(start) for name in post if name.startswith(start) and post[name] == "theirs"}


def compare(current, given: int, now: dict, mine: dict, *, labels=None, normalize=dict) -> Conflict:
    """Compare what was typed with the current record.

    `now` is the snapshot of the current record, `mine` has the typed values by the same keys, and `given` is the
    version that was edited. `normalize` turns a snapshot into the form of `mine`.
    """
    rows = Change.objects.filter(record_type=type_key(current), record_id=current.pk).exclude(
        verb__in=VERBS_WITHOUT_VERSION
    )
    versions = max(0, current.version - given)
    later = list(rows.select_related("by")[:versions])
    base = dict(now)
    for change in later:  # newest first: each step restores the version before it
        base |= change.before
    now, base = normalize(now), normalize(base)
    if len(later) < versions:
        # The log no longer has some of the changes. It isn't known who changed what, so every difference is a clash.
        base = dict.fromkeys(mine, UNKNOWN)
    conflict = of_values(now, base, mine, labels=labels or {}, last=later[0] if later else None)
    conflict.version, conflict.given = current.version, given
    return conflict


def of_values(now: dict, base: dict, mine: dict, *, labels: dict, last: Change | None) -> Conflict:
    """Compare typed values (`mine`) with saved ones (`now`), given the values that both people read (`base`).

    `last` is the other person's latest change, or None.
    """
    by, at = (name_of_person(last.by), last.at) if last else ("", None)
    conflict = Conflict(by=by, at=at)
    for key, text in mine.items():
        if now.get(key) == base.get(key) or text == now.get(key):
            continue
        if text == base.get(key):
            conflict.theirs.add(key)
            continue
        label = labels.get(key, name_of(key))
        conflict.clashes.append(_conflict(key, label, in_words(text), in_words(now.get(key)), by, at))
    return conflict


def of_one_text(saved, key: str, label: str, mine: str, given: int) -> Conflict:
    """Compare a single text that the audit log doesn't keep.

    `saved` has the saved text, its version, and who saved it and when.
    """
    by, at = name_of_person(saved.by), saved.at
    clashes = [_conflict(key, label, mine, saved.text, by, at)] if mine != saved.text else []
    return Conflict(clashes, by=by, version=saved.version, given=given)


def _conflict(key, label, mine, theirs, by, at):
    names = {"id": f"clash-{key}", "name": f"{PREFIX}{key}", "label": label, "by": by, "at": at}
    return names | {"mine": mine, "theirs": theirs, "chosen": "mine"}
