//! POST /Bulk (RFC 7644 section 3.7).
//!
//! Each operation is a request of its own, through the same code, in a transaction of its own: it is done or not done,
//! whatever becomes of the others. What they share is the waiting: the transactions are committed one after the other
//! without waiting for the disk, and the answer is sent when all of them last. New users who have nothing to do with each
//! other share a transaction in which each is kept or not by itself, and resources that refer to each other in a circle one in
//! which all are.

mod circle;
mod join;
mod newcomers;
mod part;
mod request;
mod run;
mod settle;

use scim_core::bulk::{BulkRequest, Plan, Stage};

use crate::answer::Answer;
use crate::failure::Failure;
use crate::service::Call;

pub(crate) use part::Part;

pub(crate) async fn bulk(call: &Call<'_>) -> Result<Answer, Failure> {
    let request = BulkRequest::parse(call.object()?.into_owned(), &call.service.limits.bulk())?;
    let plan = Plan::of(&request);
    let mut run = run::Run::new(call, &request);
    for stage in &plan.stages {
        if run.has_failed_enough() || run.results.unavailable().is_some() {
            break;
        }
        match stage {
            Stage::One(index) => run.together(std::slice::from_ref(index)).await,
            Stage::Together(indices) => run.together(indices).await,
            Stage::Circle(indices) => run.circle(indices).await,
        }
    }
    run.give_up();
    if run.results.are_nothing() {
        return Err(Failure::Unavailable(
            "nothing of a bulk request could be done".into(),
        ));
    }
    Ok(Answer::ok(run.finish().await.to_json().to_string()))
}
