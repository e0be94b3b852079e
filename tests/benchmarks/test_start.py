"""Seconds from `manage.py up` to a page that is served, the first time and again."""

import time

from tests.installation import new_place, running

ROUNDS = 3


def seconds_to_serve(place):
    started = time.perf_counter()
    with running(place) as up:
        elapsed = time.perf_counter() - started
        up.terminate()
        up.wait(timeout=10)
    return elapsed


def test_start(tmp_path):
    print("\n\n| start | seconds to a served page |\n|---|---|")
    first, again = [], []
    for number in range(ROUNDS):
        with new_place(tmp_path / str(number)) as place:
            first.append(seconds_to_serve(place))
            again.append(seconds_to_serve(place))
    print(
        f"| first, with migrations, static files and the demo voice's sample | {min(first):.1f} to {max(first):.1f} |"
    )
    print(f"| again | {min(again):.1f} to {max(again):.1f} |")
