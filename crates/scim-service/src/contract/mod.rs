//! What every implementation of [`Store`] must do, as tests that its implementer runs.
//!
//! A rule is an async function that takes a [`Subject`], which is a store with nothing in it. [`contract_tests!`] makes
//! a test of each:
//!
//! ```ignore
//! // tests/contract.rs of the crate with the store; scim-service with the feature `contract` in `[dev-dependencies]`
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
//! A store that filters and sorts by some attributes only, and says [`UnsupportedFilter`](crate::store::StoreError::UnsupportedFilter)
//! for the rest, says so with `contract_tests!(partial my_store)`: then what it refuses is passed over, and what it answers
//! must be right. All other rules hold for it, too; and what Okta and Entra ID always ask for is not passed over.
//!
//! Each test has a store of its own and a tokio runtime of four threads. The rules begin transactions for connections of
//! the names `okta` and `azure`, without any preparation: a store that knows its connections takes these for the tests.
//! They say nothing of attributes that the application added.
//!
//! A test that fails tells what was expected and found, and why that matters to those who rely on the store. The rules
//! are about what the port promises; how fast a store is, and what it offers besides, they do not ask.
//!
//! To add a rule, write its function into the file of its subject, let it say [why](Subject) first, and name it in
//! [`contract_tests!`].
//!
//! [`contract_tests!`]: crate::contract_tests

mod breach;
mod sample;
mod subject;

pub mod configured;
pub mod cursors;
pub mod deletion;
pub mod documents;
pub mod filters;
pub mod isolation;
pub mod later;
pub mod members;
pub mod pages;
pub mod sorting;
pub mod transactions;
pub mod uniqueness;
pub mod versions;

use std::sync::Arc;

use crate::store::Store;

pub use breach::{Breach, Verdict};
pub use subject::Subject;

/// Which filters and orders a store can express.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lists {
    /// All of them.
    Full,
    /// Some. Refusing others, with [`UnsupportedFilter`](crate::store::StoreError::UnsupportedFilter), breaks no rule.
    Partial,
}

/// Makes a test of each rule of the [contract](crate::contract). The argument is a path to an async function that takes
/// nothing and gives an `Arc<dyn Store>` with nothing in it, a new one for every call; `partial` before it says that the
/// store does not express [every filter and order](crate::contract::Lists).
#[macro_export]
macro_rules! contract_tests {
    (partial $store:path) => {
        $crate::contract_tests! { @all Partial, $store }
    };
    ($store:path) => {
        $crate::contract_tests! { @all Full, $store }
    };
    (@all $lists:ident, $store:path) => {
        $crate::contract_tests! { @each $lists, $store;
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
    (@each $lists:ident, $store:path; $($file:ident::$rule:ident),* $(,)?) => {
        $(
            #[test]
            fn $rule() {
                let lists = $crate::contract::Lists::$lists;
                $crate::contract::check(stringify!($rule), lists, $store, $crate::contract::$file::$rule);
            }
        )*
    };
}

/// Holds a new store to a rule.
///
/// # Panics
///
/// If the store breaks the rule; the text says how, and why that matters.
#[allow(clippy::panic, reason = "a test fails by it")]
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
    let mut why = "";
    let verdict = runtime.block_on(async {
        let subject = Subject::new(store().await, "okta")?.with_lists(lists);
        let verdict = rule(subject.clone()).await;
        why = subject.why();
        verdict
    });
    if let Err(breach) = verdict {
        panic!("the store breaks the rule `{name}`\n{breach}\n     why: {why}\n");
    }
}
