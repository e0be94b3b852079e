"""Documents as chapters to be spoken. Pure: knows no database and imports no Django.

What is read was made by anybody: `python -m jobs.documents` does it in a process of its own, within bounds.
"""
