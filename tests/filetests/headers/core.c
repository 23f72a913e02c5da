// <bpf/bpf_core_read.h>: every macro.
// flags: --target=linux
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
enum state { RUNNING = 1, DEAD = 64 };
struct mm { int users; char name[8]; };
struct task {
    struct task *parent;
    struct mm *mm;
    int pid;
    unsigned in_exec : 1;
    signed int depth : 7;
    enum state state;
};
#pragma clang attribute pop

SEC("raw_tp/x") int reads(struct bpf_raw_tracepoint_args *ctx)
{
    struct task *task = (void *)ctx->args[0];
    int pid = BPF_CORE_READ(task, pid) + BPF_CORE_READ(task, parent, parent, pid);
    pid += BPF_CORE_READ_USER(task, mm, users) + BPF_PROBE_READ(task, mm, users) + BPF_PROBE_READ_USER(task, pid);
    char name[8];
    BPF_CORE_READ_STR_INTO(&name, task, parent, mm, name);
    BPF_CORE_READ_USER_STR_INTO(&name, task, mm, name);
    BPF_PROBE_READ_STR_INTO(&name, task, mm, name);
    BPF_PROBE_READ_USER_STR_INTO(&name, task, mm, name);
    BPF_CORE_READ_INTO(&pid, task, parent, pid);
    BPF_CORE_READ_USER_INTO(&pid, task, parent, pid);
    BPF_PROBE_READ_INTO(&pid, task, parent, pid);
    BPF_PROBE_READ_USER_INTO(&pid, task, parent, pid);
    bpf_core_read(&pid, sizeof(pid), &task->pid);
    bpf_core_read_user(&pid, sizeof(pid), &task->pid);
    bpf_core_read_str(name, sizeof(name), &task->mm->name);
    bpf_core_read_user_str(name, sizeof(name), &task->mm->name);
    return pid + name[0];
}

SEC("raw_tp/x") int bits(struct bpf_raw_tracepoint_args *ctx)
{
    struct task *task = (void *)ctx->args[0];
    return BPF_CORE_READ_BITFIELD_PROBED(task, in_exec) + BPF_CORE_READ_BITFIELD_PROBED(task, depth);
}

SEC("tp_btf/x") int direct(__u64 *ctx)
{
    struct task *task = (void *)ctx[0];
    return BPF_CORE_READ_BITFIELD(task, in_exec) + BPF_CORE_READ_BITFIELD(task, depth);
}

SEC("raw_tp/x") int questions(struct bpf_raw_tracepoint_args *ctx)
{
    struct task *task = (void *)ctx->args[0];
    long sum = bpf_core_field_exists(task->pid) + bpf_core_field_exists(struct task, mm);
    sum += bpf_core_field_size(task->pid) + bpf_core_field_size(struct mm, name);
    sum += bpf_core_field_offset(task->pid) + bpf_core_field_offset(struct task, mm);
    sum += bpf_core_type_exists(struct task) + bpf_core_type_size(struct mm) + bpf_core_type_matches(struct mm);
    sum += bpf_core_type_id_local(struct task) + bpf_core_type_id_kernel(struct task);
    sum += bpf_core_enum_value_exists(enum state, DEAD) + bpf_core_enum_value(enum state, RUNNING);
    return sum;
}

char LICENSE[] SEC("license") = "GPL";
