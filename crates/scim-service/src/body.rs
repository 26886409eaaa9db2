//! Bodies of requests: media type, UTF-8, JSON object.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use mime::Mime;
use scim_core::error::Error;
use serde_json::{Map, Value};

use crate::json;

/// The JSON object in a body.
///
/// # Errors
///
/// 415 for a media type other than `application/scim+json` or `application/json` (a missing one is accepted), 400
/// `invalidSyntax` if the body is not a JSON object.
pub(crate) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Error> {
    check_media_type(headers)?;
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::invalid_syntax("the body is empty, expected a JSON object"));
    }
    if let Err(error) = std::str::from_utf8(body) {
        return Err(Error::invalid_syntax(format!(
            "the body is not UTF-8: byte {} is wrong",
            error.valid_up_to()
        )));
    }
    match json::parse(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Error::invalid_syntax("the body must be a JSON object")),
        Err(error) => Err(refused(&error)),
    }
}

fn refused(error: &serde_json::Error) -> Error {
    let reason = error.to_string();
    if error.is_data() {
        return Error::invalid_syntax(format!("in the body, {reason}"));
    }
    if reason.starts_with("recursion limit exceeded") {
        return Error::invalid_syntax(format!(
            "the body is nested too deeply: 127 levels of lists and objects are the limit, reached at line {} column {}",
            error.line(),
            error.column()
        ));
    }
    Error::invalid_syntax(format!("the body is not JSON: {reason}"))
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Error> {
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return Ok(());
    };
    let media_type: Option<Mime> = value.to_str().ok().and_then(|value| value.parse().ok());
    let is_json = media_type.as_ref().is_some_and(|media_type| {
        matches!(
            media_type.essence_str(),
            "application/json" | "application/scim+json"
        )
    });
    match is_json {
        true => Ok(()),
        false => Err(Error::plain(
            415,
            format!(
                "the media type `{}` is not supported, send `application/scim+json`",
                value
                    .to_str()
                    .unwrap_or("?")
                    .chars()
                    .take(100)
                    .collect::<String>()
            ),
        )),
    }
}
