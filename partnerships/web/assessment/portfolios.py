"""Pages over many rounds: widest gaps, lowest answers, overdue responses, who has answered.

Also starting rounds for many partnerships.
"""

from hashlib import sha256
from itertools import islice

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.assessment import portfolio_queries as queries
from partnerships.assessment import portfolios, rules
from partnerships.assessment.filters import STANDS_WORDS, WAITING
from partnerships.assessment.models import Portfolio
from partnerships.core.access import belongs_somewhere, require
from partnerships.core.errors import NotFound, ValidationError
from partnerships.registry import queries as registry
from partnerships.web.assessment import portfolio_words as words
from partnerships.web.assessment.forms import PortfolioForm
from partnerships.web.frame import nouns, page_language
from partnerships.web.frame.csv import download
from partnerships.web.frame.editing import add_errors, redirect_after_save, status_of
from partnerships.web.frame.lists.filters import options_of
from partnerships.web.frame.lists.page import ListPage
from partnerships.web.frame.lists.parameters import tidy_address
from partnerships.web.frame.steps import posted_data
from partnerships.web.frame.words import label

SHOWN = {
    queries.GAPS: (_("Widest gaps"), nouns.COMPARISON),
    queries.LOWEST: (_("Lowest answers"), nouns.ANSWER),
    queries.DUE: (_("Responses due"), nouns.DUE),
    queries.ANSWERS: (_("Who has answered, and when"), nouns.ANSWERED),
    queries.GROUPS: (_("By place, type and issue area"), nouns.ANSWERED),
}
BY = {
    "jurisdiction": _("Lead agency"),
    "department": _("Department"),
    "kind": _("Type"),
    "issue": _("Issue area"),
}
KEEPS = ("show", "by")
BATCH = 500  # rows that a download reads at a time
LOOK_AGAIN = 10  # seconds until the browser reloads the progress of starting rounds


def parse_request(request):
    """(view to show, grouping, what `portfolio_queries.find_rounds` returns for the parameters).

    Raises ValidationError for an unknown value.
    """
    show = _one_of(request, "show", SHOWN)
    by = _one_of(request, "by", BY)
    return show, by, queries.find_rounds(request.user, request.GET, show=show, allow=KEEPS)


def _one_of(request, name, known):
    value = request.GET.get(name) or next(iter(known))
    if value not in known:
        text = gettext("“%(key)s” isn’t an option here. Known: %(known)s.")
        text = text % {"key": value[:60], "known": ", ".join(known)}
        raise ValidationError({name: ValidationError(text, code="unknown_value")})
    return value


def list_page(request):
    show, _by, found = parse_request(request)
    return _list_page(request, show, found)


def _list_page(request, show, found):
    return ListPage(
        request,
        found.listing,
        nouns.LISTS["rounds"],
        SHOWN[show][1],
        api="",
        key="rounds",
        choices={
            "jurisdiction": lambda: options_of(registry.leading_jurisdictions(request.user, registry.MOST_LEADS)),
            "portfolio": lambda: options_of(queries.portfolios_of(request.user)),
        },
        keeps=KEEPS,
    )


@never_cache
@require_safe
@tidy_address
def round_list(request):
    show, by, found = parse_request(request)
    started, summary = queries.portfolios_of(request.user), queries.summary(found)
    page = _list_page(request, show, found)
    context = page.context()
    context["rows"] = [
        words.row_of(row, row.round.get_absolute_url()) for row in queries.rows_of(request.user, context["rows"])
    ]
    context |= {
        "show": show,
        "by": by,
        "heading": SHOWN[show][0],
        "summary": summary,
        "summary_words": words.summary_words(summary),
        "started": started,
    }
    context["views"] = [(title, _view(page, key), key == show) for key, (title, _) in SHOWN.items()]
    context["may_start"] = rules.may_start_somewhere(request.user)
    if show == queries.GROUPS:
        context |= _groups(request, page, found, by)
    if not context["is_filtered"] and not context["summary"].partnerships:
        context["empty"] = {
            "title": gettext("No answers have opened yet"),
            "text": gettext("Start a round from the list of partnerships."),
        }
    return render(request, "assessment/rounds.html", context)


def _view(page, show):
    """The URL of another view with the same filters. The filter by question doesn't apply to answers of whole rounds."""
    drop = ["ordering", *(["item"] if show == queries.ANSWERS else [])]
    return page.url(drop=drop, show=show)


def _groups(request, page, found, by):
    groups = queries.groups(request.user, found, by)
    for group in groups:
        group["name"] = _group_name(group["name"], by)
        to = {by: group["key"], "show": queries.GAPS}
        group["url"] = page.url(drop=["ordering", "by"], **to) if group["key"] else ""
    return {
        "groups": groups[: queries.MOST_GROUPS],
        "more_groups": len(groups) > queries.MOST_GROUPS,
        "group_title": BY[by],
        "ways": [(name, page.url(drop=["ordering"], by=key), key == by) for key, name in BY.items()],
    }


def _group_name(name, by):
    if by == "kind":
        return label(name, "kind")
    return name or gettext("No issue area")


@page_language.english_only
@never_cache
@require_safe
def round_csv(request):
    show, by, found = parse_request(request)
    lines = _group_lines(request, found, by) if show == queries.GROUPS else _lines(request, found)
    return download("rounds.csv", words.columns(show), lines)


