//! What a check works with: requests, data of its own, and what was exchanged.

mod data;
mod query;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use crate::check::Finding;
use crate::feature::Features;
use crate::http::{Answer, Exchange, Request};
use crate::subject::Subject;

pub use data::{ENTERPRISE, GROUP, Made, USER};
pub(crate) use data::{ids_of, member_ids};

/// Whose headers and whose way to write a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Of this kit.
    Plain,
    /// Of Okta.
    Okta,
    /// Of Microsoft Entra ID.
    Entra,
}

/// The urn of PATCH requests.
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// One attempt at one check.
pub struct Trial {
    /// The server.
    pub subject: Subject,
    /// What it has.
    pub features: Arc<Features>,
    style: Style,
    names: Arc<Names>,
    exchanges: Mutex<Vec<Exchange>>,
    made: Mutex<Vec<String>>,
}

/// Gives words that nothing else on the server has.
#[derive(Debug)]
pub struct Names {
    run: String,
    next: AtomicU64,
}

impl Names {
    /// Words that begin with that.
    pub fn new(run: impl Into<String>) -> Self {
        Self {
            run: run.into(),
            next: AtomicU64::new(0),
        }
    }

    /// The next word.
    fn next(&self, kind: &str) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{kind}-{}-{number}", self.run)
    }
}

impl Trial {
    /// One with nothing made yet.
    pub fn new(subject: Subject, features: Arc<Features>, names: Arc<Names>, style: Style) -> Self {
        Self {
            subject,
            features,
            style,
            names,
            exchanges: Mutex::new(Vec::new()),
            made: Mutex::new(Vec::new()),
        }
    }

    /// A word that nothing else on the server has.
    pub fn unique(&self, kind: &str) -> String {
        self.names.next(kind)
    }

    /// Sends a request and keeps what was exchanged.
    ///
    /// # Errors
    ///
    /// A violation when there is no answer.
    pub async fn send(&self, request: Request) -> Result<Answer, Finding> {
        let is_post = request.method == ::http::Method::POST;
        let target = request.target.clone();
        let (answer, exchange) = self.subject.send(request, self.style).await;
        lock(&self.exchanges).push(exchange);
        let answer = answer?;
        if is_post && answer.status == 201 && matches!(target.as_str(), "/Users" | "/Groups" | "/Me") {
            if let Some(id) = answer.json["id"].as_str() {
                self.remove_later(format!("{target}/{}", encode(id)));
            } else if let Some(location) = answer.header("location") {
                self.remove_later(self.subject.resolve(location));
            }
        }
        if let Some(operations) = answer.json["Operations"].as_array() {
            let created = operations
                .iter()
                .filter(|operation| operation["method"] == "POST");
            for location in created.filter_map(|operation| operation["location"].as_str()) {
                self.remove_later(self.subject.resolve(location));
            }
        }
        Ok(answer)
    }

    /// GET.
    ///
    /// # Errors
    ///
    /// A violation when there is no answer.
    pub async fn get(&self, target: impl Into<String> + Send) -> Result<Answer, Finding> {
        self.send(Request::get(target)).await
    }

    /// POST.
    ///
    /// # Errors
    ///
    /// A violation when there is no answer.
    pub async fn post(&self, target: impl Into<String> + Send, document: &Value) -> Result<Answer, Finding> {
        self.send(Request::post(target, document)).await
    }

    /// PUT.
    ///
    /// # Errors
    ///
    /// A violation when there is no answer.
    pub async fn put(&self, target: impl Into<String> + Send, document: &Value) -> Result<Answer, Finding> {
        self.send(Request::put(target, document)).await
    }

    /// PATCH with those operations.
    ///
    /// # Errors
    ///
    /// A violation when there is no answer.
    pub async fn patch(
        &self,
        target: impl Into<String> + Send,
        operations: Value,
    ) -> Result<Answer, Finding> {
        let document = json!({ "schemas": [PATCH_OP], "Operations": operations });
        self.send(Request::patch(target, &document)).await
    }

    /// DELETE.
    ///
    /// # Errors
    ///
    /// A violation when there is no answer.
    pub async fn delete(&self, target: impl Into<String> + Send) -> Result<Answer, Finding> {
        self.send(Request::delete(target)).await
    }

    /// Has something removed after the check.
    pub fn remove_later(&self, target: String) {
        lock(&self.made).push(target);
    }

    /// Removes what the check made, the last first, and gives what was exchanged until then.
    pub async fn finish(self) -> Vec<Exchange> {
        let mut made = lock(&self.made).split_off(0);
        made.dedup();
        for target in made.into_iter().rev() {
            // what cannot be removed was removed by the check, or cannot be helped
            drop(self.subject.send(Request::delete(target), Style::Plain).await);
        }
        lock(&self.exchanges).split_off(0)
    }
}

/// An id in a path.
pub(crate) fn encode(id: &str) -> String {
    query::percent(id)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
