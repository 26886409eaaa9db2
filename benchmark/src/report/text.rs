//! Tables for a terminal.

use super::table::{Table, tables};
use crate::results::Results;

/// All tables, in columns as wide as they need to be.
pub(super) fn text(results: &Results) -> String {
    let mut blocks: Vec<String> = tables(results).iter().map(block).collect();
    if results.errors > 0 {
        blocks.push(format!("{} answers were not what they must be.", results.errors));
    }
    blocks.join("\n\n")
}

fn block(table: &Table) -> String {
    let mut widths: Vec<usize> = table.head.iter().map(|cell| cell.chars().count()).collect();
    for row in &table.rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String]| {
        let padded = cells
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(column, (cell, width))| match column {
                0 => format!("{cell:width$}"),
                _ => format!("{cell:>width$}"),
            });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let rows = table.rows.iter().map(|row| line(row));
    let lines = [table.title.clone(), String::new(), line(&table.head)];
    lines.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}
