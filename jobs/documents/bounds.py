"""How much a document may be: of its file, and of what is found in it."""

MEGABYTE = 1024**2
FILE_MAX_BYTES = 20 * MEGABYTE
CHAPTERS_MAX = 1_000  # after long ones are cut into parts
CHARACTERS_MAX = 5_000_000  # in all chapters; a long novel has a million
PART_MAX_CHARACTERS = 100_000  # of a chapter, or of each part of one: what a job speaks at most
TITLE_MAX_CHARACTERS = 200
PAGES_MAX = 5_000  # of a PDF

# Of the zip files that DOCX and EPUB are
ENTRIES_MAX = 5_000
UNPACKED_MAX_BYTES = 200 * MEGABYTE
UNPACKED_MAX_RATIO = 100  # times the file's size, once that makes more than ENTRY_MAX_BYTES
ENTRY_MAX_BYTES = 32 * MEGABYTE  # of one that is read

# Of the process that reads it
MEMORY_BYTES = 1024 * MEGABYTE  # of addresses
CPU_SECONDS = 40
SECONDS = 50.0  # after which it is ended: a lease without a step runs out after 60
RESULT_MAX_BYTES = 64 * MEGABYTE  # of what it may write
