//! One thing that is broken.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use scim_conformance::subject::Profile;

use crate::message::{Answered, Asked};
use crate::proxy::Upstream;

/// What a fault answers in place of the server; nothing when it lets the request through.
pub(crate) type Instead = Pin<Box<dyn Future<Output = Option<Answered>> + Send>>;

/// What the proxy does.
pub(crate) enum Tamper {
    /// Changes what is asked.
    Request(fn(&mut Asked)),
    /// Changes what is answered.
    Response(fn(&Asked, &mut Answered, &Memory)),
    /// Answers itself.
    Instead(fn(Asked, Upstream) -> Instead),
}

/// What a fault remembers between requests.
#[derive(Default)]
pub(crate) struct Memory(Mutex<HashSet<String>>);

impl Memory {
    /// Remembers a word; gives whether it is new.
    pub(crate) fn note(&self, word: impl Into<String>) -> bool {
        self.0.lock().unwrap().insert(word.into())
    }

    pub(crate) fn forget(&self, word: &str) {
        self.0.lock().unwrap().remove(word);
    }

    pub(crate) fn knows(&self, word: &str) -> bool {
        self.0.lock().unwrap().contains(word)
    }
}

pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) profile: Profile,
    /// All of these must fail.
    pub(crate) caught_by: &'static [&'static str],
    pub(crate) tamper: Tamper,
}

impl Fault {
    pub(crate) const fn request(
        name: &'static str,
        caught_by: &'static [&'static str],
        tamper: fn(&mut Asked),
    ) -> Self {
        Self {
            name,
            profile: Profile::Standard,
            caught_by,
            tamper: Tamper::Request(tamper),
        }
    }

    pub(crate) const fn response(
        name: &'static str,
        caught_by: &'static [&'static str],
        tamper: fn(&Asked, &mut Answered, &Memory),
    ) -> Self {
        Self {
            name,
            profile: Profile::Standard,
            caught_by,
            tamper: Tamper::Response(tamper),
        }
    }

    pub(crate) const fn instead(
        name: &'static str,
        caught_by: &'static [&'static str],
        tamper: fn(Asked, Upstream) -> Instead,
    ) -> Self {
        Self {
            name,
            profile: Profile::Standard,
            caught_by,
            tamper: Tamper::Instead(tamper),
        }
    }

    pub(crate) const fn of(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }
}
