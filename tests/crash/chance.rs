//! Chance that can be played again.

use evenkeel::server::ids;

/// Xorshift: even enough to choose by, and the same for the same seed.
pub struct Chance(u64);

impl Chance {
    pub fn of(seed: u64) -> Chance {
        Chance(seed | 1)
    }

    /// Below a number.
    pub fn below(&mut self, number: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % number
    }

    pub fn one_of<T: Copy>(&mut self, these: &[T]) -> T {
        these[usize::try_from(self.below(these.len() as u64)).expect("an index")]
    }
}

/// The seeds to play: the one that is given, else one by chance, or ten. Each is printed, so that a failure can be played again.
#[expect(clippy::disallowed_methods, reason = "what a test plays is no setting of the portal")]
pub fn seeds() -> Vec<u64> {
    let given = std::env::var("EVENKEEL_SEED").ok().and_then(|seed| seed.parse().ok());
    let rounds = if std::env::var("EVENKEEL_LONG").is_ok_and(|value| !value.is_empty()) { 10 } else { 1 };
    let by_chance = || {
        let token = ids::new_token();
        token.bytes().fold(0_u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into())) >> 16
    };
    let seeds = given.map_or_else(|| (0..rounds).map(|_| by_chance()).collect(), |seed| vec![seed]);
    println!("played with EVENKEEL_SEED: {seeds:?}");
    seeds
}
