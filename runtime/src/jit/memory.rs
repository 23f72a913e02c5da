//! Memory for translated code: written first, executable afterwards, never both (W^X), between two pages that nobody may
//! touch.
//!
//! ```text
//!  ┌────────┬──────────────────┬────────┐
//!  │ guard  │ code, then int3  │ guard  │
//!  └────────┴──────────────────┴────────┘
//! ```

use std::io;
use std::ptr::{self, NonNull};

/// What the rest of the last page holds: a breakpoint, should anything run into it.
const INT3: u8 = 0xcc;

/// How far from the host's functions the code is put, and how often another place is tried.
const NEAR_STEP: u64 = 64 << 20;
const NEAR_TRIES: u64 = 16;

/// A mapping that is writable and not executable.
#[derive(Debug)]
pub(super) struct Writable {
    pages: Pages,
}

/// A mapping that is executable and not writable.
#[derive(Debug)]
pub(super) struct Executable {
    pages: Pages,
    len: usize,
}

/// The whole mapping, guards included.
#[derive(Debug)]
struct Pages {
    start: NonNull<u8>,
    bytes: usize,
    page: usize,
}

// SAFETY: the mapping belongs to this value alone and is only read (executed) once it is shared.
unsafe impl Send for Pages {}
// SAFETY: as above.
unsafe impl Sync for Pages {}

impl Writable {
    /// Room for `len` bytes; within reach of a 32-bit distance of `near` if the system has such a place.
    pub(super) fn new(len: usize, near: Option<u64>) -> io::Result<Writable> {
        let page = page_size();
        let bytes = len
            .max(1)
            .checked_next_multiple_of(page)
            .and_then(|bytes| bytes.checked_add(2 * page))
            .ok_or(io::ErrorKind::OutOfMemory)?;
        let start = near
            .and_then(|near| reserve_near(bytes, near))
            .map_or_else(|| reserve(bytes, 0), Ok)?;
        let pages = Pages { start, bytes, page };
        pages.protect(libc::PROT_READ | libc::PROT_WRITE)?;
        Ok(Writable { pages })
    }

    /// Where the code will be.
    pub(super) fn address(&self) -> u64 {
        self.pages.code().as_ptr() as u64
    }

    /// Writes the code and makes it executable.
    pub(super) fn finish(self, code: &[u8]) -> io::Result<Executable> {
        let room = self.pages.bytes - 2 * self.pages.page;
        assert!(code.len() <= room, "the code is longer than announced");
        let start = self.pages.code().as_ptr();
        // SAFETY: `room` bytes from `start` are mapped, writable, and ours alone.
        unsafe {
            ptr::write_bytes(start, INT3, room);
            ptr::copy_nonoverlapping(code.as_ptr(), start, code.len());
        }
        self.pages.protect(libc::PROT_READ | libc::PROT_EXEC)?;
        Ok(Executable {
            pages: self.pages,
            len: code.len(),
        })
    }
}

impl Executable {
    /// The first byte of the code.
    pub(super) fn entry(&self) -> *const u8 {
        self.pages.code().as_ptr()
    }

    /// The code.
    pub(super) fn bytes(&self) -> &[u8] {
        // SAFETY: `len` bytes of code are mapped readable for the life of `self`, and nobody writes them.
        unsafe { std::slice::from_raw_parts(self.entry(), self.len) }
    }
}

impl Pages {
    /// The first byte after the guard.
    fn code(&self) -> NonNull<u8> {
        // SAFETY: the mapping has at least three pages.
        unsafe { self.start.add(self.page) }
    }

    /// Sets the protection of everything but the guards.
    fn protect(&self, protection: libc::c_int) -> io::Result<()> {
        let len = self.bytes - 2 * self.page;
        // SAFETY: the range lies within our own mapping.
        match unsafe { libc::mprotect(self.code().as_ptr().cast(), len, protection) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: this is our mapping, and whoever could use it borrows from `self`. Failure would only leak it.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
    }
}

fn reserve_near(bytes: usize, near: u64) -> Option<NonNull<u8>> {
    let hints = (1..=NEAR_TRIES).filter_map(|step| near.checked_sub(step * NEAR_STEP));
    for hint in hints {
        let start = reserve(bytes, hint & !0xfff).ok()?;
        let first = start.as_ptr() as u64;
        if is_near(first, near) && is_near(first + bytes as u64, near) {
            return Some(start);
        }
        // SAFETY: just mapped, and used by nobody.
        unsafe { libc::munmap(start.as_ptr().cast(), bytes) };
    }
    None
}

/// Address space that nobody may touch yet. The hint is only that: the system puts it elsewhere if something is there.
fn reserve(bytes: usize, hint: u64) -> io::Result<NonNull<u8>> {
    // SAFETY: a new anonymous mapping without MAP_FIXED replaces nothing.
    let start = unsafe {
        libc::mmap(
            ptr::without_provenance_mut(hint as usize),
            bytes,
            libc::PROT_NONE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    NonNull::new(start.cast()).ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

/// Whether a 32-bit distance leads from one address to the other.
pub(super) fn is_near(from: u64, to: u64) -> bool {
    i32::try_from(to.wrapping_sub(from) as i64).is_ok()
}

fn page_size() -> usize {
    // SAFETY: asks for a constant.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).unwrap_or(4096)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The protection of the page at an address, as Linux prints it.
    fn protection(addr: u64) -> String {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let line = maps.lines().find(|line| {
            let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let number = |hex| u64::from_str_radix(hex, 16).unwrap();
            (number(start)..number(end)).contains(&addr)
        });
        line.map_or("none", |line| line.split(' ').nth(1).unwrap())
            .to_owned()
    }

    #[test]
    fn code_is_never_writable_and_executable_and_stands_between_guards() {
        let writable = Writable::new(10, None).unwrap();
        let address = writable.address();
        assert_eq!(protection(address), "rw-p");
        let code = writable.finish(&[0xc3]).unwrap();
        assert_eq!(protection(address), "r-xp");
        assert_eq!(protection(address - 1), "---p");
        assert_eq!(protection(address + page_size() as u64), "---p");
        assert_eq!(code.bytes(), [0xc3]);
    }

    #[test]
    fn code_is_put_near_the_host() {
        let near = page_size as *const () as u64;
        let writable = Writable::new(10, Some(near)).unwrap();
        assert!(is_near(writable.address(), near));
    }
}
