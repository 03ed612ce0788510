"""The words of news: what fields and states are called in letters. A field that stands nowhere here is never told of."""

from django.utils.translation import gettext_lazy as _

from partnerships.registry.choices import Status, Verdict

FIELDS = {
    "about": _("what it is"),
    "address": _("address"),
    "aims": _("aims"),
    "area": _("area served"),
    "area_note": _("area served"),
    "common_agenda": _("common agenda"),
    "communities": _("communities served"),
    "contacts": _("contacts"),
    "documents": _("documents"),
    "ends_on": _("end date"),
    "engagement": _("what is promised to community"),
    "identifiers": _("identifiers"),
    "is_equity_office": _("whether it leads racial equity work"),
    "issue_areas": _("issue areas"),
    "kind": _("kind"),
    "languages": _("languages"),
    "lead": _("who leads it"),
    "led_by": _("who it is led by"),
    "lessons": _("lessons learned"),
    "mail_domain": _("mail domain"),
    "name": _("name"),
    "origin": _("why it formed"),
    "origin_note": _("why it formed"),
    "other_names": _("other names"),
    "population": _("population"),
    "purpose": _("purpose"),
    "side": _("side"),
    "source": _("source of the facts"),
    "stage": _("stage"),
    "stages": _("stages"),
    "starts_on": _("start date"),
    "state": _("state"),
    "status_reason": _("reason for its state"),
    "summary": _("what it is for"),
    "title": _("title"),
    "website": _("website"),
}
STATES = {
    Status.FORMING: _("It is forming now."),
    Status.ACTIVE: _("It is active now."),
    Status.PAUSED: _("It is paused now."),
    Status.REPAIRING: _("It is being repaired now."),
    Status.ENDED: _("It has ended."),
}
SAID = {
    Verdict.CONFIRMED: _("%(party)s says that the record is right."),
    Verdict.DISPUTED: _("%(party)s sees it another way, and says how."),
}


def labels(names) -> list[str]:
    """What these fields are called, each once, in their order."""
    return list(dict.fromkeys(str(FIELDS[name]) for name in names if name in FIELDS))
