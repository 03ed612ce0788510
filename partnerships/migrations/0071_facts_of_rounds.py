"""A round keeps what the records said when its answers opened. Earlier rounds don't, so they have no suggestion."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0070_statements_of_former_leads")]

    operations = [migrations.AddField("round", "facts", models.JSONField(null=True, editable=False))]
