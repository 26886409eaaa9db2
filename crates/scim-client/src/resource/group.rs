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
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[non_exhaustive]
pub struct Group {
    /// The id that the server gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The id that it has where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The name. Empty only where an answer was asked to leave it out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// The members. `None` says nothing about them, `Some` of an empty list that there are none: servers that leave the
    /// members of a group alone when a replacement does not name them, as scim-server, tell the two apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<Member>>,
    /// What the server says about the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
    /// What has no field here: attributes of the server's own, and extensions under their URNs.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Group {
    /// A group of that name that says nothing about its members.
    #[must_use]
    pub fn new(display_name: impl Into<String>) -> Self {
        Self {
            display_name: display_name.into(),
            ..Self::default()
        }
    }

    /// Sets the id that the group has where it comes from.
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

    /// Sets the members: these and no others.
    #[must_use]
    pub fn members(mut self, members: impl IntoIterator<Item = Member>) -> Self {
        self.members = Some(members.into_iter().collect());
        self
    }

    /// Sets an attribute that has no field, or an extension under its URN.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.other.insert(name.into(), value.into());
        self
    }

    /// An extension by its URN, as a type of your own; `None` if the group has none.
    ///
    /// # Errors
    ///
    /// When the extension is not as the type expects it.
    pub fn extension<T: DeserializeOwned>(&self, urn: &str) -> Option<serde_json::Result<T>> {
        document::extension(&self.other, urn)
    }

    /// The ids of the members that are named.
    pub fn member_ids(&self) -> impl Iterator<Item = &str> {
        let members = self.members.iter().flatten();
        members.filter_map(|member| member.value.as_deref())
    }
}

impl Serialize for Group {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attributes = Group::serialize(self, serde_json::value::Serializer);
        document::serialize(GROUP_URN, attributes, serializer)
    }
}

impl<'de> Deserialize<'de> for Group {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut group = Group::deserialize(deserializer)?;
        group.other.shift_remove("schemas");
        Ok(group)
    }
}
