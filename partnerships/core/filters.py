"""Filters of lists: one bound FilterSet is shared by a page, its API endpoint and its download.

Unknown parameters are refused by name, because ignoring a typo would return everything. Parameters that mail programs
and advertisers add to links are accepted and ignored, and so is the one that names the language of a page.
"""

import copy
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext, gettext_lazy

from partnerships.core.access import Viewer, merged_into
from partnerships.core.errors import UnknownParameters, ValidationError
from partnerships.core.trees import subtree
from partnerships.core.types import Params

LANGUAGE = "lang"
TRACKING = re.compile(rf"(utm_\w+|fbclid|gclid|mc_\w+|{LANGUAGE})\Z")
LONGEST_QUERY = 200
MOST_VALUES = 50


def refuse_unknown(data: Iterable[str], known: Collection[str]) -> None:
    """Raise UnknownParameters when `data` has a parameter that isn't in `known`, other than those of TRACKING."""
    unknown = [name for name in data if name not in known and not TRACKING.match(name)]
    if unknown:
        raise UnknownParameters(unknown, known)


class MultipleKeys(forms.MultipleChoiceField):
    """Any number of keys, each as a parameter of its own or separated by commas."""

    def to_python(self, value: Any) -> list[str]:
        return [key for part in super().to_python(value) for key in part.split(",") if key]

    def validate(self, value: list[str]) -> None:
        if len(value) > MOST_VALUES:
            raise ValidationError(
                gettext("Choose no more than %(most)s values."), code="too_many", params={"most": MOST_VALUES}
            )
        for key in value:
            if not self.valid_value(key):
                known = ", ".join(str(choice) for choice, _ in self.widget.choices)
                if known:
                    words = gettext("“%(key)s” isn’t an option here. Known: %(known)s.")
                else:
                    words = gettext("“%(key)s” isn’t an option here.")
                raise ValidationError(words, code="unknown_value", params={"key": key[:60], "known": known})


