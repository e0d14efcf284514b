"""The tables, as the numbered steps that `microtune.migrations` applies. Only ever append a step.

Moments are ISO 8601 in UTC (`microtune.moments`); lists and mappings are JSON.
"""

COLLECTION = (
    """CREATE TABLE sources (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        place TEXT NOT NULL,
        me TEXT NOT NULL,
        consent TEXT NOT NULL,
        consented_at TEXT NOT NULL,
        consent_line TEXT NOT NULL,
        removed_at TEXT
    ) STRICT""",
    # arrival, not rowid: VACUUM may renumber a rowid that has no name
    """CREATE TABLE documents (
        arrival INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        text TEXT NOT NULL,
        subject TEXT NOT NULL,
        answered TEXT NOT NULL,
        author TEXT NOT NULL,
        written TEXT,
        recipients TEXT NOT NULL,
        labels TEXT NOT NULL,
        words INTEGER NOT NULL,
        source TEXT NOT NULL REFERENCES sources (id),
        place TEXT NOT NULL,
        collected_at TEXT NOT NULL,
        consent TEXT NOT NULL,
        superseded_at TEXT
    ) STRICT""",
    """CREATE UNIQUE INDEX documents_at ON documents (source, place)
        WHERE superseded_at IS NULL""",
    """CREATE INDEX documents_in_order ON documents (written, arrival)
        WHERE superseded_at IS NULL""",
    """CREATE TABLE signatures (
        document TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
        minhash BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE marks (
        source TEXT NOT NULL REFERENCES sources (id),
        place TEXT NOT NULL,
        mark TEXT NOT NULL,
        PRIMARY KEY (source, place)
    ) STRICT, WITHOUT ROWID""",
    # what unfinished passes have counted, for the ledger line that ends them
    """CREATE TABLE tallies (
        source TEXT PRIMARY KEY REFERENCES sources (id),
        counts TEXT NOT NULL
    ) STRICT""",
)

LEDGER = (
    """CREATE TABLE ledger (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        event TEXT NOT NULL,
        data TEXT NOT NULL,
        prev TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT""",
    """CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
        BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
        BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END""",
)

PASSAGES = (
    """CREATE TABLE passages (
        id INTEGER PRIMARY KEY,
        document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        text TEXT NOT NULL,
        UNIQUE (document, position)
    ) STRICT""",
    """CREATE VIRTUAL TABLE passages_fts USING fts5 (
        text, content='passages', content_rowid='id',
        tokenize='porter unicode61 remove_diacritics 2'
    )""",
    """CREATE TRIGGER passages_insert AFTER INSERT ON passages BEGIN
        INSERT INTO passages_fts (rowid, text) VALUES (new.id, new.text);
    END""",
    # an index with external content must be told the old text to forget it
    """CREATE TRIGGER passages_delete AFTER DELETE ON passages BEGIN
        INSERT INTO passages_fts (passages_fts, rowid, text) VALUES ('delete', old.id, old.text);
    END""",
)

