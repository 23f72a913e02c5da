// LLVM's names for the instructions of classic BPF that load from a packet.
unsigned long long load_byte(void *skb, unsigned long long off) asm("llvm.bpf.load.byte");
unsigned long long load_half(void *skb, unsigned long long off) asm("llvm.bpf.load.half");
unsigned long long load_word(void *skb, unsigned long long off) asm("llvm.bpf.load.word");

struct __sk_buff { unsigned len; };

__attribute__((section("socket")))
int ports(struct __sk_buff *skb)
{
	if (load_half(skb, 12) != 0x0800)
		return 0;

	unsigned header = (load_byte(skb, 14) & 15) * 4;

	return load_word(skb, 14 + header);
}
/*~ asm
ports:
    r6 = r1
    r0 = *(u16 *)skb[12]
    if r0 == 2048 goto LBB0_2
    r0 = 0
    exit
LBB0_2:
    r0 = *(u8 *)skb[14]
    r0 &= 15
    r0 *= 4
    w0 += 14
    r7 = r0
    r0 = *(u32 *)skb[r7]
    exit
*/
