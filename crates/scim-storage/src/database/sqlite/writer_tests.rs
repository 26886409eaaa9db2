//! Tests of transactions that share a commit, on a real file.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::database::sqlite::location::Location;
use crate::database::sqlite::open;

struct Shared {
    writer: Arc<Writer>,
    commits: Arc<AtomicUsize>,
    directory: tempfile::TempDir,
}

impl Shared {
    async fn new() -> Self {
        Self::with(Options::default().deadline, Duration::ZERO).await
    }

    /// Opens a database whose commits take this long.
    async fn with(deadline: Duration, slowness: Duration) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("scim.sqlite");
        let location = Location::parse(path.to_str().unwrap()).unwrap();
        let options = Options {
            acquire_timeout: Duration::from_secs(60),
            deadline,
            ..Options::default()
        };
        let connection = open(
            &location,
            scim_service::store::Access::Write,
            options.acquire_timeout,
        )
        .unwrap();
        connection
            .execute_batch("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE)")
            .unwrap();
        let commits = Arc::new(AtomicUsize::new(0));
        let counted = commits.clone();
        let count = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(slowness);
            false
        };
        connection.commit_hook(Some(count)).unwrap();
        Self {
            writer: Arc::new(Writer::new(connection, &options).unwrap()),
            commits,
            directory,
        }
    }

    fn note(&self, text: &str) -> tokio::task::JoinHandle<Result<(), StoreError>> {
        let (writer, text) = (self.writer.clone(), text.to_owned());
        tokio::spawn(async move {
            let lease = writer.lease().await?;
            lease
                .execute("INSERT INTO notes (text) VALUES (?)", [text])
                .map_err(failure)?;
            lease.commit().await
        })
    }

    /// Sends a job that inserts a note.
    fn errand(&self, text: &str) -> tokio::task::JoinHandle<Result<(), StoreError>> {
        let (writer, text) = (self.writer.clone(), text.to_owned());
        let job = move |connection: &Connection| {
            let inserted = connection.execute("INSERT INTO notes (text) VALUES (?)", [&text]);
            let inserted = inserted.and_then(|_| match text.ends_with("twice") {
                true => connection.execute("INSERT INTO notes (text) VALUES (?)", [&text]),
                false => Ok(0),
            });
            inserted.map(drop).map_err(failure)
        };
        tokio::spawn(async move { writer.run(Box::new(job), Footprint::Some).await })
    }

    /// Returns the notes that another process finds in the file.
    fn notes(&self) -> Vec<String> {
        let other = Connection::open(self.directory.path().join("scim.sqlite")).unwrap();
        let mut select = other.prepare("SELECT text FROM notes ORDER BY text").unwrap();
        let notes = select.query_map([], |row| row.get(0)).unwrap();
        notes.collect::<Result<_, _>>().unwrap()
    }
}

