// Constants of which only some bits are left.
unsigned char byte = 300; //~ warning: `unsigned char` cannot hold 300; 44 is left of it
signed char small = 0xff;
unsigned all = -1;
void f(unsigned short *p) { *p = 0x12345; } //~ warning: `unsigned short` cannot hold 74565; 9029 is left of it
_Bool flag = 300;
unsigned char meant = (unsigned char)300;
