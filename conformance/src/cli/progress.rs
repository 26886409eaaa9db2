//! How far it is: a bar on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

/// The progress of a number of steps, on standard error.
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Of that many steps.
    pub fn new(steps: usize) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: None };
        }
        let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
        let template = "{bar:40} {pos}/{len} {per_sec} ETA {eta} {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar: Some(bar) }
    }

    /// One step more; on a terminal the message stands beside the bar, elsewhere it is a line.
    pub fn step(&self, message: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_message(message.to_owned());
                bar.inc(1);
            }
            None => self.line(message),
        }
    }

    /// What the steps are: beside the bar on a terminal, a line elsewhere.
    pub fn name(&self, name: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(name.to_owned()),
            None => self.line(name),
        }
    }

    /// One step more without a line.
    pub fn tick(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// A line that stays.
    pub fn line(&self, message: &str) {
        match &self.bar {
            Some(bar) => bar.println(message),
            // a closed standard error is no reason to stop
            None => drop(writeln!(std::io::stderr(), "{message}")),
        }
    }

    /// No more steps.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
