//! What is asked of a server, and the client that asks it.

pub(crate) mod connection;
pub(crate) mod directory;
pub(crate) mod driver;
pub(crate) mod fill;
pub(crate) mod language;
pub(crate) mod people;
mod plan;
pub(crate) mod workload;
