//! The default implementations of the port.

use scim_core::condition::{Comparison, Condition, Operand};
use scim_core::filter::CompareOp;
use scim_core::query::Selection;
use scim_core::schema::{AttributeRef, ResourceType};
use scim_core::text::fold;
use scim_core::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Access, Account, AccountState, Kind, Membership, Meta, ResourceId, Store, StoreError, Transaction,
    Version,
};
use crate::connection::ConnectionKey;

/// The user with this name, from a list.
pub(super) async fn account<T: Transaction + ?Sized>(
    transaction: &mut T,
    user_name: &str,
) -> Result<Option<Account>, StoreError> {
    let named = named(user_name).ok_or_else(|| StoreError::Failed("users have no `userName`".into()))?;
    let selection = Selection {
        condition: Some(named),
        limit: 1,
        ..Selection::default()
    };
    let found = transaction.list(Kind::User, &selection).await?;
    let Some(record) = found.records.into_iter().next() else {
        return Ok(None);
    };
    let document: Value =
        serde_json::from_str(&record.document).map_err(|error| StoreError::Failed(Box::new(error)))?;
    let state = match document.get("active").and_then(Value::as_bool) {
        Some(false) => AccountState::Inactive,
        _ => AccountState::Active,
    };
    Ok(Some(Account {
        id: record.meta.id,
        state,
    }))
}

/// The condition `userName eq` this name.
fn named(user_name: &str) -> Option<Condition> {
    let attribute = AttributeRef {
        extension: None,
        attribute: ResourceType::user().attribute("userName")?.clone(),
        sub: None,
    };
    let comparison = Comparison {
        op: CompareOp::Equal,
        operand: Operand::Folded(fold(user_name).into_owned()),
    };
    Some(Condition::Compare(attribute, comparison))
}

/// The metadata of a new resource.
pub(super) fn new(now: Timestamp) -> Meta {
    Meta {
        id: ResourceId::new(Uuid::now_v7().to_string()),
        version: Version::FIRST,
        created: now,
        modified: now,
    }
}

/// The metadata of a resource after a change.
pub(super) async fn next<T: Transaction + ?Sized>(
    transaction: &mut T,
    kind: Kind,
    id: &ResourceId,
    expected: Version,
    now: Timestamp,
) -> Result<Meta, StoreError> {
    match transaction.get(kind, id).await? {
        Some(record) if record.meta.version == expected => Ok(Meta {
            version: expected.next(),
            modified: now,
            ..record.meta
        }),
        _ => Err(StoreError::Stale),
    }
}

/// Moves the groups of a deleted user to their next version, as their members change.
pub(super) async fn step_groups_of<T: Transaction + ?Sized>(
    transaction: &mut T,
    user: &ResourceId,
    now: Timestamp,
) -> Result<(), StoreError> {
    for Membership { group, .. } in transaction.memberships(std::slice::from_ref(user)).await? {
        if let Some(record) = transaction.get(Kind::Group, &group).await? {
            let version = record.meta.version;
            transaction.touch(Kind::Group, &group, version, now).await?;
        }
    }
    Ok(())
}

/// A value of `members`, without `$ref`.
pub(super) fn element(member: &Membership) -> Value {
    json!({ "value": member.user.as_str(), "display": member.display, "type": "User" })
}

/// Checks that something can be read.
pub(super) async fn ready<S: Store + ?Sized>(store: &S) -> Result<(), StoreError> {
    let connection: ConnectionKey = "ready"
        .parse()
        .map_err(|error| StoreError::Failed(Box::new(error)))?;
    let mut transaction = store.begin(&connection, Access::Read).await?;
    let nobody = ResourceId::new("00000000-0000-0000-0000-000000000000");
    transaction.get(Kind::User, &nobody).await.map(|_| ())
}
