"""A person's own name, which we ask for once they are signed in and have none."""

from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from partnerships.accounts.actions import set_name
from partnerships.web.components.forms.members import NameForm
from partnerships.web.frame.editing import signed_in
from partnerships.web.frame.steps import Step, posted_data, take_step


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def name(request):
    def act(data):
        set_name(by=request.user, **data)
        return gettext("Saved.")

    def page(_record):
        return Step(
            title=gettext("Your name"),
            text=gettext("The history of a record and emails say who did something, by this name."),
            button=gettext("Save"),
            back=reverse("account"),
            crumbs=[(gettext("Your account"), reverse("account"))],
        )

    form = NameForm(posted_data(request), initial={"name": request.user.name})
    return take_step(request, form, act, page, to=reverse("account"))
