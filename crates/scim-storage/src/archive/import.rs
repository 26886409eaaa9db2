//! The import: from lines to a database, in one transaction.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

use scim_core::schema::ResourceTypes;
use scim_service::store::{Access, Kind, StoreError};
use sea_orm::StatementBuilder;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use super::counts::{Counts, Progress};
use super::error::{ArchiveError, Lines};
use super::export::Watch;
use super::format::{ConnectionLine, CredentialLine, End, Header, MembersLine};
use super::insert::{CountKey, KeyedRow};
use super::lines::{self, Batch, Content};
use super::parse::{Parser, Row};
use super::{insert, select};
use crate::database::{Session, Weight};
use crate::dialect::Dialect;
use crate::error::{broken, failure};
use crate::schema::SchemaState;
use crate::store::SqlStore;
use crate::table::Connections as Table;
use crate::table::{self, RESOURCES, TEAMS, USERS};

impl SqlStore {
    /// Imports a file that [`export`](Self::export) wrote, in one transaction. Returns the counts.
    ///
    /// `types` are the resource types of the application that will serve the database. The schema must be current. A
    /// connection of the file may exist already if it is empty; connections that are not in the file are left unchanged. About
    /// 500 lines at a time are held in memory; `progress` is called after each batch.
    ///
    /// `input` is read on its own thread. On SQLite, other transactions can read but not write during the import. The
    /// [deadline](crate::Options::deadline) applies to the whole import: raise it for a large directory.
    ///
    /// ```
    /// # use scim_storage::{Options, SqlStore};
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let url = |name: &str| format!("sqlite://{}/{name}.sqlite", directory.path().display());
    /// # let old = SqlStore::connect(&url("old"), &Options::default()).await?;
    /// # let new = SqlStore::connect(&url("new"), &Options::default()).await?;
    /// # old.migrate().await?;
    /// # old.connections().ensure(&"okta".parse()?).await?;
    /// use std::io::Cursor;
    ///
    /// use scim_core::schema::ResourceTypes;
    ///
    /// let mut file = Vec::new();
    /// let exported = old.export(None, &mut file, &mut |_| ()).await?;
    ///
    /// new.migrate().await?;
    /// let types = ResourceTypes::default(); // users and groups
    /// let imported = new.import(Cursor::new(file), &types, &mut |_| ()).await?;
    /// assert_eq!(imported, exported);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Any [`ArchiveError`] except [`NoConnection`](ArchiveError::NoConnection): the input is not an export file, is
    /// incomplete, damaged, too new or has an invalid line; a connection of the file is not empty; `input` or the database
    /// returns an error. The database is then unchanged.
    pub async fn import(
        &self,
        input: impl BufRead + Send + 'static,
        types: &ResourceTypes,
        progress: Watch<'_>,
    ) -> Result<Counts, ArchiveError> {
        let mut batches = lines::read(input, Parser::new(self.database.dialect, types.clone()))?;
        let mut import = Import {
            session: self.database.begin(Access::Write).await?,
            dialect: self.database.dialect,
            connections: HashMap::new(),
            live: BTreeMap::new(),
            progress: Progress::default(),
            has_members: false,
        };
        // it reads which keys are free
        import.session.hold().await?;
        while let Some(batch) = batches.recv().await {
            let Batch { lines, content } = batch?;
            let is_end = matches!(content, Content::End(_));
            import.take(lines, content).await?;
            progress(import.progress);
            if is_end {
                import.session.commit().await?;
                return Ok(import.progress.done);
            }
        }
        Err(broken("the lines of the file came to no end").into())
    }
}

/// A running import.
struct Import {
    session: Session,
    dialect: Dialect,
    /// The row ids of the connections of the file, by name.
    connections: HashMap<String, i64>,
    /// The number of resources for each row of `resource_counts`.
    live: BTreeMap<CountKey, i64>,
    progress: Progress,
    /// Whether memberships have been inserted.
    has_members: bool,
}

impl Import {
    async fn take(&mut self, lines: Lines, content: Content) -> Result<(), ArchiveError> {
        match content {
            Content::Header(header) => self.header(header),
            Content::Connections(connections) => self.add_connections(lines, connections).await,
            Content::Credentials(credentials) => self.add_credentials(lines, credentials).await,
            Content::Users(rows) | Content::Groups(rows) | Content::Resources(rows) => {
                self.add_resources(lines, rows).await
            }
            Content::Members(line) => self.add_members(lines, line).await,
            Content::End(end) => self.end(&end).await,
        }
    }

    fn header(&mut self, header: Header) -> Result<(), ArchiveError> {
        self.progress.total = header.counts;
        match SchemaState::of(std::slice::from_ref(&header.schema)) {
            SchemaState::Ahead(_) => Err(ArchiveError::Schema(header.schema)),
            _ => Ok(()),
        }
    }

    async fn add_connections(
        &mut self,
        lines: Lines,
        connections: Vec<ConnectionLine>,
    ) -> Result<(), ArchiveError> {
        let mut in_the_way = Vec::new();
        for line in connections {
            let id = match self.existing(&line.name).await? {
                Some(id) => {
                    if let Some(what) = self.what_is_in(id).await? {
                        in_the_way.push(format!("`{}` has {what}", line.name));
                    }
                    self.change(lines, &overwriting(id, &line), Weight::Light).await?;
                    id
                }
                None => {
                    let insert = insert::connection(&line)?;
                    let made = self
                        .session
                        .change_returning(&insert, |row| row.number(0), failure);
                    made.await?
                        .ok_or_else(|| broken("an insertion returned nothing"))?
                }
            };
            if self.connections.insert(line.name.clone(), id).is_some() {
                return Err(lines.refuse(format!("the connection `{}` comes twice", line.name)));
            }
            self.progress.done.connections += 1;
        }
        match in_the_way.is_empty() {
            true => Ok(()),
            false => Err(ArchiveError::NotEmpty(in_the_way.join("; "))),
        }
    }

