"""Pages of rounds: start one, its status, what both sides said after it opened, and the response to a gap."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.assessment import (
    answering,
    asking_queries,
    canceling,
    catalog,
    notes,
    queries,
    respondent_lists,
    respondent_queries,
    rounds,
    rules,
    score_queries,
)
from partnerships.assessment.eligibility import may_name_respondents
from partnerships.assessment.models import ResponseNote, Round
from partnerships.core import clock
from partnerships.core.access import require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.measurement.score_context import facts_for_scores
from partnerships.meetings import queries as meetings
from partnerships.registry import queries as registry
from partnerships.registry.rules import may_write_partnership
from partnerships.web.assessment import publishing, ties
from partnerships.web.assessment.forms import (
    CancelForm,
    MoveForm,
    NameForm,
    NoteForm,
    NotesForm,
    RecordedForm,
    RoundForm,
)
from partnerships.web.assessment.printed_codes import printed
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.components.round_words import respondent_count_words, shown, side_name, vouched_words
from partnerships.web.frame.editing import SAVED_NOW, add_errors, redirect_after_save, status_of, version_of
from partnerships.web.frame.forms.fields import NoForm
from partnerships.web.frame.steps import Step, had_conflict, take_step

CANCEL = _(
    "Until answering begins, the round is canceled at once. After that, most partners of each side must agree first, whether or "
    "not anyone has answered, and not agreeing counts as no. Partners without an account get an email to the contact who "
    "confirmed their seat. Everyone who was asked gets an email with who canceled it and why. Answers stay sealed for 30 days "
    "and are then erased. No new round can start here for 30 days."
)
CANCELED = _("The round is canceled. We’ll email everyone who was asked and has an email address.")
CANCEL_ASKED = _("Saved. The round is canceled once most partners of each side have agreed. We’ll email them.")
STARTED = _("The round has started. We’ll email the partners. They have seven days to name who answers for them.")
NAME = _(
    "Each person answers alone, by a link that we email to them, or with a code if they have no email address. Name only people "
    "who don’t belong to another side of this partnership. People of your side see who is named, by name and organization. "
    "Others see only how many. If you name no one, no one answers for you. Answering begins once every partner has named its "
    "people."
)
NAMED = _("Saved. They get an email once every partner has named its people, or the seven days are over.")
NO_ONE_NAMED = _("Saved: no one answers for you in this round.")
OBJECT = _(
    "The person still answers, but their answer doesn’t count toward the three that a score needs. The history says that you "
    "objected."
)
VOUCH = _(
    "Say so only if you know that this organization exists and who its people are. Then their answers count like all others. "
    "The history says that you know them. You can withdraw it until the answers open."
)
RECORD = _(
    "For someone who answers on paper, by phone or in a talk, and who asked you to. You don’t see what they have answered, or "
    "whether. They read what you recorded with a code of their own, and confirm or discard it. What they answer themselves "
    "always comes first. If you belong to another side, what you record counts only once they confirm it, and is erased when the "
    "round closes if they don’t. The history says that you recorded answers, never which."
)
NOT_RECORDED = _("This round has closed, or they no longer answer for this partner. Nothing was recorded.")
RECORDED = _("We recorded it. They can confirm it with a code of their own until the round closes.")
PROPOSED_DAYS = 21  # until the deadline that the form proposes: a week to name people, and two to answer
NOTE = _(
    "Both sides read your response, and the next round shows it again. If all partners agree to publish the round, everyone "
    "reads it."
)


@require_http_methods(["GET", "POST"])
def new(request, public_id):
    partnership = registry.partnership(request.user, public_id)
    require(rules.may_start_round(request.user, partnership))
    offered = asking_queries.who_may_be_asked(request.user, partnership)
    proposed = Round(title=_season(clock.today()), closes_on=clock.today() + timedelta(days=PROPOSED_DAYS))
    initial = {"asked": asking_queries.every_partner(offered)}  # so that no side is left out by accident
    form = RoundForm(request.POST or None, instance=proposed, offered=offered, initial=initial)
    keys = {key for key, _ in offered}
    alone = asking_queries.only_side_asked(partnership, keys.intersection(request.POST.getlist("asked")) or keys)
    must_tell = form.is_bound and alone is not None and request.POST.get("only_side") != alone.side.key
    if form.is_bound and (form.errors or not must_tell):
        data = form.cleaned_data
        given = {
            "partnership": partnership,
            "by": request.user,
            "fields": {name: data[name] for name in RoundForm.Meta.fields if name in data},
            "asked": asking_queries.parse_asked(request.user, partnership, data.get("asked", ())),
        }
        try:
            if not form.errors:
                survey_round = rounds.start_round(**given, why=data["why"])
                return redirect_after_save(request, STARTED, survey_round.get_absolute_url())
            rounds.people_to_ask(**given)
        except ValidationError as problem:
            add_errors(problem, form)
    title = gettext("Ask both sides: %(title)s") % {"title": partnership.title}
    context = {"title": title, "form": form, "record": partnership}
    context |= {
        "back": partnership_url(partnership, "power"),
        "crumbs": crumbs_to_partnership(partnership),
        "is_empty": not offered,
    }
    starter = rules.starts_for(request.user, partnership)
    context["names_starter"] = rules.public_name(starter) if starter else partnership.lead.name
    if alone:
        context |= {"only_side": alone.side.key, "only_side_name": side_name(alone), "repeat_days": rounds.REPEAT_DAYS}
    if may_write_partnership(request.user, partnership):  # the reasons say more than other partners may know
        context["not_offered"] = asking_queries.who_may_not_be_asked(request.user, partnership)
    context["asks_again"] = asks_again = must_tell and not form.errors
    return render(request, "assessment/round_new.html", context, status=200 if asks_again else status_of(form))


def _season(day) -> str:
    """The season and year, as the name of a round: “Fall 2026”. December belongs to the winter of the next year."""
    seasons = (
        gettext("Winter %(year)s"),
        gettext("Spring %(year)s"),
        gettext("Summer %(year)s"),
        gettext("Fall %(year)s"),
    )
    return seasons[day.month % 12 // 3] % {"year": day.year + (day.month == 12)}


@require_http_methods(["GET", "POST"])
def name_people(request, public_id, pk):
    """A partner's own editors name its respondents."""
    one = queries.round_of(request.user, public_id)
    partners = [seen.party for seen in respondent_queries.partners_seen(request.user, one)]
    party = next((party for party in partners if party.pk == pk), None)
    if party is None:
        raise NotFound
    require(may_name_respondents(request.user, party))
    if request.method == "GET" and (one.answering_at or not one.is_running):
        if one.is_running:
            messages.info(request, gettext("The respondent list is closed because people are answering."))
        return redirect(one)
    people = respondent_queries.who_may_be_named(request.user, party)
    offered = dict([*people, *respondent_queries.named_without_email(one, party)])
    form = NameForm(request.POST or None, offered=offered, chosen=respondent_queries.respondent_keys_of(one, party))

    def act(data):
        new = [respondent_lists.WithoutEmail(*row) for row in form.more()]
        people = [offered[key] for key in form.chosen()] + new
        respondent_lists.name_people(survey_round=one, by=request.user, party=party, people=people)
        if new:
            return printed(request, one, party, new, people, back=one.get_absolute_url())
        return NAMED if people else NO_ONE_NAMED

    def page(one):
        title = gettext("Who answers for %(party)s?") % {"party": party}
        return _step_of(one, title=title, text=NAME, button=gettext("Name these people"))

    return take_step(request, form, act, page, one, to=one.get_absolute_url())


