//! Groups (RFC 7643 section 4.2).

use scim_core::schema::GROUP_URN;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::document;
use super::meta::Meta;
use super::value::Member;

/// A group (RFC 7643 section 4.2).
///
/// ```
/// use scim_client::resource::group::Group;
/// use scim_client::resource::value::Member;
///
/// let group = Group::new("Tour Guides").member(Member::new("2819c223"));
/// let json = serde_json::to_value(&group)?;
/// assert_eq!(json["displayName"], "Tour Guides");
/// assert_eq!(json["members"][0]["value"], "2819c223");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Group {
    /// The id that the server assigned.
    pub id: Option<String>,
    /// The id that the client assigned.
    pub external_id: Option<String>,
    /// The name. Empty only if the request excluded it from the response.
    pub display_name: String,
    /// The members. An empty list means that the group has none; `None` that the document does not say. The two differ in a
    /// replacement: some servers, scim-server among them, keep the members of a group that the document does not mention.
    pub members: Option<Vec<Member>>,
    /// The metadata that the server assigned.
    pub meta: Option<Meta>,
    /// All other attributes, and extensions under their URNs.
    pub other: Map<String, Value>,
}

impl Group {
    /// Creates a group with this name whose `members` are `None`.
    #[must_use]
    pub fn new(display_name: impl Into<String>) -> Self {
        Self {
            display_name: display_name.into(),
            ..Self::default()
        }
    }

    /// Sets the id that the client assigned.
    #[must_use]
    pub fn external_id(mut self, external_id: impl Into<String>) -> Self {
        self.external_id = Some(external_id.into());
        self
    }

    /// Adds a member.
    #[must_use]
    pub fn member(mut self, member: Member) -> Self {
        self.members.get_or_insert_default().push(member);
        self
    }

    /// Sets the members, replacing those added before.
    #[must_use]
    pub fn members(mut self, members: impl IntoIterator<Item = Member>) -> Self {
        self.members = Some(members.into_iter().collect());
        self
    }

    /// Sets an attribute without a field, or an extension under its URN.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.other.insert(name.into(), value.into());
        self
    }

    /// Returns the extension with this URN as a type of yours, or `None` if the group does not have the extension.
    ///
    /// # Errors
    ///
    /// Returns an error if the extension does not have the form of the type.
    #[must_use]
    pub fn extension<T: DeserializeOwned>(&self, urn: &str) -> Option<serde_json::Result<T>> {
        document::extension(&self.other, urn)
    }

    /// Returns the ids of the members. Empty if `members` is `None`.
    pub fn member_ids(&self) -> impl Iterator<Item = &str> {
        let members = self.members.iter().flatten();
        members.filter_map(|member| member.value.as_deref())
    }
}

/// The attributes of a [`Group`] in its document. serde checks at compile time that the fields are the same.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Group")]
struct Attributes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    members: Option<Vec<Member>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl Serialize for Group {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attributes = Attributes::serialize(self, serde_json::value::Serializer);
        document::serialize(GROUP_URN, attributes, serializer)
    }
}

impl<'de> Deserialize<'de> for Group {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut group = Attributes::deserialize(deserializer)?;
        group.other.shift_remove("schemas");
        Ok(group)
    }
}
