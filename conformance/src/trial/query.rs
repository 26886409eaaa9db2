//! Query strings, as the client of each style writes them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Style, Trial};
use crate::check::Finding;
use crate::http::Answer;

/// What is encoded: everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn percent(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

impl Trial {
    /// A path with parameters.
    pub fn query(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let mut target = path.to_owned();
        for (index, (name, value)) in parameters.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.push_str(name);
            target.push('=');
            match self.style {
                Style::Entra => target.extend(url::form_urlencoded::byte_serialize(value.as_bytes())),
                Style::Plain | Style::Okta => target.push_str(&percent(value)),
            }
        }
        target
    }

    /// GET of a path with parameters.
    ///
    /// # Errors
    ///
    /// A violation when there is no answer.
    pub async fn list(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Answer, Finding> {
        self.get(self.query(path, parameters)).await
    }

    /// GET of a path with a filter, which must be answered with a list.
    ///
    /// # Errors
    ///
    /// A violation when it is not answered with 200.
    pub async fn find(&self, path: &str, filter: &str) -> Result<Answer, Finding> {
        let answer = match self.style {
            Style::Okta => {
                let target = self.query(path, &[("filter", filter)]);
                self.get(format!("{target}&startIndex=1&count=100")).await?
            }
            Style::Plain | Style::Entra => self.list(path, &[("filter", filter)]).await?,
        };
        let answer = answer.expect(&[200])?;
        answer.resources()?;
        Ok(answer)
    }
}
