//! Requests and answers on their way through the proxy.

use http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What the client asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// The path below the base URL: `/Users`.
    pub(crate) path: String,
    /// The query as it came, without the question mark.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// The body when it is JSON, null otherwise.
    pub(crate) json: Value,
    pub(crate) raw: Vec<u8>,
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) json: Value,
    pub(crate) raw: Vec<u8>,
}

impl Asked {
    pub(crate) fn is(&self, method: &str, prefix: &str) -> bool {
        self.method == method && self.path.starts_with(prefix)
    }

    /// The filter, decoded; empty when there is none.
    pub(crate) fn filter(&self) -> String {
        self.parameter("filter").unwrap_or_default()
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let pair = self
            .query
            .split('&')
            .find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
        Some(
            percent_decode_str(&pair.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned(),
        )
    }

    /// Takes a parameter out of the query.
    pub(crate) fn drop(&mut self, name: &str) {
        let prefix = format!("{name}=");
        let rest: Vec<&str> = self
            .query
            .split('&')
            .filter(|pair| !pair.starts_with(&prefix))
            .collect();
        self.query = rest.join("&");
    }

    /// Puts another value in place of a parameter.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.drop(name);
        let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let pair = format!("{name}={value}");
        self.query = if self.query.is_empty() {
            pair
        } else {
            format!("{}&{pair}", self.query)
        };
    }

    /// Puts a text in place of another in the filter.
    pub(crate) fn refilter(&mut self, from: &str, to: &str) {
        let filter = self.filter();
        if filter.contains(from) {
            self.set("filter", &filter.replace(from, to));
        }
    }

    /// The operations of a PATCH.
    pub(crate) fn operations(&mut self) -> Option<&mut Vec<Value>> {
        if self.method != "PATCH" {
            return None;
        }
        self.json.get_mut("Operations").and_then(Value::as_array_mut)
    }

    pub(crate) fn remove(&mut self, member: &str) {
        if let Some(members) = self.json.as_object_mut() {
            members.remove(member);
        }
    }
}

impl Answered {
    pub(crate) fn error(status: u16, scim_type: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/scim+json".parse().unwrap());
        let mut json = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status.to_string(),
            "detail": "this server is broken"
        });
        if !scim_type.is_empty() {
            json["scimType"] = scim_type.into();
        }
        Self {
            status,
            headers,
            json,
            raw: Vec::new(),
        }
    }

    /// Turns it into that error.
    pub(crate) fn fail(&mut self, status: u16, scim_type: &str) {
        *self = Self::error(status, scim_type);
    }

    pub(crate) fn empty(&mut self, status: u16) {
        self.status = status;
        self.json = Value::Null;
        self.raw.clear();
    }

    /// Whether it is the refusal with that scimType.
    pub(crate) fn refuses(&self, scim_type: &str) -> bool {
        self.status >= 400 && self.json["scimType"] == scim_type
    }

    /// Changes each resource in it.
    pub(crate) fn each(&mut self, mut change: impl FnMut(&mut Value)) {
        if self.status >= 300 || !self.json.is_object() {
            return;
        }
        if !self.is_list() {
            if self.json["id"].is_string() {
                change(&mut self.json);
            }
            return;
        }
        if let Some(resources) = self.json["Resources"].as_array_mut() {
            resources.iter_mut().for_each(change);
        }
    }

    /// Takes a member out of each resource.
    pub(crate) fn without(&mut self, member: &str) {
        self.each(|resource| drop(resource.as_object_mut().map(|members| members.remove(member))));
    }

    pub(crate) fn is_list(&self) -> bool {
        self.json["Resources"].is_array()
    }
}
