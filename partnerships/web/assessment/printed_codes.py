"""The page with the codes of people who were just named for a round."""

from django.shortcuts import render
from django.urls import reverse

from partnerships.web.frame import page_language
from partnerships.web.frame.idempotency import redirect_resubmissions


def printed(request, survey_round, party, new, people, *, ticket="", back="", is_link=False):
    """The page after respondents were named, with codes to print for those without an email address."""
    again = request.path if is_link else back or reverse("code")
    if new or is_link:
        address = again if back else again + page_language.query(request)
        redirect_resubmissions(request, address, shows_secret=bool(new))
    context = {"round": survey_round, "party": party, "new": new, "people": people, "ticket": ticket, "back": back}
    context |= {"address": request.build_absolute_uri(reverse("code")), "is_once": bool(new), "is_link": is_link}
    return render(request, "by_link/roll_named.html", context)
