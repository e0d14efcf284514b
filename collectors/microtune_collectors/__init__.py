"""Collectors: they read what a person wrote, from folders of text and from mailboxes.

They know nothing of curation, of the store or of training: they yield texts as they stand.
"""
