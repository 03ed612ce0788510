"""How form fields look: templates/components/field*.html."""

from django.forms.renderers import TemplatesSetting


class RegistryRenderer(TemplatesSetting):
    pass
