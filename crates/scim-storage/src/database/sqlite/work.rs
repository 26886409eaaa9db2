//! A writing transaction on SQLite, which uses the writing connection as briefly as possible.
//!
//! Its first reads run on a reading connection. It leases the writing connection when reads must be protected against changes,
//! or when it changes rows and goes on. If the changes are the last statements, the thread that commits runs them.

use rusqlite::Connection;
use scim_service::store::{Durable, StoreError};
use sea_orm::Statement;

use super::errand::Footprint;
use super::reader::{Reader, Readers};
use super::run::{self, run};
use super::writer::{Lease, Writer};
use crate::database::pending::Pending;
use crate::database::{Row, Weight};
use crate::error::{Trouble, failure};

/// A writing transaction.
#[derive(Debug)]
pub(crate) struct Work {
    readers: Readers,
    writer: Writer,
    on: On,
    pending: Option<Pending>,
}

/// The connection in use. It is `None` while a statement runs on it.
#[derive(Debug)]
enum On {
    None,
    Reader(Option<Reader>),
    Lease(Option<Lease>),
}

impl Work {
    pub(super) fn new(readers: Readers, writer: Writer) -> Self {
        Self {
            on: On::None,
            pending: None,
            readers,
            writer,
        }
    }

    /// Leases the writing connection, which blocks other writers, and runs the deferred statements.
    pub(crate) async fn hold(&mut self) -> Result<(), StoreError> {
        self.lease().await.map(drop)
    }

    pub(crate) async fn rows<T: Send + 'static>(
        &mut self,
        statement: Statement,
        weight: Weight,
        decode: impl Fn(&Row<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Result<Result<Vec<T>, StoreError>, Trouble>, StoreError> {
        let work = move |connection: &Connection| run::all(connection, &statement, decode);
        let is_first = matches!(self.on, On::None);
        // changes whose commit has not been requested are visible only on the writing connection
        if self.pending.is_some() || (is_first && self.writer.owes()) {
            self.hold().await?;
        }
        Ok(match &mut self.on {
            On::Lease(lease) => run(lease, weight, work).await,
            On::Reader(reader) => run(reader, weight, work).await,
            On::None => {
                let mut reader = Some(self.readers.take().await?);
                let rows = run(&mut reader, weight, work).await;
                self.on = On::Reader(reader);
                rows
            }
        })
    }

    /// Changes rows and returns their number.
    pub(crate) async fn change(
        &mut self,
        statement: Statement,
        weight: Weight,
    ) -> Result<Result<u64, Trouble>, StoreError> {
        let lease = self.lease().await?;
        Ok(run(lease, weight, move |connection| {
            run::change(connection, &statement)
        })
        .await)
    }

    pub(crate) async fn change_later(&mut self, pending: Pending) -> Result<(), StoreError> {
        if self.pending.is_none() && !matches!(self.on, On::Lease(_)) {
            self.pending = Some(pending);
            return Ok(());
        }
        let lease = self.lease().await?;
        send(lease, pending).await
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        match (self.on, self.pending.take()) {
            (On::Lease(lease), _) => lease.ok_or_else(interrupted)?.commit().await,
            (on, Some(pending)) => {
                // the reading connection is no longer needed
                drop(on);
                let footprint = match pending.statements.len() {
                    1 => Footprint::None,
                    _ => Footprint::Some,
                };
                let job = move |connection: &Connection| change_all(connection, &pending);
                self.writer.run(Box::new(job), footprint).await
            }
            (On::None | On::Reader(_), None) => Ok(()),
        }
    }

    /// Commits like [`commit`](Self::commit), without waiting for the disk.
    pub(crate) async fn commit_later(mut self) -> Result<Durable, StoreError> {
        if self.pending.is_some() {
            self.hold().await?;
        }
        match self.on {
            On::Lease(lease) => lease.ok_or_else(interrupted)?.commit_later(),
            On::None | On::Reader(_) => Ok(Durable::already()),
        }
    }

    async fn lease(&mut self) -> Result<&mut Option<Lease>, StoreError> {
        if !matches!(self.on, On::Lease(_)) {
            self.on = On::None;
            self.on = On::Lease(Some(self.writer.lease().await?));
        }
        let On::Lease(lease) = &mut self.on else {
            return Err(interrupted());
        };
        if let Some(pending) = self.pending.take() {
            send(lease, pending).await?;
        }
        Ok(lease)
    }
}

async fn send(lease: &mut Option<Lease>, pending: Pending) -> Result<(), StoreError> {
    let changed = run(lease, Weight::Light, move |connection| {
        Ok(change_all(connection, &pending))
    });
    changed.await.map_err(failure)?
}

fn change_all(connection: &Connection, pending: &Pending) -> Result<(), StoreError> {
    for statement in &pending.statements {
        let rows = run::change(connection, statement).map_err(&pending.failure)?;
        pending.expected.check(rows)?;
    }
    Ok(())
}

/// The error that a statement of this transaction was dropped before its end.
pub(crate) fn interrupted() -> StoreError {
    StoreError::Unavailable("a statement of the transaction was broken off".into())
}
