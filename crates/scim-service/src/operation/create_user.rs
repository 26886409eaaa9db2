//! POST /Users (RFC 7644 section 3.3).

use http::StatusCode;
use scim_core::resource::Resource;
use scim_profiles::profile::FormerUsers;
use serde_json::Value;

use crate::answer::Answer;
use crate::failure::{Failure, taken};
use crate::precondition::Creation;
use crate::service::Call;
use crate::store::{Access, AccountState, Kind, Meta, Record, Transaction};

pub(crate) async fn create(call: &Call<'_>) -> Result<Answer, Failure> {
    let creation = Creation::of(call.headers)?;
    let created = make(call, creation).await;
    created.map_err(|failure| creation.refine(failure))
}

async fn make(call: &Call<'_>, creation: Creation) -> Result<Answer, Failure> {
    let projection = call.projection(Kind::User)?;
    let user = asked_for(call)?;
    let mut transaction = call.begin(Access::Write).await?;
    let meta = keep(call, transaction.as_mut(), &user, creation).await?;
    let record = Record {
        meta,
        document: user.to_document(),
    };
    let answer = call
        .answer(transaction.as_mut(), Kind::User, &record, &projection)
        .await?;
    call.commit(transaction).await?;
    Ok(Answer {
        status: StatusCode::CREATED,
        ..answer
    })
}

/// The user of the body.
pub(crate) fn asked_for(call: &Call<'_>) -> Result<Resource, Failure> {
    let body = call.body(Kind::User)?;
    let mut user = call.new_resource(Kind::User, body)?;
    discard_password(&mut user);
    if !user.attributes().contains_key("active") {
        user.set_unchecked("active", Value::Bool(true));
    }
    Ok(user)
}

/// Inserts a new user, or restores a former one.
async fn keep(
    call: &Call<'_>,
    transaction: &mut dyn Transaction,
    user: &Resource,
    creation: Creation,
) -> Result<Meta, Failure> {
    let draft = call.draft(user, Kind::User)?;
    if call.caller.profile.behavior().former_users == FormerUsers::Reactivate
        && let Some(user_name) = user.user_name()
        && let Some(account) = transaction.account(user_name).await?
    {
        return match account.state {
            AccountState::Active => Err(taken("userName").into()),
            _ if creation == Creation::OnlyNew => Err(taken("userName").into()),
            AccountState::Deleted => Ok(transaction.restore(&account.id, &draft).await?),
            AccountState::Inactive => {
                let record = transaction
                    .get(Kind::User, &account.id)
                    .await?
                    .ok_or(Failure::Stale)?;
                Ok(transaction
                    .update(Kind::User, &account.id, record.meta.version, &draft)
                    .await?)
            }
        };
    }
    Ok(transaction.insert(Kind::User, &draft).await?)
}

/// Passwords are accepted, as identity providers send them, and not stored: users do not log in to this server.
pub(crate) fn discard_password(user: &mut Resource) {
    user.take("password");
}
