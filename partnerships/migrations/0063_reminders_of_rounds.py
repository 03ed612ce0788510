from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0060_personal_notes")]

    operations = [
        migrations.AddField(
            model_name="round",
            name="reminded_on",
            field=models.DateField(editable=False, null=True),
        ),
    ]
