"""The URLs of the API, below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from partnerships.api import views
from partnerships.api.resources import RESOURCES

router = SimpleRouter(use_regex_path=False)
for name, viewset in RESOURCES.items():
    router.register(name, viewset, basename=f"api-{name}")
lists = {name: f"api-{name}-list" for name in RESOURCES}

urlpatterns = [
    path("", views.Root.as_view(lists=lists), name="api_root"),
    path("openapi.yaml", views.Description.as_view(), name="api_openapi"),
    path("swagger/", views.swagger, name="api_swagger"),
    path("", include(router.urls)),
    path("<path:rest>", views.UnknownAddress.as_view(), name="api_nothing"),
]
