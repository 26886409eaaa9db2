//! PATCH /Users/{id} (RFC 7644 section 3.5.2).

use scim_core::resource::Resource;
use scim_profiles::profile::FormerUsers;
use serde_json::Value;

use super::Members;
use super::create_user::discard_password;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Kind, ResourceId};

pub(crate) async fn patch(call: &Call<'_>, id: &ResourceId) -> Result<Answer, Failure> {
    let mut transaction = call.begin(Access::Write).await?;
    let record = call.current(transaction.as_mut(), Kind::User, id).await?;
    let projection = call.projection(Kind::User)?;
    let patch = call.patch(Kind::User)?;
    let before = call.resource(Kind::User, &record)?;
    let mut after = before.clone();
    let applied = patch.apply(&mut after, call.caller.profile.tolerance())?;
    call.log_ignored(id, &applied.ignored);
    discard_password(&mut after);
    if call.caller.profile.behavior().former_users == FormerUsers::Reactivate {
        stay_inactive(&mut after, &before);
    }
    let record = call
        .keep(
            transaction.as_mut(),
            Kind::User,
            record,
            &before,
            &after,
            Members::Same,
        )
        .await?;
    let answer = call
        .answer(transaction.as_mut(), Kind::User, &record, &projection)
        .await?;
    call.commit(transaction).await?;
    Ok(answer)
}

/// Removing `active` from a user without access does not restore access: only `active: true` or creating the user again does.
/// In the standard, a removed attribute is absent.
fn stay_inactive(after: &mut Resource, before: &Resource) {
    if !before.is_active() && !after.attributes().contains_key("active") {
        after.set_unchecked("active", Value::Bool(false));
    }
}
