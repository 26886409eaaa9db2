//! What identity providers send, as they send it: headers, bodies, order of requests.

mod entra;
mod okta;

use crate::check::Check;

pub(crate) const CHECKS: &[&[&[Check]]] = &[okta::ALL, entra::ALL];