class KeysFilter(django_filters.MultipleChoiceFilter):
    """Rows that have any of the chosen keys.

    `apply`: (this filter, rows, keys) → the rows that it leaves, if the keys aren't those of one field. `is_limited`: its
    options are fewer than the terms of their vocabulary.
    """

    field_class = MultipleKeys

    def __init__(
        self,
        *args: Any,
        apply: Callable[[Any, QuerySet, Any], QuerySet] | None = None,
        is_limited: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.apply, self.is_limited = apply, is_limited

    def filter(self, qs: QuerySet, value: Sequence[str]) -> QuerySet:
        if not value:
            return qs
        return self.apply(self, qs, value) if self.apply else qs.filter(**{f"{self.field_name}__in": value})


class TreeFilter(django_filters.Filter):
    """Rows at or below the nodes with these keys.

    `nodes` returns the tree's rows, and `by` is the field that holds the key. `apply`: (this filter, rows, subtree) → the
    rows that it leaves.
    """

    field_class = forms.Field

    def __init__(
        self,
        *args: Any,
        nodes: Callable[[], QuerySet],
        by: str,
        apply: Callable[[Any, QuerySet, QuerySet], QuerySet],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.nodes, self.by, self.apply = nodes, by, apply

    @property
    def field(self) -> "NodesField":
        if not hasattr(self, "_field"):
            self._field = NodesField(nodes=self.nodes, by=self.by, required=False, label=self.label)
        return self._field

    def filter(self, qs: QuerySet, value: QuerySet | None) -> QuerySet:
        return self.apply(self, qs, subtree(value)) if value is not None else qs


class VisibleRecordsFilter(TreeFilter):
    """Rows that refer to some of these records. A record that the person may not see is treated like a missing one.

    `seen`: a function from the person to the records that they may see.
    """

    def __init__(self, *args: Any, seen: Callable[[Viewer], QuerySet], by: str = "public_id", **kwargs: Any) -> None:
        super().__init__(*args, nodes=self._visible, by=by, **kwargs)
        self.seen = seen

    def __deepcopy__(self, memo: dict) -> "VisibleRecordsFilter":
        """Each list gets a copy of its own, which asks for its own person."""
        return type(self)(seen=self.seen, by=self.by, apply=self.apply, label=self.label)

    def _visible(self) -> QuerySet:
        return self.seen(self.parent.person)

    def filter(self, qs: QuerySet, value: QuerySet | None) -> QuerySet:
        return self.apply(self, qs, value.values("pk")) if value is not None else qs


class NodesField(forms.Field):
    """One or more tree nodes by key, cleaned to a queryset of them, or None.

    The public id of a record that was merged means the record it was merged into, when that one is among the
    nodes. After cleaning, `instead` maps such ids to records.
    """

    widget = forms.SelectMultiple

    def __init__(self, *, nodes: Callable[[], QuerySet], by: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.nodes, self.by = nodes, by
        self.instead: dict[str, Model] = {}

    def to_python(self, value: Any) -> QuerySet | None:
        keys = [key for part in value or [] for key in part.split(",") if key]
        if not keys:
            return None
        if len(keys) > MOST_VALUES:
            raise ValidationError(
                gettext("Choose no more than %(most)s values."), code="too_many", params={"most": MOST_VALUES}
            )
        found = self.nodes().filter(**{f"{self.by}__in": keys})
        missing = sorted(set(keys) - set(found.values_list(self.by, flat=True)))
        if missing and self.by == "public_id":
            kept = {key: merged_into(self.nodes(), key) for key in missing}
            self.instead = {key: row for key, row in kept.items() if row}
            missing = [key for key in missing if key not in self.instead]
            found = self.nodes().filter(Q(public_id__in=keys) | Q(pk__in=[row.pk for row in self.instead.values()]))
        if missing:
            raise ValidationError(
                gettext_lazy("“%(key)s” isn’t an option here."), code="unknown_value", params={"key": missing[0][:60]}
            )
        return found


class ListFilter(django_filters.FilterSet):
    """A FilterSet that knows the reader (`person`), refuses unknown parameters and builds only the filters in use.

    `data` is a QueryDict. Filters in STAFF_ONLY don't exist for other readers. Raises UnknownParameters, or
    ValidationError by parameter.
    """

    CONTROL: tuple[str, ...] = ("q", "exact", "ordering", "cursor")
    STAFF_ONLY: tuple[str, ...] = ()

    def __init__(
        self,
        data: Params,
        queryset: QuerySet,
        *,
        person: Viewer,
        is_staff: bool = False,
        allow: Collection[str] = (),
    ) -> None:
        self.person = person
        self.offered = self.names(is_staff=is_staff)
        refuse_unknown(data, {*self.offered, *self.CONTROL, *allow})
        self.is_bound, self.data, self.queryset, self.form_prefix, self.request = True, data, queryset, None, None
        self.filters = {
            name: copy.deepcopy(self.base_filters[name]) for name in self.offered if any(data.getlist(name))
        }
        for chosen in self.filters.values():
            chosen.model, chosen.parent = queryset.model, self
        if self.filters and not self.is_valid():
            raise ValidationError(self.form.errors.as_data())

    @classmethod
    def names(cls, *, is_staff: bool = False) -> list[str]:
        """The parameters that filter this list, in the order in which pages show them."""
        return [name for name in cls.base_filters if is_staff or name not in cls.STAFF_ONLY]

    @property
    def at_least(self) -> int:
        """A lower limit for the number of matching rows, as far as it is known without a query."""
        return 0

    @property
    def in_use(self) -> dict[str, list[str]]:
        """The filters that are set: name → keys."""
        split = {name: [k for v in self.data.getlist(name) for k in v.split(",") if k] for name in self.filters}
        return {name: keys for name, keys in split.items() if keys}

    def labels(self, name: str) -> dict[str, str]:
        """The chosen values of one filter in use: key → label. Keys that are their own label are left out."""
        chosen = self.filters[name]
        if isinstance(chosen, TreeFilter):
            named = {getattr(row, chosen.by): str(row) for row in self.form.cleaned_data[name]}
            return named | {key: str(row) for key, row in self.form.fields[name].instead.items()}
        if hasattr(chosen.field, "choices"):
            return {str(value): label for value, label in chosen.field.choices}
        return {}

    @property
    def qs(self) -> QuerySet:
        return super().qs if self.filters else self.queryset
