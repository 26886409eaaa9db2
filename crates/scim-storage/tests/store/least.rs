//! The contract of the port, for a store that has what every store must have, and nothing besides: the defaults of the port
//! do what the contract asks for.

use std::sync::Arc;

use async_trait::async_trait;
use scim_core::membership::MembershipDelta;
use scim_core::query::Selection;
use scim_core::time::Timestamp;
use scim_service::connection::ConnectionKey;
use scim_service::store::{
    Access, Draft, Kind, Membership, Meta, Page, Record, ResourceId, Store, StoreError, Transaction, Version,
};

use crate::support::{Engine, TestStore};

scim_service::contract_tests!(least);

async fn least() -> Arc<dyn Store> {
    Arc::new(Least(TestStore::new(Engine::Sqlite).await))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_ready_when_it_can_be_read() {
    assert!(least().await.ready().await.is_ok());
    let empty = Least(TestStore::without_schema(Engine::Sqlite).await);
    assert!(empty.ready().await.is_err());
}

struct Least(TestStore);

struct LeastTransaction(Box<dyn Transaction>);

type Answer<T> = Result<T, StoreError>;

#[async_trait]
impl Store for Least {
    async fn begin(&self, connection: &ConnectionKey, access: Access) -> Answer<Box<dyn Transaction>> {
        let transaction = self.0.store.begin(connection, access).await?;
        Ok(Box::new(LeastTransaction(transaction)))
    }
}

#[async_trait]
impl Transaction for LeastTransaction {
    async fn get(&mut self, kind: Kind, id: &ResourceId) -> Answer<Option<Record>> {
        self.0.get(kind, id).await
    }

    async fn list(&mut self, kind: Kind, selection: &Selection) -> Answer<Page> {
        self.0.list(kind, selection).await
    }

    async fn insert(&mut self, kind: Kind, draft: &Draft<'_>) -> Answer<Meta> {
        self.0.insert(kind, draft).await
    }

    async fn update(
        &mut self,
        kind: Kind,
        id: &ResourceId,
        from: Version,
        draft: &Draft<'_>,
    ) -> Answer<Meta> {
        self.0.update(kind, id, from, draft).await
    }

    async fn touch(&mut self, kind: Kind, id: &ResourceId, from: Version, now: Timestamp) -> Answer<Meta> {
        self.0.touch(kind, id, from, now).await
    }

    async fn delete(&mut self, kind: Kind, id: &ResourceId, from: Version, now: Timestamp) -> Answer<()> {
        self.0.delete(kind, id, from, now).await
    }

    async fn change_members(&mut self, group: &ResourceId, delta: &MembershipDelta) -> Answer<u64> {
        self.0.change_members(group, delta).await
    }

    async fn members(&mut self, groups: &[ResourceId]) -> Answer<Vec<Membership>> {
        self.0.members(groups).await
    }

    async fn memberships(&mut self, users: &[ResourceId]) -> Answer<Vec<Membership>> {
        self.0.memberships(users).await
    }

    async fn commit(self: Box<Self>) -> Answer<()> {
        self.0.commit().await
    }
}
