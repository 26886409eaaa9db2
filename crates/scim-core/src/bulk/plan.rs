//! The order of the operations of a bulk request.

use std::collections::{HashMap, HashSet};

use super::circles::components;
use super::{BulkMethod, BulkOperation, BulkRequest};

/// The order in which the operations of a bulk request are executed, stage after stage.
///
/// It is the order of the request, except that an operation follows those that create what it refers to. Whatever the order
/// within a stage, the result is the same as that of executing the operations one after the other (RFC 7644 section 3.7).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The stages, executed one after the other.
    pub stages: Vec<Stage>,
}

/// Operations that are executed together, as indices into [`BulkRequest::operations`].
///
/// Exhaustive on purpose: a service has to execute every kind of stage. A new variant is a new major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// One operation.
    One(usize),
    /// At least two new resources of one endpoint that are independent of each other. They may be created in any order or at the
    /// same time.
    Together(Vec<usize>),
    /// New resources that refer to each other in a circle, or one that refers to itself. They are created all or none, because
    /// none is complete without the others.
    Circle(Vec<usize>),
}

impl Plan {
    /// Returns the plan for a request.
    #[must_use]
    pub fn of(request: &BulkRequest) -> Self {
        let operations = &request.operations;
        let created: HashMap<&str, usize> = (0..)
            .zip(operations)
            .filter(|(_, operation)| operation.method == BulkMethod::Post)
            .filter_map(|(index, operation)| Some((operation.bulk_id.as_deref()?, index)))
            .collect();
        let needs: Vec<Vec<usize>> = operations
            .iter()
            .map(|operation| {
                let references = operation.references.iter();
                references
                    .filter_map(|bulk_id| created.get(bulk_id.as_str()).copied())
                    .collect()
            })
            .collect();
        let mut building = Building::default();
        for component in components(&needs) {
            match component.as_slice() {
                [index] if !needs.get(*index).is_some_and(|needs| needs.contains(index)) => {
                    let needs = needs.get(*index).map(Vec::as_slice).unwrap_or_default();
                    building.one(*index, operations.get(*index), needs);
                }
                _ => building.circle(component),
            }
        }
        building.finish()
    }
}

/// A plan under construction, and the stage that the next operation may join.
#[derive(Debug, Default)]
struct Building<'a> {
    stages: Vec<Stage>,
    together: Vec<usize>,
    endpoint: &'a str,
    names: HashSet<String>,
}

impl<'a> Building<'a> {
    fn one(&mut self, index: usize, operation: Option<&'a BulkOperation>, needs: &[usize]) {
        let creating = operation.filter(|operation| operation.method == BulkMethod::Post);
        let Some(operation) = creating else {
            self.close();
            self.stages.push(Stage::One(index));
            return;
        };
        let name = operation.name();
        let is_apart = self.endpoint == operation.endpoint()
            && !name.as_ref().is_some_and(|name| self.names.contains(name))
            && !needs.iter().any(|need| self.together.contains(need));
        if !is_apart {
            self.close();
        }
        self.endpoint = operation.endpoint();
        self.names.extend(name);
        self.together.push(index);
    }

    fn circle(&mut self, component: Vec<usize>) {
        self.close();
        self.stages.push(Stage::Circle(component));
    }

    fn close(&mut self) {
        self.names.clear();
        let together = std::mem::take(&mut self.together);
        match together.as_slice() {
            [] => {}
            [index] => self.stages.push(Stage::One(*index)),
            _ => self.stages.push(Stage::Together(together)),
        }
    }

    fn finish(mut self) -> Plan {
        self.close();
        Plan { stages: self.stages }
    }
}
