//! Makes inputs of others: what drives the targets where nothing measures coverage.

/// Random numbers, the same from the same seed (xorshift64*).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The numbers that follow from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number below a bound; 0 where the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap_or(0);
        number.checked_rem(bound).unwrap_or(0)
    }

    /// One of these; nothing of nothing.
    pub fn choose<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        among.get(self.below(among.len()))
    }

    /// A range of at most `longest` within `length`.
    fn range(&mut self, length: usize, longest: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        start..(start + self.below(longest + 1)).min(length)
    }
}

/// The words of a dictionary of libFuzzer: a `"text"` a line, with `\"` and `\\` in it.
pub fn dictionary(text: &str) -> Vec<Vec<u8>> {
    let words = text
        .lines()
        .filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    words
        .map(|word| word.replace("\\\"", "\"").replace("\\\\", "\\").into_bytes())
        .collect()
}

/// One of the seeds, changed in one to four places: words put in, parts left out, said twice, or taken from another seed.
pub fn mutate(seeds: &[Vec<u8>], words: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = random.choose(seeds).cloned().unwrap_or_default();
    for _ in 0..=random.below(4) {
        let short = random.range(input.len(), 16);
        match random.below(6) {
            0 => drop(input.drain(short)),
            1 => {
                let twice: Vec<u8> = input.get(short.clone()).unwrap_or_default().to_vec();
                input.splice(short.end..short.end, twice);
            }
            2 => {
                let byte = [u8::try_from(random.below(128)).unwrap_or(0)];
                input.splice(short.start..(short.start + 1).min(input.len()), byte);
            }
            3 | 4 => {
                let word = random.choose(words).cloned().unwrap_or_default();
                let replaced = if random.below(2) == 0 {
                    short
                } else {
                    short.start..short.start
                };
                input.splice(replaced, word);
            }
            _ => {
                let other = random.choose(seeds).cloned().unwrap_or_default();
                let taken = random.range(other.len(), 64);
                input.splice(short, other.get(taken).unwrap_or_default().iter().copied());
            }
        }
    }
    input
}
