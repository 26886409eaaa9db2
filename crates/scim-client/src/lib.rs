//! An async client for SCIM 2.0 servers (RFC 7643, 7644 and 9865), with typed users and groups.
//!
//! The client talks to any server that follows the RFCs, not only to scim-server. It provides:
//!
//! - typed [users and groups](resource) and [discovery], and any type of yours for other resources;
//! - create, read, replace, PATCH and delete, dependent on versions if you want;
//! - lists as pages or as a stream, by cursor where the server has cursors;
//! - bulk requests, searches over all resource types, and `/Me`;
//! - retries that honor `Retry-After`.
//!
//! ```toml
//! [dependencies]
//! scim-client  = { git = "<this repository>", tag = "<a release>" }
//! tokio        = { version = "1", features = ["macros", "rt-multi-thread"] }
//! futures-util = "0.3" # to read streams
//! serde_json   = "1"   # for values without a type
//! ```
//!
//! ```no_run
//! use scim_client::resource::user::User;
//! use scim_client::resource::value::{Email, Name};
//! use scim_client::{ClientError, Filter, ScimClient};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), ClientError> {
//!     let client = ScimClient::builder("https://scim.example.com/v1/scim/v2/okta")
//!         .bearer("a-long-random-token")
//!         .build()?;
//!     let users = client.users();
//!     let barbara = match users.find(Filter::eq("userName", "bjensen@example.com")).await? {
//!         Some(barbara) => barbara,
//!         None => {
//!             let barbara = User::new("bjensen@example.com")
//!                 .name(Name::new("Barbara", "Jensen"))
//!                 .email(Email::work("bjensen@example.com").primary(true));
//!             users.create(&barbara).await?
//!         }
//!     };
//!     println!("{} is {}", barbara.user_name, barbara.id());
//!     Ok(())
//! }
//! ```
//!
//! `cargo run -p scim-client --example sync` makes a directory match a list of people; `examples/sync.rs` is that program.
//!
//! # Connecting
//!
//! [`ScimClient::builder`] takes the base URL, the one below which `/Users` is. The client authenticates with a
//! [bearer token](ClientBuilder::bearer) or a [name and password](ClientBuilder::basic). It trusts the certificates that the
//! platform trusts. Clones of a client share its connections.
//!
//! | setting | default |
//! |---|---|
//! | [`timeout`](ClientBuilder::timeout) of one attempt | 60 s |
//! | [`connect_timeout`](ClientBuilder::connect_timeout) | 10 s |
//! | [`max_response_bytes`](ClientBuilder::max_response_bytes) | 64 MiB |
//! | [`retry`](ClientBuilder::retry) | 5 attempts within 120 s |
//! | redirects | at most 5, only 307 and 308, only within one origin |
//! | credentials over `http:` | only to `localhost` and loopback addresses |
//!
//! ```
//! use std::time::Duration;
//! use scim_client::{ClientError, ScimClient};
//!
//! fn connect(base_url: &str, password: &str) -> Result<ScimClient, ClientError> {
//!     ScimClient::builder(base_url)
//!         .basic("okta", password)
//!         .timeout(Duration::from_secs(20))
//!         .build()
//! }
//! # connect("https://scim.example.com/v2", "secret")?;
//! # Ok::<(), ClientError>(())
//! ```
//!
//! # Creating and reading
//!
//! [`User`](resource::user::User) and [`Group`](resource::group::Group) have the attributes of RFC 7643 as fields and keep all
//! others, so a resource that is read, modified and replaced loses nothing. What the server returns is a [`Stored`]: it
//! dereferences to the resource and has its id and version.
//!
//! For other resource types, use a type of yours that implements the traits of serde, or [`serde_json::Value`].
//!
//! ```no_run
//! use scim_client::resource::{group::Group, value::Member};
//! use scim_client::{ClientError, ScimClient};
//! use serde_json::Value;
//!
//! # async fn example(client: ScimClient) -> Result<(), ClientError> {
//! let group = Group::new("Tour Guides").member(Member::new("2819c223"));
//! let group = client.groups().create(&group).await?;
//!
//! let mut group = client.groups().get(group.id()).await?;
//! group.display_name = "Senior Tour Guides".to_owned();
//! client.groups().replace(group.id(), &group).await?;
//!
//! let device = client.resources::<Value>("/Devices").get("7f3a").await?;
//! println!("{}", device["displayName"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Querying
//!
//! | result | method |
//! |---|---|
//! | the only resource that matches, or none | [`find`](Resources::find) |
//! | one page | [`query`](Resources::query) |
//! | all pages | [`pages`](Resources::pages) |
//! | all resources, as a stream | [`stream`](Resources::stream) |
//! | one page, or all pages, of all resource types | [`search`](ScimClient::search), [`search_pages`](ScimClient::search_pages) |
//!
//! `pages` and `stream` hold one page at a time. They use cursors if the server's `ServiceProviderConfig` offers them. To
//! resume later, keep [`Page::next_cursor`] and pass it to [`Query::cursor`].
//!
//! ```no_run
//! use futures_util::TryStreamExt;
//! use scim_client::{ClientError, Filter, Query, ScimClient};
//!
//! # async fn example(client: ScimClient) -> Result<(), ClientError> {
//! let query = Query::new()
//!     .filter(Filter::eq("active", true).and(Filter::ew("userName", "@example.com")))
//!     .sort_by("userName")
//!     .attributes(["userName", "emails"])
//!     .count(200);
//! let mut users = client.users().stream(query);
//! while let Some(user) = users.try_next().await? {
//!     println!("{}: {:?}", user.user_name, user.primary_email());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What selects is passed by value: [`Filter`], [`Query`]. What becomes the body of a request is borrowed: a resource,
//! [`PatchOp`], [`Bulk`].
//!
//! # Patching
//!
//! [`PatchOp`] collects operations, which the server applies all or none.
//!
//! ```no_run
//! use scim_client::{ClientError, Filter, PatchOp, PatchPath, ScimClient};
//!
//! # async fn example(client: ScimClient) -> Result<(), ClientError> {
//! let work = PatchPath::element("emails", Filter::eq("type", "work")).sub_attribute("value");
//! let patch = PatchOp::new()
//!     .replace("active", false)
//!     .replace(work, "babs@example.com")
//!     .remove("nickName");
//! client.users().patch("2819c223", &patch).await?;
//!
//! let moves = PatchOp::new().add_members(["2819c223"]).remove_members(["902c246b"]);
//! client.groups().patch("e9e30dba", &moves).excluded_attributes(["members"]).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Versions
//!
//! [`get`](Resources::get), [`replace`](Resources::replace), [`patch`](Resources::patch) and [`delete`](Resources::delete)
//! send nothing until they are awaited. Before that, they can be made to depend on the version (`ETag`) of the resource.
//!
//! ```no_run
//! use scim_client::{ClientError, ScimClient};
//!
//! # async fn example(client: ScimClient) -> Result<(), ClientError> {
//! let users = client.users();
//! let mut user = users.get("2819c223").await?;
//! let replaced = loop {
//!     user.title = Some("Tour Guide".to_owned());
//!     match users.replace(user.id(), &user).if_unchanged(&user).await {
//!         Err(error) if error.is_precondition_failed() => user = users.get(user.id()).await?,
//!         result => break result?,
//!     }
//! };
//! println!("now at {:?}", replaced.version());
//! # Ok(())
//! # }
//! ```
//!
//! A change to the members of a group may change the version of the users, too, as their `groups` change. Read a user again
//! before you use [`if_unchanged`](Change::if_unchanged) after such a change.
//!
//! # Errors and retries
//!
//! [`ClientError`] has the status, `scimType` and `detail` of the server's error, or says why no response arrived. By default
//! a request is sent up to 5 times, the last time no later than 120 seconds after the first. Pauses double from 500
//! milliseconds to 20 seconds unless the server asks for another with `Retry-After`. 429 and 503 are retried, a broken connection
//! only for GET; a POST that creates something is not sent again after a 503 without `Retry-After`: [`Retry`] has the table.
//!
//! ```no_run
//! use scim_client::resource::user::User;
//! use scim_client::{ClientError, ScimClient};
//!
//! # async fn example(client: ScimClient) -> Result<(), ClientError> {
//! match client.users().create(&User::new("bjensen")).await {
//!     Ok(user) => println!("created {}", user.id()),
//!     Err(error) if error.is_conflict() => println!("{}", error.detail().unwrap_or("exists already")),
//!     Err(error) if error.is_unauthorized() => println!("the token has expired"),
//!     Err(error) if error.is_timeout() => println!("look whether it was created"),
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! No error and no `Debug` output has credentials in it. The crate writes no log.
//!
//! # Bulk
//!
//! [`Bulk`] sends many operations in one request. Operations can refer to resources that others create.
//!
//! ```no_run
//! use scim_client::resource::{group::Group, user::User, value::Member};
//! use scim_client::{Bulk, BulkId, ClientError, ScimClient};
//!
//! # async fn example(client: ScimClient) -> Result<(), ClientError> {
//! let barbara = BulkId::new("barbara");
//! let guides = Group::new("Tour Guides").member(Member::new(barbara.reference()));
//! let bulk = Bulk::new()
//!     .create("/Users", &barbara, &User::new("bjensen"))
//!     .create("/Groups", "guides", &guides)
//!     .delete("/Users", "2819c223");
//! for result in client.bulk(&bulk).await? {
//!     println!("{} {:?}: {}", result.method, result.bulk_id, result.status);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Building requests from what people type
//!
//! The values of a [`Filter`] are escaped, ids are encoded, and paths of attributes are parsed before they are sent, so none of
//! them can change the rest of the request. There are two exceptions:
//!
//! - A filter or [`PatchPath`] that is *parsed* from text means what the text says. Build it from values instead.
//! - In a [`Bulk`], a value of a resource or patch that begins with `bulkId:` is a reference (RFC 7644 section 3.7.2). Ids that
//!   you pass as `&str` or `String` are never references.
//!
//! ```
//! use scim_client::Filter;
//!
//! let typed = r#"x" or id pr or id eq ""#;
//! let filter = Filter::eq("userName", typed);
//! assert_eq!(filter.to_string(), r#"userName eq "x\" or id pr or id eq \"""#);
//! ```
//!
//! # What the client does not do
//!
//! - It does not request or refresh OAuth tokens. Give it one, and build a new client when the token expires.
//! - It does not check resources against the server's schemas. The server does.
//! - It does not cache resources. It only remembers the server's `ServiceProviderConfig`, for lists.
//! - It does not decide whether a request whose response was lost was carried out.
//! - It has no blocking API.
//!
//! # Relation to scim-core
//!
//! [`Filter`], [`Query`], [`PatchOp`], [`PatchPath`], [`BulkResult`], [`Member`](resource::value::Member) and the types of
//! [`discovery`] have the names of types of `scim-core`, and [`Page`] that of a type of `scim-service`. They are different types:
//! you build those of this crate and the client sends them, or it reads them leniently from any server. A server parses those
//! of `scim-core` from requests and checks them against its schemas. `From` converts a filter of `scim-core` to a [`Filter`].
//!
//! # Types of other crates
//!
//! The API has types of these crates. A new major version of one is a new major version of this crate.
//!
//! | crate | types | where |
//! |---|---|---|
//! | `reqwest` 0.13 | `Client`, `Error` | [`http_client`](ClientBuilder::http_client), [`ClientError::Transport`]; re-exported as `scim_client::reqwest` |
//! | `serde` 1 | `Serialize`, `Deserialize`, `DeserializeOwned` | resources |
//! | `serde_json` 1 | `Value`, `Map`, `Result` | attributes without a field, extensions, documents |
//! | `futures-core` 0.3 | `Stream` | [`stream`](Resources::stream) |
//! | `scim-core` | `filter::Filter` | `From` of [`Filter`] |
//!
//! # Requirements
//!
//! - **Runtime**: Tokio 1, with its I/O and time drivers enabled, as `#[tokio::main]` does.
//! - **Rust**: 1.94 or newer.
//! - **Features**: none.
//! - **TLS**: rustls, with the crypto provider that the process has installed, or else ring.

#![doc(test(attr(deny(unused_imports))))]

mod builder;
mod bulk;
mod change;
mod client;
pub mod discovery;
mod error;
mod exchange;
mod filter;
mod get;
mod me;
mod next;
mod pages;
mod patch;
mod path;
mod pending;
mod query;
pub mod resource;
mod resources;
mod retry;
mod stored;
mod transport;

pub use builder::ClientBuilder;
pub use bulk::{Bulk, BulkId, BulkResult, BulkTarget};
pub use change::Change;
pub use client::ScimClient;
pub use error::ClientError;
pub use filter::{Filter, FilterValue};
pub use get::Get;
pub use me::Me;
pub use pages::Pages;
pub use patch::{PatchOp, PatchPath};
pub use query::Query;
/// The HTTP client that this crate uses.
pub use reqwest;
pub use resources::Resources;
pub use retry::Retry;
pub use stored::{Page, Stored};
