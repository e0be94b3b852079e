"""A process that appends records until it is killed.

    python -m tests.leads.journal_process FOLDER FIRST

It prints the number of each record that is on the disk; the first has the number FIRST.
"""

import itertools
import os
import sys
from pathlib import Path

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from leads import journal  # noqa: E402
from tests.leads.journals import record_of  # noqa: E402

settings.JOURNAL_DIR = Path(sys.argv[1])
for number in itertools.count(int(sys.argv[2])):
    journal.append(record_of(number))
    print(number, flush=True)
