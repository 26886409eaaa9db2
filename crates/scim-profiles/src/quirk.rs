//! The trait of quirks: [`Quirk`].

use std::fmt::Debug;

use scim_core::filter::Filter;
use scim_core::patch::PatchOperation;
use scim_core::schema::ResourceType;
use serde_json::{Map, Value};

/// A deviation of a client from the standard, rewritten into standard SCIM.
///
/// A quirk must not change input that it does not recognize, valid or not: the checks of `scim-core` run afterwards. All methods
/// have defaults that change nothing.
///
/// ```
/// use scim_core::schema::ResourceType;
/// use scim_profiles::profile::Profile;
/// use scim_profiles::quirk::Quirk;
/// use serde_json::{Map, Value, json};
///
/// /// A client that sends `"phone": "555-0100"`, and means `"phoneNumbers": [{ "value": "555-0100" }]`.
/// #[derive(Debug)]
/// struct Phone;
///
/// impl Quirk for Phone {
///     fn rewrite_body(&self, _: &ResourceType, body: &mut Map<String, Value>) {
///         if let Some(Value::String(number)) = body.remove("phone") {
///             body.insert("phoneNumbers".to_owned(), json!([{ "value": number }]));
///         }
///     }
/// }
///
/// let legacy = Profile::builder("legacy").quirk(Phone).build();
/// let mut body = json!({ "userName": "bjensen", "phone": "555-0100" });
/// if let Some(body) = body.as_object_mut() {
///     legacy.rewrite_body(&ResourceType::user(), body);
/// }
/// assert_eq!(body, json!({ "userName": "bjensen", "phoneNumbers": [{ "value": "555-0100" }] }));
/// ```
pub trait Quirk: Debug + Send + Sync + 'static {
    /// Rewrites the body of a POST or PUT.
    fn rewrite_body(&self, resource_type: &ResourceType, body: &mut Map<String, Value>) {
        let _ = (resource_type, body);
    }

    /// Rewrites one operation of a PATCH.
    fn rewrite_operation(&self, resource_type: &ResourceType, operation: &mut PatchOperation) {
        let _ = (resource_type, operation);
    }

    /// Rewrites a filter.
    fn rewrite_filter(&self, resource_type: &ResourceType, filter: &mut Filter) {
        let _ = (resource_type, filter);
    }
}
