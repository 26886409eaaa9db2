//! Many new users in a few statements.

use std::collections::{HashMap, HashSet};

use scim_core::text::fold;
use scim_service::store::{Draft, FreeNames, Kind, Meta, StoreError};
use sea_orm::sea_query::{Expr, InsertStatement, OnConflict, Query};

use super::SqlTransaction;
use super::columns::{Columns, Email};
use super::write::first_version;
use crate::database::{Row, Weight};
use crate::listed::{Hold, Life, Listed};
use crate::table::{self, Column, USERS};

/// A user who is to be kept.
struct Newcomer {
    /// The place of its draft.
    place: usize,
    meta: Meta,
    emails: Vec<Email>,
}

impl SqlTransaction {
    /// Keeps those users whose names are free: the unique index of the names says which are.
    pub(super) async fn write_newcomers(
        &mut self,
        drafts: &[Draft<'_>],
        free: FreeNames,
    ) -> Result<Vec<Option<Meta>>, StoreError> {
        let former = match free {
            FreeNames::Unknown => self.former_names(drafts).await?,
            FreeNames::OfDeleted => HashSet::new(),
        };
        let mut insert: Option<InsertStatement> = None;
        let mut newcomers = Vec::with_capacity(drafts.len());
        for (place, draft) in drafts.iter().enumerate() {
            if !former.is_empty() && former.contains(&name_of(draft)) {
                continue;
            }
            let meta = first_version(draft.now);
            let columns = Columns::of(self.dialect, Kind::User, draft)?;
            let row = self.fixed(&meta).into_iter().chain(columns.values);
            match &mut insert {
                None => insert = Some(table::insert(USERS, row)?),
                Some(insert) => {
                    let values: Vec<Expr> = row.map(|(_, value)| value).collect();
                    insert.values(values).map_err(table::mismatch)?;
                }
            }
            newcomers.push(Newcomer {
                place,
                meta,
                emails: columns.emails,
            });
        }
        let mut kept = vec![None; drafts.len()];
        let Some(mut insert) = insert else {
            return Ok(kept);
        };
        insert
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .returning(Query::returning().columns([Column::Id, Column::Pk]));
        let read = |row: &Row<'_>| Ok((row.text(0)?, row.number(1)?));
        let rows = self
            .session
            .change_returning_all(&insert, Weight::Heavy, read)
            .await?;
        let pks: HashMap<String, i64> = rows.into_iter().collect();
        let mut emails = Vec::new();
        let mut counted = None;
        for newcomer in newcomers {
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

    /// Those of the names that users had who were deleted and not yet purged.
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

/// The `userName` as it is looked up.
fn name_of(draft: &Draft<'_>) -> String {
    fold(draft.resource.user_name().unwrap_or_default()).into_owned()
}
