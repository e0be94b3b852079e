"""`python -m jobs.documents FILE RESULT` reads a document; its name ends as its sender called it.

RESULT gets lines of JSON: what the document is, then each chapter. The answer is printed as one line of JSON: how many
chapters there are, or why nothing can be read.
"""

import gc
import json
import sys
from dataclasses import asdict
from pathlib import Path

from config import child_limits
from jobs.documents import bounds, kinds
from jobs.documents.document import Document, Unreadable

TOO_MUCH = "This document takes too much memory to read. Cut it into parts, or save it as plain text."


def answer(path: Path, result: Path) -> dict[str, object]:
    try:
        document = kinds.recognise(path).read(path)
        write(document, result)
        return {"chapters": len(document.chapters)}
    except Unreadable as error:
        return {"refused": str(error)}
    except (MemoryError, RecursionError):
        return {"refused": TOO_MUCH}


def write(document: Document, result: Path) -> None:
    about = {"title": document.title, "author": document.author, "language": document.language}
    with result.open("w", encoding="utf-8") as file:
        for line in (about, *map(asdict, document.chapters)):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    child_limits.limit(
        memory_bytes=bounds.MEMORY_BYTES, cpu_seconds=bounds.CPU_SECONDS, written_bytes=bounds.RESULT_MAX_BYTES
    )
    gc.disable()  # trees of a large document are looked through again and again, and end with this process
    sys.stdout.write(json.dumps(answer(Path(sys.argv[1]), Path(sys.argv[2]))) + "\n")
