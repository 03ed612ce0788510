"""PostgreSQL sorts empty values last and SQLite first, so an order says where it wants them."""

from django.apps import apps
from django.db.models.expressions import OrderBy


def fields_of(model, path):
    """The fields on this path, such as those of “party__position”."""
    for name in path.split("__"):
        field = model._meta.get_field(name)
        yield field
        model = field.related_model


def test_no_default_order_leaves_it_to_the_database_where_empty_values_go():
    found = []
    for model in apps.get_app_config("partnerships").get_models():
        for name in model._meta.ordering:
            if not isinstance(name, OrderBy) and any(field.null for field in fields_of(model, name.lstrip("-"))):
                found.append(f"{model.__name__}: {name}")
    assert found == []
