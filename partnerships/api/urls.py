"""The API's addresses, below /api/v1/."""

from django.urls import path

from partnerships.api import views

urlpatterns = [
    path("", views.root, name="api_root"),
    path("openapi.yaml", views.openapi, name="api_openapi"),
    path("<slug:path>/", views.listed, name="api_list"),
    path("<slug:path>/<str:public_id>/", views.one, name="api_one"),
    path("<path:rest>/", views.nothing, name="api_nothing"),
]
