//! The export: from a database to lines.

use std::collections::BTreeMap;
use std::io::Write;

use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_service::store::{Kind, ResourceTypeId, StoreError};
use serde_json::value::RawValue;

use super::counts::{Counts, Progress};
use super::error::ArchiveError;
use super::format::{
    ConnectionLine, CredentialLine, FORMAT, GroupLine, Header, Line, MEMBERS, MembersLine, MetaMember,
    ResourceLine, Time, UserLine, VERSION,
};
use super::select::{self, MEMBERSHIPS, PAGE, ResourceRow};
use super::sink::Sink;
use crate::database::{Session, Weight};
use crate::error::broken;
use crate::store::SqlStore;
use crate::table::{RESOURCES, TEAMS, USERS};

/// A callback for the progress of an export or import.
pub(super) type Watch<'a> = &'a mut (dyn FnMut(Progress) + Send);

impl SqlStore {
    /// Exports all connections, or only one, with their credentials and resources, as lines of JSON. Returns the counts.
    ///
    /// The same database always gives the same bytes. One page at a time is held in memory; `progress` is called after each.
    /// The export reads one state of the database, while other transactions can write.
    ///
    /// `out` is written to on the thread that polls the future, so it should not block for long. The
    /// [deadline](crate::Options::deadline) applies to the whole export: raise it for a large directory.
    ///
    /// ```
    /// # use scim_storage::{Options, SqlStore};
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let url = format!("sqlite://{}/scim.sqlite", directory.path().display());
    /// use std::time::Duration;
    ///
    /// use scim_storage::Progress;
    ///
    /// let options = Options::default().with_deadline(Duration::from_secs(24 * 60 * 60));
    /// let store = SqlStore::connect(&url, &options).await?;
    /// # store.migrate().await?;
    /// # store.connections().ensure(&"okta".parse()?).await?;
    /// let mut file = Vec::new();
    /// let mut show = |progress: Progress| println!("{} of {}", progress.done.sum(), progress.total.sum());
    /// let counts = store.export(None, &mut file, &mut show).await?;
    /// assert_eq!(counts.connections, 1);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(run()).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`ArchiveError::NoConnection`] if the connection `only` does not exist, [`ArchiveError::Io`] if `out` returns an
    /// error, and [`ArchiveError::Store`] if the database does.
    pub async fn export(
        &self,
        only: Option<&ConnectionKey>,
        out: &mut (dyn Write + Send),
        progress: Watch<'_>,
    ) -> Result<Counts, ArchiveError> {
        let mut session = self.database.snapshot().await?;
        let mut connections = BTreeMap::new();
        let select = select::connections(only.map(ConnectionKey::as_str));
        let rows = session.all(&select, Weight::Light, select::connection).await?;
        if let (Some(key), true) = (only, rows.is_empty()) {
            return Err(ArchiveError::NoConnection(key.clone()));
        }
        let mut total = Counts::default();
        for row in &rows {
            connections.insert(row.id, row.key.clone());
            total = total.with(count(&mut session, row.id).await?);
        }
        let schema = session.one(&select::schema(), |row| row.text(0)).await?;
        let header = Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            schema: schema.unwrap_or_default(),
            counts: total,
        };
        let only = only.and(connections.keys().next().copied());
        let mut export = Export {
            session,
            connections,
            only,
            sink: Sink::new(out),
            watch: progress,
            progress: Progress {
                done: Counts::default(),
                total,
            },
        };
        export.sink.write(&Line::Header(header))?;
        for row in rows {
            export.sink.write(&Line::Connection(ConnectionLine {
                name: row.key,
                profile: row.profile,
                created: time(row.created),
            }))?;
            export.progress.done.connections += 1;
        }
        export.credentials().await?;
        export.resources(Kind::User).await?;
        export.resources(Kind::Group).await?;
        for kind in export.other_kinds().await? {
            export.resources(kind).await?;
        }
        export.memberships().await?;
        let done = export.progress.done;
        if done != total {
            return Err(broken(format!("there are {total} to export, and {done} were found")).into());
        }
        export.sink.end(done)?;
        Ok(done)
    }
}

/// A running export.
struct Export<'a> {
    session: Session,
    /// The names of the connections, by row id.
    connections: BTreeMap<i64, String>,
    /// The row id of the connection, if only one is exported.
    only: Option<i64>,
    sink: Sink<'a>,
    watch: Watch<'a>,
    progress: Progress,
}

