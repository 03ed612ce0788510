"""The registry's addresses, and some where something breaks with what was sent in hand."""

from django.http import HttpResponse
from django.template import Context, Engine
from django.urls import path

from equity.urls import *  # noqa: F403
from equity.urls import urlpatterns as registry
from partnerships.core.errors import Missing
from partnerships.models import Person


def _words(request):
    return " ".join(request.POST.values())


def plain(request):
    raise ValueError(f"Cannot read {_words(request)}")


def of_the_database(request):
    """Its own complaint, which quotes the row; and another one while that is dealt with."""
    try:
        Person.objects.create(email=request.POST["address"], name=request.POST["phone"])
    except Exception:
        raise KeyError(_words(request)) from Missing(_words(request))


def of_a_template(request):
    """A name that is missing: Django's own note of it quotes all that the template was given."""
    page = Engine().from_string("{{ given.nothing.there }}")
    return HttpResponse(page.render(Context({"given": dict(request.POST.items())})))


BREAKS = {"plain": plain, "database": of_the_database, "template": of_a_template}
urlpatterns = [*(path(f"breaks/{name}/", view) for name, view in BREAKS.items()), *registry]
