"""Files on their way into the storage."""

from pathlib import Path

from django.conf import settings
from django.core.files import File


class LocalFile(File):
    """A finished local file that a storage on the same disk may take by renaming it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)


def work_folder() -> Path:
    """Where files are written until they are finished; a process that is killed leaves its file there."""
    folder = settings.VAR_DIR / "work"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
