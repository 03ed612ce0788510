"""Confirm or dispute a record, ask for that, and public statements by the lead agency with replies."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.registry import confirmation_requests, queries, remarks, sides, statements
from partnerships.registry.choices import Verdict
from partnerships.registry.models import Remark, Reply
from partnerships.registry.rules import may_write_partnership
from partnerships.web.components.forms.statements import PartyStatementForm, RemarkForm, ReplyForm
from partnerships.web.components.partnerships import crumbs_to_partnership, partnership_url
from partnerships.web.frame.editing import seen_now
from partnerships.web.frame.forms.fields import NoForm
from partnerships.web.frame.steps import Step, had_conflict, take_step
from partnerships.web.frame.words import day
from partnerships.web.partnerships.editing import step

CHANGED = _("The record changed while you had it open. Review it again, then decide. Your words are still here.")


def _own_parties(request, record):
    """The parties that this person may speak for. Raises NotAllowed if there are none."""
    parts = [part for part in sides.own_parts(request.user, record) if part.may_state]
    require(bool(parts))
    return [part.party for part in parts]


def _party(parties, public_id):
    return next(party for party in parties if party.entity.public_id == public_id)


@require_http_methods(["GET", "POST"])
def confirm(request, public_id):
    record = queries.partnership(request.user, public_id)
    parties = _own_parties(request, record)
    initial = {"seen": confirmation_requests.record_fingerprint(record), "verdict": request.GET.get("verdict")}
    form = PartyStatementForm(request.POST or None, parties=parties, initial=initial)

    def act(data):
        party = _party(parties, data["party"])
        if data["verdict"] == Verdict.DISPUTED:
            statements.dispute_record(party=party, by=request.user, words=data["words"], seen=data["seen"])
        else:
            statements.confirm_record(party=party, by=request.user, seen=data["seen"])
        if party.is_unlisted:
            return gettext("Saved. Staff of %(lead)s and your own people see it next to the record.") % {
                "lead": record.lead
            }
        return gettext("Saved. It now appears next to the record.")

    def refused():
        if had_conflict(form):
            seen_now(form, seen=confirmation_requests.record_fingerprint(record))

    def page(current):
        text = gettext("Read the record first. Then tell us, for your organization or office, whether it’s right.")
        return _statement(record, title=question_of(record), text=text, button=gettext("Send answer"))

    return take_step(
        request, form, act, page, to=partnership_url(record, "partners", "voices"), changed=CHANGED, refused=refused
    )


def question_of(record) -> str:
    """The title of the page that asks whether a record is right."""
    return gettext("Is this record right? %(partnership)s") % {"partnership": record.title}


def _statement(record, **texts) -> Step:
    """A step page about a partnership."""
    back = record.get_absolute_url()
    crumbs = crumbs_to_partnership(record)
    return Step(record=record, back=back, crumbs=crumbs, template_name="partnerships/statement.html", **texts)


@require_http_methods(["GET", "POST"])
def ask(request, public_id):
    def act(record, version, data):
        asked = statements.ask_to_confirm(partnership=record, by=request.user, version=version)
        names = ", ".join(str(party) for party in asked)
        return (
            gettext("Asked: %(names)s.") % {"names": names}
            if asked
            else gettext(
                "We didn’t email anyone. Everyone has already answered, was asked this week, or can’t be asked by email. "
                "To reach a partner without an account, first invite it to confirm its seat."
            )
        )

    return step(
        request,
        queries.partnership(request.user, public_id),
        NoForm,
        act,
        to=("partners", "voices"),
        title=gettext("Ask the partners if this record is right?"),
        text=(
            gettext(
                "People who speak for a partner get an email. If it has no account, the contact who confirmed its seat by "
                "email gets a link to answer with. We can’t ask others without an account. We ask each partner at most once "
                "in seven days, and not if it has already answered."
            )
        ),
        button=gettext("Ask partners"),
    )


@require_http_methods(["GET", "POST"])
def remark_new(request, public_id):
    record = queries.partnership(request.user, public_id)
    require(may_write_partnership(request.user, record))

    def act(data):
        remark = remarks.show_remark(partnership=record, by=request.user, text=data["text"])
        return gettext("The partners can see it now. Everyone can from %(day)s.") % {"day": day(remark.public_on)}

    def page(current):
        text = gettext("The partners see it first and can reply. It becomes public automatically on %(day)s.") % {
            "day": day(remarks.first_public_day(record.lead))
        }
        title = gettext("Make a public statement: %(partnership)s") % {"partnership": record.title}
        return _statement(record, title=title, text=text, button=gettext("Show to partners"))

    return take_step(
        request, RemarkForm(request.POST or None), act, page, to=partnership_url(record, "partners", "said")
    )


@require_http_methods(["GET", "POST"])
def remark_withdraw(request, pk):
    remark = sides.remark(request.user, pk)
    require(may_write_partnership(request.user, remark.partnership))

    def act(record, version, data):
        remarks.withdraw_remark(remark=remark, by=request.user, version=version)
        return gettext("Withdrawn. The public can no longer read it.")

    return step(
        request,
        remark.partnership,
        NoForm,
        act,
        title=gettext("Withdraw this statement?"),
        text=gettext("The public will no longer see it or the replies. The partners will see that it was withdrawn."),
        button=gettext("Withdraw statement"),
    )


@require_http_methods(["GET", "POST"])
def remark_reply(request, pk):
    remark = sides.remark(request.user, pk)
    record = remark.partnership
    parties = _own_parties(request, record)
    there = {reply.party_id: reply for reply in remark.replies.all()}
    first = there.get(parties[0].pk) if len(parties) == 1 else None
    initial = {"seen": remarks.moment_of(first), "text": first.text if first else ""}
    form = ReplyForm(request.POST or None, parties=parties, initial=initial)
    more: dict[str, Remark | Reply] = {"remark": remark}

    def act(data):
        # With several parties, the form starts empty. If the chosen one has replied before, `reply_to_remark` raises an
        # edit conflict.
        party = _party(parties, data["party"])
        remarks.reply_to_remark(remark=remark, party=party, by=request.user, text=data["text"], seen=data["seen"])
        return gettext("Your reply now appears next to the statement.")

    def refused():
        if had_conflict(form):
            saved = remark.replies.get(party=_party(parties, form.cleaned_data["party"]))
            more["saved_reply"] = saved
            seen_now(form, seen=remarks.moment_of(saved))

    def page(current):
        title = gettext("Reply: %(partnership)s") % {"partnership": record.title}
        return _statement(record, title=title, text="", button=gettext("Reply"), more=more)

    return take_step(
        request, form, act, page, to=partnership_url(record, "partners", "said"), changed=CHANGED, refused=refused
    )
