"""Who sends a suggestion gets the answer in the language of the page that they sent it from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0067_communities_most_affected")]

    operations = [
        migrations.AddField(
            model_name="suggestion",
            name="language",
            field=models.CharField(default="en", editable=False, max_length=10),
        ),
    ]
