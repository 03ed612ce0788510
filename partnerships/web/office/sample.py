"""Sample data of a new registry: an administrator loads it while the registry is empty, and removes it later."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.core.access import is_administrator
from partnerships.core.errors import NotFound
from partnerships.core.stored_texts import shown
from partnerships.sample import work
from partnerships.sample.removing import counts, in_the_way
from partnerships.web.frame import nouns
from partnerships.web.frame.steps import Step, posted_data, take_step
from partnerships.web.office.forms.sample import SampleForm

LOOK_AGAIN = 2  # seconds until the browser reloads the progress
LOAD, REMOVE = "load", "remove"
_NOUNS = {
    "partnerships": nouns.PARTNERSHIP,
    "organizations": nouns.ORGANIZATION,
    "departments": nouns.DEPARTMENT,
    "jurisdictions": nouns.JURISDICTION,
    "people": nouns.PERSON,
}
_TITLES = {
    LOAD: _("Load sample data?"),
    REMOVE: _("Remove sample data?"),
    "": _("Sample data"),
}


@never_cache
@require_http_methods(["GET", "POST"])
def page(request):
    if not is_administrator(request.user):
        raise NotFound
    at_hand, has_sample = work.work_at_hand(), work.has_sample()
    do = "" if at_hand else REMOVE if has_sample else LOAD if work.is_empty() else ""

    def act(data):
        (work.request_removal if data["do"] == REMOVE else work.request_loading)(request.user)
        return redirect("sample_data")

    def step(_record):
        return Step(
            title=_title(at_hand, do),
            text=_explanation(at_hand, do),
            button=gettext("Remove sample data") if do == REMOVE else gettext("Load sample data"),
            back=reverse("office"),
            crumbs=[(gettext("Office"), reverse("office"))],
            points=[_NOUNS[name].with_number(f"{number:,}") for name, number in counts().items()]
            if do == REMOVE
            else (),
            points_title=gettext("What will be removed"),
            template_name="office/sample.html",
            more={
                "do": do,
                "hides_form": not do,
                "at_hand": at_hand,
                "problems": () if at_hand else _problems(),
                "in_the_way": in_the_way() if do == REMOVE else (),
            },
        )

    form = SampleForm(posted_data(request), initial={"do": do})
    response = take_step(request, form, act, step, to=reverse("sample_data"))
    if at_hand and request.method == "GET":
        response["Refresh"] = str(LOOK_AGAIN)
    return response


def _title(at_hand, do) -> str:
    if at_hand is None:
        return str(_TITLES[do])
    return gettext("Removing sample data") if at_hand.removes else gettext("Loading sample data")


def _explanation(at_hand, do) -> str:
    """What the page says about loading or removing the sample, or why neither can be done."""
    if at_hand is not None:
        return gettext("This takes less than a minute.")
    if do == REMOVE:
        return gettext(
            "All sample records and sample people are deleted, and can’t be restored. Your own records stay."
        )
    if do == LOAD:
        return gettext(
            "This adds the cases of the GARE resource guide, and a made-up city that shows how each page works. Everyone who "
            "visits sees them, marked as a sample. You can remove all of it here."
        )
    return gettext(
        "The registry has records of its own, so sample data can’t be loaded. To try it, use another registry that is "
        "still empty."
    )


def _problems():
    last = work.last_work()
    return [shown(words) for words in last.problems] if last else ()
