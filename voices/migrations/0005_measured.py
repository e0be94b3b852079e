from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voices", "0004_voice_models_echos")]

    operations = [
        migrations.AddField(
            model_name="voicemodel",
            name="measured",
            field=models.JSONField(blank=True, default=dict, help_text="peak_db, clipped_share, speech_share"),
        ),
    ]
