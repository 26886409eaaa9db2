//! What was sent and what came back, kept for the report.

use serde::Serialize;

/// A request and its answer, without the credentials.
#[derive(Debug, Clone, Serialize)]
pub struct Exchange {
    /// The verb.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// What was sent as headers; `authorization` shows its scheme alone.
    pub request_headers: Vec<(String, String)>,
    /// What was sent as the body.
    pub request_body: Option<String>,
    /// What was answered; 0 when nothing was.
    pub status: u16,
    /// The headers of the answer.
    pub response_headers: Vec<(String, String)>,
    /// The body of the answer, or why there was none.
    pub response_body: String,
    /// How long the answer took, in milliseconds.
    pub milliseconds: u64,
}

impl Exchange {
    /// `GET /Users 200`, for a line of a log.
    pub fn line(&self) -> String {
        format!("{} {} → {}", self.method, self.url, self.status)
    }

    /// The same with bodies no longer than `most` characters.
    pub fn shortened(mut self, most: usize) -> Self {
        shorten(&mut self.response_body, most);
        if let Some(body) = &mut self.request_body {
            shorten(body, most);
        }
        self
    }
}

fn shorten(text: &mut String, most: usize) {
    if let Some((at, _)) = text.char_indices().nth(most) {
        text.truncate(at);
        text.push('…');
    }
}
