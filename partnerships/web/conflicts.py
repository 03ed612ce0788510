"""Two people saved one record: what each changed since the version that both read, and which text shall stand.

What only one side changed merges by itself. What both changed becomes a clash: both texts are shown, nothing typed is lost,
and the person picks one of them (`choose-FIELD`).
"""

from dataclasses import dataclass, field

from partnerships.accounts.choices import BESIDE_RECORD
from partnerships.core.models import Change
from partnerships.web.history import in_words, name_of, who

PREFIX = "choose-"
UNKNOWN = object()  # where nobody can say what was read


@dataclass
class Conflict:
    clashes: list[dict] = field(default_factory=list)  # as components/_conflict.html wants them
    theirs: set[str] = field(default_factory=set)  # fields that only the other changed
    by: str = ""
    at: object = None
    version: int = 0  # the version that stands, which the next save is made from
    given: int = 0  # the version that was edited


def chosen_theirs(post) -> set[str]:
    """The fields for which the person picked the saved text."""
    return {name.removeprefix(PREFIX) for name in post if name.startswith(PREFIX) and post[name] == "theirs"}


def compare(current, given: int, now: dict, mine: dict, *, labels=None, normalize=dict) -> Conflict:
    """`now`: the snapshot of the record as it stands; `mine`: the same keys as typed; `given`: the version that was edited.

    `normalize` turns a snapshot into what `mine` is made of.
    """
    rows = Change.objects.filter(record_type=current._meta.model_name, record_id=current.pk).exclude(
        verb__in=BESIDE_RECORD
    )
    versions = max(0, current.version - given)
    later = list(rows.select_related("by")[:versions])
    base = dict(now)
    for change in later:  # the newest first: each takes the record one version back
        base |= change.before
    now, base = normalize(now), normalize(base)
    if len(later) < versions:
        # Part of the way back is gone from the log. Nobody knows who changed what, so whatever differs is a clash.
        base = dict.fromkeys(mine, UNKNOWN)
    conflict = of_values(now, base, mine, labels=labels or {}, last=later[0] if later else None)
    conflict.version, conflict.given = current.version, given
    return conflict


def of_values(now: dict, base: dict, mine: dict, *, labels: dict, last: Change | None) -> Conflict:
    """What was typed (`mine`) beside what is saved (`now`), where others changed what was read (`base`); `last`: their change."""
    by, at = (who(last.by), last.at) if last else ("", None)
    conflict = Conflict(by=by, at=at)
    for key, text in mine.items():
        if now.get(key) == base.get(key) or text == now.get(key):
            continue
        if text == base.get(key):
            conflict.theirs.add(key)
            continue
        label = labels.get(key, name_of(key))
        conflict.clashes.append(_clash(key, label, in_words(text), in_words(now.get(key)), by, at))
    return conflict


def of_one_text(saved, key: str, label: str, mine: str, given: int) -> Conflict:
    """Of a text of its own (`saved`, with who wrote it and when), which no change log keeps."""
    by, at = who(saved.by), saved.at
    clashes = [_clash(key, label, mine, saved.text, by, at)] if mine != saved.text else []
    return Conflict(clashes, by=by, version=saved.version, given=given)


def _clash(key, label, mine, theirs, by, at):
    names = {"id": f"clash-{key}", "name": f"{PREFIX}{key}", "label": label, "by": by, "at": at}
    return names | {"mine": mine, "theirs": theirs, "chosen": "mine"}
