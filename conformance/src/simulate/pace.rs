//! How fast requests are sent.

use std::str::FromStr;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::Provider;

/// How fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// As fast as the server answers.
    Flat,
    /// As fast as the provider would: Entra ID 25 requests a second, Okta 10.
    Provider,
    /// That many requests a second.
    PerSecond(f64),
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "flat" => Ok(Self::Flat),
            "provider" => Ok(Self::Provider),
            number => match number.parse::<f64>() {
                Ok(number) if number.is_finite() && number > 0.0 => Ok(Self::PerSecond(number)),
                _ => Err(format!(
                    "`{number}` is none of flat, provider and a number above 0"
                )),
            },
        }
    }
}

/// Gives out the times at which requests may be sent.
pub(super) struct Pace {
    interval: Option<Duration>,
    next: Mutex<Instant>,
}

impl Pace {
    pub(super) fn new(rate: Rate, provider: Provider) -> Self {
        let per_second = match (rate, provider) {
            (Rate::Flat, _) => None,
            (Rate::PerSecond(number), _) => Some(number),
            (Rate::Provider, Provider::Entra) => Some(25.0),
            (Rate::Provider, Provider::Okta) => Some(10.0),
        };
        Self {
            interval: per_second.map(|number| Duration::from_secs_f64(1.0 / number)),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Waits for the next time.
    pub(super) async fn wait(&self) {
        let Some(interval) = self.interval else { return };
        let turn = {
            let mut next = self.next.lock().await;
            let turn = (*next).max(Instant::now());
            *next = turn + interval;
            turn
        };
        sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates() {
        assert_eq!("flat".parse(), Ok(Rate::Flat));
        assert_eq!("provider".parse(), Ok(Rate::Provider));
        assert_eq!("12.5".parse(), Ok(Rate::PerSecond(12.5)));
        assert!("0".parse::<Rate>().is_err());
        assert!("fast".parse::<Rate>().is_err());
    }
}
