"""The button that follows a record."""

from partnerships.notifications import following as actions


def follow_button(person, record) -> dict | None:
    """The context of components/_follow.html, or None for anonymous users."""
    if not person.is_authenticated:
        return None
    return {"url": f"{record.get_absolute_url()}follow/", "is_on": actions.follows(person, record)}
