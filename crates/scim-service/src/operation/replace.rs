//! PUT of a user or of a resource of a configured type (RFC 7644 section 3.5.1).

use scim_core::projection::Projection;
use scim_core::resource::Resource;

use super::Members;
use super::create_user::discard_password;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Kind, ResourceId};

pub(crate) async fn replace(call: &Call<'_>, kind: Kind, id: &ResourceId) -> Result<Answer, Failure> {
    // parsed before the transaction holds a lock, rejected after the preconditions
    let asked = asked(call, kind);
    let mut transaction = call.begin(Access::Write).await?;
    let record = call.current(transaction.as_mut(), kind, id).await?;
    let before = call.resource(kind, &record)?;
    let (projection, mut after) = asked?;
    after.keep_immutable(&before)?;
    if kind == Kind::User {
        discard_password(&mut after);
        keep_active(&mut after, &before);
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

fn asked(call: &Call<'_>, kind: Kind) -> Result<(Projection, Resource), Failure> {
    let projection = call.projection(kind)?;
    Ok((projection, call.replacement(kind, call.body(kind)?)?))
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
