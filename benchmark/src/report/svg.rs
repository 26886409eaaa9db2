//! The ratios as a drawing: a bar for each, with a whisker from the least to the most, and a line where the goal is.

use std::fmt::Write as _;

use crate::floor::FloorKind;
use crate::goals::least_ratio;
use crate::load::workload::thousands;
use crate::results::{Key, Results, Spread};
use crate::server::{Subject, Target, floor_name};

/// Where the bars begin, and how long the longest is.
const LEFT: f64 = 330.0;
const LENGTH: f64 = 520.0;
/// The height of a bar with its gap.
const PITCH: f64 = 20.0;
/// What is above the first bar.
const TOP: f64 = 64.0;

const STYLE: &str = "text{font:12px system-ui,sans-serif;fill:#24292f}.title{font-size:15px;font-weight:600}\
.small{fill:#57606a}.axis{stroke:#d0d7de}.one{stroke:#8c959f}.whisker{stroke:#24292f;stroke-width:1.5}\
.goal{stroke:#cf222e;stroke-width:2}.met{fill:#2da44e}.unmet{fill:#bf8700}.bar{fill:#6e9fd8}";

struct Bar {
    label: String,
    ratio: Spread,
    goal: Option<f64>,
}

/// Draws the ratios.
pub(super) fn draw(results: &Results) -> String {
    let bars: Vec<Bar> = [Subject::Sqlite, Subject::Postgres]
        .into_iter()
        .flat_map(|subject| {
            let floors = results.floors_of(subject);
            results.keys_of(subject).flat_map(move |key| {
                floors
                    .clone()
                    .into_iter()
                    .filter_map(move |floor| bar(results, key, floor))
            })
        })
        .collect();
    let most = bars
        .iter()
        .map(|bar| bar.ratio.max.max(bar.goal.unwrap_or_default()))
        .fold(1.0, f64::max);
    let scale = LENGTH / most;
    let count = f64::from(u32::try_from(bars.len()).unwrap_or_default());
    let bottom = TOP + count * PITCH;
    let (width, height) = (LEFT + LENGTH + 80.0, bottom + 40.0);

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n\
         <title>scim-server beside floor servers</title>\n<style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text class=\"title\" x=\"12\" y=\"24\">Requests per second of scim-server, as a multiple of a floor, {} users</text>\n\
         <text class=\"small\" x=\"12\" y=\"44\">bar: median of the rounds; whisker: least to most; red line: goal</text>\n",
        thousands(results.users)
    );
    // writing into a string does not fail
    let _ = axis(&mut svg, scale, most, bottom);
    let mut y = TOP;
    for bar in &bars {
        let _ = draw_bar(&mut svg, bar, scale, y);
        y += PITCH;
    }
    svg.push_str("</svg>\n");
    svg
}

fn bar(results: &Results, key: Key, floor: FloorKind) -> Option<Bar> {
    let goal = least_ratio(key, floor);
    // what no goal is set for is in the table; a drawing of everything shows nothing
    if floor == FloorKind::Raw && goal.is_none() {
        return None;
    }
    let ratio = results.ratio(key, key.of(Target::Floor(floor)))?;
    let title = key.workload.title(key.part);
    let connections = match key.workload.is_single() {
        true => String::new(),
        false => format!(" · {}", key.connections),
    };
    Some(Bar {
        label: format!("{title}{connections} / floor {}", floor_name(floor)),
        ratio,
        goal,
    })
}

fn axis(svg: &mut String, scale: f64, most: f64, bottom: f64) -> std::fmt::Result {
    let step = if most > 8.0 {
        2.0
    } else if most > 3.0 {
        1.0
    } else {
        0.5
    };
    let mut at = 0.0;
    while at <= most {
        let x = LEFT + at * scale;
        let class = if (at - 1.0_f64).abs() < f64::EPSILON {
            "one"
        } else {
            "axis"
        };
        writeln!(
            svg,
            "<line class=\"{class}\" x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\"/>\
             <text class=\"small\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{at}</text>",
            TOP - 6.0,
            bottom + 18.0
        )?;
        at += step;
    }
    Ok(())
}

fn draw_bar(svg: &mut String, bar: &Bar, scale: f64, y: f64) -> std::fmt::Result {
    let Bar { label, ratio, goal } = bar;
    let x = |value: f64| LEFT + value * scale;
    let class = match goal {
        Some(goal) if ratio.median >= *goal => "met",
        Some(_) => "unmet",
        None => "bar",
    };
    let middle = y + 8.0;
    writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>\
         <rect class=\"{class}\" x=\"{LEFT}\" y=\"{:.1}\" width=\"{:.1}\" height=\"13\" rx=\"2\"/>\
         <line class=\"whisker\" x1=\"{:.1}\" y1=\"{middle:.1}\" x2=\"{:.1}\" y2=\"{middle:.1}\"/>\
         <text class=\"small\" x=\"{:.1}\" y=\"{:.1}\">{:.2}</text>",
        LEFT - 8.0,
        y + 12.0,
        y + 1.5,
        ratio.median * scale,
        x(ratio.min),
        x(ratio.max),
        x(ratio.max.max(goal.unwrap_or_default())) + 6.0,
        y + 12.0,
        ratio.median
    )?;
    if let Some(goal) = goal {
        let (top, bottom) = (y - 1.0, y + 17.0);
        writeln!(
            svg,
            "<line class=\"goal\" x1=\"{0:.1}\" y1=\"{top:.1}\" x2=\"{0:.1}\" y2=\"{bottom:.1}\"/>",
            x(*goal)
        )?;
    }
    Ok(())
}
