//! PATCH of a resource of a configured type (RFC 7644 section 3.5.2).

use super::Members;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Kind, ResourceId};

pub(crate) async fn patch(call: &Call<'_>, kind: Kind, id: &ResourceId) -> Result<Answer, Failure> {
    let mut transaction = call.begin(Access::Write).await?;
    let record = call.current(transaction.as_mut(), kind, id).await?;
    let projection = call.projection(kind)?;
    let patch = call.patch(kind)?;
    let before = call.resource(kind, &record)?;
    let mut after = before.clone();
    let applied = patch.apply(&mut after, call.caller.profile.tolerance())?;
    call.log_ignored(id, &applied.ignored);
    let record = call
        .keep(transaction.as_mut(), kind, record, &before, &after, Members::Same)
        .await?;
    let answer = call
        .answer(transaction.as_mut(), kind, &record, &projection)
        .await?;
    call.commit(transaction).await?;
    Ok(answer)
}
