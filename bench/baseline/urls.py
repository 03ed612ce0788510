"""The baseline of the benchmarks: lists of partnerships with Django REST framework alone and with a plain ListView.

Both are used well: select_related and prefetch_related, pages without a count. The API has ModelSerializer, keyset
pages, orjson, and the registry's own throttle. The page has the registry's frame and 25 rows, without filters, search,
counts or further pages. Both contain less than the registry's, which makes them faster.
"""

from django.db.models import Prefetch
from django.urls import include, path
from django.utils import timezone
from django.views.generic import ListView
from rest_framework import authentication, exceptions, generics, pagination, serializers, throttling

from partnerships.accounts.token_queries import digest_of
from partnerships.api.throttling import counted
from partnerships.models import ApiToken, Department, Jurisdiction, Organization, Partnership, Party
from partnerships.registry.rules import PUBLIC_PARTY, partnerships_visible_to


class Throttle(throttling.BaseThrottle):
    def allow_request(self, request, view):
        return not counted(request.META, None).wait


class JurisdictionName(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id")

    class Meta:
        model = Jurisdiction
        fields = ("id", "name")


class DepartmentName(JurisdictionName):
    class Meta:
        model = Department
        fields = ("id", "name")


class OrganizationName(JurisdictionName):
    class Meta:
        model = Organization
        fields = ("id", "name")


class PartySerializer(serializers.ModelSerializer):
    jurisdiction = JurisdictionName()
    department = DepartmentName()
    organization = OrganizationName()
    roles = serializers.SlugRelatedField(slug_field="role", many=True, read_only=True)

    class Meta:
        model = Party
        fields = (
            "jurisdiction",
            "department",
            "organization",
            "side",
            "circle",
            "roles",
            "starts_on",
            "ends_on",
            "contribution",
        )


class PartnershipSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="public_id")
    purpose = serializers.SlugRelatedField(slug_field="key", read_only=True)
    origin = serializers.SlugRelatedField(slug_field="key", read_only=True)
    issue_areas = serializers.SlugRelatedField(slug_field="key", many=True, read_only=True)
    lead = JurisdictionName()
    parties = PartySerializer(many=True)

    class Meta:
        model = Partnership
        fields = (
            "id",
            "title",
            "kind",
            "purpose",
            "origin",
            "origin_note",
            "status",
            "status_reason",
            "lessons",
            "summary",
            "common_agenda",
            "engagement",
            "starts_on",
            "ends_on",
            "lead",
            "issue_areas",
            "parties",
            "source",
            "is_illustration",
            "last_verified_on",
            "version",
            "created_at",
            "updated_at",
        )


def with_parties(partnerships, *of_parties):
    """These partnerships with what a row names: lead agency, issue areas, and public partners with `of_parties`."""
    parties = Party.objects.filter(PUBLIC_PARTY).select_related("jurisdiction", "department", "organization")
    prefetched = Prefetch("parties", parties.prefetch_related(*of_parties))
    return partnerships.select_related("lead").prefetch_related("issue_areas", prefetched)


class Keyset(pagination.CursorPagination):
    page_size = 100
    ordering = "id"


class Partnerships(generics.ListAPIView):
    serializer_class = PartnershipSerializer
    pagination_class = Keyset
    throttle_classes = (Throttle,)

    def visible(self):
        return partnerships_visible_to(None)

    def get_queryset(self):
        return with_parties(self.visible().select_related("purpose", "origin"), "roles")


class Token(authentication.BaseAuthentication):
    """Look up a token's prefix and compare its digest, as packages for DRF do."""

    def authenticate(self, request):
        secret = request.headers["Authorization"].removeprefix("Bearer ")
        token = ApiToken.objects.select_related("person").get(prefix=secret.split("_")[1])
        if token.digest != digest_of(secret) or not token.is_live(timezone.now()) or not token.person.is_active:
            raise exceptions.AuthenticationFailed
        return token.person, token


class ThrottleOfPerson(throttling.BaseThrottle):
    def allow_request(self, request, view):
        return not counted(request.META, request.user).wait


class PartnershipsByToken(Partnerships):
    authentication_classes = (Token,)
    throttle_classes = (ThrottleOfPerson,)

    def visible(self):
        return partnerships_visible_to(self.request.user)


class PartnershipPage(ListView):
    template_name = "baseline/list.html"

    def get_queryset(self):
        return with_parties(partnerships_visible_to(None)).order_by("-updated_at", "-pk")[:25]


urlpatterns = [
    path("partnerships/", Partnerships.as_view()),
    path("by-token/partnerships/", PartnershipsByToken.as_view()),
    path("page/", PartnershipPage.as_view()),
    path("", include("equity.urls")),  # which the frame of the page links to
]
