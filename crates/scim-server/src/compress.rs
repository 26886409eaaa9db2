//! Compresses large responses with gzip for clients that accept it.

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, VARY};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};
use scim_core::error::Error as ScimError;

use crate::answer;

/// The size in bytes from which compression saves more than it costs.
const WORTH_IT: u64 = 4 << 10;

/// The headers that select the representation, for compressed and uncompressed responses (RFC 9110 section 12.5.5).
const VARYING: HeaderValue = HeaderValue::from_static("Accept, Accept-Encoding");

const IDENTITY: HeaderValue = HeaderValue::from_static("identity");

/// Middleware inside [`actix_web::middleware::Compress`] that excludes small bodies.
pub(crate) async fn spare_small_bodies(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let is_small = match response.response().body().size() {
        BodySize::None => true,
        BodySize::Sized(size) => size < WORTH_IT,
        BodySize::Stream => false,
    };
    if is_small && !response.headers().contains_key(CONTENT_ENCODING) {
        response.headers_mut().insert(CONTENT_ENCODING, IDENTITY);
    }
    Ok(response)
}

/// Middleware around it that removes the mark of [`spare_small_bodies`], sets `Vary`, and turns the 406 for a client that
/// accepts no encoding into a SCIM Error.
pub(crate) async fn tidy_up(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method() == Method::DELETE {
        // the response has no body, or a short error
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
    let mut response = next.call(request).await?.map_into_boxed_body();
    if response.headers().get(CONTENT_ENCODING) == Some(&IDENTITY) {
        response.headers_mut().remove(CONTENT_ENCODING);
    }
    let is_foreign = response.status().as_u16() == 406 && !response.headers().contains_key(CONTENT_TYPE);
    if is_foreign {
        let detail = "accept an answer as it is or compressed with gzip";
        let refusal: HttpResponse = answer::refuse(&ScimError::plain(406, detail));
        response = response.into_response(refusal);
    }
    response.headers_mut().insert(VARY, VARYING);
    Ok(response)
}
