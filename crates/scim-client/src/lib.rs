//! A client for SCIM 2.0 servers (RFC 7643, 7644 and 9865): typed users and groups, and what can be done with them.
//!
//! It talks to any server that keeps to the RFCs, not to scim-server alone. What it does **not** do: it fetches no OAuth
//! tokens (give it one, and make a new client when it expires), it does not check resources against the schemas of the server (the
//! server does), and it keeps no copy of a directory.
//!
//! ```no_run
//! use scim_client::resource::group::Group;
//! use scim_client::resource::user::User;
//! use scim_client::resource::value::{Email, Member, Name};
//! use scim_client::{Filter, PatchOp, ScimClient};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), scim_client::ClientError> {
//!     let client = ScimClient::builder("https://scim.example.com/v1/scim/v2/okta")
//!         .bearer("a-long-random-token")
//!         .build()?;
//!     let users = client.users();
//!
//!     let barbara = match users.find(Filter::eq("userName", "bjensen@example.com")).await? {
//!         Some(barbara) => barbara,
//!         None => {
//!             let barbara = User::new("bjensen@example.com")
//!                 .name(Name::new("Barbara", "Jensen"))
//!                 .email(Email::work("bjensen@example.com").primary(true));
//!             users.create(&barbara).await?
//!         }
//!     };
//!     let guides = client.groups().create(&Group::new("Tour Guides")).await?;
//!
//!     let joins = PatchOp::new().add_members([barbara.id()]);
//!     client.groups().patch(guides.id(), &joins).await?;
//!
//!     let leaves = PatchOp::new().replace("active", false);
//!     users.patch(barbara.id(), &leaves).if_unchanged(&barbara).await?;
//!     Ok(())
//! }
//! ```
//!
//! `cargo run -p scim-client --example sync` brings a list of people into a directory; `examples/sync.rs` is that program.
//!
//! # Resources
//!
//! [`User`](resource::user::User) and [`Group`](resource::group::Group) have the attributes of RFC 7643 as fields, and keep all
//! others, so that a resource that is read, changed and put back loses nothing. For types of your own, give any type that serde
//! knows, or [`serde_json::Value`]:
//!
//! ```
//! # let client = scim_client::ScimClient::builder("https://scim.example.com").build()?;
//! let devices = client.resources::<serde_json::Value>("/Devices");
//! # Ok::<(), scim_client::ClientError>(())
//! ```
//!
//! What comes from the server is a [`Stored`]: it derefs to the resource, and knows its id and version.
//!
//! # Lists
//!
//! | to have | call |
//! |---|---|
//! | the one user of a name, if there is one | [`find`](Resources::find) |
//! | one page | [`query`](Resources::query) |
//! | all pages | [`pages`](Resources::pages) |
//! | all resources, as a stream | [`stream`](Resources::stream) |
//!
//! Pages and streams hold a page at a time. They use cursors where the server's `ServiceProviderConfig` offers them.
//!
//! # Versions
//!
//! [`replace`](Resources::replace), [`patch`](Resources::patch) and [`delete`](Resources::delete) are made when they are awaited;
//! before that, [`if_unchanged`](Change::if_unchanged) makes them depend on the version that was read.
//!
//! # When things go wrong
//!
//! [`ClientError`] tells a refusal of the server, with its `scimType` and `detail`, from an answer that did not come. What the
//! server puts off (429, 503) is tried again, as [`Retry`] says. No error and no `Debug` shows credentials, and none of
//! this crate writes a log.
//!
//! # Building requests from what people type
//!
//! Values of a [`Filter`] are escaped, ids are encoded, and paths are parsed before they are sent: none of them can change what
//! the request means.

mod builder;
mod bulk;
mod change;
mod client;
pub mod discovery;
mod error;
mod exchange;
mod filter;
mod pages;
mod patch;
mod query;
pub mod resource;
mod resources;
mod retry;
mod stored;
mod transport;

pub use builder::ClientBuilder;
pub use bulk::{Bulk, BulkResult};
pub use change::Change;
pub use client::ScimClient;
pub use error::ClientError;
pub use filter::{Filter, FilterValue};
pub use pages::Pages;
pub use patch::{PatchOp, PatchPath};
pub use query::Query;
pub use resources::Resources;
pub use retry::Retry;
pub use stored::{Page, Stored};
