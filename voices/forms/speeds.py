"""How fast to speak, as a list to choose from."""

SPEEDS = (0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)


def speed_choices(chosen: float) -> list[tuple[float, str]]:
    """The usual ones, and the one that was chosen elsewhere."""
    return [(speed, f"{speed} ×") for speed in sorted({*SPEEDS, chosen})]
