//! The order of operations.

use std::collections::{HashMap, HashSet};

use super::circles::components;
use super::{BulkMethod, BulkOperation, BulkRequest};

/// In which order the operations of a bulk request are carried out: stage after stage.
///
/// It is the order of the request, except that an operation comes after those that create what it refers to. So whatever
/// order a stage is carried out in, the directory looks afterwards as if one operation after the other had been (RFC 7644
/// section 3.7 asks for that).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// One after the other.
    pub stages: Vec<Stage>,
}

/// Operations that are carried out in one go, as indices into [`BulkRequest::operations`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// One operation.
    One(usize),
    /// New resources of one kind that have nothing to do with each other: at least two, in any order or at the same time.
    Together(Vec<usize>),
    /// New resources that refer to each other in a circle, or one that refers to itself: they come to be together or not at
    /// all, as none of them can be as it was asked for without the others.
    Circle(Vec<usize>),
}

impl Plan {
    /// The order for a request.
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

/// A plan, and the stage that the next operation may join.
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
