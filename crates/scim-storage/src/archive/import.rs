//! From lines to a database, in one transaction.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

use scim_core::schema::ResourceTypes;
use scim_migrations::SchemaState;
use scim_service::store::{Access, Kind, StoreError};
use sea_orm::StatementBuilder;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use super::counts::{Counts, Progress};
use super::error::{ArchiveError, Lines};
use super::export::Watch;
use super::format::{ConnectionLine, CredentialLine, End, Header, MembersLine};
use super::lines::{self, Batch, Content};
use super::parse::{Parser, Row};
use super::{insert, select};
use crate::database::{Session, Weight};
use crate::dialect::Dialect;
use crate::error::{broken, failure};
use crate::store::SqlStore;
use crate::table::Connections as Table;
use crate::table::{self, RESOURCES, TEAMS, USERS};

impl SqlStore {
    /// Writes what [`export`](Self::export) wrote, all of it in one transaction, and says how much that was. It takes
    /// some hundred lines at a time into memory, and `progress` hears of each.
    ///
    /// `types` are the resource types of whoever serves the database afterwards. The schema must be current. Connections that are in the file may be there, but have nothing in them; others are
    /// left alone. On SQLite others can read meanwhile, and not write. The [deadline](crate::Options::deadline) of the
    /// store holds for the whole of it.
    ///
    /// # Errors
    ///
    /// If the file is none, not whole, or a line of it is not valid; if there is something where it would go; if the
    /// database fails. The database is then as it was.
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
        // it finds out which keys are free
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

/// An import that runs.
struct Import {
    session: Session,
    dialect: Dialect,
    /// The keys of the connections of the file.
    connections: HashMap<String, i64>,
    /// How many resources each row of `resource_counts` counts.
    live: BTreeMap<(i64, Kind, i16), i64>,
    progress: Progress,
    /// Whether memberships have been written.
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
        // so that nobody puts something into it meanwhile
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

    /// Rows of one table.
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
                let counted = (connection, row.kind, row.archived.shard());
                *self.live.entry(counted).or_default() += 1;
            }
            keyed.push((pk, connection, row));
        }
        for statement in insert::resources(kind, keyed)? {
            self.change(lines, &statement, Weight::Heavy).await?;
        }
        Ok(())
    }

    async fn add_members(&mut self, lines: Lines, line: MembersLine) -> Result<(), ArchiveError> {
        if !std::mem::replace(&mut self.has_members, true) {
            // they are looked up from here on, in tables that were empty a moment ago
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
        // whoever serves the database next finds it as it is
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
        id.ok_or_else(|| lines.refuse(format!("`{name}` is no connection of this file")))
    }

    /// Changes rows. What is there twice is a fault of the lines.
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

/// Has an empty connection say what the file says of it.
fn overwriting(id: i64, line: &ConnectionLine) -> sea_orm::sea_query::UpdateStatement {
    Query::update()
        .table(Table::Table)
        .value(Table::Profile, line.profile.clone())
        .value(Table::CreatedAt, line.created.0.as_millis())
        .and_where(Expr::col(Table::Id).eq(id))
        .take()
}
