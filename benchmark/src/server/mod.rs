//! The servers that are measured: their processes, and the databases that they are given.

mod child;
mod database;
pub(crate) mod postgres;
pub(crate) mod process;
mod stage;
mod target;

pub(crate) use stage::{Running, Stage, Template};
pub(crate) use target::{Subject, Target, floor_name};
