//! The length of values by which resources are looked up.

use scim_core::error::Error;
use scim_core::resource::Resource;
use scim_core::schema::Uniqueness;
use scim_core::text::fold;
use serde_json::Value;

use crate::limits::LOOKUP_BYTES;

/// Folding makes at most three bytes of one, so a value that is shorter by this factor need not be folded to be measured.
const GROWTH: usize = 4;

/// The maximum number of e-mail addresses of a user, which every store can number.
const EMAILS: usize = 1_000;

/// Checks that the values by which resources are looked up are at most [`LOOKUP_BYTES`] long.
///
/// # Errors
///
/// 400 `invalidValue` for a longer value.
pub(crate) fn check_lengths(resource: &Resource) -> Result<(), Error> {
    for name in ["userName", "externalId", "displayName"] {
        check(name, resource.attributes().get(name))?;
    }
    for attribute in &resource.resource_type().schema.attributes {
        if attribute.uniqueness != Uniqueness::None {
            check(&attribute.name, resource.attributes().get(&attribute.name))?;
        }
    }
    let emails = resource.attributes().get("emails").and_then(Value::as_array);
    if emails.is_some_and(|emails| emails.len() > EMAILS) {
        return Err(Error::invalid_value(format!(
            "a user may have {EMAILS} values of `emails`"
        )));
    }
    for email in emails.into_iter().flatten() {
        check("emails.value", email.get("value"))?;
    }
    Ok(())
}

fn check(name: &str, value: Option<&Value>) -> Result<(), Error> {
    let Some(text) = value.and_then(Value::as_str) else {
        return Ok(());
    };
    let fits = text.len() <= LOOKUP_BYTES / GROWTH
        || (text.len() <= LOOKUP_BYTES && fold(text).len() <= LOOKUP_BYTES);
    match fits {
        true => Ok(()),
        false => Err(Error::invalid_value(format!(
            "`{name}` is too long: resources are looked up by it, so it may have {LOOKUP_BYTES} bytes"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_measured_as_it_is_sent_and_as_it_is_compared() {
        let fits = |text: String| check("userName", Some(&text.into())).is_ok();
        assert!(fits("x".repeat(LOOKUP_BYTES)));
        assert!(!fits("x".repeat(LOOKUP_BYTES + 1)));
        // two bytes, folded to three
        assert!(fits("\u{149}".repeat(LOOKUP_BYTES / 3)));
        assert!(!fits("\u{149}".repeat(LOOKUP_BYTES / 2)));
        assert!(check("userName", None).is_ok());
    }

    #[test]
    fn no_character_grows_more_than_is_thought() {
        for character in '\u{80}'..=char::MAX {
            let text = character.to_string();
            assert!(fold(&text).len() < GROWTH * text.len(), "{character:?}");
        }
    }
}
