//! One folder a screen, named as the step.

pub mod home;
