//! Loads a directory into a server, through its door or into its tables.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, ensure};
use sea_orm::prelude::Uuid;
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, EntityTrait, IntoActiveModel, Schema, TransactionTrait as _,
};
use serde::Deserialize;
use tokio::task::JoinSet;

use super::connection::Connection;
use super::directory::{Directory, Group, Layout};
use super::driver::beginning;
use super::language;
use super::people::user_body;
use super::workload::FAR_PAGE;
use crate::floor::entity::{member, user};
use crate::print;

/// How many connections load.
const CONNECTIONS: usize = 16;
/// Members in one PATCH.
const MEMBERS_AT_ONCE: usize = 10_000;
/// Rows in one INSERT; SQLite takes 32,766 values in one statement.
const ROWS_AT_ONCE: usize = 500;

/// Sends users, then groups with their members by PATCH, to a server that speaks SCIM.
pub(crate) async fn through_scim(port: u16, layout: &Layout) -> anyhow::Result<Directory> {
    let names: Vec<String> = language::loaded_names(layout.users, layout.guests).collect();
    let mut users = create_users(port, Arc::new(names)).await?;
    let guests = users.split_off(layout.users);
    let mut connection = Connection::new(port);
    let mut groups = Vec::with_capacity(layout.groups.len());
    for (number, size) in layout.groups.iter().enumerate() {
        let mut request = Vec::new();
        language::create_group(&format!("Team {number}"), &mut request);
        let id = created(&mut connection, &request).await?;
        // every group has other members than the one before
        let first = number * size % (layout.users - size + 1).max(1);
        let members: Vec<&str> = users.iter().skip(first).take(*size).map(String::as_str).collect();
        for some in members.chunks(MEMBERS_AT_ONCE) {
            request.clear();
            language::add_members(&id, some.iter().copied(), &mut request);
            let answer = connection.exchange(&request).await?;
            ensure!(
                answer.status == 204,
                "members were refused: {} {}",
                answer.status,
                beginning(answer.body)
            );
        }
        groups.push(Group { id, size: *size });
    }
    Ok(Directory {
        users,
        guests,
        groups,
    })
}

async fn create_users(port: u16, names: Arc<Vec<String>>) -> anyhow::Result<Vec<String>> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (names, next) = (Arc::clone(&names), Arc::clone(&next));
        workers.spawn(async move {
            let mut connection = Connection::new(port);
            let (mut ids, mut request) = (Vec::new(), Vec::new());
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(name) = names.get(number) else {
                    return anyhow::Ok(ids);
                };
                request.clear();
                language::create_user(name, &mut request);
                ids.push((number, created(&mut connection, &request).await?));
                if number % 50_000 == 49_999 {
                    print::notice(format!("  {} users loaded", number + 1));
                }
            }
        });
    }
    let mut ids = Vec::with_capacity(names.len());
    while let Some(some) = workers.join_next().await {
        ids.extend(some??);
    }
    ids.sort_unstable();
    Ok(ids.into_iter().map(|(_, id)| id).collect())
}

/// The `id` of what a request creates.
async fn created(connection: &mut Connection, request: &[u8]) -> anyhow::Result<String> {
    #[derive(Deserialize)]
    struct Created {
        id: String,
    }
    let answer = connection.exchange(request).await?;
    let text = || format!("loading: {} {}", answer.status, beginning(answer.body));
    ensure!(answer.status == 201, text());
    let created: Created = serde_json::from_slice(answer.body).with_context(text)?;
    Ok(created.id)
}

/// The cursor of the [thousandth](FAR_PAGE) page, where a client gets by reading all before it.
pub(crate) async fn far_cursor(port: u16) -> anyhow::Result<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Page {
        next_cursor: String,
    }
    let mut connection = Connection::new(port);
    let (mut cursor, mut request) = (String::new(), Vec::new());
    for _ in 1..FAR_PAGE {
        request.clear();
        language::cursor_page(&cursor, &mut request);
        let answer = connection.exchange(&request).await?;
        let text = || format!("reading pages: {} {}", answer.status, beginning(answer.body));
        let page: Page = serde_json::from_slice(answer.body).with_context(text)?;
        cursor = page.next_cursor;
    }
    Ok(cursor)
}

/// Makes the tables of a floor and fills them.
pub(crate) async fn floor_tables(
    database: &DatabaseConnection,
    layout: &Layout,
) -> anyhow::Result<Directory> {
    let schema = Schema::new(database.get_database_backend());
    database
        .execute(&schema.create_table_from_entity(user::Entity))
        .await?;
    database
        .execute(&schema.create_table_from_entity(member::Entity))
        .await?;

    let mut ids: Vec<Uuid> = Vec::with_capacity(layout.users + layout.guests);
    let rows = language::loaded_names(layout.users, layout.guests).map(|name| {
        let id = Uuid::now_v7();
        ids.push(id);
        user::Model {
            id,
            external_id: Some(format!("external-{name}")),
            display_name: Some(format!("Barbara {name} Jensen")),
            active: true,
            document: user_body(&name),
            user_name: name,
            version: 1,
            created_at: 0,
            modified_at: 0,
        }
    });
    insert::<user::Entity>(database, rows).await?;

    let mut groups = Vec::with_capacity(layout.groups.len());
    let mut memberships = Vec::new();
    for (number, size) in layout.groups.iter().enumerate() {
        let group_id = Uuid::now_v7();
        let first = number * size % (layout.users - size + 1).max(1);
        let members = ids.iter().skip(first).take(*size);
        memberships.extend(members.map(|user_id| member::Model {
            group_id,
            user_id: *user_id,
        }));
        groups.push(Group {
            id: group_id.to_string(),
            size: *size,
        });
    }
    insert::<member::Entity>(database, memberships.into_iter()).await?;
    let mut users: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    let guests = users.split_off(layout.users);
    Ok(Directory {
        users,
        guests,
        groups,
    })
}

async fn insert<E>(
    database: &DatabaseConnection,
    mut rows: impl Iterator<Item = E::Model>,
) -> anyhow::Result<()>
where
    E: EntityTrait,
    E::ActiveModel: Send,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let transaction = database.begin().await?;
    loop {
        let some: Vec<E::ActiveModel> = rows
            .by_ref()
            .take(ROWS_AT_ONCE)
            .map(IntoActiveModel::into_active_model)
            .collect();
        if some.is_empty() {
            break;
        }
        E::insert_many(some).exec_without_returning(&transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}
