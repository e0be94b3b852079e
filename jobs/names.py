"""What spoke the jobs of a page, as a person calls it."""

from collections.abc import Sequence

from accounts.models import User
from config.templatetags.show import voice
from jobs.models import Job
from voices.models import Echo, UnsavedModel, VoiceModel

DELETED = "deleted voice model"
NOT_SHARED = "voice model no longer shared"


def add_voice_names(by: User, jobs: Sequence[Job]) -> None:
    """Give each job a `voice_name`: its echo's, its voice model's or its voice's. A query for each kind on the page."""
    echos = names_of_echos(by, {job.echo_id for job in jobs} - {""})
    models = names_of_models(by, {job.model_id for job in jobs} - {""})
    for job in jobs:
        spoken_by = models[job.model_id] if job.model_id else voice(job.voice_id)
        job.voice_name = echos.get(job.echo_id, spoken_by)


def names_of_echos(by: User, echo_ids: set[str]) -> dict[str, str]:
    if not echo_ids:
        return {}
    return dict(Echo.objects.owned_by(by).filter(pk__in=echo_ids).values_list("pk", "name"))


def names_of_models(by: User, model_ids: set[str]) -> dict[str, str]:
    """A name for each of them, by the ids that they have at their engine."""
    if not model_ids:
        return {}
    names = dict.fromkeys(model_ids, DELETED)
    here = VoiceModel.objects.filter(model_id__in=model_ids)
    names |= dict.fromkeys(here.values_list("model_id", flat=True), NOT_SHARED)
    for rows in (here.usable_by(by), UnsavedModel.objects.owned_by(by).filter(model_id__in=model_ids)):
        names |= dict(rows.values_list("model_id", "name"))
    return names
