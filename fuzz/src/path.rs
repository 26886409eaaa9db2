//! The paths of attributes and of PATCH operations (RFC 7644 sections 3.10 and 3.5.2).

use scim_core::filter::FilterLimits;
use scim_core::path::{AttributePath, PatchPath};
use scim_core::schema::ResourceType;

use crate::filter::GENEROUS;

/// Reads the bytes as either path, and looks it up in the built-in types.
///
/// # Panics
///
/// Where a path is another one after it was printed and read again, or where one reading takes a path of names and the other
/// does not.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let types = [ResourceType::user(), ResourceType::group()];
    let attribute = AttributePath::parse(text);
    if let Ok(path) = &attribute {
        assert_eq!(AttributePath::parse(&path.to_string()).as_ref(), Ok(path));
        for resource_type in &types {
            let _ = resource_type.resolve(path);
        }
    }
    let patch = PatchPath::parse(text, &FilterLimits::default());
    if let Ok(path) = &patch {
        assert_eq!(
            PatchPath::parse(&path.to_string(), &GENEROUS).as_ref(),
            Ok(path),
            "printed as {path}"
        );
        for resource_type in &types {
            let _ = resource_type.resolve_patch(path);
        }
    }
    assert!(
        attribute.is_err() || patch.is_ok(),
        "{text}: an attribute path that PATCH does not take: {patch:?}"
    );
}
