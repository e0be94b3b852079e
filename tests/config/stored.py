"""Files of the storage that are as old as a test wants them, and the command that compares them with the rows."""

import datetime as dt
import json
import os

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from accounts.actions import exports
from config import times
from config.leases import Status
from jobs import actions
from jobs.models import CachedSound, TempAudio
from leads.actions import export_files
from leads.actions.whatsapp.media import path_of
from leads.models import MessageMedia
from tests.jobs.documents.books import make_draft
from tests.leads.exports.schedules import make_file
from tests.leads.imports.files import make_import
from tests.leads.whatsapp.chats import make_channel, make_contact, make_media, make_message
from tests.voices.models import make_model
from voices.models import AudioFile, Voice

HOUR = dt.timedelta(hours=1)


def put(name, *, age=2 * HOUR):
    """A file that was written so long ago."""
    assert default_storage.save(name, ContentFile(b"sound")) == name
    changed = (times.now() - age).timestamp()
    os.utime(default_storage.path(name), (changed, changed))
    return name


def hour_folder(age):
    return f"temp/{times.now() - age:%Y%m%d%H}"


@pytest.fixture
def audit(capsys):
    """Runs the command: its exit status and what it found, by name."""

    def run(*options):
        capsys.readouterr()
        try:
            call_command("audit_storage", "--json", *options)
            status = 0
        except SystemExit as ended:
            status = ended.code
        *found, sums = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return status, {each["name"]: each for each in found}, sums

    return run


def chat_file(user):
    """What somebody sent with a message."""
    media = make_media(make_message(make_contact(make_channel(user))))
    name = default_storage.save(path_of(media, "png"), ContentFile(b"picture"))
    MessageMedia.objects.filter(pk=media.pk).update(path=name, status=Status.COMPLETED)
    return name


@pytest.fixture
def everything(alice, finished, audio_file, demo):
    """One file of each kind that this installation stores; their names."""
    kept = actions.start_job(by=alice, text="Ropes creak.", keep=True)
    actions.run_job(job=kept)
    kept.refresh_from_db()
    model = make_model(alice)
    export = alice_export(alice)
    temporary = TempAudio.objects.get().path
    chat = chat_file(alice)
    sample = Voice.objects.get().sample
    table, rows = make_import(alice).path, desk_export(alice)
    cached = CachedSound.objects.values_list("path", flat=True)
    document = make_draft(alice, source_path=put(f"documents/{alice.pk}/{'d' * 24}.md")).source_path
    kinds = [temporary, kept.kept_path, audio_file.s3_key, model.reference, export.path, sample, chat, table, rows]
    return [*kinds, document, *cached]


def alice_export(alice):
    export = exports.start_export(by=alice)
    exports.run_export(export=export)
    export.refresh_from_db()
    return export


def desk_export(alice):
    file = make_file(alice)
    export_files.make(file=file)
    file.refresh_from_db()
    return file.path


@pytest.fixture
def audio_file(alice):
    name = put(f"audio/{alice.pk}/{'a' * 24}.wav")
    return AudioFile.objects.create(user=alice, s3_key=name, is_stored=True)


def grow_old(age=2 * HOUR):
    """All files as they are so long after they were written."""
    changed = (times.now() - age).timestamp()
    for folder, _, names in os.walk(default_storage.path(".")):
        for name in names:
            os.utime(os.path.join(folder, name), (changed, changed))  # noqa: PTH118
