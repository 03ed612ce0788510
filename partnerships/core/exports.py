"""Lists as files: which columns a file has, which of them a link asks for, and the rows as cells, for every file
format.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet
from django.utils.translation import gettext

from partnerships.core.access import Viewer
from partnerships.core.errors import ValidationError
from partnerships.core.listing import Listing
from partnerships.core.types import Params

COLUMNS = "columns"  # the name of the query parameter
BATCH = 500  # rows that are read at once
# The earlier names of the column with the link to a record's page, in saved lists and links that people keep.
_FORMER = {"address_here": "page_url", "address": "page_url"}


@dataclass(frozen=True)
class Export:
    """A list as a file.

    `key` names its page. `find(person, params, allow=…)` returns its Listing. `cells(person, rows, full_url)` returns
    the cells of some rows, one for each of `columns`; `full_url` makes one from a path. `light`: for rows that
    aren't model instances, the columns after the primary key and the sort key.
    """

    key: str
    columns: tuple[str, ...]
    find: Callable
    cells: Callable
    light: tuple = ()

    def listing(self, person: Viewer, params: Params) -> Listing:
        """The listing for these parameters (a QueryDict).

        Raises as `find` does, and ValidationError for an unknown column.
        """
        self.chosen(params)
        return self.find(person, params, allow=(COLUMNS,))

    def chosen(self, params: Params) -> list[str]:
        """The columns that the parameters ask for, in the order of the file; all of them by default."""
        asked = [name for part in params.getlist(COLUMNS) for name in part.split(",") if name]
        asked = [name if name in self.columns else _FORMER.get(name, name) for name in asked]
        for name in asked:
            if name not in self.columns:
                raise ValidationError(
                    {COLUMNS: ValidationError(
                        gettext("This list has no column “%(name)s”. Known: %(known)s."),
                        code="unknown_value",
                        params={"name": name[:60], "known": ", ".join(self.columns)},
                    )}
                )  # fmt: skip
        return [name for name in self.columns if name in asked or not asked]

    def batches(self, listing: Listing) -> Iterator[list]:
        """All rows in order, read by one statement, BATCH at a time."""
        rows = self._light_rows(listing.ordered()).iterator(chunk_size=BATCH)
        while batch := list(islice(rows, BATCH)):
            yield batch

    def batch(self, listing: Listing, pks: Collection[int]) -> list:
        """Those of these rows that are in the list, in the given order."""
        rows = self._light_rows(listing.filtered.order_by().filter(pk__in=pks))
        found = {row[0] if self.light else row.pk: row for row in rows}
        return [found[pk] for pk in pks if pk in found]

    def rows(
        self, person: Viewer, batches: Iterable[list], params: Params, full_url: Callable[[str], str]
    ) -> Iterator[list]:
        """The chosen cells of each row."""
        indexes = [self.columns.index(name) for name in self.chosen(params)]
        for batch in batches:
            for row in self.cells(person, batch, full_url):
                yield [row[index] for index in indexes]

    def _light_rows(self, rows: QuerySet) -> QuerySet:
        return rows.values_list("pk", "pk", *self.light) if self.light else rows
