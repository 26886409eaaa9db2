//! What the commands on users and on teams have in common.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use scim_core::query::Selection;
use scim_service::connection::ConnectionKey;
use scim_service::store::{Access, Kind, Record, ResourceId, Store as _, Transaction};
use scim_storage::SqlStore;
use serde_json::{Map, Value, json};

use super::{Format, print};
use crate::auth::canonical_key;
use crate::config::Config;
use crate::database::{self, Opening};

/// `scim-server user …`, `scim-server team …`
#[derive(Debug, Subcommand)]
pub(crate) enum ResourceCommand {
    /// List them, a page at a time
    List(List),
    /// Show one, as JSON
    Show {
        /// Its id
        id: String,
        #[command(flatten)]
        scope: Scope,
    },
}

/// Which ones to list, and how.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    scope: Scope,
    /// The first one to list, counted from 1, in each connection
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    start_index: u64,
    /// How many to list of each connection
    #[arg(long, default_value_t = 100)]
    count: u32,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Which connections are meant.
#[derive(Debug, Args)]
pub(crate) struct Scope {
    /// The connection; without it, all
    #[arg(long)]
    connection: Option<ConnectionKey>,
}

/// A resource and where it belongs.
pub(crate) struct Found {
    pub(crate) connection: ConnectionKey,
    pub(crate) record: Record,
    pub(crate) attributes: Map<String, Value>,
}

impl Scope {
    /// The connections that are meant.
    pub(crate) async fn connections(&self, store: &SqlStore) -> Result<Vec<ConnectionKey>> {
        let known = store.connections().list().await?;
        let known = known.into_iter().map(|connection| connection.key);
        let Some(wanted) = &self.connection else {
            return Ok(known.collect());
        };
        let wanted = canonical_key(wanted.clone());
        match known.into_iter().find(|key| *key == wanted) {
            Some(key) => Ok(vec![key]),
            None => bail!("there is no connection `{wanted}`"),
        }
    }
}

impl List {
    /// Prints a page: as text a row each under the titles, as JSON a list of that name.
    pub(crate) async fn print<const N: usize>(
        &self,
        config: &Config,
        kind: Kind,
        titles: [&str; N],
        row: fn(&Found) -> [String; N],
        name: &str,
    ) -> Result<()> {
        let (found, total) = self.page(config, kind).await?;
        match self.format {
            Format::Text => {
                let rows: Vec<[String; N]> = found.iter().map(row).collect();
                print::columns(titles, &rows);
                self.more(found.len(), total);
            }
            Format::Json => {
                let listed = found.iter().map(|found| Value::Object(found.to_json()));
                print::json(&json!({ "total": total, name: listed.collect::<Vec<_>>() }));
            }
        }
        Ok(())
    }

    /// The resources of a page, and how many there are in all.
    async fn page(&self, config: &Config, kind: Kind) -> Result<(Vec<Found>, u64)> {
        let store = database::open(&config.database, Opening::Existing).await?;
        let selection = Selection {
            offset: self.start_index.saturating_sub(1),
            limit: self.count,
            ..Selection::default()
        };
        let (mut found, mut total) = (Vec::new(), 0);
        for connection in self.scope.connections(&store).await? {
            let mut transaction = store.begin(&connection, Access::Read).await?;
            let page = transaction.list(kind, &selection).await?;
            total += page.total;
            for record in page.records {
                found.push(Found::of(connection.clone(), record)?);
            }
        }
        Ok((found, total))
    }

    /// Says what comes after the page.
    fn more(&self, found: usize, total: u64) {
        let found = u64::try_from(found).unwrap_or(u64::MAX);
        let next = self.start_index.saturating_add(self.count.into());
        let hint = match self.start_index == 1 && found == total {
            true => String::new(),
            false => format!("; the next page begins with --start-index {next}"),
        };
        print::line(format!("{found} of {total}{hint}"));
    }
}

/// The resource with that id, in whichever connection, with its transaction.
pub(crate) async fn one(
    config: &Config,
    scope: &Scope,
    kind: Kind,
    id: &str,
) -> Result<(Found, Box<dyn Transaction>)> {
    let store = database::open(&config.database, Opening::Existing).await?;
    let resource = ResourceId::new(id);
    for connection in scope.connections(&store).await? {
        let mut transaction = store.begin(&connection, Access::Read).await?;
        if let Some(record) = transaction.get(kind, &resource).await? {
            return Ok((Found::of(connection, record)?, transaction));
        }
    }
    bail!("there is nothing with the id `{id}`");
}

impl Found {
    fn of(connection: ConnectionKey, record: Record) -> Result<Self> {
        Ok(Self {
            connection,
            attributes: serde_json::from_str(&record.document)?,
            record,
        })
    }

    /// A cell of a list: the attribute as text.
    pub(crate) fn cell(&self, attribute: &str) -> String {
        match self.attributes.get(attribute) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => print::plain(text),
            Some(value) => print::plain(&value.to_string()),
        }
    }

    /// Everything known of it but its relations.
    pub(crate) fn to_json(&self) -> Map<String, Value> {
        let mut whole = Map::new();
        whole.insert("connection".to_owned(), self.connection.as_str().into());
        whole.insert("id".to_owned(), self.record.meta.id.as_str().into());
        whole.extend(self.attributes.clone());
        whole.insert(
            "meta".to_owned(),
            json!({
                "created": self.record.meta.created.to_string(),
                "lastModified": self.record.meta.modified.to_string(),
                "version": self.record.meta.version.get(),
            }),
        );
        whole
    }
}
