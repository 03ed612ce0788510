"""The pages' addresses, one line a page."""

from django.urls import path

from partnerships.web import editing_meetings, editing_organizations, editing_partnerships, partnerships

urlpatterns = [
    path("partnerships/", partnerships.partnership_list, name="partnerships"),
    path("partnerships.csv", partnerships.partnership_csv, name="partnerships_csv"),
    path("partnerships/new/", editing_partnerships.new, name="partnership_new"),
    path("partnerships/<str:public_id>/", partnerships.partnership, name="partnership"),
    path("partnerships/<str:public_id>/edit/", editing_partnerships.edit, name="partnership_edit"),
    path("partnerships/<str:public_id>/publish/", editing_partnerships.publish, name="partnership_publish"),
    path("partnerships/<str:public_id>/withdraw/", editing_partnerships.withdraw, name="partnership_withdraw"),
    path("partnerships/<str:public_id>/end/", editing_partnerships.end, name="partnership_end"),
    path("organizations/new/", editing_organizations.new, name="organization_new"),
    path("organizations/<str:public_id>/edit/", editing_organizations.edit, name="organization_edit"),
    path("partnerships/<str:public_id>/meetings/new/", editing_meetings.new, name="meeting_new"),
    path("meetings/<str:public_id>/edit/", editing_meetings.edit, name="meeting_edit"),
    path("meetings/<str:public_id>/cancel/", editing_meetings.cancel, name="meeting_cancel"),
    path("check-ins/<int:pk>/done/", editing_meetings.check_in_done, name="check_in_done"),
]