@require_http_methods(["GET", "POST"])
def object_to(request, pk):
    """A partner objects to a respondent on its own side."""
    respondent = respondent_queries.respondent(request.user, pk)
    one = respondent.round
    party = respondent_lists.objecting_party(request.user, respondent)
    require(party is not None)
    wanted = not respondent_lists.objects_to(party, respondent)

    def act(data):
        respondent_lists.object_to(respondent=respondent, by=request.user, wanted=wanted)
        return gettext("We saved your objection.") if wanted else gettext("Your objection is withdrawn.")

    def page(one):
        title = gettext("Object to a person of %(party)s?") % {"party": respondent.party}
        title = title if wanted else gettext("Withdraw your objection?")
        return _step_of(
            one, title=title, text=OBJECT, button=gettext("Object") if wanted else gettext("Withdraw objection")
        )

    return take_step(request, NoForm(request.POST or None), act, page, one, to=one.get_absolute_url())


def _side(side, count):
    """(name, side, who was asked in words, whether to show how many answered)."""
    return (
        side_name(side),
        side,
        respondent_count_words(count),
        not side.standing and (count is None or not count.has_others),
    )


@require_safe
def round_detail(request, public_id):
    one = queries.round_of(request.user, public_id)
    seen = score_queries.round_seen(request.user, one)
    respondents, respondent_counts = (
        respondent_queries.respondents_seen(request.user, one),
        respondent_queries.count_respondents(request.user, [one]),
    )
    context = {
        "round": one,
        "seen": seen,
        "sides": [_side(side, respondent_counts.get(side.side.pk)) for side in seen.sides],
        "respondents": respondents,
        "may_change": one.is_running and rules.cancel_role(request.user, one),
        "partners": respondent_queries.partners_seen(request.user, one) if one.is_running else [],
        "own_respondents": _own_respondents(request.user, one),
        "entered": _entered_partners(request.user, one),
        "cancellation": (cancellation := queries.cancellation_seen(request.user, one)),
        "may_agree": one.is_running and cancellation and rules.agrees_for(request.user, one),
        "may_respond": may_write_partnership(request.user, one.partnership),
        "others": [other for other in queries.rounds_of(request.user, one.partnership) if other.pk != one.pk],
        "portfolio": getattr(getattr(one, "portfolio_place", None), "portfolio", None),
        "crumbs": crumbs_to_partnership(one.partnership),
    }
    if one.opened_at:
        facts = facts_for_scores(request.user, one.partnership) if one.asks == catalog.TEN else {}
        context |= shown(seen, facts) | {"publishing": publishing.publishing_context(request.user, one)}
        context["ties"] = ties.seen(request.user, seen, rules.own_sides_of(request.user, one))
    return render(request, "assessment/round.html", context)


