"""What keeps two who are asked from being merged while a round is open: whoever reads another mailbox afterwards must not come to
read sealed answers. It asks who is asked, never who has answered: otherwise the refusal itself would tell."""

from partnerships.framework.models import Respondent

BOTH = "Both are asked in a round that is still open. Wait until it closes."
SEALED = "Someone here is asked in a round that is still open, and only they may read what they answer. Wait until it closes."


def open_places(someone):
    """Where a Person or Contact is asked in rounds that can still be answered."""
    return Respondent.objects.filter(
        **{someone._meta.model_name: someone}, round__opened_at=None, round__cancelled_at=None
    )


def refused_by_rounds(kept, lost) -> str:
    """Why these two cannot be merged now, in words; empty when they can. Two queries at most."""
    if open_places(kept).filter(round__in=open_places(lost).values("round")).exists():
        return BOTH
    return SEALED if open_places(lost).exists() else ""
