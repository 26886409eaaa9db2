//! POST /Bulk (RFC 7644 section 3.7).
//!
//! Each operation is executed like a separate request, by the same code and in its own transaction: it succeeds or fails
//! independently of the others. They share the wait for the disk: the transactions are committed one after the other without
//! waiting, and the response is sent when all of them are durable. New users without references to each other share a
//! transaction in which each is created or not by itself; resources that refer to each other in a circle share one in which all
//! or none are created.

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