def _own_respondents(person, one):
    """(respondent, the partner for which the person may object or None, whether it does) for each on the person's own sides,
    of those that partners have named.

    Empty unless the round is running.
    """
    if not one.is_running:
        return []
    keys = rules.own_sides_of(person, one) if one.is_answering else rules.sides_held_by(person, one)
    respondents_of_sides = [
        respondent_queries.side_respondents(person, one, side) for side in one.sides.all() if side.key in keys
    ]
    return [
        (respondent, party, respondent_lists.objects_to(party, respondent))
        for listed in respondents_of_sides
        for respondent in listed.own
        for party in [respondent_lists.objecting_party(person, respondent)]
    ]


def _entered_partners(person, one):
    """The partners of the person's own sides that another side entered, while the round is running."""
    keys = rules.sides_held_by(person, one) if one.is_running else ()
    return respondent_queries.entered_partners(person, one, keys) if keys else []


@require_http_methods(["GET", "POST"])
def vouch_for(request, public_id, pk):
    """A partner says that its side knows another one that another side entered, or withdraws that."""
    one = queries.round_of(request.user, public_id)
    entered = next((seen for seen in _entered_partners(request.user, one) if seen.party.pk == pk), None)
    if entered is None:
        raise NotFound
    require(entered.voucher is not None)
    wanted = "withdraw" not in request.POST

    def act(data):
        respondent_lists.vouch_for(survey_round=one, party=entered.party, by=request.user, wanted=wanted)
        return vouched_words(entered, wanted)

    def page(one):
        title = gettext("Does your side know %(party)s?") % {"party": entered.party}
        return _step_of(one, title=title, text=VOUCH, button=gettext("We know them"))

    return take_step(request, NoForm(request.POST or None), act, page, one, to=one.get_absolute_url())


