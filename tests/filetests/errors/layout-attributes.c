// Attributes that would lay out a struct in another way cannot be ignored.
struct big { int a; } __attribute__((scalar_storage_order("big-endian"))); //~ error: layout
struct __attribute__((ms_struct)) micro { char a; int b : 3; }; //~ error: layout
struct little { int a; } __attribute__((scalar_storage_order("little-endian"), gcc_struct));
/*~ diagnostics
error[attribute]: attribute `scalar_storage_order` asks for a layout that BPF's tools do not know
 --> layout-attributes.c:2:38
  |
2 | struct big { int a; } __attribute__((scalar_storage_order("big-endian"))); //~ error: layout
  |                                      ^^^^^^^^^^^^^^^^^^^^
  |
  = help: leave it out, and write out the order of the bytes, with `bpf_htonl` for example
error[attribute]: attribute `ms_struct` asks for a layout that BPF's tools do not know
 --> layout-attributes.c:3:23
  |
3 | struct __attribute__((ms_struct)) micro { char a; int b : 3; }; //~ error: layout
  |                       ^^^^^^^^^
  |
  = help: leave it out, and write out the order of the bytes, with `bpf_htonl` for example
*/
