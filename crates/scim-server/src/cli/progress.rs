//! How far a long command is, for whoever sits at a terminal.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use scim_storage::Progress;

/// A bar on standard error; nothing where that is no terminal.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar that begins now.
    pub(crate) fn new(what: &'static str) -> Self {
        let target = match std::io::stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(0), target).with_message(what);
        let template = "{msg} {wide_bar} {human_pos} of {human_len}, {eta} left";
        Self(match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// Shows how far it is.
    pub(crate) fn show(&self, progress: Progress) {
        self.0.set_length(progress.total.sum());
        self.0.set_position(progress.done.sum());
    }

    /// Makes room for the result.
    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.end();
    }
}
