//! PUT /Groups/{id} (RFC 7644 section 3.5.1).

use scim_core::patch::Member;
use scim_core::projection::Projection;
use scim_core::resource::Resource;

use super::membership::{Changes, take_members};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Kind, ResourceId};

/// A body without `members` leaves them unchanged; `"members": []` removes them.
pub(crate) async fn replace(call: &Call<'_>, id: &ResourceId) -> Result<Answer, Failure> {
    // parsed before the transaction holds a lock, rejected after the preconditions
    let asked = asked(call);
    let mut transaction = call.begin(Access::Write).await?;
    let record = call.current(transaction.as_mut(), Kind::Group, id).await?;
    let before = call.resource(Kind::Group, &record)?;
    let (projection, mut after, members) = asked?;
    after.keep_immutable(&before)?;
    let mut changes = Changes::new(call, id);
    if let Some(members) = members {
        changes.replace(members)?;
    }
    let members = changes.finish(transaction.as_mut()).await?;
    let record = call
        .keep(
            transaction.as_mut(),
            Kind::Group,
            record,
            &before,
            &after,
            members,
        )
        .await?;
    let answer = call
        .answer(transaction.as_mut(), Kind::Group, &record, &projection)
        .await?;
    call.commit(transaction).await?;
    Ok(answer)
}

/// The projection of the response, the group without its members, and the members.
fn asked(call: &Call<'_>) -> Result<(Projection, Resource, Option<Vec<Member>>), Failure> {
    let projection = call.projection(Kind::Group)?;
    let mut body = call.body(Kind::Group)?;
    let members = take_members(&mut body)?;
    Ok((projection, call.replacement(Kind::Group, body)?, members))
}
