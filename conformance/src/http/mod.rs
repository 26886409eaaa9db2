//! Requests and answers as they are on the wire, and the client that exchanges them.

mod answer;
mod client;
mod exchange;
mod request;

pub use answer::Answer;
pub use client::{Client, ClientError};
pub use exchange::Exchange;
pub use request::Request;
