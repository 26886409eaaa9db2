//! PUT of a resource of a configured type (RFC 7644 section 3.5.1).

use scim_core::resource::{Resource, Situation};

use super::Members;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Kind, ResourceId};

pub(crate) async fn replace(call: &Call<'_>, kind: Kind, id: &ResourceId) -> Result<Answer, Failure> {
    let mut transaction = call.begin(Access::Write).await?;
    let record = call.current(transaction.as_mut(), kind, id).await?;
    let before = call.resource(kind, &record)?;
    let projection = call.projection(kind)?;
    let body = call.body(kind)?;
    let tolerance = call.caller.profile.tolerance();
    let mut after = Resource::check(call.resource_type(kind), body, Situation::Replace, tolerance)?;
    after.keep_immutable(&before)?;
    let record = call
        .keep(transaction.as_mut(), kind, record, &before, &after, Members::Same)
        .await?;
    let answer = call
        .answer(transaction.as_mut(), kind, &record, &projection)
        .await?;
    call.commit(transaction).await?;
    Ok(answer)
}