def _step_of(one, **texts) -> Step:
    """A step page about a round."""
    crumbs = [*crumbs_to_partnership(one.partnership), (one.title, one.get_absolute_url())]
    return Step(**{"record": one, "back": one.get_absolute_url(), "crumbs": crumbs} | texts)


@require_http_methods(["GET", "POST"])
def move(request, public_id):
    one = queries.round_of(request.user, public_id)
    require(bool(rules.cancel_role(request.user, one)))

    def act(data):
        rounds.move_round(survey_round=one, by=request.user, closes_on=data["closes_on"], version=version_of(request))
        return gettext("The deadline is changed.")

    def page(one):
        text = gettext(
            "The deadline can move once, to a later day, by 30 days at most. People who haven’t finished get their reminders by "
            "the new day. Answers that are saved stay."
        )
        title = button = gettext("Change deadline")
        return _step_of(one, title=title, text=text, button=button)

    return take_step(request, MoveForm(request.POST or None), act, page, one, to=one.get_absolute_url())


@require_http_methods(["GET", "POST"])
def remind(request, public_id):
    one = queries.round_of(request.user, public_id)
    require(bool(rules.cancel_role(request.user, one)))

    def act(data):
        rounds.send_reminders(survey_round=one, by=request.user)
        return gettext("We’ll remind the people who were asked and haven’t finished.")

    def page(one):
        text = gettext(
            "The people who were asked and haven’t finished get the reminder email, unless they get one today anyway. We don’t "
            "show who or how many they are. You can send reminders once a day."
        )
        title, button = gettext("Remind people now?"), gettext("Send reminders")
        return _step_of(one, title=title, text=text, button=button)

    return take_step(request, NoForm(request.POST or None), act, page, one, to=one.get_absolute_url())


@require_http_methods(["GET", "POST"])
def cancel(request, public_id):
    """Cancel a round, or agree to cancel it if someone already asked for that."""
    one = queries.round_of(request.user, public_id)
    asked = queries.cancellation_seen(request.user, one) if one.is_running else None
    require(bool(rules.agrees_for(request.user, one) if asked else rules.cancel_role(request.user, one)))

    def act(data):
        given = {"survey_round": one, "by": request.user, "version": version_of(request)}
        after = canceling.agree_to_cancel(**given) if asked else canceling.cancel_round(**given, why=data["why"])
        return CANCELED if after.cancelled_at else CANCEL_ASKED

    def page(one):
        texts = {"title": gettext("Cancel this round?"), "text": CANCEL, "button": gettext("Cancel round")}
        return _step_of(one, **(_agreement_texts(asked) if asked else texts))

    form = (NoForm if asked else CancelForm)(request.POST or None)
    return take_step(request, form, act, page, one, to=one.get_absolute_url())


def _agreement_texts(asked):
    return {
        "title": gettext("Do you agree to cancel this round?"),
        "text": gettext(
            "If most partners of each side agree, the round is canceled. If you don’t answer, that counts as no."
        ),
        "points_title": gettext("Why %(who)s wants to cancel it") % {"who": asked.who},
        "points": [asked.why],
        "button": gettext("Agree to cancel"),
    }


def _without_response(survey_round, flags) -> list[tuple[str, str]]:
    """(key, name) of these flagged questions that have no response yet."""
    due = flags - set(survey_round.notes.values_list("item", flat=True))
    return [(key, one.name) for key, one in survey_round.items.items() if key in due]


