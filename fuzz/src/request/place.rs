//! Where requests go: a service on a database of this process.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use scim_service::connection::ConnectionKey;
use scim_service::limits::Limits;
use scim_service::service::Service;
use scim_storage::{Options, SqlStore};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// So many inputs share a database, each on a connection of its own.
const INPUTS: u32 = 1_000;

/// A service, and what it runs on.
pub(super) struct Place {
    pub(super) service: Service,
    runtime: Runtime,
    inputs: u32,
    _folder: TempDir,
}

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

impl Place {
    /// Does something with the place of this thread, on a connection that nobody has used.
    pub(super) fn with(what: impl FnOnce(&Self, ConnectionKey)) {
        PLACE.with_borrow_mut(|kept| {
            let place = kept.take().filter(|place| place.inputs < INPUTS);
            let mut place = place.unwrap_or_else(Self::new);
            place.inputs += 1;
            let connection = format!("c{}", place.inputs).parse().expect("the name is one");
            what(&place, connection);
            *kept = Some(place);
        });
    }

    pub(super) fn run(&self, future: impl Future<Output = ()>) {
        self.runtime.block_on(future);
    }

    fn new() -> Self {
        // one worker, as the store may wait on the thread that asks
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        // in memory where there is such a place: every commit is on the disk before it is answered
        let folder = match Path::new("/dev/shm") {
            memory if memory.is_dir() => TempDir::new_in(memory),
            _ => TempDir::new(),
        };
        let folder = folder.expect("a folder");
        let url = format!("sqlite://{}/scim.sqlite", folder.path().display());
        let options = Options::default().with_max_connections(1);
        let store = runtime.block_on(async {
            let store = SqlStore::connect(&url, &options).await.expect("a database");
            store.migrate().await.expect("the tables");
            store
        });
        let limits = Limits::default().with_page_size(50);
        Self {
            service: Service::new(Arc::new(store), limits),
            runtime,
            inputs: 0,
            _folder: folder,
        }
    }
}
