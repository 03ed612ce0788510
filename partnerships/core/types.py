"""Types for annotations that every package uses. Those of people and their rights are in `core.access`."""

from typing import TYPE_CHECKING

from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText
else:
    LazyText = Promise

# A text that people read: one whose words may be looked up or translated when it is shown.
Text = str | LazyText

# Parameters of a request, each with any number of values: a QueryDict, or made by hand.
Params = MultiValueDict[str, str]