RUNS_AND_DRAFTS = (
    """CREATE TABLE runs (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        started TEXT NOT NULL,
        finished TEXT,
        recipe TEXT NOT NULL,
        snapshot TEXT NOT NULL,
        measurements TEXT NOT NULL,
        adapter TEXT NOT NULL,
        reason TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE run_documents (
        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        document TEXT NOT NULL REFERENCES documents (id),
        role TEXT NOT NULL CHECK (role IN ('train', 'validation', 'heldout')),
        PRIMARY KEY (run, document)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX run_documents_of ON run_documents (document)",
    """CREATE TABLE drafts (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        command TEXT NOT NULL,
        at TEXT NOT NULL,
        request TEXT NOT NULL,
        text TEXT NOT NULL,
        adapter TEXT NOT NULL,
        base TEXT NOT NULL,
        seed INTEGER NOT NULL,
        sampling TEXT NOT NULL,
        retrieved TEXT NOT NULL,
        generated TEXT NOT NULL
    ) STRICT""",
)

ERASURE = (
    # hashes of texts and of places that were forgotten, so that no pass brings them back
    """CREATE TABLE forgotten (
        hash TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID""",
    # runs: whose files and adapters hold something of it, until `finished`
    """CREATE TABLE erasures (
        number INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        runs TEXT NOT NULL,
        adapters TEXT NOT NULL,
        finished TEXT,
        answered TEXT
    ) STRICT""",
)

SEARCH = (
    # all that is counted, read without the texts; (superseded_at, arrival): new ones lie at one end
    """CREATE INDEX documents_counted
        ON documents (superseded_at, arrival, id, kind, words)""",
    # of 512 documents each, by arrival: see `microtune.sketches`
    """CREATE TABLE sketches (
        block INTEGER PRIMARY KEY,
        sketches BLOB NOT NULL
    ) STRICT""",
    """CREATE TRIGGER sketches_forget AFTER DELETE ON documents BEGIN
        DELETE FROM sketches WHERE block = old.arrival >> 9;
    END""",
    """CREATE TRIGGER sketches_renew AFTER INSERT ON signatures BEGIN
        DELETE FROM sketches
        WHERE block = (SELECT arrival >> 9 FROM documents WHERE id = new.document);
    END""",
)

RECEIVED = (
    # context only: read to answer the messages there, never to train on
    """ALTER TABLE sources ADD COLUMN context INTEGER NOT NULL DEFAULT 0
        CHECK (context IN (0, 1))""",
    """CREATE TRIGGER documents_not_of_context BEFORE INSERT ON documents
        WHEN (SELECT context FROM sources WHERE id = new.source) = 1
        BEGIN SELECT RAISE (ABORT, 'what is read as context only is no document'); END""",
    # refs: Message-IDs, the oldest first; bulk: why nobody waits for an answer, '' for none
    """CREATE TABLE received (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        message_id TEXT NOT NULL,
        refs TEXT NOT NULL,
        name TEXT NOT NULL,
        address TEXT NOT NULL,
        reply_to TEXT NOT NULL,
        recipients TEXT NOT NULL,
        subject TEXT NOT NULL,
        written TEXT NOT NULL,
        text TEXT NOT NULL,
        bulk TEXT NOT NULL,
        source TEXT NOT NULL REFERENCES sources (id),
        place TEXT NOT NULL,
        collected_at TEXT NOT NULL,
        answered_at TEXT,
        dismissed_at TEXT
    ) STRICT""",
    "CREATE INDEX received_by_message_id ON received (message_id)",
    "CREATE INDEX received_in_order ON received (written)",
    # hashes of the Message-IDs that sent messages of late name, whatever source they are in
    """CREATE TABLE answers (
        message TEXT PRIMARY KEY,
        at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # drafts of answers to received messages; prepared: while the machine was idle, unasked
    """CREATE TABLE answering (
        draft TEXT PRIMARY KEY REFERENCES drafts (id) ON DELETE CASCADE,
        received TEXT NOT NULL REFERENCES received (id),
        prepared INTEGER NOT NULL CHECK (prepared IN (0, 1))
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX answering_received ON answering (received)",
)

ASSISTANT = (
    # what stands in the fields of the assistant's rooms: room → JSON
    """CREATE TABLE unfinished (
        room TEXT PRIMARY KEY,
        fields TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE verdicts (
        number INTEGER PRIMARY KEY,
        draft TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
        what TEXT NOT NULL CHECK (what IN ('accepted', 'rejected', 'preferred')),
        text TEXT NOT NULL,
        over TEXT REFERENCES drafts (id) ON DELETE CASCADE,
        blind INTEGER NOT NULL CHECK (blind IN (0, 1)),
        at TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX verdicts_of ON verdicts (draft)",
    "CREATE INDEX verdicts_over ON verdicts (over)",
)

PAUSES = (
    # its owner wants it not read for now; its texts stay in use
    "ALTER TABLE sources ADD COLUMN paused_at TEXT",
    # what each source holds, counted without the texts
    """CREATE INDEX documents_by_source ON documents (source, kind, words)
        WHERE superseded_at IS NULL""",
)

PAIRS = (
    # preference pairs that runs saw, by their hash; draft: the one judged, which may be gone by now
    """CREATE TABLE run_pairs (
        run TEXT NOT NULL REFERENCES runs (id),
        pair TEXT NOT NULL,
        draft TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('train', 'heldout')),
        PRIMARY KEY (run, pair)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX run_pairs_of ON run_pairs (draft)",
)

STEPS: dict[str, tuple[str, ...]] = {
    "0001_collection": COLLECTION,
    "0002_ledger": LEDGER,
    "0003_passages": PASSAGES,
    "0004_runs_and_drafts": RUNS_AND_DRAFTS,
    "0005_erasure": ERASURE,
    "0006_search": SEARCH,
    "0007_received": RECEIVED,
    "0008_assistant": ASSISTANT,
    "0009_pauses": PAUSES,
    "0010_pairs": PAIRS,
}
