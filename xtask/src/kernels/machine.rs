//! Machines that QEMU emulates: one row for each architecture, and how they are started.
//!
//! Always under software emulation (`-accel tcg`): a kernel whose checker has a bug takes down that machine, not this one.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::child::{self, Ending};

/// More than any boot with its cases takes.
const LIMIT: Duration = Duration::from_secs(180);

/// An architecture.
pub(crate) struct Machine {
    /// Debian's name of it.
    pub(crate) architecture: &'static str,
    /// How the names of its kernels end.
    pub(crate) flavour: &'static str,
    /// Its name in GNU's tools.
    pub(crate) triple: &'static str,
    /// The C compiler that makes programs for it.
    pub(crate) compiler: &'static str,
    /// Whether its kernels' interpreter can be asked for though they have a JIT. That of arm64 is given instructions that only the JIT
    /// knows (seen in 6.12: `__bpf_prog_ret0_warn`).
    pub(crate) interprets: bool,
    /// What its programs for tracing are compiled with.
    pub(crate) flags: &'static [&'static str],
    emulator: &'static str,
    options: &'static str,
    console: &'static str,
}

/// All of them, the first by default.
pub(crate) const MACHINES: [Machine; 3] = [
    Machine {
        architecture: "amd64",
        flavour: "cloud-amd64",
        triple: "x86_64-linux-gnu",
        compiler: "gcc",
        interprets: true,
        flags: &["-D__TARGET_ARCH_x86"],
        emulator: "qemu-system-x86_64",
        options: "-machine q35 -cpu max",
        console: "ttyS0",
    },
    Machine {
        architecture: "arm64",
        flavour: "cloud-arm64",
        triple: "aarch64-linux-gnu",
        compiler: "aarch64-linux-gnu-gcc",
        interprets: false,
        flags: &["-D__TARGET_ARCH_arm64"],
        emulator: "qemu-system-aarch64",
        options: "-machine virt -cpu cortex-a57",
        console: "ttyAMA0",
    },
    Machine {
        architecture: "s390x",
        flavour: "s390x",
        triple: "s390x-linux-gnu",
        compiler: "s390x-linux-gnu-gcc",
        interprets: true,
        flags: &["-D__TARGET_ARCH_s390", "-mbig-endian"],
        emulator: "qemu-system-s390x",
        options: "-machine s390-ccw-virtio -cpu max",
        console: "ttysclp0",
    },
];

const COMMON: &str = "-accel tcg,thread=multi -smp 1 -m 512 -nodefaults -no-user-config -display none -no-reboot -serial stdio";
const KERNEL_OPTIONS: &str = "panic=-1 quiet nokaslr mitigations=off tsc=reliable no_timer_check rcupdate.rcu_expedited=1 \
                              cryptomgr.notests lsm=bpf";

impl Machine {
    /// The machine of this architecture.
    pub(crate) fn named(architecture: &str) -> Option<&'static Machine> {
        MACHINES
            .iter()
            .find(|machine| machine.architecture == architecture)
    }

    /// Why it cannot be emulated here, if it cannot.
    pub(crate) fn missing_tool(&self) -> Option<&'static str> {
        let tools = [self.emulator, self.compiler];
        tools.into_iter().find(|tool| {
            let mut probe = Command::new(tool);
            probe.arg("--version").output().is_err()
        })
    }

    /// Boots the kernel with this initial file system; returns what it printed.
    pub(crate) fn boot(
        &self,
        kernel: &Path,
        initrd: &Path,
        options: &str,
        scratch: &Path,
    ) -> Result<String> {
        let mut command = Command::new("timeout");
        // In the foreground: or the emulator outlives whoever ends this task.
        command.args(["--foreground", &LIMIT.as_secs().to_string(), self.emulator]);
        command
            .args(COMMON.split(' '))
            .args(self.options.split(' '));
        command
            .arg("-kernel")
            .arg(kernel)
            .arg("-initrd")
            .arg(initrd);
        command.arg("-append").arg(format!(
            "console={} {KERNEL_OPTIONS} {options}",
            self.console
        ));
        match child::run(&mut command, LIMIT + Duration::from_secs(10), scratch)? {
            Ending::Exit { stdout, .. } if stdout.contains("RESULT ") => Ok(stdout),
            Ending::Exit { stdout, stderr, .. } => {
                let is_telling = |line: &&str| !line.contains("  ") || line.contains("panic");
                let lines: Vec<&str> = stdout
                    .lines()
                    .chain(stderr.lines())
                    .filter(is_telling)
                    .collect();
                let last = &lines[lines.len().saturating_sub(20)..];
                bail!(
                    "the machine stopped before its last case:\n{}",
                    last.join("\n")
                )
            }
            Ending::Timeout => bail!("the machine did not stop within {} s", LIMIT.as_secs()),
        }
    }
}
