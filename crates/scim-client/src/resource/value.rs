//! The complex attributes of users and groups (RFC 7643 sections 2.4, 4.1, 4.2 and 4.3).

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
        /// The full name to display: `Ms. Barbara J Jensen, III`.
        formatted: String,
        /// The family name, or last name.
        family_name: String,
        /// The given name, or first name.
        given_name: String,
        /// The middle names.
        middle_name: String,
        /// The prefix of the name: `Ms.`
        honorific_prefix: String,
        /// The suffix of the name: `III`
        honorific_suffix: String,
    }
}

impl Name {
    /// Creates a name of these two parts.
    #[must_use]
    pub fn new(given_name: impl Into<String>, family_name: impl Into<String>) -> Self {
        Self::default().given_name(given_name).family_name(family_name)
    }
}

/// Declares the values of multi-valued attributes with the sub-attributes of RFC 7643 section 2.4. The literal documents `kind`.
macro_rules! multi_valued {
    ($($(#[$outer:meta])* $name:ident: $kind:literal;)*) => {
        $(complex! {
            $(#[$outer])*
            pub struct $name {
                /// The value.
                value: String,
                /// The value to display.
                display: String,
                #[doc = concat!("The `type` of the value: ", $kind, " (RFC 7643 section 4.1.2).")]
                kind: String as "type",
                /// Whether this is the preferred value. At most one value of an attribute is.
                primary: bool,
            }
        }

        impl $name {
            /// Creates a value without a type.
            #[must_use]
            pub fn new(value: impl Into<String>) -> Self {
                Self::default().value(value)
            }
        })*
    };
}

multi_valued! {
    /// An email address of a user, one of `emails` (RFC 7643 section 4.1.2).
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
    Email: "`work`, `home` or `other`";
    /// A phone number of a user, one of `phoneNumbers` (RFC 7643 section 4.1.2). The value should have the form of RFC 3966:
    /// `tel:+1-201-555-0123`.
    PhoneNumber: "`work`, `home`, `mobile`, `fax`, `pager` or `other`";
    /// An instant messaging address of a user, one of `ims` (RFC 7643 section 4.1.2).
    Im: "`aim`, `gtalk`, `icq`, `xmpp`, `msn`, `skype`, `qq`, `yahoo` or `other`";
    /// The URI of a photo of a user, one of `photos` (RFC 7643 section 4.1.2).
    Photo: "`photo` or `thumbnail`";
    /// An entitlement of a user, one of `entitlements` (RFC 7643 section 4.1.2).
    Entitlement: "any string, as there are no canonical values";
    /// A role of a user, one of `roles` (RFC 7643 section 4.1.2).
    Role: "any string, as there are no canonical values";
    /// A certificate of a user, one of `x509Certificates` (RFC 7643 section 4.1.2). The value is the base64 of a DER certificate.
    X509Certificate: "any string, as there are no canonical values";
}

impl Email {
    /// Creates an email address of type `work`.
    #[must_use]
    pub fn work(value: impl Into<String>) -> Self {
        Self::new(value).kind("work")
    }

    /// Creates an email address of type `home`.
    #[must_use]
    pub fn home(value: impl Into<String>) -> Self {
        Self::new(value).kind("home")
    }
}

complex! {
    /// A postal address of a user, one of `addresses` (RFC 7643 section 4.1.2).
    pub struct Address {
        /// The full address to display or print, with line breaks.
        formatted: String,
        /// The street, house number and the like.
        street_address: String,
        /// The city.
        locality: String,
        /// The state or region.
        region: String,
        /// The postal code.
        postal_code: String,
        /// The country, a two-letter code of ISO 3166-1: `DE`.
        country: String,
        /// The `type` of the address: `work`, `home` or `other` (RFC 7643 section 4.1.2).
        kind: String as "type",
        /// Whether this is the preferred address.
        primary: bool,
    }
}

complex! {
    /// A group that a user belongs to, one of `groups` (RFC 7643 section 4.1.2). The server computes these from the members of
    /// groups.
    pub struct GroupMembership {
        /// The id of the group.
        value: String,
        /// The URI of the group.
        reference: String as "$ref",
        /// The name of the group.
        display: String,
        /// The `type` of the membership: `direct`, or `indirect` through a nested group.
        kind: String as "type",
    }
}

complex! {
    /// A member of a group, one of `members` (RFC 7643 section 4.2).
    pub struct Member {
        /// The id of the member.
        value: String,
        /// The URI of the member.
        reference: String as "$ref",
        /// The name of the member.
        display: String,
        /// The `type` of the member: `User` or `Group`.
        kind: String as "type",
    }
}

impl Member {
    /// Creates a member from the id of a user or group. The server determines the type.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self::default().value(id)
    }
}

complex! {
    /// The manager of an enterprise user (RFC 7643 section 4.3).
    pub struct Manager {
        /// The id of the manager.
        value: String,
        /// The URI of the manager.
        reference: String as "$ref",
        /// The name of the manager, which the server sets.
        display_name: String,
    }
}

impl Manager {
    /// Creates a manager from the id of a user.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self::default().value(id)
    }
}
