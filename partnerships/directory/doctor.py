"""Checks of the directory. A finding is (public id or name, sentence)."""

from collections.abc import Iterator

from partnerships.directory import same_names
from partnerships.directory.models import Department, Organization


def unknown_names() -> Iterator[tuple[str, str]]:
    """Records whose names wouldn't be recognized in another spelling."""
    for model in (Organization, Department):
        for record in same_names.missing(model):
            yield record.public_id, "has a name that isn’t recognized in other spellings. Run manage.py name_skeletons."
