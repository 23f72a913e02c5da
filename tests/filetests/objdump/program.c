// All kinds of things that instructions refer to: maps, variables, strings, functions, options and functions of the kernel, its
// types.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

enum state { IDLE, BUSY = 5 };
struct pair { __u32 a, b; };
struct task_struct { int pid; char comm[16]; struct task_struct *parent; } __attribute__((preserve_access_index));

struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 64); __uint(map_flags, BPF_F_NO_PREALLOC); __uint(pinning, LIBBPF_PIN_BY_NAME); __type(key, __u32); __type(value, struct pair); } events SEC(".maps");
struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } first SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, __u32); __array(values, struct inner); } outer SEC(".maps") = { .values = { [1] = &first } };

extern int CONFIG_HZ __kconfig __weak;
extern int bpf_thing(int) __ksym;

const volatile struct { enum state state; char name[8]; struct pair pairs[3]; unsigned low : 3, high : 5; } config = { BUSY, "eth0", { { 1, 2 } }, 7, 2 };
static __u64 counter = 7;
int zeroed;
const char *message = "hello";

__noinline static int sum(struct pair *pair) { counter++; return pair->a + pair->b; }

SEC("kprobe/do_exit")
int prog(struct task_struct *task)
{
	__u32 key = task->parent->pid;
	struct pair *pair = bpf_map_lookup_elem(&events, &key);
	if (!pair)
		return CONFIG_HZ + bpf_core_field_exists(task->comm) + bpf_core_type_size(struct pair);
	bpf_printk("found %d", pair->a);
	zeroed += config.state;
	return sum(pair) + bpf_thing(3) + bpf_core_enum_value(enum state, BUSY);
}

