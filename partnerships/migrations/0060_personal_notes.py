from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0059_first_steps_and_notes")]

    operations = [
        migrations.AddField(
            model_name="seatconsent",
            name="note",
            field=models.TextField(blank=True, max_length=500),
        ),
    ]
