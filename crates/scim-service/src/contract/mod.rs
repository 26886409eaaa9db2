//! The tests that every implementation of [`Store`] must pass. Available with the feature `contract`.
//!
//! [`contract_tests!`] generates one `#[test]` for each rule. Enable the feature in the `[dev-dependencies]` of the crate with
//! the store:
//!
//! ```toml
//! [dev-dependencies]
//! scim-service = { …, features = ["contract"] }
//! ```
//!
//! ```ignore
//! // tests/contract.rs
//! use std::sync::Arc;
//! use scim_service::store::Store;
//!
//! async fn my_store() -> Arc<dyn Store> {
//!     Arc::new(MyStore::empty().await)
//! }
//!
//! scim_service::contract_tests!(my_store);
//! ```
//!
//! Each test gets its own empty store and a tokio runtime with four threads. The rules begin transactions for connections named
//! `okta` and `azure` without any preparation, so a store that knows its connections must know these in its tests. Only
//! behavior is tested: neither speed nor what a store offers beyond the port.
//!
//! A failing test shows the rule, the expected and the actual result, the location of the rule, and why the rule matters.
//!
//! A new rule is not a breaking change: it checks what the documentation of [`store`](crate::store) demands. After an update of
//! this crate, a store may fail a test that did not exist before.
//!
//! # Stores that reject some filters
//!
//! A store that filters and sorts by some attributes only, and returns
//! [`UnsupportedFilter`](crate::store::StoreError::UnsupportedFilter) or
//! [`UnsupportedOrder`](crate::store::StoreError::UnsupportedOrder) for the rest, uses `contract_tests!(partial my_store)`. The
//! tests then skip what it rejects; what it returns must be right. The filters that Okta and Entra ID always send are required
//! nevertheless.
//!
//! # Subjects
//!
//! | subject | demands |
//! |---|---|
//! | `documents` | a resource is read back exactly as it was written, with any text; an update replaces everything; an unknown id, in any form, is `None` |
//! | `versions` | a write at another version than the current one is [`Stale`](crate::store::StoreError::Stale) and changes nothing; of concurrent writers with one version, one succeeds; `touch` changes only version and time |
//! | `uniqueness` | a `userName` is unique in every spelling (case, width, composition), and so is a `displayName` with [`GroupNames::Unique`](crate::store::GroupNames::Unique), also among concurrent writers; names that only look alike are different |
//! | `members` | rows that changed are counted exactly; a replacement leaves exactly the new members; joined and left users are reported; memberships are ordered and have names; 10,000 members change at once; concurrent changes lose no member |
//! | `deletion` | a deleted user is invisible and a member of nothing; ids are not reused; `account` and `restore` work if the store keeps deleted users |
//! | `isolation` | a connection neither sees nor changes the resources of another one, and names are unique per connection |
//! | `filters` | the lookups of Okta and Entra ID are answered; every other filter selects exactly what [`Condition::matches`](crate::store::Condition::matches) matches, or is rejected |
//! | `pages`, `sorting` | pages partition the list, in every order, while others insert; totals count the whole list; ties are ordered by creation |
//! | `cursors` | pages at positions partition the list while others come and go (skipped if the store does not [seek](crate::store::Store::seeks)) |
//! | `transactions` | a dropped transaction leaves no trace; uncommitted changes are invisible to others and visible to the transaction; a read transaction rejects changes; waiting writers block no thread |
//! | `later` | transactions see what was committed by [`commit_later`](crate::store::Transaction::commit_later) before; dropping [`Durable`](crate::store::Durable) cancels nothing |
//! | `configured` | resources of custom types are stored apart from others, and their unique values are unique (skipped if the store returns [`UnsupportedKind`](crate::store::StoreError::UnsupportedKind)) |
//!
//! [`contract_tests!`]: crate::contract_tests

mod breach;
mod sample;
mod subject;

#[doc(hidden)]
pub mod configured;
#[doc(hidden)]
pub mod cursors;
#[doc(hidden)]
pub mod deletion;
#[doc(hidden)]
pub mod documents;
#[doc(hidden)]
pub mod filters;
#[doc(hidden)]
pub mod isolation;
#[doc(hidden)]
pub mod later;
#[doc(hidden)]
pub mod members;
#[doc(hidden)]
pub mod pages;
#[doc(hidden)]
pub mod sorting;
#[doc(hidden)]
pub mod transactions;
#[doc(hidden)]
pub mod uniqueness;
#[doc(hidden)]
pub mod versions;

use std::sync::Arc;

use crate::store::Store;

pub use breach::{Breach, Verdict};
pub use subject::Subject;

/// The filters and orders that a store can express.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lists {
    /// All of them.
    Full,
    /// Some of them. The tests skip those that the store rejects with
    /// [`UnsupportedFilter`](crate::store::StoreError::UnsupportedFilter) or
    /// [`UnsupportedOrder`](crate::store::StoreError::UnsupportedOrder).
    Partial,
}

