//! DELETE (RFC 7644 section 3.6).

use crate::answer::Answer;
use crate::failure::Failure;
use crate::service::Call;
use crate::store::{Access, Kind, ResourceId};

pub(crate) async fn delete(call: &Call<'_>, kind: Kind, id: &ResourceId) -> Result<Answer, Failure> {
    let mut transaction = call.begin(Access::Write).await?;
    let record = call.current(transaction.as_mut(), kind, id).await?;
    transaction
        .delete(kind, id, record.meta.version, call.now)
        .await?;
    call.commit(transaction).await?;
    Ok(Answer::no_content())
}
