//! The built-in quirks, which the profiles `okta` and `entra` use.

pub mod bare_extension_names;
pub mod single_value;
pub mod string_booleans;
