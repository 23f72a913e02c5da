//! bpf(2): loads programs into the running kernel and test-runs them there. Attaches nothing.
//!
//! The layouts are those of `union bpf_attr` in linux/bpf.h.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

const MAP_CREATE: i32 = 0;
const MAP_LOOKUP_ELEM: i32 = 1;
const PROG_LOAD: i32 = 5;
const PROG_TEST_RUN: i32 = 10;

/// Size of the attributes passed: the kernel takes any size whose unknown tail is zero.
const ATTR_BYTES: usize = 128;
const LOG_BYTES: usize = 1 << 20;

/// `union bpf_attr`, written field by field.
#[repr(C, align(8))]
struct Attr([u8; ATTR_BYTES]);

impl Attr {
    fn new() -> Attr {
        Attr([0; ATTR_BYTES])
    }

    fn u32(mut self, offset: usize, value: u32) -> Attr {
        self.0[offset..offset + 4].copy_from_slice(&value.to_ne_bytes());
        self
    }

    fn pointer<T>(mut self, offset: usize, value: *const T) -> Attr {
        self.0[offset..offset + 8].copy_from_slice(&(value as u64).to_ne_bytes());
        self
    }

    fn call(&mut self, command: i32) -> io::Result<i32> {
        // SAFETY: every pointer in the attributes refers to memory that its caller keeps alive and sized as the fields say.
        let result =
            unsafe { libc::syscall(libc::SYS_bpf, command, self.0.as_mut_ptr(), ATTR_BYTES) };
        if result < 0 {
            Err(io::Error::last_os_error())
        } else {
            Ok(result as i32)
        }
    }
}

fn owned(fd: i32) -> OwnedFd {
    // SAFETY: the kernel has just given us this descriptor; nobody else has it.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

fn raw(fd: &OwnedFd) -> u32 {
    fd.as_raw_fd() as u32
}

/// Why bpf(2) cannot be used here, if it cannot.
pub(crate) fn unavailable() -> Option<String> {
    match create_map(2, 4, 8, 1, 0) {
        Ok(_) => None,
        Err(error) => Some(format!(
            "bpf(2) is not permitted here ({error}); run as root on Linux"
        )),
    }
}

/// Creates a map.
pub(crate) fn create_map(
    kind: u32,
    key: u32,
    value: u32,
    entries: u32,
    flags: u32,
) -> io::Result<OwnedFd> {
    let attr = Attr::new()
        .u32(0, kind)
        .u32(4, key)
        .u32(8, value)
        .u32(12, entries);
    attr.u32(16, flags).call(MAP_CREATE).map(owned)
}

/// The value of a key.
pub(crate) fn lookup(map: &OwnedFd, key: &[u8], value_size: usize) -> io::Result<Vec<u8>> {
    let mut value = vec![0; value_size];
    let attr = Attr::new().u32(0, raw(map)).pointer(8, key.as_ptr());
    attr.pointer(16, value.as_mut_ptr()).call(MAP_LOOKUP_ELEM)?;
    Ok(value)
}

/// Hands a program to the kernel's checker; an error is what the checker said.
pub(crate) fn load_program(kind: u32, insns: &[u8], license: &str) -> Result<OwnedFd, String> {
    let license = CString::new(license).map_err(|error| error.to_string())?;
    let mut log = vec![0u8; LOG_BYTES];
    let attr = Attr::new()
        .u32(0, kind)
        .u32(4, (insns.len() / 8) as u32)
        .pointer(8, insns.as_ptr());
    let attr = attr
        .pointer(16, license.as_ptr())
        .u32(24, 1)
        .u32(28, LOG_BYTES as u32);
    attr.pointer(32, log.as_mut_ptr())
        .call(PROG_LOAD)
        .map(owned)
        .map_err(|error| {
            let end = log.iter().position(|&byte| byte == 0).unwrap_or(log.len());
            format!("{error}\n{}", String::from_utf8_lossy(&log[..end]))
        })
}

/// Runs a raw tracepoint program once over these arguments and gives its result.
pub(crate) fn run_raw_tracepoint(program: &OwnedFd, args: &[u64]) -> io::Result<u32> {
    let attr = Attr::new()
        .u32(0, raw(program))
        .u32(40, (args.len() * 8) as u32);
    let mut attr = attr.pointer(48, args.as_ptr());
    attr.call(PROG_TEST_RUN)?;
    Ok(u32::from_ne_bytes([
        attr.0[4], attr.0[5], attr.0[6], attr.0[7],
    ]))
}
