//! How the complex types are declared.

/// A complex type (RFC 7643 section 2.3.8) of optional sub-attributes: the struct, serde both ways, and a setter for each
/// field. What has no field is kept in `other`.
macro_rules! complex {
    (
        $(#[$outer:meta])*
        pub struct $name:ident {
            $($(#[$doc:meta])* $field:ident: $kind:ty $(as $wire:literal)?,)*
        }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[$doc])*
                #[serde(default, skip_serializing_if = "Option::is_none" $(, rename = $wire)?)]
                pub $field: Option<$kind>,
            )*
            /// What has no field here.
            #[serde(flatten)]
            pub other: serde_json::Map<String, serde_json::Value>,
        }

        impl $name {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $field(mut self, $field: impl Into<$kind>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )*
        }
    };
}

pub(super) use complex;
