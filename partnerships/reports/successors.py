"""Reports that someone who leaves gets by email."""

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.choices import Outcome
from partnerships.accounts.hooks import LABELS, WHY, Departure, Holding, list_holdings, pass_on
from partnerships.accounts.models import Person
from partnerships.core.access import SYSTEM
from partnerships.directory.models import Department
from partnerships.reports.actions import save_report
from partnerships.reports.models import ReportDefinition
from partnerships.reports.rules import definitions_visible_to

LABELS["reports"] = _("Reports by email")


def _reports(departure: Departure) -> QuerySet[ReportDefinition]:
    if not isinstance(departure.leaver, Person) or isinstance(departure.body, Department):
        return ReportDefinition.objects.none()
    return ReportDefinition.objects.filter(mailed_to=departure.leaver, **departure.body_field).order_by("pk")


@list_holdings.register
def list_reports(departure: Departure, found: list[Holding]) -> None:
    rows = departure.seen(_reports(departure), definitions_visible_to)
    if items := [(report.title, report.get_absolute_url()) for report in rows]:
        if departure.person:
            note = gettext("%(who)s gets them from now on.") % {"who": departure.person}
            found.append(Holding("reports", Outcome.PASSES, items, note))
        else:
            found.append(Holding("reports", Outcome.ENDS, items, gettext("They no longer get them.")))


@pass_on.register
def pass_reports(departure: Departure) -> None:
    for report in _reports(departure):
        people = {one for one in report.mailed_to.all() if one != departure.leaver}
        people |= {departure.person} if departure.person else set()
        save_report(definition=report, by=SYSTEM, fields={"mailed_to": list(people)}, why=WHY)
