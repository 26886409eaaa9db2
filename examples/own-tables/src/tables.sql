PRAGMA journal_mode = WAL;

CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, connection TEXT NOT NULL, version INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    deleted INTEGER, -- when; a deleted account may come back
    external_id TEXT, display_name TEXT, display_key TEXT, document TEXT, -- a key is the folded text
    user_name TEXT, user_key TEXT, active INTEGER
);
CREATE UNIQUE INDEX IF NOT EXISTS accounts_by_name ON accounts (connection, user_key) WHERE deleted IS NULL;
CREATE INDEX IF NOT EXISTS accounts_by_external_id ON accounts (connection, external_id);

CREATE TABLE IF NOT EXISTS projects (
    id TEXT PRIMARY KEY, connection TEXT NOT NULL, version INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    deleted INTEGER, -- never
    external_id TEXT, display_name TEXT, display_key TEXT, document TEXT,
    unique_key TEXT -- of those whose name must be their own
);
CREATE UNIQUE INDEX IF NOT EXISTS projects_of_their_own_name ON projects (connection, unique_key);
CREATE INDEX IF NOT EXISTS projects_by_name ON projects (connection, display_key);

CREATE TABLE IF NOT EXISTS project_members (
    project TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (project, account)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_by_account ON project_members (account, project);

CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL -- JSON; whoever has dealt with it deletes it
);
