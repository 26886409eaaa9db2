//! PATCH /Groups/{id} (RFC 7644 section 3.5.2). Its cost depends on the change: the members are never read in
//! order to change them.

use scim_core::patch::{MemberStep, Patch};
use scim_core::projection::Projection;
use scim_profiles::profile::PatchAnswer;

use super::membership::Changes;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::precondition::etag;
use crate::query_string;
use crate::service::Call;
use crate::store::{Access, Kind, ResourceId};

pub(crate) async fn patch(call: &Call<'_>, id: &ResourceId) -> Result<Answer, Failure> {
    // parsed before the transaction holds a lock, rejected after the preconditions
    let asked = asked(call);
    let mut transaction = call.begin(Access::Write).await?;
    let record = call.current(transaction.as_mut(), Kind::Group, id).await?;
    let (projection, patch, steps) = asked?;
    let before = call.resource(Kind::Group, &record)?;
    let mut after = before.clone();
    let applied = patch.apply(&mut after, call.caller.profile.tolerance())?;
    call.log_ignored(id, &applied.ignored);

    let mut changes = Changes::new(call, id);
    changes.run(steps, transaction.as_mut()).await?;
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

    let answer = match shows_resource(call)? {
        true => {
            call.answer(transaction.as_mut(), Kind::Group, &record, &projection)
                .await?
        }
        false => Answer {
            etag: Some(etag(record.meta.version, None)),
            ..Answer::no_content()
        },
    };
    call.commit(transaction).await?;
    Ok(answer)
}

/// The projection of the response, the changes to the group itself, and those to its members.
fn asked(call: &Call<'_>) -> Result<(Projection, Patch, Vec<MemberStep>), Failure> {
    let projection = call.projection(Kind::Group)?;
    let mut patch = call.patch(Kind::Group)?;
    let steps = patch.take_members(call.resource_type(Kind::Group))?;
    Ok((projection, patch, steps))
}

/// With `attributes`, the response is the resource, whatever the profile says (RFC 7644 section 3.5.2).
fn shows_resource(call: &Call<'_>) -> Result<bool, Failure> {
    let asks = query_string::pairs(call.query)?
        .iter()
        .any(|(name, _)| name == "attributes");
    Ok(asks || call.caller.profile.behavior().group_patch_answer == PatchAnswer::Resource)
}
