//! A request, before credentials and the headers of a style are added.

use ::http::Method;
use serde_json::Value;

/// What is asked of the server.
#[derive(Debug, Clone)]
pub struct Request {
    /// The verb.
    pub method: Method,
    /// What follows the base URL, with the query, encoded already; or an absolute URL.
    pub target: String,
    /// Headers that replace those of the style.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<String>,
    /// Whether the credentials of the subject are sent.
    pub credentials: bool,
}

impl Request {
    /// One without a body.
    pub fn new(method: Method, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: Vec::new(),
            body: None,
            credentials: true,
        }
    }

    /// GET of a path.
    pub fn get(target: impl Into<String>) -> Self {
        Self::new(Method::GET, target)
    }

    /// DELETE of a path.
    pub fn delete(target: impl Into<String>) -> Self {
        Self::new(Method::DELETE, target)
    }

    /// POST of a document.
    pub fn post(target: impl Into<String>, document: &Value) -> Self {
        Self::new(Method::POST, target).document(document)
    }

    /// PUT of a document.
    pub fn put(target: impl Into<String>, document: &Value) -> Self {
        Self::new(Method::PUT, target).document(document)
    }

    /// PATCH with a document.
    pub fn patch(target: impl Into<String>, document: &Value) -> Self {
        Self::new(Method::PATCH, target).document(document)
    }

    /// The same with that document as its body.
    pub fn document(self, document: &Value) -> Self {
        self.text(document.to_string())
    }

    /// The same with a body that may be no JSON.
    pub fn text(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The same with that header in place of the one that the style would send.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// The same without the credentials of the subject.
    pub fn without_credentials(mut self) -> Self {
        self.credentials = false;
        self
    }
}
