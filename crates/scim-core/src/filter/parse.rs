//! stub
/// Bounds.
#[derive(Debug, Clone, Copy)]
pub struct FilterLimits {
    /// b
    pub max_bytes: usize,
    /// d
    pub max_depth: usize,
    /// t
    pub max_terms: usize,
}
impl Default for FilterLimits {
    fn default() -> Self {
        Self {
            max_bytes: 4096,
            max_depth: 32,
            max_terms: 256,
        }
    }
}
/// Err.
#[derive(Debug)]
pub struct ParseError;
impl From<ParseError> for crate::error::Error {
    fn from(_: ParseError) -> Self {
        Self::invalid_filter("stub")
    }
}
impl std::str::FromStr for super::Filter {
    type Err = ParseError;
    fn from_str(_: &str) -> Result<Self, ParseError> {
        Err(ParseError)
    }
}
impl super::Filter {
    /// p
    pub fn parse(_: &str, _: &FilterLimits) -> Result<Self, ParseError> {
        Err(ParseError)
    }
}
impl std::fmt::Display for super::Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}
impl std::fmt::Display for super::Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}
