//! Converts between the HTTP types of actix-web (`http` 0.2) and those of the service (`http` 1).

use actix_web::http::header::{HeaderMap as ActixHeaders, HeaderName, HeaderValue};
use actix_web::http::{Method as ActixMethod, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use http::{HeaderMap, Method, Request, Response, Uri};

/// Converts the headers of a request.
pub(crate) fn headers(actix: &ActixHeaders) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(actix.len());
    for (name, value) in actix {
        let name = http::HeaderName::from_bytes(name.as_str().as_bytes());
        let value = http::HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}

/// Removes the headers that hold secrets: the service gets none of them.
pub(crate) fn without_secrets(mut headers: HeaderMap) -> HeaderMap {
    for secret in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
        headers.remove(secret);
    }
    headers
}

/// Makes the request for the service: the path below the connection, as it was sent, with the query. `HEAD` becomes a `GET`,
/// the body of whose response is dropped later.
pub(crate) fn request(
    actix: &HttpRequest,
    path: &str,
    headers: HeaderMap,
    body: Bytes,
) -> Option<Request<Bytes>> {
    let path = if path.is_empty() { "/" } else { path };
    let uri = match actix.uri().query() {
        Some(query) => Uri::from_maybe_shared(Bytes::from(format!("{path}?{query}"))),
        None => Uri::from_maybe_shared(Bytes::copy_from_slice(path.as_bytes())),
    };
    let mut request = Request::new(body);
    *request.uri_mut() = uri.ok()?;
    *request.method_mut() = match *actix.method() {
        ActixMethod::HEAD => Method::GET,
        ref method => Method::from_bytes(method.as_str().as_bytes()).ok()?,
    };
    *request.headers_mut() = headers;
    Some(request)
}

/// Converts the response of the service without copying its body.
pub(crate) fn response(answer: Response<Bytes>) -> HttpResponse {
    let (parts, body) = answer.into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponseBuilder::new(status);
    for (name, value) in &parts.headers {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.append_header((name, value));
        }
    }
    match status {
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => response.finish(),
        _ => response.body(body),
    }
}
