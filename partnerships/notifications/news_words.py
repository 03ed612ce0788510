"""The words of news: what fields and states are called in letters."""

from django.utils.translation import gettext_lazy as _

from partnerships.core.record_types import RecordType
from partnerships.registry.choices import Status, Verdict

STATES = {
    Status.FORMING: _("It is forming now."),
    Status.ACTIVE: _("It is active now."),
    Status.PAUSED: _("It is paused now."),
    Status.REPAIRING: _("It is being repaired now."),
    Status.ENDED: _("It has ended."),
}
SAID = {
    Verdict.CONFIRMED: _("%(party)s says that the record is right."),
    Verdict.DISPUTED: _("%(party)s sees it another way, and says how."),
}


def labels(kind: RecordType, changed) -> list[str]:
    """What the fields of these names are called, each once, in their order: those of the kind of record that news tell of."""
    announced = {field.name: field.announced for field in kind.fields if field.announced}
    return list(dict.fromkeys(str(announced[name]) for name in changed if name in announced))
