"""Which counts a text contains."""

from decimal import Decimal as D

import pytest

from partnerships.measurement.text_disclosure import counts_in


@pytest.mark.parametrize(
    ("text", "disclosed"),
    [
        ("", []),
        ("Three of them, and 3 more.", ["Three", "3"]),
        ("In 2024, 1,234 families.", ["1,234"]),
        ("A third of everyone; 3.5 percent; 13 streets; freedom of threesomes.", []),
        ("It was 3%.", ["3"]),
    ],
)
def test_figures_and_words_are_found_and_parts_of_others_are_not(text, disclosed):
    assert counts_in(text, {D(3), D(1234)}) == disclosed
