//! The quirks, a file each.

pub mod bare_extension_names;
pub mod single_value;
pub mod string_booleans;
