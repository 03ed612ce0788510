"""The years that a date of the registry may have: old treaties to long leases. Beyond, clocks and calendars give out."""

from datetime import date

from django.core.exceptions import ValidationError

FIRST_YEAR, LAST_YEAR = 1600, 2199


def require_year(day: date) -> None:
    """Raises ValidationError when this day lies in another year."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        words = f"The year {day.year} is too far off. Write a year from {FIRST_YEAR} to {LAST_YEAR}."
        raise ValidationError(words, code="year")


def require_years(record) -> None:
    """The same for all dates that people give of a record, by field. Call it once they are dates."""
    wrong = {}
    for field in record._meta.concrete_fields:
        value = getattr(record, field.attname)
        if field.editable and isinstance(value, date):
            try:
                require_year(value)
            except ValidationError as problem:
                wrong[field.name] = problem
    if wrong:
        raise ValidationError(wrong)