char LICENSE[] SEC("license") = "GPL";
/*~ objdump
BPF object, little endian: 1 program, 1 subprogram, 49 instructions, 3 maps, 60 types, license GPL

Sections
  section         contents        bytes  align  relocations  what for
  .text           code            88     8      2            subprograms
  kprobe/do_exit  code            376    8      8            kprobe programs for do_exit
  .maps           data            120    8      1            maps
  .rodata         read-only data  49     4      0            variables
  .data           data            16     8      1            variables
  .bss            zeros           4      4      0            variables
  .rodata.str1.1  strings         6      1      0            variables
  license         data            4      1      0            license of the programs

Maps
  name    type           key              value                  max entries  flags        more
  events  hash           __u32 (4 bytes)  struct pair (8 bytes)  64           NO_PREALLOC  pinned by name
  first   array          __u32 (4 bytes)  __u64 (8 bytes)        1            -
  outer   array_of_maps  __u32 (4 bytes)  -                      2            -            of struct inner, [1] = &first

Externs
  extern              what it is                            if missing
  int CONFIG_HZ       option of the kernel's configuration  0
  int bpf_thing(int)  kernel function                       the object is refused

.text: subprograms

int sum(struct pair *pair):  # static subprogram, verified where it is called, 9 instructions, 0 of 512 bytes of stack
; program.c:23  __noinline static int sum(struct pair *pair) { counter++; return pair->a + pair->b; }
    0:  r2 = counter ll                       # __u64 counter in .data
    2:  r2 = *(u64 *)(r2 + 0)
    3:  r2 += 1
    4:  r3 = counter ll                       # __u64 counter in .data
    6:  *(u64 *)(r3 + 0) = r2
    7:  r0 = *(u32 *)(r1 + 0)
    8:  r1 = *(u32 *)(r1 + 4)
    9:  w0 += w1
   10:  exit

kprobe/do_exit: kprobe program for do_exit, context struct pt_regs in r1

int prog(struct task_struct *task):  # 40 instructions, 4 of 512 bytes of stack
; program.c:28  __u32 key = task->parent->pid;
    0:  r1 = *(u64 *)(r1 + 24)                # CO-RE: offset of task_struct.parent, 24 here, must exist
    1:  r1 = *(u32 *)(r1 + 0)                 # CO-RE: offset of task_struct.pid, 0 here, must exist
    2:  *(u32 *)(r10 - 4) = r1
; program.c:29  struct pair *pair = bpf_map_lookup_elem(&events, &key);
    3:  r1 = events ll                        # map (hash)
    5:  r2 = r10
    6:  r2 += -4
    7:  call bpf_map_lookup_elem              # helper 1
; program.c:30  if (!pair)
    8:  if r0 != 0 goto LBB0_2
; program.c:31  return CONFIG_HZ + bpf_core_field_exists(task->comm) + bpf_core_type_size(struct pair);
    9:  r1 = CONFIG_HZ ll                     # option of the kernel's configuration
   11:  r0 = *(u32 *)(r1 + 0)
   12:  r1 = 1                                # CO-RE: whether there is task_struct.comm, 1 here, else 0
   13:  w0 += w1
   14:  r1 = 8                                # CO-RE: size of struct pair, 8 here, else 0
   15:  w0 += w1
   16:  exit
LBB0_2:
; program.c:32  bpf_printk("found %d", pair->a);
   17:  r3 = *(u32 *)(r0 + 0)
   18:  r6 = r0
   19:  r1 = prog.____fmt ll                  # "found %d"
   21:  r2 = 9
   22:  call bpf_trace_printk                 # helper 6
; program.c:33  zeroed += config.state;
   23:  r1 = config ll                        # const volatile struct {…} config in .rodata
   25:  r1 = *(u32 *)(r1 + 0)
   26:  r2 = zeroed ll                        # int zeroed in .bss
   28:  r2 = *(u32 *)(r2 + 0)
   29:  w2 += w1
   30:  r1 = zeroed ll                        # int zeroed in .bss
   32:  *(u32 *)(r1 + 0) = r2
; program.c:34  return sum(pair) + bpf_thing(3) + bpf_core_enum_value(enum state, BUSY);
   33:  r1 = r6
   34:  call sum
   35:  r6 = r0
   36:  r1 = 3
   37:  call bpf_thing                        # kernel function
   38:  r4 = r0
   39:  r0 = r6
   40:  w0 += w4
   41:  r0 <<= 32
   42:  r0 s>>= 32
   43:  r4 = 5 ll                             # CO-RE: value of BUSY of enum state, 5 here, must exist
   45:  r0 += r4
   46:  exit

.rodata: read-only data, 49 bytes
  const volatile struct {…} config = { .state = BUSY, .name = "eth0", .pairs = { { .a = 1, .b = 2 } }, .low = 7, .high = 2 };  # at 0, 40 bytes
  const char prog.____fmt[9] = "found %d";  # at 40, 9 bytes
  0000  05 00 00 00 65 74 68 30 00 00 00 00 01 00 00 00  ....eth0........
  0010  02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
  0020  00 00 00 00 17 00 00 00 66 6f 75 6e 64 20 25 64  ........found %d
  0030  00                                               .

.data: data, 16 bytes
  __u64 counter = 7;  # at 0, 8 bytes
  const char *message = "hello";  # at 8, 8 bytes
  0000  07 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................

.bss: zeros, 4 bytes
  int zeroed;  # at 0, 4 bytes

.rodata.str1.1: strings, 6 bytes
  "hello";  # at 0
  0000  68 65 6c 6c 6f 00                                hello.

license: data, 4 bytes
  char LICENSE[4] = "GPL";  # at 0, 4 bytes
  0000  47 50 4c 00                                      GPL.

Types
struct pair;
struct inner;
struct task_struct;

typedef unsigned int __u32;

struct pair {
	__u32 a;
	__u32 b;
};

typedef unsigned long long __u64;

struct inner {
	int (*type)[2];
	int (*max_entries)[1];
	__u32 *key;
	__u64 *value;
};

struct task_struct {
	int pid;
	char comm[16];
	struct task_struct *parent;
};

enum state {
	IDLE = 0,
	BUSY = 5,
};

*/