def _group_lines(request, found, by):
    for group in queries.groups(request.user, found, by):
        yield words.cells_of_group(group | {"name": _group_name(group["name"], by)})


def _lines(request, found):
    records = found.listing.ordered().iterator(chunk_size=BATCH)
    while batch := list(islice(records, BATCH)):
        for row in queries.rows_of(request.user, batch):
            yield from words.cells_of(row, request.build_absolute_uri(row.round.get_absolute_url()))


# Starting rounds for many partnerships


@never_cache
@require_http_methods(["GET", "POST"])
def new(request):
    """Preview, then confirm. The first POST starts nothing."""
    if not belongs_somewhere(request.user):
        raise NotFound
    require(rules.may_start_somewhere(request.user))
    found = registry.partnership_list(request.user, request.GET)
    plan = portfolios.plan_for(request.user, found.rows)
    form, confirms = PortfolioForm(posted_data(request), instance=Portfolio()), False
    if request.method == "POST" and plan.chosen and "back" not in request.POST:
        is_valid = form.is_valid()
        fields = {name: form.cleaned_data[name] for name in PortfolioForm.Meta.fields if name in form.cleaned_data}
        try:
            if "closes_on" in fields:  # also with other errors, so that all show at once
                portfolios.require_fitting(partnerships=plan.chosen, fields=fields)
            if is_valid and request.POST.get("seen") == _digest_of(plan):
                made = portfolios.start_portfolio(partnerships=plan.chosen, by=request.user, fields=fields)
                words = gettext("The rounds are being started.")
                return redirect_after_save(request, words, reverse("portfolio", args=[made.public_id]))
            confirms = is_valid
        except ValidationError as problem:
            add_errors(problem, form)
    context = _of_plan(request, found, plan) | {"form": form, "confirms": confirms}
    context["has_changed"] = confirms and "seen" in request.POST
    context["hides_form"] = plan.is_too_many or not plan.chosen
    status = 200 if confirms or "back" in request.POST else status_of(form)
    return render(request, "assessment/portfolio_new.html", context, status=status)


def _of_plan(request, found, plan):
    left_out: dict = {}
    for partnership, reason in plan.left_out:
        left_out.setdefault(portfolios.LEFT_OUT[reason], []).append(partnership)
    query = request.GET.urlencode()
    return {
        "title": gettext("Ask both sides of many partnerships"),
        "plan": plan,
        "mark": _digest_of(plan),
        "most": portfolios.MOST,
        "plan_words": _plan_words(found, plan),
        "proposed_words": _proposed_words(plan),
        "left_out": left_out,
        "list_url": reverse("partnerships") + (f"?{query}" if query else ""),
        "crumbs": [(gettext("Partnerships"), reverse("partnerships"))],
    }


def _plan_words(found, plan) -> str:
    """How many partnerships match, and in how many of them the person can start a round now."""
    total, over = found.total()
    words = ngettext("%(number)s partnership matches.", "%(number)s partnerships match.", total)
    here = words % {"number": f"{total:,}{'+' if over else ''}"}
    now, others = len(plan.chosen), total - plan.startable
    if not now:
        return f"{here} {gettext('You can’t start a round for any of them now.')}"
    can = ngettext("You can start a round for %(n)s of them now.", "You can start a round for %(n)s of them now.", now)
    here = f"{here} {can % {'n': now}}"
    if not others:
        return here
    cannot = ngettext("In %(n)s of them, you can’t start one.", "In %(n)s of them, you can’t start one.", others)
    return f"{here} {cannot % {'n': others}}"


def _proposed_words(plan) -> str:
    people = ngettext("%(number)s person is proposed", "%(number)s people are proposed", plan.people)
    places = ngettext("%(number)s place", "%(number)s places", plan.emails)
    return gettext("%(people)s for %(places)s in %(partnerships)s.") % {
        "people": people % {"number": plan.people},
        "places": places % {"number": plan.emails},
        "partnerships": nouns.PARTNERSHIP.with_number(str(len(plan.chosen))),
    }


def _digest_of(plan) -> str:
    """A digest of what the person confirms: these partnerships, and the number of emails."""
    text = f"{plan.emails}:{','.join(one.public_id for one in plan.chosen)}"
    return sha256(text.encode()).hexdigest()[:24]


@never_cache
@require_safe
def portfolio(request, public_id):
    one = queries.portfolio(request.user, public_id)
    listed = queries.place_list(request.user, one, request.GET)
    page = ListPage(request, listed, one.title, nouns.PARTNERSHIP, api="", size=50)
    context, counts = page.context(), queries.counts_of(request.user, one)
    chosen, total = request.GET.get("stands", ""), sum(counts.values())
    views = [(gettext("All (%(number)s)") % {"number": total}, page.url(drop=["stands"]), not chosen)]
    views += [(f"{words} ({counts[key]})", page.url(stands=key), key == chosen) for key, words in STANDS_WORDS.items()]
    context |= {"portfolio": one, "counts": counts, "all": total, "views": views}
    context["crumbs"] = [(nouns.LISTS["rounds"], reverse("rounds"))]
    response = render(request, "assessment/portfolio.html", context)
    if counts[WAITING]:
        response["Refresh"] = str(LOOK_AGAIN)
    return response
