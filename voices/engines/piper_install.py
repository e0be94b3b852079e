"""A voice from Piper's list into the voices folder: written aside, checked, and offered whole or not at all."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from config.errors import DISK_FULL
from voices.engines import piper_files, transfer
from voices.engines.piper_catalogue import CARD, Catalogue, Entry, RemoteFile, parse
from voices.engines.piper_files import CARD_FILE, CONFIG, MODEL, PART
from voices.engines.transfer import Expected, TransferFailed

LIST_MAX_BYTES = 20_000_000
ENDINGS = {MODEL: MODEL, CONFIG: CONFIG, CARD: CARD_FILE}
ORDER = (CARD, MODEL, CONFIG)  # a voice is found by its description, so that comes last


def read_catalogue(location: str) -> Catalogue:
    """What Piper's list at this address or path has. TransferFailed or CatalogueBroken when it can't be had."""
    return parse(transfer.read(location, limit=LIST_MAX_BYTES))


def install(entry: Entry, location: str, report: Callable[[int], object]) -> None:
    """Fetch the files of a voice and put them in place. `report` takes the bytes held so far, and may raise.

    TransferFailed says what went wrong; the voice is then as it was, and what has arrived waits in `.part` files.
    """
    folder = folder_of(entry.voice_id)
    finals = {file.kind: folder / f"{entry.voice_id}{ENDINGS[file.kind]}" for file in entry.files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        check_space(entry, folder)
        done = 0
        for file in entry.files:
            fetch(file, location, finals[file.kind], lambda held, done=done: report(done + held))
            done += file.size_bytes
        put_in_place(finals)
    except OSError as error:
        raise TransferFailed(transfer.disk_sentence(error, folder / entry.voice_id)) from error


def folder_of(voice_id: str) -> Path:
    """Where files of this voice lie already, so that damaged ones are replaced; else the voices folder."""
    found = piper_files.catalogue().get(voice_id)
    is_ours = found and found.model.is_relative_to(settings.PIPER_VOICES_DIR)
    return found.model.parent if found and is_ours else settings.PIPER_VOICES_DIR


def check_space(entry: Entry, folder: Path) -> None:
    held = sum(path.stat().st_size for path in folder.glob(f"*{PART}") if path.name.startswith(f"{entry.voice_id}."))
    if shutil.disk_usage(folder).free < entry.total_bytes - held:
        raise TransferFailed(DISK_FULL)


def fetch(file: RemoteFile, location: str, final: Path, report: Callable[[int], object]) -> None:
    """Nothing is fetched of a file that lies there whole."""
    expected = Expected(file.size_bytes, file.md5)
    if final.is_file() and final.stat().st_size == file.size_bytes and transfer.md5_of(final) == file.md5:
        return
    transfer.fetch(transfer.beside(location, file.path), part_of(final), expected, report)


def put_in_place(finals: dict[str, Path]) -> None:
    """Rename what has arrived. An old description goes first: it must never stand beside a new model."""
    new = [finals[kind] for kind in ORDER if kind in finals and part_of(finals[kind]).exists()]
    if finals[CONFIG] in new:
        finals[CONFIG].unlink(missing_ok=True)
    for final in new:
        part_of(final).replace(final)
    sync_folder(finals[CONFIG].parent)


def part_of(final: Path) -> Path:
    return final.with_name(final.name + PART)


def sync_folder(folder: Path) -> None:
    """Renames outlive a power cut only when their folder is written too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
