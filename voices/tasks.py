from voices.actions import downloads
from voices.models import VoiceDownload


def run_download(download_id: str) -> None:
    if download := VoiceDownload.objects.filter(pk=download_id).first():
        downloads.run_download(download=download)
