"""The form for how often each kind of email comes, and at what times."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import WEEKDAYS
from partnerships.core.types import Text
from partnerships.mail.choices import ALWAYS_SENT, EmailKind, Pace
from partnerships.notifications.following import TIMES, paces_of
from partnerships.web.frame.forms.fields import always_given
from partnerships.web.frame.forms.zones import ZoneField

# A label for a pace that differs from the usual one.
_WORDS: dict[tuple[EmailKind, str], Text] = {(EmailKind.DIGEST, Pace.AT_ONCE): _("Send it when there’s something new")}
_HELP = {
    EmailKind.MEETING_REMINDER: _("The last reminder, two hours before, is always sent right away."),
    EmailKind.DIGEST: _("It has everything that you choose to get daily or weekly. You get at most one a day."),
}


class EmailPacesForm(forms.Form):
    """A field for each kind of email that offers a choice.

    `person` has the current times, and `paces` the current pace of each kind. A button sends `ALL` with a pace for all
    kinds; those that don't offer it come right away.
    """

    ALL = "all"

    zone = ZoneField(label=_("Your time zone"))
    digest_at = forms.TimeField(label=_("Time of the daily and weekly email"))
    digest_weekday = forms.TypedChoiceField(label=_("Day of the weekly email"), choices=WEEKDAYS, coerce=int)
    quiet_from = forms.TimeField(label=_("Quiet hours start"), required=False)
    quiet_until = forms.TimeField(label=_("Quiet hours end"), required=False)

    def __init__(self, data=None, *, person, paces):
        if data is not None and data.get(self.ALL) in Pace.values:
            pace = Pace(data[self.ALL])
            of_all = {kind: pace if pace in paces_of(kind) else Pace.AT_ONCE for kind in EmailKind}
            data = data.dict() | of_all
        super().__init__(data, initial={name: getattr(person, name) for name in TIMES} | paces)
        for kind in EmailKind:
            if kind not in ALWAYS_SENT:
                self.fields[kind.value] = forms.ChoiceField(
                    label=kind.label,
                    choices=[(pace, _WORDS.get((kind, pace), Pace(pace).label)) for pace in paces_of(kind)],
                    initial=Pace.AT_ONCE,
                    help_text=_HELP.get(kind, ""),
                )
                always_given(self.fields[kind.value])

    def kinds(self):
        """The bound fields of the kinds of email."""
        return [self[name] for name in self.fields if name not in TIMES]

    def paces(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name not in TIMES}

    def times(self) -> dict:
        return {name: self.cleaned_data[name] for name in TIMES}
