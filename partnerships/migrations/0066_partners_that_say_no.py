"""A partner without an account answers by a personal link whether a round is canceled: its no is kept, too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0064_practices_adopted_on")]

    operations = [
        migrations.AddField(
            model_name="cancellationyes",
            name="agrees",
            field=models.BooleanField(default=True),
        ),
    ]
