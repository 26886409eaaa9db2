//! PUT /Users/{id} (RFC 7644 section 3.5.1).

use scim_core::resource::{Resource, Situation};

use super::Members;
use super::create_user::discard_password;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Kind, ResourceId};

pub(crate) async fn replace(call: &Call<'_>, id: &ResourceId) -> Result<Answer, Failure> {
    let mut transaction = call.begin(Access::Write).await?;
    let record = call.current(transaction.as_mut(), Kind::User, id).await?;
    let before = call.resource(Kind::User, &record)?;
    let projection = call.projection(Kind::User)?;
    let body = call.body(Kind::User)?;
    let tolerance = call.caller.profile.tolerance();
    let mut after = Resource::check(
        call.resource_type(Kind::User),
        body,
        Situation::Replace,
        tolerance,
    )?;
    after.keep_immutable(&before)?;
    discard_password(&mut after);
    keep_active(&mut after, &before);
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

/// A body without `active` leaves it unchanged, so that a user does not regain access because a client left it out (RFC 7644
/// section 3.5.1 lets the server decide).
fn keep_active(after: &mut Resource, before: &Resource) {
    if let (None, Some(active)) = (
        after.attributes().get("active"),
        before.attributes().get("active"),
    ) {
        after.set_unchecked("active", active.clone());
    }
}
