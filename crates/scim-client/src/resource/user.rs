//! Users (RFC 7643 section 4.1).

use scim_core::schema::USER_URN;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::document;
use super::enterprise::EnterpriseUser;
use super::meta::Meta;
use super::value::{
    Address, Email, Entitlement, GroupMembership, Im, Name, PhoneNumber, Photo, Role, X509Certificate,
};

/// A user (RFC 7643 section 4.1), with the enterprise extension (section 4.3).
///
/// ```
/// use scim_client::resource::user::User;
/// use scim_client::resource::value::{Email, Name};
///
/// let user = User::new("bjensen@example.com")
///     .name(Name::new("Barbara", "Jensen"))
///     .email(Email::work("bjensen@example.com").primary(true))
///     .active(true);
/// let json = serde_json::to_value(&user)?;
/// assert_eq!(json["schemas"][0], "urn:ietf:params:scim:schemas:core:2.0:User");
/// assert_eq!(json["name"]["givenName"], "Barbara");
/// assert_eq!(serde_json::from_value::<User>(json)?, user);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
pub struct User {
    /// The id that the server gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The id that it has where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The name to sign in with, unique within the server. Empty only where an answer was asked to leave it out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user_name: String,
    /// The parts of the person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The name that is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What the user is called: `Bob` instead of `Robert`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick_name: Option<String>,
    /// The URL of a page about the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_url: Option<String>,
    /// The title: `Vice President`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How the user relates to the organisation: `Contractor`, `Employee`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_type: Option<String>,
    /// The language that the user prefers, as `Accept-Language` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_language: Option<String>,
    /// Where the user is, for formats of dates and numbers: `en-US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The time zone: `America/Los_Angeles`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Whether the user may do anything. What it means where it is absent is up to the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// E-mail addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    pub emails: Vec<Email>,
    /// Telephone numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    pub phone_numbers: Vec<PhoneNumber>,
    /// Addresses for instant messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    pub ims: Vec<Im>,
    /// Pictures.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    pub photos: Vec<Photo>,
    /// Postal addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    pub addresses: Vec<Address>,
    /// The groups that the user belongs to; the server works them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    pub groups: Vec<GroupMembership>,
    /// What the user has a right to.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    pub entitlements: Vec<Entitlement>,
    /// What the user is.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    pub roles: Vec<Role>,
    /// Certificates.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    pub x509_certificates: Vec<X509Certificate>,
    /// The enterprise extension, under its URN.
    #[serde(
        rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub enterprise: Option<EnterpriseUser>,
    /// What the server says about the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// What has no field here: attributes of the server's own, and extensions under their URNs. A `password` to be set
    /// belongs here, too; it has no field because no server shows one.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $field:ident: $kind:ty;)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $field(mut self, $field: impl Into<$kind>) -> Self {
            self.$field = Some($field.into());
            self
        })*
    };
}

macro_rules! adders {
    ($($(#[$doc:meta])* $value:ident into $field:ident: $kind:ty;)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $value(mut self, $value: $kind) -> Self {
            self.$field.push($value);
            self
        })*
    };
}

impl User {
    /// A user of that `userName`.
    #[must_use]
    pub fn new(user_name: impl Into<String>) -> Self {
        Self {
            user_name: user_name.into(),
            ..Self::default()
        }
    }

    setters! {
        /// Sets the id that the user has where it comes from.
        external_id: String;
        /// Sets the parts of the person's name.
        name: Name;
        /// Sets the name that is shown.
        display_name: String;
        /// Sets what the user is called.
        nick_name: String;
        /// Sets the URL of a page about the user.
        profile_url: String;
        /// Sets the title.
        title: String;
        /// Sets how the user relates to the organisation.
        user_type: String;
        /// Sets the language that the user prefers.
        preferred_language: String;
        /// Sets where the user is.
        locale: String;
        /// Sets the time zone.
        timezone: String;
        /// Sets whether the user may do anything.
        active: bool;
        /// Sets the enterprise extension.
        enterprise: EnterpriseUser;
    }

    adders! {
        /// Adds an e-mail address.
        email into emails: Email;
        /// Adds a telephone number.
        phone_number into phone_numbers: PhoneNumber;
        /// Adds an address for instant messages.
        im into ims: Im;
        /// Adds a picture.
        photo into photos: Photo;
        /// Adds a postal address.
        address into addresses: Address;
        /// Adds what the user has a right to.
        entitlement into entitlements: Entitlement;
        /// Adds what the user is.
        role into roles: Role;
        /// Adds a certificate.
        x509_certificate into x509_certificates: X509Certificate;
    }

    /// Sets an attribute that has no field, or an extension under its URN.
    ///
    /// ```
    /// use scim_client::resource::user::User;
    /// use serde_json::json;
    ///
    /// let user = User::new("bjensen").with("urn:example:Badge", json!({ "number": 12 }));
    /// let json = serde_json::to_value(&user)?;
    /// assert_eq!(json["schemas"][1], "urn:example:Badge");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.other.insert(name.into(), value.into());
        self
    }

    /// An extension other than the enterprise one, by its URN, as a type of your own; `None` if the user has none.
    ///
    /// # Errors
    ///
    /// When the extension is not as the type expects it.
    pub fn extension<T: DeserializeOwned>(&self, urn: &str) -> Option<serde_json::Result<T>> {
        document::extension(&self.other, urn)
    }

    /// The address to write to: the primary one, or else the first.
    pub fn primary_email(&self) -> Option<&str> {
        let primary = self.emails.iter().find(|email| email.primary == Some(true));
        primary.or(self.emails.first())?.value.as_deref()
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attributes = User::serialize(self, serde_json::value::Serializer);
        document::serialize(USER_URN, attributes, serializer)
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut user = User::deserialize(deserializer)?;
        user.other.shift_remove("schemas");
        Ok(user)
    }
}

/// `null` is an empty list (RFC 7643 section 2.5).
fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
