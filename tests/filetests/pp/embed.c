// C23's #embed is refused where it stands, with what to do instead.
// flags: -E
static const char data[] = {
#embed "data.bin" //~ error: `#embed`
};
/*~ diagnostics
error[preprocessor]: `#embed` is not supported: no resource is read while compiling
 --> embed.c:4:2
  |
4 | #embed "data.bin" //~ error: `#embed`
  |  ^^^^^
  |
  = help: write the bytes as numbers into a header, as `xxd -i FILE` prints them, and include that
*/
