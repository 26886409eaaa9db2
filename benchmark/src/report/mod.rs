//! What was measured, for people and programs.

mod json;
mod markdown;
mod svg;
mod table;
mod text;

use anyhow::Context as _;

use crate::cli::Options;
use crate::print;
use crate::results::Results;

/// Prints the tables, and writes the files that were asked for.
pub(crate) fn write(results: &Results, options: &Options) -> anyhow::Result<()> {
    print::line(text::text(results));
    if let Some(path) = &options.json {
        std::fs::write(path, json::json(results)?).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &options.svg {
        std::fs::write(path, svg::draw(results)).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &options.markdown {
        let old = std::fs::read_to_string(path).unwrap_or_default();
        let new = markdown::replace(&old, &markdown::markdown(results, options));
        std::fs::write(path, new).with_context(|| path.display().to_string())?;
    }
    Ok(())
}
