"""The registry's addresses, and a page that edits one section of a partnership."""

from django.urls import path

from equity.urls import *  # noqa: F403
from equity.urls import urlpatterns as registry
from partnerships.core.access import require
from partnerships.registry import queries, rules
from partnerships.web.frame.drafts import with_drafts
from partnerships.web.frame.record_edit import Section, edit_record
from partnerships.web.partnerships.editing import PartnershipEdit

AGREED = Section("What was agreed", fields=("common_agenda", "backbone_is_shared"), parts=("agreement",))


@with_drafts()
def agreed(request, public_id):
    record = queries.partnership(request.user, public_id)
    require(rules.may_write_partnership(request.user, record))
    return edit_record(PartnershipEdit(request, record, AGREED.title, section=AGREED))


urlpatterns = [path("partnerships/<str:public_id>/agreed/", agreed), *registry]
