from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0055_service_accounts")]

    operations = [
        migrations.AddField(
            model_name="submittedform",
            name="page",
            field=models.BinaryField(default=b""),
        ),
    ]
