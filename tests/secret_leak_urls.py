"""The registry's addresses, and some whose views fail while they handle what was sent."""

from django.http import HttpResponse
from django.template import Context, Engine
from django.urls import path

from equity.urls import *  # noqa: F403
from equity.urls import urlpatterns as registry
from partnerships.api.views import RegistryView
from partnerships.core.errors import NotFound
from partnerships.models import Person


def _posted_text(request):
    return " ".join(request.POST.values())


def fail_with_posted_text(request):
    raise ValueError(f"Cannot read {_posted_text(request)}")


def of_the_database(request):
    """Cause a database error that quotes the row, and another error while that one is handled."""
    try:
        Person.objects.create(email=request.POST["address"], name=request.POST["phone"])
    except Exception:
        raise KeyError(_posted_text(request)) from NotFound(_posted_text(request))


def of_a_template(request):
    """Render a missing variable: Django's debug log quotes the whole context of the template."""
    page = Engine().from_string("{{ given.nothing.there }}")
    return HttpResponse(page.render(Context({"given": dict(request.POST.items())})))


class OfAProgram(RegistryView):
    def post(self, request):
        raise ValueError(f"Cannot read {request.data}")


BREAKS = {"plain": fail_with_posted_text, "database": of_the_database, "template": of_a_template}
urlpatterns = [*(path(f"breaks/{name}/", view) for name, view in BREAKS.items()), *registry]
urlpatterns.insert(0, path("api/v1/breaks/", OfAProgram.as_view()))
