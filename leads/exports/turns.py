"""How many exports a web process writes at once: each keeps a thread and much of a core busy until it is done."""

import threading
from collections import Counter

from config.errors import TooMany

AT_ONCE = 6  # in this process
OF_TEAM = 2
RETRY_SECONDS = 10
lock = threading.Lock()
teams: Counter[str] = Counter()


def take(team_id: str) -> None:
    """TooMany when the team, or all teams together, have enough of them under way."""
    with lock:
        if teams[team_id] >= OF_TEAM:
            raise TooMany(
                f"Your team has {OF_TEAM} exports under way. Wait until one is done.", retry_after=RETRY_SECONDS
            )
        if teams.total() >= AT_ONCE:
            raise TooMany("Many exports are under way. Try again in a few seconds.", retry_after=RETRY_SECONDS)
        teams[team_id] += 1


def give_back(team_id: str) -> None:
    global teams
    with lock:
        teams[team_id] -= 1
        teams = +teams  # forgets who has none
