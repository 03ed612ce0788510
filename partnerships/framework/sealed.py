"""What keeps two who are asked from being made one: answers of a round that is still open are read by who gave them alone."""

from partnerships.framework.models import Answer, Respondent, TieAnswer

BOTH = "Both are asked in a round that is still open. Wait until its answers open."
SEALED = "There are answers in a round that is still open. Only who gave them may read them: wait until they open."


def open_places(someone):
    """Where a Person or Contact is asked in rounds that can still be answered."""
    return Respondent.objects.filter(
        **{someone._meta.model_name: someone}, round__opened_at=None, round__cancelled_at=None
    )


def has_sealed(places) -> bool:
    """Whether anything is answered in one of these places."""
    return any(model.objects.filter(respondent__in=places.values("pk")).exists() for model in (Answer, TieAnswer))


def refused_by_rounds(kept, lost) -> str:
    """Why these two cannot be made one now, in words; empty when they can. Three queries at most."""
    if open_places(kept).filter(round__in=open_places(lost).values("round")).exists():
        return BOTH
    return SEALED if has_sealed(open_places(lost)) else ""
