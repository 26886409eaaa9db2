//! Tables that grow faster than PostgreSQL notices.
//!
//! PostgreSQL keeps the plan of a prepared statement until the table is analyzed, which autovacuum does up to a minute after a
//! table has grown. The plan for an empty table is any: one index is as good as another, and the one that is taken may go
//! through everything that a connection has. An initial sync would take longer for each user than for the one before. So
//! whoever writes many rows has the tables analyzed that were smaller when PostgreSQL last looked.

use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::sqlx::{self, AssertSqlSafe, Executor as _, PgConnection};

/// After how many rows that this process wrote the tables are looked at first. Going through fewer costs little.
const FIRST: u64 = 256;

/// How many times as many it must have written to look again: each time costs less than what was written since.
const TIMES: u64 = 8;

/// Those that grow with a directory and have more than one index to choose from.
const OUTGROWN: &str = "SELECT oid::regclass::text FROM pg_class \
     WHERE oid IN ('users'::regclass, 'user_emails'::regclass, 'teams'::regclass, 'team_members'::regclass, 'resources'::regclass) \
     AND reltuples < $1::bigint AND pg_relation_size(oid) > 0";

/// How many rows this process has written.
#[derive(Debug)]
pub(super) struct Growth {
    rows: AtomicU64,
    next: AtomicU64,
}

impl Default for Growth {
    fn default() -> Self {
        Self {
            rows: AtomicU64::new(0),
            next: AtomicU64::new(FIRST),
        }
    }
}

impl Growth {
    /// Adds rows that were written. Gives all so far when it is time to [`analyze`], to one of those who write.
    pub(super) fn add(&self, rows: u64) -> Option<u64> {
        let all = self.rows.fetch_add(rows, Ordering::Relaxed).saturating_add(rows);
        let next = self.next.load(Ordering::Relaxed);
        let is_mine = || {
            let later = all.saturating_mul(TIMES);
            self.next
                .compare_exchange(next, later, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        };
        (all >= next && is_mine()).then_some(all)
    }
}

/// Has tables analyzed that PostgreSQL takes for smaller than that many rows. One that is being looked after is passed over.
pub(super) async fn analyze(connection: &mut PgConnection, rows: u64) -> Result<(), sqlx::Error> {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX);
    let outgrown = sqlx::query_scalar(OUTGROWN).persistent(false).bind(rows);
    let tables: Vec<String> = outgrown.fetch_all(&mut *connection).await?;
    if tables.is_empty() {
        return Ok(());
    }
    let analyze = format!("ANALYZE (SKIP_LOCKED) {}", tables.join(", "));
    connection.execute(AssertSqlSafe(analyze)).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_time_each_time_there_are_eight_times_as_many() {
        let growth = Growth::default();
        assert_eq!(growth.add(255), None);
        assert_eq!(growth.add(1), Some(256));
        assert_eq!(growth.add(8 * 256 - 257), None);
        assert_eq!(growth.add(1_000), Some(3_047));
        assert_eq!(growth.add(20_000), None);
    }
}
