"""Events about people, called in the transaction that changed them."""

from collections.abc import Collection

from partnerships.core.hooks import event


@event
def rights_changed(people: Collection[int]) -> None:
    """The roles of these people (primary keys), or whether they can sign in, changed: what acts for them may have to stop."""
