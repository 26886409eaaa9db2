//! Tables for a document.

use super::table::{Table, tables};
use crate::cli::Options;
use crate::results::Results;

const BEGIN: &str = "<!-- benchmark -->";
const END: &str = "<!-- /benchmark -->";

/// What was measured where, and all tables.
pub(super) fn markdown(results: &Results, options: &Options) -> String {
    let machine = &results.machine;
    let mut blocks = vec![format!(
        "Measured on {}, {} threads, {} GiB, Linux {}. {} rounds of {} s for each figure: median (least–most).",
        machine.processor,
        machine.threads,
        machine.memory,
        machine.kernel,
        options.rounds,
        options.time.as_secs_f64()
    )];
    blocks.extend(machine.warning().map(|warning| format!("**{warning}**")));
    if results.errors > 0 {
        blocks.push(format!(
            "**{} answers were not what they must be.**",
            results.errors
        ));
    }
    blocks.extend(tables(results).iter().map(block));
    blocks.join("\n\n")
}

fn block(table: &Table) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let rule = table.head.iter().enumerate().map(|(column, _)| match column {
        0 => "---",
        _ => "---:",
    });
    let rule = format!("|{}|", rule.collect::<Vec<_>>().join("|"));
    let rows = table.rows.iter().map(|row| line(row));
    let lines = [
        format!("### {}", table.title),
        String::new(),
        line(&table.head),
        rule,
    ];
    lines.into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

/// The document with a new text between the marks. Without the second mark it ends with the text; without both, it is the
/// text alone.
pub(super) fn replace(old: &str, text: &str) -> String {
    let (before, after) = match old.split_once(BEGIN) {
        None => ("", "\n"),
        Some((before, rest)) => (before, rest.split_once(END).map_or("\n", |(_, after)| after)),
    };
    format!("{before}{BEGIN}\n\n{text}\n\n{END}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_outside_of_the_marks_is_kept() {
        let open = replace("# Title\n<!-- benchmark -->old\n", "new");
        assert_eq!(
            open,
            "# Title\n<!-- benchmark -->\n\nnew\n\n<!-- /benchmark -->\n"
        );
        let once = replace("# Title\n<!-- benchmark -->old<!-- /benchmark -->\nend\n", "new");
        assert_eq!(
            once,
            "# Title\n<!-- benchmark -->\n\nnew\n\n<!-- /benchmark -->\nend\n"
        );
        assert_eq!(replace(&once, "new"), once);
    }
}