@require_http_methods(["GET", "POST"])
def note(request, public_id, item):
    one = queries.round_of(request.user, public_id)
    flags = score_queries.flags_of(one)
    if item not in flags:
        raise NotFound
    require(may_write_partnership(request.user, one.partnership))
    parties = meetings.parties_seen(request.user, one.partnership)
    written = one.notes.filter(item=item).first() or ResponseNote()
    named = [(str(pk), str(p)) for pk, p in parties.items()]
    words = {row["item"].key: row["words"] for row in shown(score_queries.round_seen(request.user, one))["rows"]}
    others = [(key, f"{name}. {words[key]}") for key, name in _without_response(one, flags - {item})]
    form = NoteForm(request.POST or None, instance=written, parties=named, others=others)
    to = f"{one.get_absolute_url()}#{item}"

    def act(data):
        return _save_response(request, one, parties, data, [item, *data.get("also", [])])

    def page(one):
        both = [(SAVED_NOW, now.text) for now in one.notes.filter(item=item)] if had_conflict(form) else ()
        title = gettext("Respond: %(question)s") % {"question": one.items[item].name}
        return _step_of(one, title=title, text=NOTE, button=gettext("Respond"), back=to, both=both)

    return take_step(request, form, act, page, one, to=to)


def _save_response(request, survey_round, parties, data, items):
    """Save the response to these questions. An action item belongs to the first. Returns the success message."""
    owner = parties[int(data["owner"])] if data["owner"] else None
    action = {"title": data["action"], "owner_party": owner, "due_on": data["due_on"]} if data["action"] else None
    notes.save_response(
        survey_round=survey_round,
        by=request.user,
        item=items[0],
        text=data["text"],
        action=action,
        version=version_of(request),
        also=items[1:],
    )
    saved = ngettext("We saved your response.", "We saved your response to %(number)s questions.", len(items))
    return saved % {"number": len(items)}


@require_http_methods(["GET", "POST"])
def respond(request, public_id):
    """All flagged questions of a round, and one response to several of them."""
    one = queries.round_of(request.user, public_id)
    flags = score_queries.flags_of(one)
    if not flags:
        raise NotFound
    require(may_write_partnership(request.user, one.partnership))
    parties = meetings.parties_seen(request.user, one.partnership)
    named, due = [(str(pk), str(p)) for pk, p in parties.items()], _without_response(one, flags)
    form = NotesForm(request.POST or None, parties=named, others=due)

    def act(data):
        return _save_response(request, one, parties, data, data["also"])

    def page(one):
        rows = [row for row in shown(score_queries.round_seen(request.user, one))["rows"] if row["item"].key in flags]
        more = {"rows": rows, "due": due, "hides_form": not due}
        title, button = gettext("Respond to what needs talking about"), gettext("Respond")
        template = "assessment/round_respond.html"
        return _step_of(one, title=title, text=NOTE, button=button, template_name=template, more=more)

    return take_step(request, form, act, page, one, to=one.get_absolute_url())


@require_http_methods(["GET", "POST"])
def record(request, pk):
    respondent = respondent_queries.respondent(request.user, pk)
    one = respondent.round
    require(rules.may_record_for(request.user, respondent))
    form = RecordedForm(request.POST or None, items=one.items.values())

    def act(data):
        given = {"way": data["way"], "was_read_back": data["was_read_back"], "answers": form.answers()}
        try:
            answering.record_answers(respondent=respondent, by=request.user, **given)
        except NotFound:
            raise ValidationError(NOT_RECORDED) from None
        return RECORDED

    def page(one):
        title = gettext("Record answers for %(partner)s") % {"partner": respondent.party}
        return _step_of(one, title=title, text=RECORD, button=gettext("Record answers"))

    return take_step(request, form, act, page, one, to=one.get_absolute_url())
