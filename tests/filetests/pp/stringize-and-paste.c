// `#` keeps one space where there was any and escapes what a string needs; `##` makes one token of two.
// flags: -E
#define s(x) #x
#define xs(x) s(x)
s( a  b	c /* d */ e ) s("x\n" '\0' '"' L"a\\") s(\n) s(@ $ ` \ x)
s(a
b
   c) s() s( ) xs(s(a)) xs("\"") xs('"')
#define cat(a,b) a##b
#define xcat(a,b) cat(a,b)
cat(+,+) cat(.,5) cat(1,e+) cat(<,<=) cat(L,"x") cat(L,'x') cat(u8,"x") cat(,) cat(a,) cat(,b) cat(%:,%:)
cat(x,1) cat(1,x) cat(->,) xcat(cat(a,b),c) xcat(1e,+) cat(0x,1f) cat(1.,2) cat(_,_LINE__)
#define objhash # x ## y
objhash
/*~ pp
# 5 "stringize-and-paste.c"
"a b c e" "\"x\\n\" '\\0' '\"' L\"a\\\\\"" "\n" "@ $ ` \ x"
"a b c"

      "" "" "\"a\"" "\"\\\"\"" "'\"'"


    ++ .5 1e + <<= L"x" L'x' u8"x" a b ##
    x1 1x -> abc 1e+ 0x1f 1.2 12

# xy
*/
