"""The registry's addresses, and one in each interface that raises the errors of the packages."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path

from equity.urls import *  # noqa: F403
from equity.urls import urlpatterns as registry
from partnerships.core import errors, ids


def _raise(error):
    raise error


RAISED = {
    "missing": lambda: _raise(errors.NotFound()),
    "no-page": lambda: _raise(Http404("secret words")),
    "mistyped": lambda: ids.parse("P-7KQ4MX-Z"),
    "not-allowed": lambda: _raise(errors.NotAllowed()),
    "denied": lambda: _raise(PermissionDenied("secret words")),
    "unknown": lambda: _raise(errors.UnknownParameters(["kidn", "<b>"], ["kind", "status"])),
    "invalid": lambda: _raise(errors.ValidationError({"starts_after": ["“x” is not a day."]})),
    "plain-invalid": lambda: _raise(errors.ValidationError("The end date is before the start date.")),
    "broken": lambda: _raise(RuntimeError("secret words")),
}


def refuse(request, what):
    return RAISED[what]()


urlpatterns = [path("refuse/<what>/", refuse), path("api/refuse/<what>/", refuse), *registry]
