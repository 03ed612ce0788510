"""The filters of the pages over many rounds, with the same names on pages and in downloads."""

from collections.abc import Iterable

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnerships.assessment.models import ASKS, ITEM_KEYS, PortfolioPlace, Round
from partnerships.assessment.rules import portfolios_visible_to
from partnerships.core.choices import Vocabulary
from partnerships.core.filters import KeysFilter, ListFilter, TreeFilter, VisibleRecordsFilter
from partnerships.directory.filters import issue_filter, jurisdiction_filter, term_choices
from partnerships.directory.models import Department
from partnerships.directory.rules import departments_visible_to
from partnerships.registry.choices import Kind
from partnerships.registry.filters import led_from, of_partnerships, on_issue_areas
from partnerships.registry.rules import parties_visible_to


def _with_department(
    filter_: django_filters.Filter, qs: QuerySet[Round], departments: Iterable[Department]
) -> QuerySet[Round]:
    parties = parties_visible_to(filter_.parent.person).filter(department__in=departments)
    return qs.filter(Exists(parties.filter(partnership=OuterRef("partnership"))))


class RoundFilter(ListFilter):
    CONTROL = ("ordering", "cursor")

    jurisdiction = jurisdiction_filter(led_from, label=_("Lead agency"))
    kind = KeysFilter(field_name="partnership__kind", choices=Kind.choices, label=_("Type"))
    issue = issue_filter(on_issue_areas)
    purpose = KeysFilter(
        field_name="partnership__purpose__key", choices=term_choices(Vocabulary.PURPOSE), label=_("Purpose")
    )
    department = TreeFilter(
        nodes=lambda: departments_visible_to(None), by="public_id", apply=_with_department, label=_("Department")
    )
    portfolio = VisibleRecordsFilter(
        seen=portfolios_visible_to,
        apply=lambda filter_, qs, portfolios: qs.filter(portfolio_place__portfolio__in=portfolios),
        label=_("Started together"),
    )

    class Meta:
        model = Round
        fields: list[str] = []


class PublishedRoundFilter(ListFilter):
    CONTROL = ("ordering", "cursor")  # search doesn't include rounds

    partnership = of_partnerships()
    jurisdiction = jurisdiction_filter(led_from, label=_("Lead agency"))
    issue = issue_filter(on_issue_areas)
    asks = KeysFilter(choices=ASKS, label=_("What was asked"))

    class Meta:
        model = Round
        fields: list[str] = []


class ItemFilter(RoundFilter):
    """The filters of rounds, for lists whose rows are single questions. `asked_for` says which; a round has all ten."""

    item = KeysFilter(choices=ITEM_KEYS, label=_("Question"), method="of_rounds")

    def of_rounds(self, queryset: QuerySet[Round], name: str, value: list[str]) -> QuerySet[Round]:
        return queryset

    @property
    def asked_for(self) -> list[str]:
        return self.form.cleaned_data["item"] if "item" in self.filters else []


WAITING, STARTED, PROBLEM = "waiting", "started", "problem"
STANDS = {WAITING: Q(done_at=None), STARTED: Q(done_at__isnull=False, problem="")}
STANDS[PROBLEM] = Q(done_at__isnull=False) & ~Q(problem="")
STANDS_WORDS = {STARTED: _("Started"), WAITING: _("Waiting"), PROBLEM: _("Couldn’t be started")}


class PlaceFilter(ListFilter):
    CONTROL = ("ordering", "cursor")

    stands = django_filters.ChoiceFilter(choices=list(STANDS_WORDS.items()), method="standing", label=_("Status"))

    class Meta:
        model = PortfolioPlace
        fields: list[str] = []

    def standing(self, queryset: QuerySet[PortfolioPlace], name: str, value: str) -> QuerySet[PortfolioPlace]:
        return queryset.filter(STANDS[value])
