//! An answer, and what is asked of it again and again.

use ::http::HeaderMap;
use serde_json::Value;

use crate::check::{Finding, violation};

/// The `urn` of the Error document.
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for messages: `GET /Users`.
    pub asked: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Answer {
    /// The first header of that name, as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The answer, if its status is one of those.
    ///
    /// # Errors
    ///
    /// A violation that says which status was expected.
    pub fn expect(self, statuses: &[u16]) -> Result<Self, Finding> {
        if statuses.contains(&self.status) {
            return Ok(self);
        }
        let expected: Vec<String> = statuses.iter().map(u16::to_string).collect();
        let detail = self.json["detail"].as_str().unwrap_or_default();
        Err(violation(format!(
            "{} was answered with {} where {} was expected{}{detail}",
            self.asked,
            self.status,
            expected.join(" or "),
            if detail.is_empty() { "" } else { ": " },
        )))
    }

    /// The answer to credentials that are wrong. A server that counts failed attempts may have seen enough of them for
    /// now, such as those of the run before.
    ///
    /// # Errors
    ///
    /// Not judged, when it is 429.
    pub fn unless_throttled(self) -> Result<Self, Finding> {
        if self.status == 429 {
            let reason = "the server takes no more failed attempts to sign in for now (429)";
            return Err(Finding::NotJudged(reason.to_owned()));
        }
        Ok(self)
    }

    /// The answer, if it is an Error document with that status, and with that `scimType` if one is asked for.
    ///
    /// # Errors
    ///
    /// A violation that says what is wrong with it.
    pub fn expect_error(self, statuses: &[u16], scim_type: Option<&str>) -> Result<Self, Finding> {
        let answer = self.expect(statuses)?;
        let is_error = answer.json["schemas"]
            .as_array()
            .is_some_and(|schemas| schemas.iter().any(|schema| schema == ERROR));
        if !is_error {
            return Err(violation(format!(
                "the body of the {} to {} is not an Error document, which is JSON with `{ERROR}` among its `schemas`",
                answer.status, answer.asked
            )));
        }
        if let Some(expected) = scim_type
            && answer.json["scimType"] != expected
        {
            return Err(violation(format!(
                "{} was refused with scimType {} where \"{expected}\" was expected",
                answer.asked, answer.json["scimType"]
            )));
        }
        Ok(answer)
    }

    /// The `id` of the resource in the body.
    ///
    /// # Errors
    ///
    /// A violation when there is none.
    pub fn id(&self) -> Result<String, Finding> {
        match self.json["id"].as_str() {
            Some(id) if !id.is_empty() => Ok(id.to_owned()),
            _ if self.json["id"].is_null() => {
                Err(violation(format!("the answer to {} has no `id`", self.asked)))
            }
            _ => Err(violation(format!(
                "the `id` in the answer to {} is {}, which must be text that is not empty",
                self.asked, self.json["id"]
            ))),
        }
    }

    /// `Resources` of a list.
    ///
    /// # Errors
    ///
    /// A violation when the answer is not a list.
    pub fn resources(&self) -> Result<&[Value], Finding> {
        match (&self.json["Resources"], self.json["totalResults"].as_u64()) {
            (Value::Array(resources), _) => Ok(resources),
            (Value::Null, Some(_)) => Ok(&[]),
            _ => Err(violation(format!(
                "the answer to {} is not a ListResponse",
                self.asked
            ))),
        }
    }

    /// `totalResults` of a list.
    ///
    /// # Errors
    ///
    /// A violation when there is none that is a number.
    pub fn total(&self) -> Result<u64, Finding> {
        self.json["totalResults"].as_u64().ok_or_else(|| {
            violation(format!(
                "totalResults of {} is {}, no number",
                self.asked, self.json["totalResults"]
            ))
        })
    }

    /// The ids in `Resources`, in their order.
    ///
    /// # Errors
    ///
    /// A violation when the answer is not a list, or a resource has no `id`.
    pub fn ids(&self) -> Result<Vec<String>, Finding> {
        self.resources()?
            .iter()
            .map(|resource| match resource["id"].as_str() {
                Some(id) => Ok(id.to_owned()),
                None => Err(violation(format!(
                    "a resource in the answer to {} has no `id`",
                    self.asked
                ))),
            })
            .collect()
    }
}