    async fn existing(&mut self, name: &str) -> Result<Option<i64>, StoreError> {
        let mut select = Query::select()
            .column(Table::Id)
            .from(Table::Table)
            .and_where(Expr::col(Table::Key).eq(name))
            .take();
        // so that no other transaction adds to it in the meantime
        self.dialect.lock(&mut select);
        self.session.one(&select, |row| row.number(0)).await
    }

    async fn what_is_in(&mut self, connection: i64) -> Result<Option<String>, StoreError> {
        let mut found = Vec::new();
        for (table, one, many) in [
            (USERS, "user", "users"),
            (TEAMS, "group", "groups"),
            (RESOURCES, "other resource", "other resources"),
            ("credentials", "credential", "credentials"),
        ] {
            let select = select::count(table, connection);
            let rows = self
                .session
                .all(&select, Weight::Heavy, |row| row.count(0))
                .await?;
            match rows.first() {
                None | Some(0) => {}
                Some(1) => found.push(format!("1 {one}")),
                Some(count) => found.push(format!("{count} {many}")),
            }
        }
        Ok((!found.is_empty()).then(|| found.join(" and ")))
    }

    async fn add_credentials(
        &mut self,
        lines: Lines,
        credentials: Vec<CredentialLine>,
    ) -> Result<(), ArchiveError> {
        for line in credentials {
            let connection = self.connection(lines, &line.connection)?;
            self.change(lines, &insert::credential(connection, &line)?, Weight::Light)
                .await?;
            self.progress.done.credentials += 1;
        }
        Ok(())
    }

    /// Inserts rows of one table.
    async fn add_resources(&mut self, lines: Lines, rows: Vec<Row>) -> Result<(), ArchiveError> {
        let Some(kind) = rows.first().map(|row| row.kind) else {
            return Ok(());
        };
        let keys = self.dialect.free_keys(table::of(kind), rows.len());
        let mut keys = self
            .session
            .all(&keys, Weight::Light, |row| row.number(0))
            .await?;
        keys.sort_unstable();
        let mut keyed = Vec::with_capacity(rows.len());
        for (pk, row) in keys.into_iter().zip(rows) {
            let connection = self.connection(lines, &row.connection)?;
            let done = &mut self.progress.done;
            match (row.kind, row.is_live) {
                (Kind::Other(_), _) => done.resources += 1,
                (Kind::Group, _) => done.groups += 1,
                (_, true) => done.users += 1,
                (_, false) => done.deleted_users += 1,
            }
            if row.is_live {
                let counted = CountKey {
                    connection,
                    kind: row.kind,
                    shard: row.archived.shard(),
                };
                *self.live.entry(counted).or_default() += 1;
            }
            keyed.push(KeyedRow { pk, connection, row });
        }
        for statement in insert::resources(kind, keyed)? {
            self.change(lines, &statement, Weight::Heavy).await?;
        }
        Ok(())
    }

    async fn add_members(&mut self, lines: Lines, line: MembersLine) -> Result<(), ArchiveError> {
        if !std::mem::replace(&mut self.has_members, true) {
            // from here on, users and groups are looked up in tables that were just filled
            self.session.analyze().await?;
        }
        let connection = self.connection(lines, &line.connection)?;
        let named = u64::try_from(line.users.len()).unwrap_or(u64::MAX);
        let insert = insert::members(self.dialect, connection, &line.group, line.users)?;
        let joined = self.change(lines, &insert, Weight::Heavy).await?;
        self.progress.done.memberships += joined;
        match joined == named {
            true => Ok(()),
            false => Err(lines.refuse(format!(
                "{} of the {named} members of `{}` are no users of the connection, or named twice",
                named.saturating_sub(joined),
                line.group
            ))),
        }
    }

    async fn end(&mut self, end: &End) -> Result<(), ArchiveError> {
        for (key, live) in std::mem::take(&mut self.live) {
            let insert = insert::kept_count(key, live)?;
            self.session.change(&insert, Weight::Light).await?;
        }
        // statistics for the next server
        self.session.analyze().await?;
        let Progress { done, total } = self.progress;
        match done == end.counts && done == total {
            true => Ok(()),
            false => Err(ArchiveError::Damaged(format!(
                "it holds {done}, its first line says {total}, its last line {}",
                end.counts
            ))),
        }
    }

    fn connection(&self, lines: Lines, name: &str) -> Result<i64, ArchiveError> {
        let id = self.connections.get(name).copied();
        id.ok_or_else(|| lines.refuse(format!("`{name}` is not a connection of this file")))
    }

    /// Changes rows. A duplicate is reported as an error of the lines.
    async fn change(
        &mut self,
        lines: Lines,
        statement: &impl StatementBuilder,
        weight: Weight,
    ) -> Result<u64, ArchiveError> {
        let changed = self
            .session
            .change_or(statement, weight, crate::error::failure_of("id"));
        changed.await.map_err(|error| match error {
            StoreError::NotUnique(_) => lines.refuse(
                "an `id`, `userName`, name of a group, `hash` or other value that must be unique is there more than once",
            ),
            error => error.into(),
        })
    }
}

/// Builds the update of an empty connection with the values of the file.
fn overwriting(id: i64, line: &ConnectionLine) -> sea_orm::sea_query::UpdateStatement {
    Query::update()
        .table(Table::Table)
        .value(Table::Profile, line.profile.clone())
        .value(Table::CreatedAt, line.created.0.as_millis())
        .and_where(Expr::col(Table::Id).eq(id))
        .take()
}
