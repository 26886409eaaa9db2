//! The values of the columns of a resource.

use scim_core::resource::Resource;
use scim_core::text::{fold, name_key};
use scim_service::store::{Draft, GroupNames, Kind};
use sea_orm::sea_query::Expr;
use serde_json::Value;

use super::read::{ACTIVE, INACTIVE};
use crate::dialect::Dialect;
use crate::table::Column;

/// An e-mail address in the form in which it is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Email {
    pub(super) value: Option<String>,
    pub(super) kind: Option<String>,
}

/// The column values of a draft.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) values: Vec<(Column, Expr)>,
    pub(super) emails: Vec<Email>,
    /// The value of [`Column::Document`].
    pub(super) document: String,
}

impl Columns {
    pub(super) fn of(dialect: Dialect, kind: Kind, draft: &Draft<'_>) -> Self {
        let resource = draft.resource;
        let display_name = resource.display_name();
        let folded_display_name = display_name.map(|name| fold(name).into_owned());
        let document = resource.to_document();
        let mut columns = vec![
            (Column::ModifiedAt, Expr::val(draft.now.as_millis())),
            (
                Column::ExternalId,
                Expr::val(resource.external_id().map(str::to_owned)),
            ),
            (Column::Document, Expr::val(document.as_str())),
        ];
        let mut emails = Vec::new();
        if !matches!(kind, Kind::Other(_)) {
            columns.push((Column::DisplayNameKey, Expr::val(folded_display_name)));
            columns.push((Column::Display, Expr::val(shown_name(resource))));
        }
        if kind == Kind::User {
            let user_name = resource.user_name().unwrap_or_default();
            let active = resource.attributes().get("active").and_then(Value::as_bool);
            let status = if resource.is_active() { ACTIVE } else { INACTIVE };
            columns.push((Column::UserNameKey, Expr::val(fold(user_name).into_owned())));
            columns.push((Column::Active, Expr::val(active)));
            columns.push((Column::Status, Expr::val(status)));
            emails = resource
                .comparable("emails")
                .map(|emails| emails_of(&emails))
                .unwrap_or_default();
        } else if kind == Kind::Group {
            let unique = display_name
                .filter(|_| draft.group_names == GroupNames::Unique)
                .map(name_key);
            columns.push((Column::UniqueNameKey, Expr::val(unique)));
        }
        columns.push((Column::Comparable, dialect.json(resource.to_comparable())));
        Self {
            values: columns,
            emails,
            document,
        }
    }
}

/// The display name of a member: `displayName`, or else `userName`.
fn shown_name(resource: &Resource) -> &str {
    resource
        .display_name()
        .filter(|name| !name.is_empty())
        .or(resource.user_name())
        .unwrap_or_default()
}

fn emails_of(emails: &Value) -> Vec<Email> {
    let member = |email: &Value, name: &str| email.get(name).and_then(Value::as_str).map(str::to_owned);
    let emails = emails.as_array().into_iter().flatten();
    emails
        .map(|email| Email {
            value: member(email, "value"),
            kind: member(email, "type"),
        })
        .collect()
}
