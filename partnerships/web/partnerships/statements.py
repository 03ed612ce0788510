"""Saying whether a record is right, asking for it, and what a lead says in public with the replies to it."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partnerships.core.access import require
from partnerships.core.errors import Stale, ValidationError
from partnerships.registry import asking, queries, remarks, sides, statements
from partnerships.registry.choices import Verdict
from partnerships.registry.rules import may_write_partnership
from partnerships.web.editing import place_errors, saved
from partnerships.web.forms.words import RemarkForm, ReplyForm, StatementForm
from partnerships.web.partnerships.editing import NoForm, step
from partnerships.web.words import day

CHANGED = "The record has changed while you were reading. Look at it again, then decide. Your words are still here."


def _own(request, record):
    """The parties for which this person may speak of the record, and their last words."""
    parts = [part for part in sides.own_parts(request.user, record) if part.may_state]
    require(bool(parts))
    return [part.party for part in parts]


def _party(parties, public_id):
    return next(party for party in parties if party.entity.public_id == public_id)


@require_http_methods(["GET", "POST"])
def confirm(request, public_id):
    record = queries.partnership(request.user, public_id)
    parties = _own(request, record)
    mark, stale = asking.mark_of(record), False
    form = StatementForm(request.POST or None, parties=parties, initial={"seen": mark})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        party = _party(parties, data["party"])
        try:
            if data["verdict"] == Verdict.DISPUTED:
                statements.dispute_record(party=party, by=request.user, words=data["words"], seen=data["seen"])
            else:
                statements.confirm_record(party=party, by=request.user, seen=data["seen"])
        except Stale:
            form, stale = _again(request, StatementForm, parties, asking.mark_of(record)), True
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Said. It stands beside the record now.", _page(record) + "#voices")
    context = {"title": f"Is this record right? {record.title}", "is_stale": stale, "button": "Say so"}
    context["text"] = "Read the record first. Then say whether it is right, for your organization or office."
    return _show(request, record, form, context)


def _again(request, form_class, parties, seen):
    """The form with what was typed, made for what stands now."""
    data = request.POST.copy()
    data["seen"] = seen
    form = form_class(data, parties=parties)
    if form.is_valid():
        form.add_error(None, CHANGED)
    return form


def _show(request, record, form, context):
    back = _page(record)
    crumbs = [("Partnerships", reverse("partnerships")), (record.title, back)]
    status = 409 if context.get("is_stale") else 422 if form.is_bound else 200
    context = context | {"record": record, "form": form, "back": back, "crumbs": crumbs}
    return render(request, "partnerships/statement.html", context, status=status)


def _page(record):
    return reverse("partnership", args=[record.public_id])


@require_http_methods(["GET", "POST"])
def ask(request, public_id):
    def act(record, version, data):
        asked = statements.ask_to_confirm(partnership=record, by=request.user, version=version)
        names = ", ".join(str(party) for party in asked)
        return (
            f"Asked: {names}."
            if asked
            else "Nobody was asked. Each has answered, was asked this week, or has no account."
        )

    return step(
        request,
        public_id,
        NoForm,
        act,
        "",
        title="Ask the parties whether this record is right?",
        text=(
            "Those who speak for a party get a letter. A party is asked at most once in seven days, and not when it has "
            "answered already. One with nobody here who can answer is not asked, and the page says so."
        ),
        button="Ask them",
    )


@require_http_methods(["GET", "POST"])
def remark_new(request, public_id):
    record = queries.partnership(request.user, public_id)
    require(may_write_partnership(request.user, record))
    form = RemarkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            remark = remarks.show_remark(partnership=record, by=request.user, text=form.cleaned_data["text"])
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            words = f"The partners see it now. Everyone does from {day(remark.public_on)}."
            return saved(request, words, _page(record) + "#said")
    context = {"title": f"Say something in public: {record.title}", "button": "Show it to the partners"}
    context["text"] = (
        f"The partners see it first and can reply. It becomes public by itself on {day(remarks.public_on(record.lead))}."
    )
    return _show(request, record, form, context)


@require_http_methods(["GET", "POST"])
def remark_withdraw(request, pk):
    remark = sides.remark(request.user, pk)
    require(may_write_partnership(request.user, remark.partnership))

    def act(record, version, data):
        remarks.withdraw_remark(remark=remark, by=request.user, version=version)

    return step(
        request,
        remark.partnership.public_id,
        NoForm,
        act,
        "Taken back. The public does not read it any more.",
        title="Take this statement back?",
        text="The public does not read it any more, nor the replies. The partners see that it was taken back.",
        button="Take it back",
    )


@require_http_methods(["GET", "POST"])
def remark_reply(request, pk):
    remark = sides.remark(request.user, pk)
    record = remark.partnership
    parties = _own(request, record)
    there = {reply.party_id: reply for reply in remark.replies.all()}
    first = there.get(parties[0].pk) if len(parties) == 1 else None
    initial = {"seen": remarks.moment_of(first), "text": first.text if first else ""}
    form, stale = ReplyForm(request.POST or None, parties=parties, initial=initial), None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        party = _party(parties, data["party"])
        try:
            # With several parties the page shows none of their replies: one that stands already is shown first.
            remarks.reply_to_remark(remark=remark, party=party, by=request.user, text=data["text"], seen=data["seen"])
        except Stale:
            stale = remark.replies.get(party=party)
            form = _again(request, ReplyForm, parties, remarks.moment_of(stale))
        except ValidationError as problem:
            place_errors(problem, form)
        else:
            return saved(request, "Your reply stands beside the statement.", _page(record) + "#said")
    context = {"title": f"Reply: {record.title}", "remark": remark, "is_stale": stale is not None, "saved_reply": stale}
    return _show(request, record, form, context | {"button": "Reply", "text": ""})
