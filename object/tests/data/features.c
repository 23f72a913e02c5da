// Something of everything that clang puts into an object file for BPF; read by tools.rs.
#define SEC(name) __attribute__((section(name), used))
#define member_int(name, value) int(*name)[value]
#define member_type(name, type) typeof(type) *name

typedef unsigned int u32;
typedef unsigned long long u64;

struct {
  member_int(type, 1);
  member_int(max_entries, 256);
  member_type(key, u32);
  member_type(value, u64);
} counts SEC(".maps");

static void *(*lookup)(void *map, const void *key) = (void *)1;
static long (*trace)(const char *format, u32 size, ...) = (void *)6;

enum answer { NO = -1, YES = 2 };

struct flags {
  int low : 3;
  unsigned high : 5;
  enum answer answer;
  union {
    float ratio;
    char text[4];
  };
  struct flags *next;
} flags;

const volatile int limit = 3;
static int calls;
extern int elsewhere(int) __attribute__((weak));

__attribute__((noinline)) int scaled(int x) { return x * limit + calls++; }

SEC("raw_tracepoint/kfree_skb") int prog(u64 *ctx) {
  u32 key = 0;
  u64 *count = lookup(&counts, &key);
  if (count)
    *count += scaled((int)ctx[0]) + flags.low;
  else
    trace("missing\n", 9);
  return elsewhere ? elsewhere(flags.answer) : 0;
}

char _license[] SEC("license") = "GPL";
