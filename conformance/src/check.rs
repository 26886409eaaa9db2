//! A requirement, how strong it is, and the function that tries it.

use std::future::Future;
use std::pin::Pin;

use serde::Serialize;

use crate::feature::Feature;
use crate::http::ClientError;
use crate::subject::Profile;
use crate::trial::{Style, Trial};

/// What a check says: nothing, or what it found.
pub type Verdict = Result<(), Finding>;

/// The function of a check.
pub type Try = for<'a> fn(&'a Trial) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// How the standard words a requirement (RFC 2119).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Strength {
    /// MUST, MUST NOT, REQUIRED: a server that fails it is in error.
    Must,
    /// SHOULD, SHOULD NOT, RECOMMENDED: a server that fails it deviates.
    Should,
    /// MAY, OPTIONAL, or good manners: worth a note.
    May,
}

impl Strength {
    /// The word of the standard.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        }
    }

    /// What a failed check of this strength is called.
    pub fn severity(self) -> &'static str {
        match self {
            Self::Must => "error",
            Self::Should => "deviation",
            Self::May => "note",
        }
    }
}

/// Why a check did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The server breaks the requirement; what was seen.
    Violation(String),
    /// It cannot be judged here, and why.
    NotJudged(String),
}

impl From<ClientError> for Finding {
    fn from(error: ClientError) -> Self {
        Self::Violation(error.to_string())
    }
}

/// A violation in those words.
pub fn violation(seen: impl Into<String>) -> Finding {
    Finding::Violation(seen.into())
}

/// One requirement.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Where it stands and what it is: `rfc7644/3.5.2.1/add-to-multi-valued`.
    pub id: &'static str,
    /// How strong it is.
    pub strength: Strength,
    /// The requirement, in our words.
    pub requirement: &'static str,
    /// What to do when it fails.
    pub remedy: &'static str,
    /// What the server must say it has, for the check to be fair.
    pub needs: &'static [Feature],
    /// The profiles that it is for; all when empty.
    pub profiles: &'static [Profile],
    /// Whose headers it sends.
    pub style: Style,
    /// Tries it.
    pub attempt: Try,
}

impl Check {
    /// A requirement that a server must keep.
    pub const fn must(
        id: &'static str,
        requirement: &'static str,
        remedy: &'static str,
        attempt: Try,
    ) -> Self {
        Self {
            id,
            strength: Strength::Must,
            requirement,
            remedy,
            needs: &[],
            profiles: &[],
            style: Style::Plain,
            attempt,
        }
    }

    /// A requirement that a server should keep.
    pub const fn should(
        id: &'static str,
        requirement: &'static str,
        remedy: &'static str,
        attempt: Try,
    ) -> Self {
        Self {
            strength: Strength::Should,
            ..Self::must(id, requirement, remedy, attempt)
        }
    }

    /// Something that a server may do, and that helps.
    pub const fn may(
        id: &'static str,
        requirement: &'static str,
        remedy: &'static str,
        attempt: Try,
    ) -> Self {
        Self {
            strength: Strength::May,
            ..Self::must(id, requirement, remedy, attempt)
        }
    }

    /// The same, judged only where the server has those features.
    pub const fn when(mut self, needs: &'static [Feature]) -> Self {
        self.needs = needs;
        self
    }

    /// The same, judged only in those profiles.
    pub const fn only(mut self, profiles: &'static [Profile]) -> Self {
        self.profiles = profiles;
        self
    }

    /// The same, with the headers of that client.
    pub const fn speaking(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// `RFC 7644 section 3.5.2.1`, or the name of the profile.
    pub fn section(&self) -> String {
        let mut parts = self.id.split('/');
        match (
            parts.next().and_then(|part| part.strip_prefix("rfc")),
            parts.next(),
        ) {
            (Some(rfc), Some(section)) => format!("RFC {rfc} section {section}"),
            _ => self
                .id
                .rsplit_once('/')
                .map_or(self.id, |(place, _)| place)
                .to_owned(),
        }
    }
}

/// Makes a [`Try`] of an async function.
macro_rules! attempt {
    ($function:path) => {
        |trial| Box::pin($function(trial))
    };
}
pub(crate) use attempt;

/// Ends the check with a violation unless a condition holds.
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err($crate::check::violation(format!($($words)+)));
        }
    };
}
pub(crate) use ensure;

#[cfg(test)]
mod tests {
    use super::*;

    async fn pass(_: &Trial) -> Verdict {
        Ok(())
    }

    #[test]
    fn sections() {
        let check = |id| Check::must(id, "", "", attempt!(pass));
        assert_eq!(check("rfc7644/3.5.2.1/add").section(), "RFC 7644 section 3.5.2.1");
        assert_eq!(check("okta/catalog/life").section(), "okta/catalog");
    }
}
