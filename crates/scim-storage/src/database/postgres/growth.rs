//! Statistics of tables that grow faster than autovacuum notices.
//!
//! PostgreSQL keeps the plan of a prepared statement until the table is analyzed, which autovacuum does up to a minute after the
//! table has grown. For an empty table, all indexes cost the same, and the chosen one may scan everything that a connection has:
//! each user of an initial sync would take longer than the one before. So after many writes, this module analyzes the tables
//! that have grown since their last analysis.

use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::sqlx::{self, AssertSqlSafe, Executor as _, PgConnection};

/// The number of rows that this process writes before it first checks the tables. Scanning fewer rows costs little.
const FIRST: u64 = 256;

/// The factor by which the number of written rows must grow before the next check. Each check costs less than the writes since
/// the previous one.
const TIMES: u64 = 8;

/// Selects the tables that have outgrown their statistics, among those that grow with a directory and have several indexes.
const OUTGROWN: &str = "SELECT oid::regclass::text FROM pg_class \
     WHERE oid IN ('users'::regclass, 'user_emails'::regclass, 'teams'::regclass, 'team_members'::regclass, 'resources'::regclass) \
     AND reltuples < $1::bigint AND pg_relation_size(oid) > 0";

/// The number of rows that this process has written.
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
    /// Adds written rows. When it is time to [`analyze`], returns the total to one of the callers.
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

/// Analyzes the tables that PostgreSQL believes to have fewer rows than `rows`. Locked tables are skipped.
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
