from pathlib import Path

from django.core.files import File


class LocalFile(File):
    """A finished local file that a storage on the same disk may take by renaming it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self.path = path

    def temporary_file_path(self) -> str:
        return str(self.path)
