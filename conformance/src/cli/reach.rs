//! Whether there is a SCIM server to judge, before anything is judged: a wrong URL or secret is no fault of the server.

use anyhow::Context;

use crate::http::{Answer, Request};
use crate::subject::Subject;
use crate::trial::Style;

/// Asks for the configuration and for one user.
pub(super) async fn reach(subject: &Subject) -> anyhow::Result<()> {
    let configuration = ask(subject, "/ServiceProviderConfig").await?;
    let users = ask(subject, "/Users?count=1").await?;
    match users.status {
        401 | 403 if subject.signs_in() => {
            anyhow::bail!("the credentials are refused: {}{}", told(&users), detail(&users))
        }
        401 | 403 => anyhow::bail!(
            "the server wants credentials: {}; give --token, or --user and --password",
            told(&users)
        ),
        404 if configuration.status == 404 => anyhow::bail!(
            "there is no SCIM server at {}: {}, and {}; the base URL is what comes before `/Users`",
            subject.base_url(),
            told(&configuration),
            told(&users)
        ),
        _ => Ok(()),
    }
}

async fn ask(subject: &Subject, target: &str) -> anyhow::Result<Answer> {
    let (answer, _) = subject.send(Request::get(target), Style::Plain).await;
    answer.with_context(|| format!("nothing answers at {}", subject.base_url()))
}

fn told(answer: &Answer) -> String {
    format!("{} was answered with {}", answer.asked, answer.status)
}

fn detail(answer: &Answer) -> String {
    let text = answer.json["detail"].as_str();
    text.map_or_else(String::new, |text| format!(" ({text})"))
}