/// Generates a test for each rule of the [contract](crate::contract). Available with the feature `contract`.
///
/// The argument is the path of an async function without parameters that returns a new, empty `Arc<dyn Store>` on every call.
/// Put `partial` before it if the store rejects [some filters or orders](crate::contract#stores-that-reject-some-filters).
///
/// ```
/// use std::sync::Arc;
///
/// use scim_service::store::Store;
/// use scim_storage::{Options, SqlStore};
///
/// async fn empty() -> Arc<dyn Store> {
///     let directory = tempfile::tempdir().expect("a directory").keep();
///     let database = format!("sqlite://{}/scim.sqlite", directory.display());
///     let store = SqlStore::connect(&database, &Options::default()).await.expect("a database");
///     store.migrate().await.expect("tables");
///     Arc::new(store)
/// }
///
/// scim_service::contract_tests!(empty);
/// # fn main() {}
/// ```
///
/// The tests are named after the rules. Put the macro into a module to test several stores in one file.
#[macro_export]
macro_rules! contract_tests {
    (partial $store:path) => {
        $crate::__contract_tests! { Partial, $store }
    };
    ($store:path) => {
        $crate::__contract_tests! { Full, $store }
    };
}

/// All rules of the contract, for `contract_tests!`.
#[doc(hidden)]
#[macro_export]
macro_rules! __contract_tests {
    ($lists:ident, $store:path) => {
        $crate::__contract_tests! { $lists, $store;
            configured::resources_of_other_types_are_kept_apart,
            configured::unique_values_of_other_types_are_unique,
            configured::a_resource_of_another_type_is_no_member,
            cursors::pages_at_positions_partition_the_list,
            cursors::nobody_is_missed_or_met_twice_while_others_come_and_go,
            cursors::a_position_outlives_its_resource,
            deletion::a_deleted_user_is_out_of_sight,
            deletion::who_comes_next_is_somebody_else,
            deletion::a_deleted_user_comes_back_under_the_same_id,
            deletion::the_account_of_a_name_is_the_one_that_is_there_or_was_last,
            deletion::the_groups_that_a_deleted_user_left_are_told,
            deletion::who_is_deleted_while_joining_is_a_member_of_nothing,
            documents::what_is_kept_is_read_back_as_it_was,
            documents::any_text_is_kept,
            documents::an_update_replaces_everything,
            documents::an_unknown_id_is_nothing,
            filters::what_identity_providers_ask_for_is_answered,
            filters::filters_find_what_they_match,
            filters::what_only_the_store_knows_can_be_filtered_by,
            filters::groups_are_found_by_member_and_users_by_group,
            isolation::a_connection_sees_nothing_of_another,
            isolation::a_connection_changes_nothing_of_another,
            isolation::connections_share_no_names,
            members::rows_that_changed_are_counted_and_no_others,
            members::replacing_members_leaves_exactly_those,
            members::those_who_came_and_went_are_told,
            members::memberships_come_in_order_and_with_names,
            members::members_can_be_chosen_by_a_condition,
            members::ten_thousand_members_change_at_once,
            members::eight_who_add_members_lose_none,
            pages::pages_partition_the_list,
            pages::pages_stay_while_others_insert,
            pages::totals_are_those_of_the_whole_list,
            pages::totals_with_a_condition_do_not_depend_on_the_page,
            sorting::resources_without_a_value_come_last_then_first,
            sorting::ties_are_ordered_by_creation,
            sorting::a_list_counts_by_its_primary_value_or_its_first,
            sorting::no_order_loses_anybody,
            transactions::what_is_not_committed_leaves_no_trace,
            transactions::nobody_sees_what_is_not_committed,
            transactions::a_transaction_sees_its_own_changes,
            later::later_transactions_build_on_one_that_is_yet_to_last,
            later::what_is_not_awaited_lasts_all_the_same,
            later::others_commit_meanwhile,
            transactions::a_reading_transaction_cannot_write,
            transactions::who_waits_to_write_holds_up_nobody,
            uniqueness::a_user_name_is_taken_in_every_spelling,
            uniqueness::different_names_are_different,
            uniqueness::of_many_new_users_those_are_kept_whose_names_are_free,
            uniqueness::one_of_sixteen_gets_the_name,
            uniqueness::group_names_are_unique_where_that_is_asked_for,
            uniqueness::one_of_sixteen_groups_gets_the_name,
            versions::a_stale_version_changes_nothing,
            versions::one_of_eight_writers_with_one_version_wins,
            versions::touching_moves_the_version_alone,
        }
    };
    ($lists:ident, $store:path; $($file:ident::$rule:ident),* $(,)?) => {
        $(
            #[test]
            fn $rule() {
                let lists = $crate::contract::Lists::$lists;
                $crate::contract::check(stringify!($rule), lists, $store, $crate::contract::$file::$rule);
            }
        )*
    };
}

/// Runs a rule on a new store. [`contract_tests!`](crate::contract_tests) calls it for each rule.
///
/// # Panics
///
/// If the store breaks the rule. The message says how, and why the rule matters.
#[allow(clippy::panic, clippy::print_stderr, reason = "a test fails and tells by it")]
pub fn check(
    name: &str,
    lists: Lists,
    store: impl AsyncFnOnce() -> Arc<dyn Store>,
    rule: impl AsyncFnOnce(Subject) -> Verdict,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => panic!("no runtime: {error}"),
    };
    let (mut why, mut skipped) = ("", Vec::new());
    let verdict = runtime.block_on(async {
        let subject = Subject::new(store().await, "okta")?.with_lists(lists);
        let verdict = rule(subject.clone()).await;
        why = subject.why();
        skipped = subject.skipped();
        verdict
    });
    for what in skipped {
        eprintln!("the rule `{name}` did not try what the store does not support: {what}");
    }
    if let Err(breach) = verdict {
        panic!("the store breaks the rule `{name}`\n{breach}\n     why: {why}\n");
    }
}
