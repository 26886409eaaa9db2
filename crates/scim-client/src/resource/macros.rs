//! The declaration of complex types.

/// Declares a complex type (RFC 7643 section 2.3.8) of optional sub-attributes: the struct, its serde implementations, and a
/// setter for each field. Sub-attributes without a field are kept in `other`.
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
            /// All other sub-attributes.
            #[serde(flatten)]
            pub other: serde_json::Map<String, serde_json::Value>,
        }

        impl $name {
            $(
                #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
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
