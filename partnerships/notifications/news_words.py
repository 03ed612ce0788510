"""The text of news: what emails call fields and states."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from partnerships.core.record_types import RecordType
from partnerships.core.types import LazyText
from partnerships.registry.choices import Status, Verdict

STATES: dict[str, LazyText] = {
    Status.FORMING: _("It is forming now."),
    Status.ACTIVE: _("It is active now."),
    Status.PAUSED: _("It is paused now."),
    Status.REPAIRING: _("It is being repaired now."),
    Status.ENDED: _("It has ended."),
}
STATEMENT_NEWS = {
    Verdict.CONFIRMED: _("%(party)s confirms the record."),
    Verdict.DISPUTED: _("%(party)s disagrees with the record and says why."),
}


def labels(kind: RecordType, changed: Sequence[str]) -> list[str]:
    """The labels of these fields, each once, in their order, if news announce them."""
    announced = {field.name: field.announced for field in kind.fields if field.announced}
    return list(dict.fromkeys(str(announced[name]) for name in changed if name in announced))
