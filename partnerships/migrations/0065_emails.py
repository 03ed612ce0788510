"""`Letter` becomes `Email`, and `LetterChoice` `EmailPreference`.

The tables keep their names, so this runs no statement on them, however many emails the outbox has, and processes of the
release before can go on sending while it runs. Steps of merges name a model, and are renamed: an undo reads them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NAMES = {'letter': 'email', 'letterchoice': 'emailpreference'}


def rename_in_steps(names):
    def rename(apps, schema_editor):
        Merge = apps.get_model('partnerships', 'Merge')
        for merge in Merge.objects.exclude(steps=[]).only('steps').order_by('pk').iterator():
            renamed = [step for step in merge.steps if step['model'] in names]
            for step in renamed:
                old, step['model'] = step['model'], names[step['model']]
                if 'row' in step:  # a deleted row as Django serialized it, its model first
                    step['row'] = step['row'].replace(f'"partnerships.{old}"', f'"partnerships.{step["model"]}"', 1)
            if renamed:
                merge.save(update_fields=['steps'])

    return rename


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0063_reminders_of_rounds'),
    ]

    operations = [
        migrations.AlterModelTable('letter', 'partnerships_letter'),
        migrations.AlterModelTable('letterchoice', 'partnerships_letterchoice'),
        migrations.RenameModel('Letter', 'Email'),
        migrations.RenameModel('LetterChoice', 'EmailPreference'),
        migrations.AlterField(
            'emailpreference',
            'contact',
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name='email_preferences',
                to='partnerships.contact',
            ),
        ),
        migrations.AlterField(
            'emailpreference',
            'person',
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name='email_preferences',
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(
            rename_in_steps(NAMES), rename_in_steps({new: old for old, new in NAMES.items()}), elidable=False
        ),
    ]
