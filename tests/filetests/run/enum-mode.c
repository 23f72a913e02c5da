// `mode` says how large an enumeration is. bpftool writes it behind those of the kernel that are packed.
enum small { SMALL_NONE, SMALL_SOME } __attribute__((mode(byte)));
enum medium { MEDIUM = -1 } __attribute__((mode(HI)));
enum large { LARGE = 1 } __attribute__((mode(word)));

struct inode { unsigned char bits; enum small hint; enum medium medium; };

int sizes(void) { return sizeof(enum small) * 1000 + sizeof(enum medium) * 100 + sizeof(enum large) * 10 + sizeof(struct inode); }
// run: sizes() == 1284

enum small kept;
long narrow(int x) { kept = x; return kept; }
// run: narrow(0x102) == 2
