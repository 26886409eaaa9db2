//! stub
use crate::filter::{FilterLimits, ParseError};
impl super::AttributePath {
    /// p
    pub fn parse(_: &str) -> Result<Self, ParseError> {
        Err(ParseError)
    }
}
impl super::PatchPath {
    /// p
    pub fn parse(_: &str, _: &FilterLimits) -> Result<Self, ParseError> {
        Err(ParseError)
    }
}
