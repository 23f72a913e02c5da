// A macro that switches a warning off does so for its arguments and for its own text.
#define QUIET _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wint-conversion\"")
#define LOUD _Pragma("GCC diagnostic pop")
#define FIRST(value) ({ QUIET unsigned long long first = value; LOUD first; })
#define ARRAY(values...) ({ QUIET unsigned long long all[] = { values }; LOUD all[0]; })
#define OWN(pointer) ({ QUIET unsigned long long first = (pointer) + 1; LOUD first; })

int first(char *s) { return FIRST(s); }
int array(char *s) { return ARRAY(s, s); }
int string(void) { return ARRAY("text"); }
int own(char *s) { return OWN(s); }
int after(char *s) { unsigned long long x = s; return x; } //~ error: this initializer
