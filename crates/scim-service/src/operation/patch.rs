//! PATCH of a user or of a resource of a configured type (RFC 7644 section 3.5.2).

use scim_core::patch::Patch;
use scim_core::projection::Projection;
use scim_core::resource::Resource;
use scim_profiles::profile::FormerUsers;
use serde_json::Value;

use super::Members;
use super::create_user::discard_password;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Kind, ResourceId};

pub(crate) async fn patch(call: &Call<'_>, kind: Kind, id: &ResourceId) -> Result<Answer, Failure> {
    // parsed before the transaction holds a lock, rejected after the preconditions
    let asked = asked(call, kind);
    let mut transaction = call.begin(Access::Write).await?;
    let record = call.current(transaction.as_mut(), kind, id).await?;
    let (projection, patch) = asked?;
    let before = call.resource(kind, &record)?;
    let mut after = before.clone();
    let applied = patch.apply(&mut after, call.caller.profile.tolerance())?;
    call.log_ignored(id, &applied.ignored);
    if kind == Kind::User {
        discard_password(&mut after);
        if call.caller.profile.behavior().former_users == FormerUsers::Reactivate {
            stay_inactive(&mut after, &before);
        }
    }
    let record = call
        .keep(transaction.as_mut(), kind, record, &before, &after, Members::Same)
        .await?;
    let answer = call
        .answer(transaction.as_mut(), kind, &record, &projection)
        .await?;
    call.commit(transaction).await?;
    Ok(answer)
}

fn asked(call: &Call<'_>, kind: Kind) -> Result<(Projection, Patch), Failure> {
    Ok((call.projection(kind)?, call.patch(kind)?))
}

/// Removing `active` from a user without access does not restore access: only `active: true` or creating the user again does.
/// In the standard, a removed attribute is absent.
fn stay_inactive(after: &mut Resource, before: &Resource) {
    if !before.is_active() && !after.attributes().contains_key("active") {
        after.set_unchecked("active", Value::Bool(false));
    }
}
