"""Whether a text sounds like one person: measures of texts against texts. Knows no base."""
