PRAGMA journal_mode = WAL;

-- document is the whole SCIM resource; the other columns are for filters and for the application. A key is folded text.
-- No two rows of a tenant have the same unique_key.
CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, tenant TEXT NOT NULL, version INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    document TEXT, unique_key TEXT,
    user_key TEXT, display_key TEXT, external_id TEXT, active INTEGER, cost_center TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS accounts_by_unique_key ON accounts (tenant, unique_key);
CREATE INDEX IF NOT EXISTS accounts_by_name ON accounts (tenant, user_key);
CREATE INDEX IF NOT EXISTS accounts_by_external_id ON accounts (tenant, external_id);
CREATE INDEX IF NOT EXISTS accounts_by_cost_center ON accounts (tenant, cost_center);

CREATE TABLE IF NOT EXISTS projects (
    id TEXT PRIMARY KEY, tenant TEXT NOT NULL, version INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    document TEXT, unique_key TEXT,
    display_key TEXT, external_id TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS projects_by_unique_key ON projects (tenant, unique_key);
CREATE INDEX IF NOT EXISTS projects_by_name ON projects (tenant, display_key);

CREATE TABLE IF NOT EXISTS project_members (
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (project, account)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_by_account ON project_members (account, project);
