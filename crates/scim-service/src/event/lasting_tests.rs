use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use scim_core::error::ScimType;
use scim_core::membership::MembershipDelta;
use scim_core::query::Selection;
use scim_core::time::Timestamp;
use tokio::sync::oneshot;

use super::*;
use crate::event::Veto;
use crate::event::team::MembersAdded;
use crate::store::{Draft, Kind, Membership, Meta, Page, Record, ResourceId, Version};

/// A transaction of which nothing is asked but that it ends.
struct Ending {
    result: Result<(), StoreError>,
    /// Set when what was committed later was asked for.
    asked: Arc<AtomicBool>,
    /// The commit waits for it.
    go: Option<oneshot::Receiver<()>>,
}

type Answer<T> = Result<T, StoreError>;

fn unasked<T>() -> Answer<T> {
    Err(StoreError::Stale)
}

#[async_trait]
impl Transaction for Ending {
    async fn get(&mut self, _: Kind, _: &ResourceId) -> Answer<Option<Record>> {
        unasked()
    }

    async fn list(&mut self, _: Kind, _: &Selection) -> Answer<Page> {
        unasked()
    }

    async fn insert(&mut self, _: Kind, _: &Draft<'_>) -> Answer<Meta> {
        unasked()
    }

    async fn update(&mut self, _: Kind, _: &ResourceId, _: Version, _: &Draft<'_>) -> Answer<Meta> {
        unasked()
    }

    async fn touch(&mut self, _: Kind, _: &ResourceId, _: Version, _: Timestamp) -> Answer<Meta> {
        unasked()
    }

    async fn delete(&mut self, _: Kind, _: &ResourceId, _: Version, _: Timestamp) -> Answer<()> {
        unasked()
    }

    async fn change_members(&mut self, _: &ResourceId, _: &MembershipDelta) -> Answer<u64> {
        unasked()
    }

    async fn members(&mut self, _: &[ResourceId]) -> Answer<Vec<Membership>> {
        unasked()
    }

    async fn memberships(&mut self, _: &[ResourceId]) -> Answer<Vec<Membership>> {
        unasked()
    }

    async fn commit(self: Box<Self>) -> Answer<()> {
        if let Some(go) = self.go {
            go.await.ok();
        }
        self.result
    }

    async fn commit_later(self: Box<Self>) -> Answer<Durable> {
        Ok(Durable::when(async move {
            self.asked.store(true, Ordering::SeqCst);
            self.result
        }))
    }
}

/// Counts what it is told.
#[derive(Default)]
struct Counter(Mutex<usize>);

#[async_trait]
impl Hook for Counter {
    async fn before_commit(&self, _: &[Event]) -> Result<(), Veto> {
        Err(Veto::invalid_value("no"))
    }

    async fn after_commit(&self, events: &[Event]) {
        *self.0.lock().unwrap() += events.len();
    }
}

/// Counts like `Counter`, and may take for ever.
struct Patient(Arc<Counter>);

#[async_trait]
impl Hook for Patient {
    async fn after_commit(&self, events: &[Event]) {
        self.0.after_commit(events).await;
    }

    fn timeout(&self) -> Duration {
        Duration::MAX
    }
}

struct Case {
    counter: Arc<Counter>,
    asked: Arc<AtomicBool>,
}

impl Case {
    fn new() -> Self {
        Self {
            counter: Arc::default(),
            asked: Arc::default(),
        }
    }

    fn told(&self) -> Told {
        let event = MembersAdded {
            connection: "okta".parse().unwrap(),
            id: ResourceId::new("guides"),
            resource_version: Version::new(2),
            team_name: "Tour Guides".to_owned(),
            users: vec![ResourceId::new("bjensen")],
        };
        Told {
            hooks: Arc::new([self.counter.clone() as Arc<dyn Hook>]),
            events: vec![Event::MembersAdded(event)],
        }
    }

    fn ending(&self, result: Result<(), StoreError>) -> Box<Ending> {
        Box::new(Ending {
            result,
            asked: self.asked.clone(),
            go: None,
        })
    }

    fn count(&self) -> usize {
        *self.counter.0.lock().unwrap()
    }

    async fn until_told(&self) {
        while self.count() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

fn failed() -> StoreError {
    StoreError::Failed("the disk is full".into())
}

#[tokio::test]
async fn only_a_commit_that_went_well_is_told() {
    let case = Case::new();
    assert!(case.told().commit(case.ending(Err(failed()))).await.is_err());
    let durable = case
        .told()
        .commit_later(case.ending(Err(failed())))
        .await
        .unwrap();
    assert!(durable.await.is_err());
    assert_eq!(case.count(), 0);
    case.told().commit(case.ending(Ok(()))).await.unwrap();
    assert_eq!(case.count(), 1);
}

#[tokio::test]
async fn what_is_to_last_later_is_not_asked_for_before_somebody_waits() {
    let case = Case::new();
    let durable = case.told().commit_later(case.ending(Ok(()))).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!((case.asked.load(Ordering::SeqCst), case.count()), (false, 0));
    durable.await.unwrap();
    assert_eq!(case.count(), 1);
}

#[tokio::test]
async fn what_nobody_waits_for_is_told_all_the_same() {
    let case = Case::new();
    drop(case.told().commit_later(case.ending(Ok(()))).await.unwrap());
    case.until_told().await;

    // the client disconnects during the commit
    let case = Case::new();
    let (go, wait) = oneshot::channel();
    let ending = Box::new(Ending {
        go: Some(wait),
        ..*case.ending(Ok(()))
    });
    let commit = case.told().commit(ending);
    assert!(
        tokio::time::timeout(Duration::from_millis(20), commit)
            .await
            .is_err()
    );
    assert_eq!(case.count(), 0);
    go.send(()).unwrap();
    case.until_told().await;
    assert_eq!(case.count(), 1);
}

#[tokio::test]
async fn hooks_may_take_for_ever_together() {
    let case = Case::new();
    let told = || Told {
        hooks: Arc::new([
            Arc::new(Patient(case.counter.clone())) as Arc<dyn Hook>,
            Arc::new(Patient(case.counter.clone())),
        ]),
        ..case.told()
    };
    told().before_commit().await.unwrap();
    told().commit(case.ending(Ok(()))).await.unwrap();
    assert_eq!(case.count(), 2);
}

#[tokio::test]
async fn a_veto_is_the_error_of_the_store() {
    let refused = Case::new().told().before_commit().await;
    let Err(StoreError::Refused(error)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!((error.status(), error.detail()), (400, "no"));
    assert_eq!(error.scim_type(), Some(ScimType::InvalidValue));
}
