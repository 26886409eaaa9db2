//! Creation of many users in a few statements.

use std::collections::{HashMap, HashSet};

use scim_core::resource::Resource;
use scim_core::text::fold;
use scim_core::time::Timestamp;
use scim_service::store::{Draft, FreeNames, Kind, Meta, StoreError};
use sea_orm::sea_query::{Expr, InsertStatement, OnConflict, Query};
use sea_orm::{Statement, StatementBuilder};

use super::SqlTransaction;
use super::columns::{Columns, Email};
use super::write::{first_version, fixed};
use crate::database::{Row, Weight};
use crate::dialect::Dialect;
use crate::listed::{Hold, Life, Listed};
use crate::table::{self, Column, USERS};

/// A user to be created.
struct Wanted {
    /// The index of the draft.
    place: usize,
    resource: Resource,
    now: Timestamp,
}

/// A user whose row the statement inserts.
struct Newcomer {
    /// The index of the draft.
    place: usize,
    meta: Meta,
    emails: Vec<Email>,
}

/// Users, and the statement that inserts them.
struct Newcomers {
    users: Vec<Newcomer>,
    insert: Option<Statement>,
}

impl Newcomers {
    /// Builds the statement.
    fn of(dialect: Dialect, connection: i64, wanted: &[Wanted]) -> Result<Self, StoreError> {
        let mut insert: Option<InsertStatement> = None;
        let mut users = Vec::with_capacity(wanted.len());
        for Wanted { place, resource, now } in wanted {
            let draft = Draft::new(resource, *now);
            let meta = first_version(*now);
            let columns = Columns::of(dialect, Kind::User, &draft);
            let row = fixed(connection, &meta).into_iter().chain(columns.values);
            match &mut insert {
                None => insert = Some(table::insert(USERS, row)?),
                Some(insert) => {
                    let values: Vec<Expr> = row.map(|(_, value)| value).collect();
                    insert.values(values).map_err(table::mismatch)?;
                }
            }
            users.push(Newcomer {
                place: *place,
                meta,
                emails: columns.emails,
            });
        }
        let insert = insert.map(|mut insert| {
            insert
                .on_conflict(OnConflict::new().do_nothing().to_owned())
                .returning(Query::returning().columns([Column::Id, Column::Pk]));
            StatementBuilder::build(&insert, &dialect.backend())
        });
        Ok(Self { users, insert })
    }
}

impl SqlTransaction {
    /// Inserts the users whose names are free, according to the unique index of the names. Returns `None` for the others.
    pub(super) async fn write_newcomers(
        &mut self,
        drafts: &[Draft<'_>],
        free: FreeNames,
    ) -> Result<Vec<Option<Meta>>, StoreError> {
        let former = match free {
            FreeNames::Unknown => self.former_names(drafts).await?,
            FreeNames::OfDeleted => HashSet::new(),
        };
        let wanted: Vec<Wanted> = (0..)
            .zip(drafts)
            .filter(|(_, draft)| former.is_empty() || !former.contains(&name_of(draft)))
            .map(|(place, draft)| Wanted {
                place,
                resource: draft.resource.clone(),
                now: draft.now,
            })
            .collect();
        // off the thread of the caller, which has other work
        let (dialect, connection) = (self.dialect, self.connection);
        let taken_apart = tokio::task::spawn_blocking(move || Newcomers::of(dialect, connection, &wanted));
        let newcomers = taken_apart
            .await
            .map_err(|error| StoreError::Failed(Box::new(error)))??;
        let mut kept = vec![None; drafts.len()];
        let Some(insert) = newcomers.insert else {
            return Ok(kept);
        };
        let read = |row: &Row<'_>| Ok((row.text(0)?, row.number(1)?));
        let rows = self
            .session
            .change_built_returning_all(insert, Weight::Heavy, read)
            .await?;
        let pks: HashMap<String, i64> = rows.into_iter().collect();
        let mut emails = Vec::new();
        let mut counted = None;
        for newcomer in newcomers.users {
            let Some(pk) = pks.get(newcomer.meta.id.as_str()) else {
                continue;
            };
            emails.extend(
                (0_i32..)
                    .zip(newcomer.emails)
                    .map(|(position, email)| (Expr::val(*pk), position, email)),
            );
            counted = Some(newcomer.meta.id.clone());
            if let Some(place) = kept.get_mut(newcomer.place) {
                *place = Some(newcomer.meta);
            }
        }
        self.insert_emails(&emails).await?;
        if let (Some(id), Ok(count)) = (counted, i64::try_from(pks.len())) {
            self.keep_count(Kind::User, id.as_str(), count).await?;
        }
        Ok(kept)
    }

    /// Returns the names that belong to users who were deleted and not yet purged.
    async fn former_names(&mut self, drafts: &[Draft<'_>]) -> Result<HashSet<String>, StoreError> {
        let names: Vec<String> = drafts.iter().map(name_of).collect();
        let names = serde_json::Value::from(names).to_string();
        let listed = Listed {
            dialect: self.dialect,
            table: USERS,
            connection: self.connection,
            life: Life::Deleted,
        };
        let select = listed.select(Column::UserNameKey, names, [Column::UserNameKey], Hold::No);
        let weight = self.weight_of(drafts.len());
        let former = self.session.all(&select, weight, |row| row.text(0)).await?;
        Ok(former.into_iter().collect())
    }
}

/// Returns the `userName` in the form in which it is looked up.
fn name_of(draft: &Draft<'_>) -> String {
    fold(draft.resource.user_name().unwrap_or_default()).into_owned()
}
