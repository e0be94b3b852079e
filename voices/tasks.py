from voices.actions import downloads, engine_deletions, training
from voices.models import EngineDeletion, VoiceDownload, VoiceModel


def run_download(download_id: str) -> None:
    if download := VoiceDownload.objects.filter(pk=download_id).first():
        downloads.run_download(download=download)


def delete_at_engine(deletion_id: str) -> None:
    if deletion := EngineDeletion.objects.filter(pk=deletion_id).first():
        engine_deletions.run_deletion(deletion=deletion)


def poll_model(model_id: str) -> None:
    if model := VoiceModel.objects.filter(pk=model_id).first():
        training.poll_model(model=model)
