"""The log says what failed and where, and nothing that people wrote."""

import logging

from celery import shared_task

from tests.logs import formatter, written

log = logging.getLogger("some.where")
ROW = "Failing row contains (7, Quetzal, quetzal@example.org, 555-0177)."


def _break():
    try:
        raise ValueError(ROW)
    except ValueError as problem:
        raise RuntimeError(f"Cannot save: {problem}") from problem


@shared_task
def break_at_work(address):
    _break()


def test_an_exception_is_named_and_placed_without_its_words():
    with written() as text:
        try:
            _break()
        except RuntimeError:
            log.exception("It broke")
    lines = text.getvalue().splitlines()
    assert lines[0].endswith("ERROR some.where It broke")
    assert [line for line in lines if not line.startswith((" ", "Traceback"))][1:] == [
        "builtins.ValueError",
        "Because of this, or while it was dealt with:",
        "builtins.RuntimeError",
    ]
    assert 'test_logs.py", line' in text.getvalue()
    assert "Quetzal" not in text.getvalue()


def test_addresses_and_tokens_are_redacted_everywhere():
    with written() as text:
        log.warning("Not Found: /people/%s/ with reg_%s_%s", "quetzal@example.org", "a" * 8, "b" * 32)
    assert text.getvalue().endswith("WARNING some.where Not Found: (address)/ with (token)\n")


def test_a_task_that_fails_says_neither_its_arguments_nor_the_exception_s_words():
    with written() as text:
        break_at_work.apply(args=["quetzal@example.org"])
    assert "break_at_work" in text.getvalue()
    assert "builtins.RuntimeError" in text.getvalue()
    assert not [word for word in ("Quetzal", "quetzal", "555-0177", "Failing row") if word in text.getvalue()]


def test_what_another_handler_has_written_down_before_is_not_repeated():
    with written(logging.Formatter("%(message)s"), formatter()) as (whole, text):
        try:
            _break()
        except RuntimeError:
            log.exception("It broke")
    assert ROW in whole.getvalue()
    assert ROW not in text.getvalue()
