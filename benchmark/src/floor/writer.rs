//! The thread that writes: what waits together is committed together, and acknowledged after the commit.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use anyhow::anyhow;
use rusqlite::{Connection, OptionalExtension as _};
use sea_orm::prelude::Uuid;
use tokio::sync::oneshot;

use super::NewUser;
use super::raw::open;

/// The most changes that share a commit.
const BATCH: usize = 256;

/// One statement that writes.
pub(super) enum Change {
    /// Sets `active` of a user.
    SetActive { id: Uuid, active: bool },
    /// Keeps a user.
    Create {
        id: Uuid,
        user: NewUser,
        document: String,
    },
    /// Puts a user into a group.
    Add { group: Uuid, user: Uuid },
    /// Takes a user out of a group.
    Remove { group: Uuid, user: Uuid },
}

type Done = rusqlite::Result<Option<String>>;

struct Job {
    change: Change,
    done: oneshot::Sender<Done>,
}

/// Hands changes to the thread.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: Sender<Job>,
}

impl Writer {
    /// Starts the thread; it ends with the last writer.
    pub(super) fn start(path: &Path) -> anyhow::Result<Self> {
        let connection = open(path)?;
        let (jobs, queue) = channel();
        std::thread::spawn(move || work(&connection, &queue));
        Ok(Self { jobs })
    }

    /// Carries out a change; when this returns, it is durable.
    pub(super) async fn write(&self, change: Change) -> anyhow::Result<Option<String>> {
        let (done, result) = oneshot::channel();
        self.jobs
            .send(Job { change, done })
            .map_err(|_| anyhow!("the writer has ended"))?;
        Ok(result.await??)
    }
}

fn work(connection: &Connection, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let jobs: Vec<Job> = std::iter::once(first)
            .chain(queue.try_iter().take(BATCH - 1))
            .collect();
        // jobs of a batch that fails are dropped, which those who wait for them see as an error
        let Ok(results) = commit(connection, &jobs) else {
            let _ = connection.execute_batch("ROLLBACK");
            continue;
        };
        for (job, result) in jobs.into_iter().zip(results) {
            let _ = job.done.send(result);
        }
    }
}

fn commit(connection: &Connection, jobs: &[Job]) -> rusqlite::Result<Vec<Done>> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let results = jobs.iter().map(|job| apply(connection, &job.change)).collect();
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(results)
}

fn apply(connection: &Connection, change: &Change) -> Done {
    match change {
        Change::SetActive { id, active } => connection
            .prepare_cached("UPDATE user SET active = ?2 WHERE id = ?1 RETURNING document")?
            .query_row((id.as_bytes(), active), |row| row.get(0))
            .optional(),
        Change::Create { id, user, document } => connection
            .prepare_cached(
                "INSERT INTO user (id, user_name, external_id, display_name, active, document, version, created_at, \
                 modified_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, 0, 0)",
            )?
            .execute((
                id.as_bytes(),
                &user.user_name,
                &user.external_id,
                &user.display_name,
                user.active,
                document,
            ))
            .map(|_| None),
        Change::Add { group, user } => connection
            .prepare_cached("INSERT INTO member (group_id, user_id) VALUES (?1, ?2)")?
            .execute((group.as_bytes(), user.as_bytes()))
            .map(|_| None),
        Change::Remove { group, user } => connection
            .prepare_cached("DELETE FROM member WHERE group_id = ?1 AND user_id = ?2")?
            .execute((group.as_bytes(), user.as_bytes()))
            .map(|_| None),
    }
}
