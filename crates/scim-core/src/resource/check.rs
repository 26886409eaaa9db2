//! stub
/// s
#[derive(Debug, Clone, Copy)]
pub enum Situation {}
/// t
#[derive(Debug, Clone, Copy, Default)]
pub struct Tolerance {}
