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
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct User {
    /// The id that the server assigned.
    pub id: Option<String>,
    /// The id that the client assigned.
    pub external_id: Option<String>,
    /// The name to sign in with, unique within the server. Empty only if the request excluded it from the response.
    pub user_name: String,
    /// The parts of the person's name.
    pub name: Option<Name>,
    /// The name to display.
    pub display_name: Option<String>,
    /// The casual name: `Bob` for `Robert`.
    pub nick_name: Option<String>,
    /// The URL of a page about the user.
    pub profile_url: Option<String>,
    /// The title: `Vice President`.
    pub title: Option<String>,
    /// The relationship to the organization: `Contractor`, `Employee`.
    pub user_type: Option<String>,
    /// The preferred language, in the form of `Accept-Language`.
    pub preferred_language: Option<String>,
    /// The locale for formats of dates, numbers and currency: `en-US`.
    pub locale: Option<String>,
    /// The time zone: `America/Los_Angeles`.
    pub timezone: Option<String>,
    /// Whether the account is active. The server defines what an absent value means.
    pub active: Option<bool>,
    /// The email addresses.
    pub emails: Vec<Email>,
    /// The phone numbers.
    pub phone_numbers: Vec<PhoneNumber>,
    /// The addresses for instant messages.
    pub ims: Vec<Im>,
    /// The photos.
    pub photos: Vec<Photo>,
    /// The postal addresses.
    pub addresses: Vec<Address>,
    /// The groups that the user belongs to. Read-only: change the groups instead.
    pub groups: Vec<GroupMembership>,
    /// The entitlements.
    pub entitlements: Vec<Entitlement>,
    /// The roles.
    pub roles: Vec<Role>,
    /// The certificates.
    pub x509_certificates: Vec<X509Certificate>,
    /// The enterprise extension, which the document has under its URN.
    pub enterprise: Option<EnterpriseUser>,
    /// The metadata that the server assigned.
    pub meta: Option<Meta>,
    /// All other attributes, and extensions under their URNs. A `password` to set belongs here, too: it has no field, as servers
    /// never return it.
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
    /// Creates a user with this `userName`.
    #[must_use]
    pub fn new(user_name: impl Into<String>) -> Self {
        Self {
            user_name: user_name.into(),
            ..Self::default()
        }
    }

    setters! {
        /// Sets the id that the client assigned.
        external_id: String;
        /// Sets the parts of the person's name.
        name: Name;
        /// Sets the name to display.
        display_name: String;
        /// Sets the casual name.
        nick_name: String;
        /// Sets the URL of a page about the user.
        profile_url: String;
        /// Sets the title.
        title: String;
        /// Sets the relationship to the organization.
        user_type: String;
        /// Sets the preferred language.
        preferred_language: String;
        /// Sets the locale.
        locale: String;
        /// Sets the time zone.
        timezone: String;
        /// Sets whether the account is active.
        active: bool;
        /// Sets the enterprise extension.
        enterprise: EnterpriseUser;
    }

    adders! {
        /// Adds an email address.
        email into emails: Email;
        /// Adds a phone number.
        phone_number into phone_numbers: PhoneNumber;
        /// Adds an address for instant messages.
        im into ims: Im;
        /// Adds a photo.
        photo into photos: Photo;
        /// Adds a postal address.
        address into addresses: Address;
        /// Adds an entitlement.
        entitlement into entitlements: Entitlement;
        /// Adds a role.
        role into roles: Role;
        /// Adds a certificate.
        x509_certificate into x509_certificates: X509Certificate;
    }

    /// Sets an attribute without a field, or an extension under its URN.
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

    /// Returns the extension with this URN as a type of yours, or `None` if the user does not have the extension. The enterprise
    /// extension is the field `enterprise` instead.
    ///
    /// # Errors
    ///
    /// Returns an error if the extension does not have the form of the type.
    #[must_use]
    pub fn extension<T: DeserializeOwned>(&self, urn: &str) -> Option<serde_json::Result<T>> {
        document::extension(&self.other, urn)
    }

    /// Returns the primary email address, or else the first one.
    #[must_use]
    pub fn primary_email(&self) -> Option<&str> {
        let primary = self.emails.iter().find(|email| email.primary == Some(true));
        primary.or(self.emails.first())?.value.as_deref()
    }
}

/// The attributes of a [`User`] in its document. serde checks at compile time that the fields are the same.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "User")]
struct Attributes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    user_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nick_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preferred_language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    active: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    emails: Vec<Email>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    phone_numbers: Vec<PhoneNumber>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    ims: Vec<Im>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    photos: Vec<Photo>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    addresses: Vec<Address>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    groups: Vec<GroupMembership>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    entitlements: Vec<Entitlement>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    roles: Vec<Role>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "list")]
    x509_certificates: Vec<X509Certificate>,
    #[serde(
        rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    enterprise: Option<EnterpriseUser>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attributes = Attributes::serialize(self, serde_json::value::Serializer);
        document::serialize(USER_URN, attributes, serializer)
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut user = Attributes::deserialize(deserializer)?;
        user.other.shift_remove("schemas");
        Ok(user)
    }
}

/// `null` is an empty list (RFC 7643 section 2.5).
fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
