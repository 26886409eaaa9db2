//! `run` and `list`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::reach::reach;
use super::{Progress, Target};
use crate::registry;
use crate::report::Format;
use crate::subject::Profile;

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    target: Target,
    /// Which client the server is set up for; adds the scripts of that client
    #[arg(long, value_enum, default_value = "standard")]
    profile: Profile,
    /// Only the checks below this place, such as rfc7644/3.5.2; may be given several times
    #[arg(long)]
    only: Vec<String>,
    /// The form of the report
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The file of the report; standard output otherwise
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// How many checks run at the same time
    #[arg(long, default_value_t = 4)]
    parallel: usize,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Only the checks below this place
    #[arg(long)]
    only: Vec<String>,
}

impl Run {
    pub(super) async fn run(self) -> anyhow::Result<bool> {
        let subject = self.target.subject(self.profile)?;
        let checks = registry::selected(&self.only);
        anyhow::ensure!(!checks.is_empty(), "no check is below {}", self.only.join(", "));
        reach(&subject).await?;
        let progress = Progress::new(checks.len());
        let report = crate::run::run(&subject, &checks, self.parallel, |judgement| {
            let line = format!("{:10} {}", judgement.word(), judgement.check.id);
            if judgement.failed() {
                progress.line(&line);
                progress.tick();
            } else {
                progress.step(&line);
            }
        })
        .await;
        progress.finish();
        match &self.output {
            Some(path) => {
                let file =
                    File::create(path).with_context(|| format!("`{}` cannot be written", path.display()))?;
                let mut out = BufWriter::new(file);
                report.write(self.format, &mut out)?;
                out.flush()?;
                writeln!(std::io::stderr(), "{} {}", report.base_url, report.verdict())?;
            }
            None => report.write(self.format, &mut std::io::stdout().lock())?,
        }
        Ok(report.conforms())
    }
}

impl List {
    pub(super) fn run(self) -> anyhow::Result<bool> {
        let mut out = std::io::stdout().lock();
        for check in registry::selected(&self.only) {
            writeln!(
                out,
                "{:6} {}\n       {}",
                check.strength.as_str(),
                check.id,
                check.requirement
            )?;
        }
        Ok(true)
    }
}