/// Lets other tasks run until they wait for the connection.
async fn all_wait() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_who_wait_share_a_commit() {
    let shared = Shared::new().await;
    let first = shared.writer.lease().await.unwrap();
    let others: Vec<_> = (0..8)
        .map(|number| shared.note(&format!("note {number}")))
        .collect();
    all_wait().await;
    first
        .execute("INSERT INTO notes (text) VALUES ('first')", [])
        .unwrap();
    let first = tokio::spawn(first.commit());
    for other in others {
        other.await.unwrap().unwrap();
    }
    first.await.unwrap().unwrap();
    assert_eq!(shared.notes().len(), 9);
    // the first took long and commits alone; the thread that commits queues behind the others, and one may slip in between
    let commits = shared.commits.load(Ordering::SeqCst);
    assert!(commits <= 3, "{commits} commits for 9 transactions");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_that_took_long_does_not_wait_for_others_that_do() {
    let shared = Shared::new().await;
    let first = shared.writer.lease().await.unwrap();
    let second = tokio::spawn({
        let writer = shared.writer.clone();
        async move { writer.lease().await.unwrap() }
    });
    all_wait().await;
    first
        .execute("INSERT INTO notes (text) VALUES ('first')", [])
        .unwrap();
    // the second has the connection all the while
    first.commit().await.unwrap();
    let second = second.await.unwrap();
    assert_eq!(shared.notes(), ["first"]);
    second.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_that_fails_takes_back_itself_alone() {
    let shared = Shared::new().await;
    let first = shared.writer.lease().await.unwrap();
    let before = shared.note("before");
    all_wait().await;
    let failing = shared.note("before");
    let dropped = {
        let writer = shared.writer.clone();
        tokio::spawn(async move {
            let lease = writer.lease().await.unwrap();
            lease
                .execute("INSERT INTO notes (text) VALUES ('dropped')", [])
                .unwrap();
        })
    };
    all_wait().await;
    let after = shared.note("after");
    all_wait().await;
    drop(first);
    before.await.unwrap().unwrap();
    assert!(failing.await.unwrap().is_err());
    dropped.await.unwrap();
    after.await.unwrap().unwrap();
    assert_eq!(shared.notes(), ["after", "before"]);
}

#[tokio::test]
async fn one_that_is_alone_is_on_the_disk_when_it_is_acknowledged() {
    let shared = Shared::new().await;
    shared.note("alone").await.unwrap().unwrap();
    assert_eq!(shared.notes(), ["alone"]);
    assert_eq!(shared.commits.load(Ordering::SeqCst), 1);
}

/// If the database rolls back the open transaction by itself, all that shared it must return an error.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_who_shared_what_was_given_up_are_told() {
    let shared = Shared::new().await;
    let first = shared.writer.lease().await.unwrap();
    let innocent = shared.note("innocent");
    all_wait().await;
    let guilty = {
        let writer = shared.writer.clone();
        tokio::spawn(async move {
            let lease = writer.lease().await.unwrap();
            let text = "INSERT OR ROLLBACK INTO notes (text) VALUES ('innocent')";
            lease.execute(text, []).unwrap_err();
            lease.commit().await
        })
    };
    all_wait().await;
    drop(first);
    assert!(matches!(innocent.await.unwrap(), Err(StoreError::Unavailable(_))));
    assert!(matches!(guilty.await.unwrap(), Err(StoreError::Unavailable(_))));
    assert!(shared.notes().is_empty());
    shared.note("later").await.unwrap().unwrap();
    assert_eq!(shared.notes(), ["later"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_does_not_wait_any_more_leaves_nothing_behind() {
    let shared = Shared::new().await;
    let first = shared.writer.lease().await.unwrap();
    let impatient = shared.note("impatient");
    all_wait().await;
    impatient.abort();
    drop(first);
    shared.note("next").await.unwrap().unwrap();
    assert_eq!(shared.notes(), ["next"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn errands_share_a_commit_and_one_that_fails_takes_back_itself_alone() {
    let shared = Shared::new().await;
    let first = shared.writer.lease().await.unwrap();
    let others: Vec<_> = ["before", "wrong twice", "before", "after"]
        .map(|text| shared.errand(text))
        .into();
    all_wait().await;
    first
        .execute("INSERT INTO notes (text) VALUES ('first')", [])
        .unwrap();
    first.commit().await.unwrap();
    let mut kept = 0;
    for other in others {
        kept += usize::from(other.await.unwrap().is_ok());
    }
    assert_eq!(kept, 2);
    assert_eq!(shared.notes(), ["after", "before", "first"]);
    let commits = shared.commits.load(Ordering::SeqCst);
    assert!(commits <= 2, "{commits} commits for 5 transactions");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn errands_that_all_fail_are_told_why() {
    let shared = Shared::new().await;
    shared.errand("there").await.unwrap().unwrap();
    let first = shared.writer.lease().await.unwrap();
    let failing = [shared.errand("wrong twice"), shared.errand("there")];
    all_wait().await;
    drop(first);
    for failing in failing {
        assert!(matches!(failing.await.unwrap(), Err(StoreError::Failed(_))));
    }
    assert_eq!(shared.notes(), ["there"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_errand_that_nobody_waits_for_is_not_done() {
    let shared = Shared::new().await;
    let first = shared.writer.lease().await.unwrap();
    let impatient = shared.errand("impatient");
    all_wait().await;
    impatient.abort();
    all_wait().await;
    drop(first);
    shared.errand("next").await.unwrap().unwrap();
    assert_eq!(shared.notes(), ["next"]);
}

#[tokio::test]
async fn an_errand_waits_for_another_process_and_not_for_ever() {
    let shared = Shared::new().await;
    let other = Connection::open(shared.directory.path().join("scim.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = shared.errand("waiting");
    all_wait().await;
    assert!(!waiting.is_finished());
    other.execute_batch("ROLLBACK").unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(shared.notes(), ["waiting"]);
    shared.writer.close().await.unwrap();
    let closed = shared.errand("closed").await.unwrap();
    assert!(matches!(closed, Err(StoreError::Unavailable(_))));
}

/// A commit that is requested while the thread begins one is not lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_commit_that_is_asked_for_comes() {
    let shared = Shared::new().await;
    let lease = shared.writer.lease().await.unwrap();
    lease.commit().await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let writer = shared.writer.clone();
            tokio::spawn(async move {
                for round in 0..10_000 {
                    let lease = writer.lease().await.unwrap();
                    let durable = lease.commit_later().unwrap();
                    let committed = tokio::time::timeout(Duration::from_secs(20), durable).await;
                    committed
                        .unwrap_or_else(|_| panic!("task {task} waits for ever in round {round}"))
                        .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_that_takes_too_long_is_not_waited_for() {
    let shared = Shared::with(Duration::from_millis(50), Duration::from_millis(500)).await;
    let slow = shared.note("slow").await.unwrap();
    let Err(StoreError::OutcomeUnknown(why)) = slow else {
        panic!("{slow:?}");
    };
    assert!(why.to_string().contains("not known"), "{why}");
    // it is committed nevertheless, once the disk has written it
    shared.writer.close().await.unwrap();
    assert_eq!(shared.notes(), ["slow"]);
}
