"""Files of the desk's rows: what goes into them, how each format writes it, and the files of one conversation.

Rows are walked page by page along an index and written as they come: a million take no more memory than a thousand.
"""
