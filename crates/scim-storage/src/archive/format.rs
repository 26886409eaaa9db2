//! The lines of an export file. Each is a JSON object with one member, whose name is the kind of the line.

use scim_core::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use super::counts::Counts;

/// The value of `format` in the first line.
pub(super) const FORMAT: &str = "scim-server export";
/// The version of the format.
pub(super) const VERSION: u64 = 1;
/// The maximum number of members in a line.
pub(super) const MEMBERS: usize = 1000;

/// A line. `R` is a resource: JSON text for an export, a JSON object for an import.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Line<R> {
    Header(Header),
    Connection(ConnectionLine),
    Credential(CredentialLine),
    User(UserLine<R>),
    Group(GroupLine<R>),
    Resource(ResourceLine<R>),
    Members(MembersLine),
    End(End),
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) format: String,
    pub(super) version: u64,
    /// The last migration of the exported database.
    pub(super) schema: String,
    pub(super) counts: Counts,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConnectionLine {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) profile: Option<String>,
    pub(super) created: Time,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CredentialLine {
    pub(super) connection: String,
    pub(super) hash: String,
    pub(super) hint: String,
    pub(super) created: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_used: Option<Time>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserLine<R> {
    pub(super) connection: String,
    /// The time of deletion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) deleted: Option<Time>,
    pub(super) resource: R,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GroupLine<R> {
    pub(super) connection: String,
    /// Whether the name is unique among the groups of the connection.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) unique_name: bool,
    pub(super) resource: R,
}

/// A resource of a custom type, which `meta.resourceType` names.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResourceLine<R> {
    pub(super) connection: String,
    pub(super) resource: R,
}

/// Members of a group. A large group has several such lines.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MembersLine {
    pub(super) connection: String,
    pub(super) group: String,
    /// The ids of users.
    pub(super) users: Vec<String>,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct End {
    pub(super) counts: Counts,
    /// The checksum of all bytes before this line.
    pub(super) sha256: String,
}

/// `meta` of a resource (RFC 7643 section 3.1); `version` is the ETag.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MetaMember {
    pub(super) resource_type: String,
    pub(super) created: Time,
    pub(super) last_modified: Time,
    pub(super) version: String,
}

/// A point in time in the format of RFC 3339, with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(pub(super) Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let instant = Timestamp::parse(&text);
        instant
            .map(Self)
            .ok_or_else(|| de::Error::custom(format!("`{text}` is not a point in time")))
    }
}

/// Reads the version of the format from the first line; `None` if the line is not a header.
pub(super) fn version_of(line: &[u8]) -> Option<u64> {
    let line: Value = serde_json::from_slice(line).ok()?;
    let header = line.get("header")?;
    let is_ours = header.get("format")? == FORMAT;
    header.get("version")?.as_u64().filter(|_| is_ours)
}
