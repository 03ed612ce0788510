"""Finds the groups of a measure by the names that people use in a table, such as “Latino”. Pure functions."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_noop as _

from partnerships.core.stored_texts import StoredText
from partnerships.core.tables import normalize_heading
from partnerships.measurement.choices import Dimension, Race, Race1997
from partnerships.measurement.group_aliases import ALIASES, TOGETHER
from partnerships.measurement.rate_math import group_of, key_of

ALL = {"", "all", "all together", "everyone together", "total", "everyone", "overall", "all people"}
_RACES = {Dimension.RACE: Race, Dimension.RACE_1997: Race1997}
_YEARS = {Dimension.RACE: "2024", Dimension.RACE_1997: "1997"}
_OWN = {
    dimension: ALIASES[dimension].keys() - {name for other in _RACES if other != dimension for name in ALIASES[other]}
    for dimension in _RACES
}


class Groups:
    """The groups of a measure by the names in one table.

    Raises ValueError if the names mix both standards for race.
    """

    def __init__(self, groups: Iterable, texts: Sequence[str]) -> None:
        self.by_name: dict[str, list[tuple[str, str]]] = {}
        self.known = {f"{one.dimension}={one.key}" for one in groups}
        for one in groups:
            self.by_name.setdefault(normalize_heading(one.name), []).append((one.dimension, one.key))
        self._add_aliases()
        self.there = {one.dimension for one in groups} & _RACES.keys()
        whole = {name for names in ALIASES.values() for name in names}
        names = {
            normalize_heading(part)
            for text in texts
            for part in ([text] if normalize_heading(text) in whole else text.split(", "))
        }
        named = [dimension for dimension in _RACES if names & _OWN[dimension]]
        if len(named) > 1:
            words = _("This table mixes the 2024 and 1997 standards for race and ethnicity. Paste the two separately.")
            raise ValueError(StoredText(words))
        self.standard = named[0] if named else next(iter(self.there)) if len(self.there) == 1 else ""

    def _add_aliases(self) -> None:
        """Let other names of the categories of race be found, unless a group of the measure has that very name.

        The same name in the other standard for race doesn't count: the table says which of the two it uses.
        """
        own = {name: {dimension for dimension, _ in found} for name, found in self.by_name.items()}
        for dimension, aliases in ALIASES.items():
            others = _RACES.keys() - {dimension}
            for name, key in aliases.items():
                if own.get(name, set()) <= others and f"{dimension}={key}" in self.known:
                    self.by_name.setdefault(name, []).append((dimension, key))
        together = [found[0] for name, found in self.by_name.items() if name in TOGETHER]
        for name in TOGETHER - own.keys() if together else ():
            self.by_name[name] = together[:1]

    def find(self, text: str) -> str:
        """The key of the cell that a name means. Raises ValueError with a message."""
        if normalize_heading(text) in ALL:
            return ""
        if self._is_key(text):
            return text
        found = self._parts(text.split(", "))
        if found is None:
            raise ValueError(self._unknown(text))
        try:
            if len(dict(found)) == len(found):
                return key_of(dict(found))
        except ValueError:  # one of each standard for race
            pass
        words = _("“%(text)s” has two groups of the same kind. Use one group of each kind.")
        raise ValueError(StoredText(words, text=text[:60]))

    def find_in(self, dimension: str, text: str) -> str:
        """The key of a group of one dimension, "" for everyone. Raises ValueError with a message."""
        if normalize_heading(text) in ALL:
            return ""
        keys = [key for of, key in self.by_name.get(normalize_heading(text), ()) if of == dimension]
        if not keys and f"{dimension}={text}" not in self.known:
            raise ValueError(self._unknown(text))
        return keys[0] if keys else text

    def _is_key(self, text: str) -> bool:
        try:
            return bool(text) and {f"{name}={key}" for name, key in group_of(text)} <= self.known
        except ValueError:
            return False

    def _parts(self, words: Sequence[str]) -> list[tuple[str, str]] | None:
        """The groups that these words name, longest names first; None if one is unknown."""
        if not words:
            return []
        for end in range(len(words), 0, -1):
            one = self._only_match(", ".join(words[:end]))
            rest = self._parts(words[end:]) if one else None
            if one is not None and rest is not None:
                return [one, *rest]
        return None

    def _only_match(self, name: str) -> tuple[str, str] | None:
        found = self.by_name.get(normalize_heading(name), [])
        if len(found) > 1 and self.standard:
            found = [one for one in found if one[0] not in _RACES or one[0] == self.standard]
        return found[0] if len(found) == 1 else None

    def _unknown(self, text: str) -> str:
        name = text[:60]
        if len(self.by_name.get(normalize_heading(text), ())) > 1:
            words = _("“%(name)s” is in more than one list of groups. Rename one of them on the measure’s page.")
            return StoredText(words, name=name)
        if normalize_heading(text) in TOGETHER:
            words = _(
                "“%(name)s” counts two groups together: Asian, and Native Hawaiian or Pacific Islander. Paste them as two. Or "
                "add a group “Asian or Pacific Islander” on the measure’s page first."
            )
            return StoredText(words, name=name)
        for dimension in _RACES:
            if normalize_heading(text) in _OWN[dimension] and self.there and dimension not in self.there:
                words = _(
                    "“%(name)s” belongs to the %(year)s standard for race, and this measure uses the other one. Leave it out, "
                    "or count its people in the groups of this measure."
                )
                return StoredText(words, name=name, year=_YEARS[dimension])
        words = _(
            "This measure doesn’t have the group “%(name)s”. Add it on the measure’s page first, or leave it out."
        )
        return StoredText(words, name=name)
