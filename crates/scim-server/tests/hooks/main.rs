//! Hooks: what an application that embeds SCIM is told, and what it may refuse, through HTTP on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod bulk;
mod door;
mod moods;
mod others;
mod teams;
mod users;
mod writers;

/// Makes a test of each of the functions, on each of the databases.
macro_rules! on_both {
    ($($rule:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                super::$rule(crate::door::Door::open(crate::door::On::Sqlite).await).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                super::$rule(crate::door::Door::open(crate::door::On::Postgres).await).await;
            })*
        }
    };
}
pub(crate) use on_both;
