// Comparisons that the operand's type decides.
// flags: -Wextra
int negative(unsigned a) { return a < 0; } //~ warning: this is always false
int natural(unsigned a) { return a >= 0; } //~ warning: this is always true
int byte(unsigned char a) { return a == 256; } //~ warning: this is always false
int fits(unsigned char a) { return a == 255; }
int signed_int(int a) { return a < 0; }
