//! GET of one resource (RFC 7644 section 3.4.1).

use super::no_resource;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::precondition::{check_version, is_known};
use crate::service::Call;
use crate::store::{Access, Kind, ResourceId};

pub(crate) async fn read(call: &Call<'_>, kind: Kind, id: &ResourceId) -> Result<Answer, Failure> {
    let projection = call.projection(kind)?;
    let mut transaction = call.begin(Access::Read).await?;
    let record = transaction
        .get(kind, id)
        .await?
        .ok_or_else(|| no_resource(kind, id))?;
    check_version(call.method, call.headers, record.meta.version)?;
    let render = call.render(kind);
    // the members of a group may be many, and are not read if the client has them
    if let Some(etag) = render.etag_alone(&record, &projection)
        && is_known(call.headers, &etag)?
    {
        let location = Some(render.location(id));
        return Err(Failure::NotModified { etag, location });
    }
    let answer = call
        .answer(transaction.as_mut(), kind, &record, &projection)
        .await?;
    match answer.etag {
        Some(etag) if is_known(call.headers, &etag)? => Err(Failure::NotModified {
            etag,
            location: answer.location,
        }),
        _ => Ok(answer),
    }
}
