"""Curation: from a text as a collector read it to the person's own words, or a counted reason.

It knows nothing of files, mailboxes or the database.
"""

VERSION = 1  # raise it when the same found text would be kept otherwise: adapters then start anew
