"""What a file that somebody sent really is, by its bytes: only that is ever shown, whatever it is called."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voices import sound_files
from voices.containers import CONTAINERS
from voices.sound_files import NotAudio

HEAD_BYTES = 64
DOWNLOAD = "application/octet-stream"
PROGRAM = ["-m", "leads.whatsapp.media_probe"]
IMAGES = {"image/jpeg", "image/png", "image/webp"}
MARKED = {  # with the extensions that they are kept under
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "audio/amr": "amr",
    "application/pdf": "pdf",
}
SOUNDS = {"audio", "video"}
KINDS = {"image": {"image"}, "sticker": {"image"}, "audio": SOUNDS, "video": SOUNDS}  # of what a message is said to be
VIDEOS = {"mp4": ("video/mp4", "mp4"), "webm": ("video/webm", "webm")}


@dataclass(frozen=True)
class FoundType:
    """The type that the bytes have, and the extension it is kept under."""

    content_type: str = DOWNLOAD
    extension: str = "bin"
    seconds: float | None = None  # of what can be played

    @property
    def kind(self) -> str:
        """image, audio or video; application for what is only downloaded."""
        return self.content_type.partition("/")[0]

    def fits(self, message_kind: str, said: str) -> bool:
        """Whether the file is what the message and its declared type say, as far as bytes can tell.

        Of a document without a mark of its own, such as a text, nothing can be said against it.
        """
        said = said.partition(";")[0].strip().lower().replace("image/jpg", "image/jpeg")
        if said in MARKED:
            return self.content_type == said or {self.content_type, said} <= IMAGES
        return self.kind in KINDS.get(message_kind, {self.kind})


def find(path: Path) -> FoundType:
    """The type of a file; a sound or a video is decoded in a process of its own. What is not known is a download."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if content_type := by_mark(head):
        return FoundType(content_type, MARKED[content_type])
    try:
        return playable(sound_files.run(PROGRAM, path))
    except NotAudio:
        return FoundType()


def by_mark(head: bytes) -> str:
    """The type of a file that says what it is in its first bytes; '' for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"#!AMR"):
        return "audio/amr"
    return "application/pdf" if head.startswith(b"%PDF-") else ""


def playable(found: dict[str, Any]) -> FoundType:
    container, seconds = CONTAINERS[found["container"]], found["seconds"] or None
    if found["kind"] == "audio":
        return FoundType(container.content_type, container.extensions[0], seconds)
    return FoundType(*VIDEOS[container.name], seconds) if container.name in VIDEOS else FoundType()
