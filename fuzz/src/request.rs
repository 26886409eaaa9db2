//! Whole requests, one after the other, to a service on SQLite.
//!
//! The first line of the text names a profile; requests follow, with a line `---` between them. A request is a line `POST /Users`,
//! headers, an empty line and a body. In it stand for what only the service knows: `{id1}` the first id that it made, `{etag}`
//! the last tag that it sent, `{cursor}` the last cursor.

mod answer;
mod place;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use scim_profiles::profile::Profile;
use scim_service::service::{Caller, Service};
use serde_json::{Map, Value};

use place::Place;

const BASE_URL: &str = "https://scim.example.com/scim";

/// So many requests of an input are sent.
const MOST: usize = 12;

/// Sends the requests on a connection of their own, and reads afterwards what they left.
///
/// # Panics
///
/// Where an answer is not SCIM or a 5xx, or what is read is refused when it is put back.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (name, requests) = text.split_once('\n').unwrap_or((text, ""));
    let Some(profile) = Profile::by_name(name) else {
        return;
    };
    Place::with(|place, connection| {
        let caller = Caller::new(connection, profile, BASE_URL.to_owned());
        place.run(run(&place.service, &caller, requests));
    });
}

async fn run(service: &Service, caller: &Caller, requests: &str) {
    let mut known = Known::default();
    for text in requests.split("\n---\n").take(MOST) {
        let text = known.put_into(text);
        let Some(request) = parse(&text) else { continue };
        let response = service.handle(caller, request).await;
        known.learn(&response, answer::judge(&response, &text));
    }
    for kind in ["/Users", "/Groups"] {
        put_back(service, caller, kind).await;
    }
}

/// Lists what there is, and replaces each with itself.
async fn put_back(service: &Service, caller: &Caller, kind: &str) {
    let list = send(service, caller, "GET", kind, String::new()).await;
    let resources = list.get("Resources").and_then(Value::as_array);
    for resource in resources.into_iter().flatten() {
        let id = resource
            .get("id")
            .and_then(Value::as_str)
            .expect("a resource has an id");
        let path = format!("{kind}/{id}");
        let answer = send(service, caller, "PUT", &path, resource.to_string()).await;
        assert_eq!(content(&answer), content(resource), "{path}: put back");
    }
}

async fn send(service: &Service, caller: &Caller, method: &str, path: &str, body: String) -> Value {
    let text = format!("{method} {path}\n\n{body}");
    let request = parse(&text).expect("the request is one");
    let response = service.handle(caller, request).await;
    let answer = answer::judge(&response, &text);
    assert_eq!(response.status(), StatusCode::OK, "{text}: {answer:?}");
    answer.expect("the answer has a body")
}

/// A resource without what every change changes.
fn content(resource: &Value) -> Option<Map<String, Value>> {
    let mut content = resource.as_object()?.clone();
    content.remove("meta");
    Some(content)
}

fn parse(text: &str) -> Option<Request<Bytes>> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let (method, target) = lines.next()?.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(target);
    for line in lines {
        let (name, value) = line.split_once(": ")?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request = request.header(name, HeaderValue::from_str(value).ok()?);
    }
    request.body(Bytes::copy_from_slice(body.as_bytes())).ok()
}

/// What the service said before.
#[derive(Debug, Default)]
struct Known {
    ids: Vec<String>,
    etag: String,
    cursor: String,
}

impl Known {
    fn put_into(&self, text: &str) -> String {
        let mut text = text
            .replace("{etag}", &self.etag)
            .replace("{cursor}", &self.cursor);
        for (number, id) in (1..).zip(&self.ids) {
            text = text.replace(&format!("{{id{number}}}"), id);
        }
        text
    }

    fn learn(&mut self, response: &Response<Bytes>, body: Option<Value>) {
        if let Some(etag) = response.headers().get("etag").and_then(|etag| etag.to_str().ok()) {
            etag.clone_into(&mut self.etag);
        }
        let Some(body) = body else { return };
        let text = |name| body.get(name).and_then(Value::as_str);
        if response.status() == StatusCode::CREATED {
            self.ids.extend(text("id").map(str::to_owned));
        }
        if let Some(cursor) = text("nextCursor") {
            cursor.clone_into(&mut self.cursor);
        }
    }
}
