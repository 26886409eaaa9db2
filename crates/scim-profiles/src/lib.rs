//! How clients differ.

/// What one kind of client needs: an ordered list of quirks.
#[derive(Debug)]
pub struct Profile {
    name: &'static str,
}

static PROFILES: [Profile; 3] = [
    Profile { name: "standard" },
    Profile { name: "okta" },
    Profile { name: "entra" },
];

impl Profile {
    /// All profiles.
    pub fn all() -> &'static [Self] {
        &PROFILES
    }

    /// The profile of that name: `standard`, `okta` or `entra`.
    pub fn named(name: &str) -> Option<&'static Self> {
        PROFILES.iter().find(|profile| profile.name == name)
    }

    /// The name in the configuration.
    pub fn name(&self) -> &'static str {
        self.name
    }
}
