//! POST /Groups (RFC 7644 section 3.3).

use http::StatusCode;

use super::membership::{Changes, take_members};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::precondition::Creation;
use crate::service::Call;
use crate::store::{Access, Kind, Record};

pub(crate) async fn create(call: &Call<'_>) -> Result<Answer, Failure> {
    let creation = Creation::of(call.headers)?;
    let created = make(call).await;
    created.map_err(|failure| creation.refine(failure))
}

async fn make(call: &Call<'_>) -> Result<Answer, Failure> {
    let projection = call.projection(Kind::Group)?;
    let mut body = call.body(Kind::Group)?;
    let members = take_members(&mut body)?.unwrap_or_default();
    let group = call.new_resource(Kind::Group, body)?;
    let mut transaction = call.begin(Access::Write).await?;
    let meta = transaction
        .insert(Kind::Group, &call.draft(&group, Kind::Group)?)
        .await?;
    let mut changes = Changes::new(call, &meta.id);
    changes.add(members)?;
    changes.finish(transaction.as_mut()).await?;
    let record = Record {
        meta,
        document: group.to_document(),
    };
    let answer = call
        .answer(transaction.as_mut(), Kind::Group, &record, &projection)
        .await?;
    call.commit(transaction).await?;
    Ok(Answer {
        status: StatusCode::CREATED,
        ..answer
    })
}