impl Export<'_> {
    async fn credentials(&mut self) -> Result<(), ArchiveError> {
        let mut connections: Vec<_> = self
            .connections
            .iter()
            .map(|(id, name)| (name.clone(), *id))
            .collect();
        // by name: the row ids differ between databases
        connections.sort();
        for (name, id) in connections {
            let read = move |row: &crate::database::Row<'_>| {
                Ok(CredentialLine {
                    connection: name.clone(),
                    hash: row.text(0)?,
                    hint: row.text(1)?,
                    created: time(row.number(2)?),
                    expires: row.optional_number(3)?.map(time),
                    last_used: row.optional_number(4)?.map(time),
                })
            };
            let select = select::credentials(id);
            for line in self.session.all(&select, Weight::Light, read).await? {
                self.sink.write(&Line::Credential(line))?;
                self.progress.done.credentials += 1;
            }
        }
        Ok(())
    }

    /// Returns the custom types that have resources, sorted by name.
    async fn other_kinds(&mut self) -> Result<Vec<Kind>, StoreError> {
        let read = |row: &crate::database::Row<'_>| row.text(0);
        let names = self
            .session
            .all(&select::other_kinds(), Weight::Heavy, read)
            .await?;
        let kinds = names.iter().map(|name| Kind::Other(ResourceTypeId::of(name)));
        Ok(kinds.collect())
    }

    async fn resources(&mut self, kind: Kind) -> Result<(), ArchiveError> {
        let mut after = i64::MIN;
        loop {
            let select = select::resources(kind, self.only, after);
            let read = select::resource(kind);
            let page = self.session.all(&select, Weight::Heavy, read).await?;
            let is_last = !is_full(page.len(), PAGE);
            for row in page {
                after = row.pk;
                self.resource(kind, row)?;
            }
            (self.watch)(self.progress);
            if is_last {
                return Ok(());
            }
        }
    }

    fn resource(&mut self, kind: Kind, row: ResourceRow) -> Result<(), ArchiveError> {
        let connection = self.name(row.connection)?;
        let deleted = row.deleted.map(time);
        let resource = scim(kind, &row)?;
        let done = &mut self.progress.done;
        let line = match kind {
            Kind::Group => {
                done.groups += 1;
                Line::Group(GroupLine {
                    connection,
                    unique_name: row.has_unique_name,
                    resource,
                })
            }
            Kind::Other(_) => {
                done.resources += 1;
                Line::Resource(ResourceLine { connection, resource })
            }
            _ => {
                match deleted {
                    Some(_) => done.deleted_users += 1,
                    None => done.users += 1,
                }
                Line::User(UserLine {
                    connection,
                    deleted,
                    resource,
                })
            }
        };
        Ok(self.sink.write(&line)?)
    }

    /// Writes the memberships, group by group. A line holds at most [`MEMBERS`] of them, from one or several pages.
    async fn memberships(&mut self) -> Result<(), ArchiveError> {
        let mut after = (i64::MIN, i64::MIN);
        let mut line: Option<MembersLine> = None;
        loop {
            let select = select::memberships(after);
            let page = self.session.all(&select, Weight::Heavy, select::membership);
            let page = page.await?;
            let is_last = !is_full(page.len(), MEMBERSHIPS);
            for row in page {
                after = row.key;
                if !self.connections.contains_key(&row.connection) {
                    continue;
                }
                self.progress.done.memberships += 1;
                match &mut line {
                    Some(line) if line.group == row.group && line.users.len() < MEMBERS => {
                        line.users.push(row.user);
                    }
                    _ => {
                        let next = MembersLine {
                            connection: self.name(row.connection)?,
                            group: row.group,
                            users: vec![row.user],
                        };
                        if let Some(full) = line.replace(next) {
                            self.sink.write(&Line::Members(full))?;
                        }
                    }
                }
            }
            (self.watch)(self.progress);
            if is_last {
                break;
            }
        }
        if let Some(last) = line {
            self.sink.write(&Line::Members(last))?;
        }
        Ok(())
    }

    fn name(&self, connection: i64) -> Result<String, StoreError> {
        let name = self.connections.get(&connection).cloned();
        name.ok_or_else(|| broken("a resource belongs to no connection"))
    }
}

async fn count(session: &mut Session, connection: i64) -> Result<Counts, StoreError> {
    let mut count = async |select| {
        let count = session.all(&select, Weight::Heavy, |row| row.count(0)).await?;
        Ok::<u64, StoreError>(count.into_iter().next().unwrap_or_default())
    };
    let deleted_users = count(select::count_deleted(connection)).await?;
    let users = count(select::count(USERS, connection)).await?;
    Ok(Counts {
        connections: 1,
        credentials: count(select::count("credentials", connection)).await?,
        users: users.saturating_sub(deleted_users),
        deleted_users,
        groups: count(select::count(TEAMS, connection)).await?,
        memberships: count(select::count_memberships(connection)).await?,
        resources: count(select::count(RESOURCES, connection)).await?,
    })
}

/// Returns a resource as SCIM JSON: the stored document, with `id` before it and `meta` after it.
fn scim(kind: Kind, row: &ResourceRow) -> Result<Box<RawValue>, ArchiveError> {
    let meta = MetaMember {
        resource_type: kind.name().to_owned(),
        created: time(row.created),
        last_modified: time(row.modified),
        version: format!("W/\"{}\"", row.version),
    };
    let damaged = |error: serde_json::Error| broken(format!("the document of `{}`: {error}", row.id));
    let meta = serde_json::to_string(&meta).map_err(damaged)?;
    let document = row.document.trim();
    let inner = document
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'))
        .filter(|inner| !inner.trim().is_empty())
        .ok_or_else(|| broken(format!("the document of `{}` is not a JSON object", row.id)))?;
    let id = serde_json::Value::from(row.id.as_str());
    // JSON allows line breaks only between values
    let text = format!(r#"{{"id":{id},{inner},"meta":{meta}}}"#).replace(['\n', '\r'], " ");
    Ok(RawValue::from_string(text).map_err(damaged)?)
}

fn time(millis: i64) -> Time {
    Time(Timestamp::from_millis(millis))
}

fn is_full(rows: usize, page: u64) -> bool {
    u64::try_from(rows).is_ok_and(|rows| rows >= page)
}
