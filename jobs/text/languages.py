import re


def main_code(language: str) -> str:
    """`en` of "en_US"."""
    return re.split("[_-]", language)[0].lower()
