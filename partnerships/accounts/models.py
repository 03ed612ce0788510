"""People who sign in, and the bodies they belong to. There are no passwords: a code comes by mail."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from partnerships.accounts.choices import MemberRole
from partnerships.core.fields import LineField
from partnerships.directory.models import Department, Jurisdiction, Organization, exactly_one


class PersonManager(BaseUserManager):
    def create_user(self, email, *, name="", **fields):
        person = self.model(email=email.strip().lower(), name=name, **fields)
        person.set_unusable_password()
        person.full_clean(exclude=["password"])
        person.save()
        return person

    def get_by_natural_key(self, email):
        return self.get(email=email.strip().lower())


class Person(AbstractBaseUser):
    """Someone with an account. Administrators may do everything; all others act through their memberships."""

    email = models.EmailField("mail address", unique=True)
    name = LineField(max_length=120, blank=True)
    zone = models.CharField("time zone", max_length=50, default="America/Chicago")
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField("may sign in", default=True)
    is_administrator = models.BooleanField("registry administrator", default=False)
    is_sample = models.BooleanField(default=False, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = PersonManager()

    class Meta:
        verbose_name_plural = "people"

    def __str__(self):
        return self.name or self.email

    # Django's admin asks these. It holds open vocabularies only, and only administrators may enter it.
    @property
    def is_staff(self):
        return self.is_active and self.is_administrator

    def has_perm(self, perm, obj=None):
        return self.is_staff

    def has_module_perms(self, app_label):
        return self.is_staff


class Membership(models.Model):
    """A person's place in one body: a jurisdiction, a department or an organization."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="memberships")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="memberships")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=10, choices=MemberRole.choices, default=MemberRole.READER)

    class Meta:
        constraints = [
            exactly_one("jurisdiction", "department", "organization", name="membership_of_exactly_one"),
            models.UniqueConstraint(fields=["person", "jurisdiction"], name="one_membership_a_jurisdiction"),
            models.UniqueConstraint(fields=["person", "department"], name="one_membership_a_department"),
            models.UniqueConstraint(fields=["person", "organization"], name="one_membership_an_organization"),
        ]
