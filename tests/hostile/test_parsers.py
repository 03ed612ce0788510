"""What strangers send: each parser of outside text that QA27 measures is still there, and what two of them refuse."""

import tracemalloc

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from partnerships.core.errors import NotFound
from partnerships.core.text import LONGEST_FOLDED, fold, fold_words
from tests.hostile.parsers import PARSERS


@pytest.mark.parametrize("name", PARSERS)
def test_each_parser_is_found_and_reads_or_refuses_something_small(name):
    parser = PARSERS[name]
    parse, refusals = parser.load()
    for given in parser.small:
        try:
            parse(given)
        except (*refusals, ValidationError, NotFound):
            continue


def test_letters_that_grow_are_folded_only_as_far_as_words_are_read():
    grows = "\ufdfa"  # folds into four words with three spaces between them
    tracemalloc.start()
    words = fold_words(grows * LONGEST_FOLDED)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert words == (fold(grows) * LONGEST_FOLDED)[:LONGEST_FOLDED].split()
    assert peak < 20 * 2**20


@pytest.mark.parametrize("local", ["ſtaff", "\N{KELVIN SIGN}ay", "ñandu", '"a\x01b"', "a..b", ".a", "a b", "a\n"])
def test_an_address_that_no_email_reaches_is_refused(local):
    with pytest.raises(ValidationError):
        validate_email(f"{local}@example.org")


@pytest.mark.parametrize("local", ["staff", "Staff.Two+news", "o'neil", "a_b-c", "{x}"])
def test_an_address_that_email_reaches_is_taken(local):
    assert validate_email(f"{local}@example.org") is None
