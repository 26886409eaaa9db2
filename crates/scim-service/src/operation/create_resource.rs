//! POST to the endpoint of a configured resource type (RFC 7644 section 3.3).

use http::StatusCode;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::precondition::Creation;
use crate::service::Call;
use crate::store::{Access, Kind, Record};

pub(crate) async fn create(call: &Call<'_>, kind: Kind) -> Result<Answer, Failure> {
    let creation = Creation::of(call.headers)?;
    let created = make(call, kind).await;
    created.map_err(|failure| creation.refine(failure))
}

async fn make(call: &Call<'_>, kind: Kind) -> Result<Answer, Failure> {
    let projection = call.projection(kind)?;
    let body = call.body(kind)?;
    let resource = call.new_resource(kind, body)?;
    let mut transaction = call.begin(Access::Write).await?;
    let meta = transaction.insert(kind, &call.draft(&resource, kind)?).await?;
    let record = Record {
        meta,
        document: resource.to_document(),
    };
    let answer = call
        .answer(transaction.as_mut(), kind, &record, &projection)
        .await?;
    call.commit(transaction).await?;
    Ok(Answer {
        status: StatusCode::CREATED,
        ..answer
    })
}
