//! Error numbers of Linux, which maps and helpers hand to programs as negative results.

use std::fmt;

/// An error number such as `ENOENT`; programs see it negated, as `-2`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(i32);

macro_rules! errnos {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)+) => {
        impl Errno {
            $($(#[$doc])* pub const $name: Errno = Errno($number);)+

            /// The name in `errno.h`.
            pub const fn name(self) -> &'static str {
                match self.0 { $($number => stringify!($name),)+ _ => "unknown error" }
            }
        }
    };
}

errnos! {
    /// Operation not permitted.
    EPERM = 1;
    /// No such entry.
    ENOENT = 2;
    /// The table or the arguments are too big.
    E2BIG = 7;
    /// Try again.
    EAGAIN = 11;
    /// Out of memory.
    ENOMEM = 12;
    /// Bad address.
    EFAULT = 14;
    /// In use.
    EBUSY = 16;
    /// The entry exists already.
    EEXIST = 17;
    /// Invalid argument.
    EINVAL = 22;
    /// There is no room left.
    ENOSPC = 28;
    /// The operation is not supported.
    EOPNOTSUPP = 95;
}

impl Errno {
    /// The positive number.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// What a helper leaves in R0.
    pub const fn to_result(self) -> u64 {
        -(self.0 as i64) as u64
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::error::Error for Errno {}

/// The result of a helper that returns 0 or a negative error number.
pub(crate) fn to_result(outcome: Result<(), Errno>) -> u64 {
    match outcome {
        Ok(()) => 0,
        Err(errno) => errno.to_result(),
    }
}
