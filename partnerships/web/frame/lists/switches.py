"""Switches between views of a list, such as “My office” and “All places”."""

from dataclasses import dataclass

from partnerships.core.types import Text


@dataclass
class Switch:
    """A choice between views of a list. At most one is on.

    `options`: (label, parameters that it sets: name → values; none removes the parameter). Those on show no chip.
    """

    label: Text
    options: list[tuple[Text, dict]]
    has_counts: bool = False
    replaces: tuple = ()  # filters that have no menu, since this says all that they do

    def is_on(self, params, wanted) -> bool:
        return all(sorted(params.getlist(name)) == sorted(v) for name, v in wanted.items() if name != "ordering")

    def current(self, params) -> dict:
        """The parameters of the option that is on, or none."""
        return next((wanted for _, wanted in self.options if self.is_on(params, wanted)), {})
