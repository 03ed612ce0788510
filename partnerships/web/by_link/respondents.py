"""A partner without editors takes part in a round: it names its people, and later objects to others of its side.

It gets there by the personal link of its contact, or with a printed code (`codes`).
"""

from functools import partial

from django.contrib.auth.models import AnonymousUser
from django.shortcuts import render
from django.utils.translation import gettext

from partnerships.assessment import respondent_lists, respondent_queries
from partnerships.core.access import SYSTEM
from partnerships.core.errors import ValidationError
from partnerships.notifications import link_queries, links
from partnerships.web.assessment.forms import NameForm
from partnerships.web.assessment.printed_codes import printed
from partnerships.web.components.round_words import vouched_words
from partnerships.web.frame import page_language
from partnerships.web.frame.editing import add_errors, status_of
from partnerships.web.frame.private_pages import private_page


@private_page(links.PEOPLE)
def by_link(request, link):
    partner, contact = link_queries.partner_of(link)
    if partner.side.round.answering_at:
        return _objecting(request, partner, contact=contact)
    return _naming(request, partner, contact=contact)


def with_code(request, partner, code, ticket):
    if partner.side.round.answering_at:
        return _objecting(request, partner, code=code, ticket=ticket)
    return _naming(request, partner, code=code, ticket=ticket)


def _naming(request, partner, *, code="", ticket="", contact=None):
    """The partner names its respondents."""
    survey_round, party = partner.side.round, partner.party
    along = respondent_queries.contacts_known_to(contact, survey_round, party) if contact else ()
    offered = dict(respondent_queries.who_may_be_named(AnonymousUser(), party, along=along)) | dict(
        respondent_queries.named_without_email(survey_round, party)
    )
    # No one's proposal becomes the yes of someone who only presses the button.
    is_sent, chosen = (
        request.POST.get("press") == "name",
        respondent_queries.respondent_keys_of(survey_round, party, is_named=True),
    )
    given = {
        "offered": offered,
        "contact_at": partial(respondent_queries.contact_with_address, party) if contact else None,
    }
    form = NameForm(request.POST if is_sent else None, chosen=chosen, **given)
    if is_sent and page_language.SWITCH in request.POST:
        is_sent, typed = False, page_language.typed(form)
        form = NameForm(chosen=typed.pop("asked", chosen), typed=typed, **given)
    if is_sent and form.is_valid():
        new = [respondent_lists.WithoutEmail(*row) for row in form.more()]
        people = [*dict.fromkeys([*(offered[key] for key in form.chosen()), *form.known]), *new]
        try:
            respondent_lists.name_people(
                survey_round=survey_round, by=SYSTEM, party=party, people=people, with_code=code, contact=contact
            )
        except ValidationError as problem:
            add_errors(problem, form)
        else:
            survey_round.refresh_from_db()
            return printed(request, survey_round, party, new, people, ticket=ticket, is_link=contact is not None)
    context = {"round": survey_round, "party": party, "form": form, "ticket": ticket}
    context["switch_form"] = gettext("Name these people")
    return render(request, "by_link/roll.html", context, status=status_of(form))


def _objecting(request, partner, *, code="", ticket="", contact=None):
    """While people are answering, the partner checks who is asked on its side."""
    survey_round = partner.side.round
    may_object, message = contact is not None or not partner.code_by_other_side, ""
    named_respondents = respondent_queries.side_respondents(
        AnonymousUser(), survey_round, partner.side, by_name=may_object
    )
    for respondent in named_respondents.own:
        wanted = request.POST.get("object") == str(respondent.pk)
        if wanted or request.POST.get("withdraw") == str(respondent.pk):
            if contact:
                respondent_lists.object_by_link(respondent=respondent, pk=partner.pk, contact=contact, wanted=wanted)
            else:
                respondent_lists.object_with_code(respondent=respondent, code=code, wanted=wanted)
            named_respondents = respondent_queries.side_respondents(
                AnonymousUser(), survey_round, partner.side, by_name=True
            )
            message = gettext("We saved your objection.") if wanted else gettext("Your objection is withdrawn.")
    entered = []
    if contact:
        entered, vouched = _entered(request, partner, contact)
        message = vouched or message
    rows = [
        (respondent, respondent.party_id != partner.party_id, respondent_lists.objects_to(partner.party, respondent))
        for respondent in named_respondents.own
    ]
    context = {"round": survey_round, "party": partner.party, "rows": rows, "message": message, "ticket": ticket}
    context |= {"may_object": may_object, "others": named_respondents.others, "entered": entered}
    return render(request, "by_link/roll_objecting.html", context)


def _entered(request, partner, contact):
    """(the partners of the side that another side entered, the message after this contact vouched for one)."""
    survey_round, message = partner.side.round, ""

    def read():
        keys = {partner.side.key}
        return respondent_queries.entered_partners(AnonymousUser(), survey_round, keys, partner.party)

    entered = read()
    for one in entered:
        key, wanted = str(one.party.pk), request.POST.get("vouch") == str(one.party.pk)
        if one.voucher and (wanted or request.POST.get("withdraw_vouch") == key):
            respondent_lists.vouch_by_link(pk=partner.pk, contact=contact, party=one.party, wanted=wanted)
            message = vouched_words(one, wanted)
    return (read() if message else entered), message
