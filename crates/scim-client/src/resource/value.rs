//! What users and groups are made of: complex attributes of RFC 7643 sections 2.4, 4.1 and 4.2.

use super::macros::complex;

complex! {
    /// The parts of a person's name (RFC 7643 section 4.1.1, `name`).
    ///
    /// ```
    /// use scim_client::resource::value::Name;
    ///
    /// let name = Name::new("Barbara", "Jensen").middle_name("Jane");
    /// assert_eq!(name.family_name.as_deref(), Some("Jensen"));
    /// ```
    pub struct Name {
        /// The whole name as it is shown: `Ms. Barbara J Jensen, III`.
        formatted: String,
        /// The family name, or last name.
        family_name: String,
        /// The given name, or first name.
        given_name: String,
        /// The middle names.
        middle_name: String,
        /// What comes before the name: `Ms.`
        honorific_prefix: String,
        /// What comes after it: `III`
        honorific_suffix: String,
    }
}

impl Name {
    /// A name of these two parts.
    #[must_use]
    pub fn new(given_name: impl Into<String>, family_name: impl Into<String>) -> Self {
        Self::default().given_name(given_name).family_name(family_name)
    }
}

/// A multi-valued attribute whose values have the sub-attributes of RFC 7643 section 2.4, and what is common in making one.
macro_rules! multi_valued {
    ($($(#[$outer:meta])* $name:ident;)*) => {
        $(complex! {
            $(#[$outer])*
            pub struct $name {
                /// The value itself.
                value: String,
                /// The value as it is shown.
                display: String,
                /// What the value is for: `work`, `home`, …
                kind: String as "type",
                /// Whether it is the preferred one; at most one value of an attribute is.
                primary: bool,
            }
        }

        impl $name {
            /// The value, without a type.
            #[must_use]
            pub fn new(value: impl Into<String>) -> Self {
                Self::default().value(value)
            }
        })*
    };
}

multi_valued! {
    /// One of `emails` (RFC 7643 section 4.1.2).
    ///
    /// ```
    /// use scim_client::resource::value::Email;
    ///
    /// let email = Email::work("bjensen@example.com").primary(true);
    /// assert_eq!(
    ///     serde_json::to_string(&email)?,
    ///     r#"{"value":"bjensen@example.com","type":"work","primary":true}"#
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Email;
    /// One of `phoneNumbers` (RFC 7643 section 4.1.2), at best as RFC 3966 writes it: `tel:+1-201-555-0123`.
    PhoneNumber;
    /// One of `ims` (RFC 7643 section 4.1.2), an address for instant messages.
    Im;
    /// One of `photos` (RFC 7643 section 4.1.2), the URI of a picture.
    Photo;
    /// One of `entitlements` (RFC 7643 section 4.1.2), what the user has a right to.
    Entitlement;
    /// One of `roles` (RFC 7643 section 4.1.2), what the user is.
    Role;
    /// One of `x509Certificates` (RFC 7643 section 4.1.2): the base64 of a DER certificate.
    X509Certificate;
}

impl Email {
    /// The address at work.
    #[must_use]
    pub fn work(value: impl Into<String>) -> Self {
        Self::new(value).kind("work")
    }

    /// The address at home.
    #[must_use]
    pub fn home(value: impl Into<String>) -> Self {
        Self::new(value).kind("home")
    }
}

complex! {
    /// One of `addresses` (RFC 7643 section 4.1.2).
    pub struct Address {
        /// The whole address as it is printed on a letter, with line breaks.
        formatted: String,
        /// Street, number, floor.
        street_address: String,
        /// The city.
        locality: String,
        /// The state or region.
        region: String,
        /// The postal code.
        postal_code: String,
        /// The country as two letters of ISO 3166-1: `DE`.
        country: String,
        /// What the address is for: `work`, `home` or `other`.
        kind: String as "type",
        /// Whether it is the preferred one.
        primary: bool,
    }
}

complex! {
    /// One of `groups` of a user (RFC 7643 section 4.1.2): a group that the user belongs to. The server works it out from the
    /// groups; it is changed by changing them.
    pub struct GroupMembership {
        /// The id of the group.
        value: String,
        /// The URI of the group.
        reference: String as "$ref",
        /// The name of the group.
        display: String,
        /// `direct`, or `indirect` by way of another group.
        kind: String as "type",
    }
}

complex! {
    /// One of `members` of a group (RFC 7643 section 4.2).
    pub struct Member {
        /// The id of the member.
        value: String,
        /// The URI of the member.
        reference: String as "$ref",
        /// The name of the member.
        display: String,
        /// `User` or `Group`.
        kind: String as "type",
    }
}

impl Member {
    /// The resource with that id, whose type is left to the server.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self::default().value(id)
    }
}

complex! {
    /// `manager` of an enterprise user (RFC 7643 section 4.3).
    pub struct Manager {
        /// The id of the user who is the manager.
        value: String,
        /// The URI of that user.
        reference: String as "$ref",
        /// The name of that user; the server fills it in.
        display_name: String,
    }
}

impl Manager {
    /// The user with that id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self::default().value(id)
    }
}
