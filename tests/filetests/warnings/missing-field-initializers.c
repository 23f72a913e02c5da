// Lists of values that end before the members of the struct do.
// flags: -Wextra
struct s { int a, b, c; };
struct s some = { 1, 2 }; //~ warning: the list has no value for `c`
struct s zero = { 0 };
struct s empty = {};
struct s named = { .a = 1, .b = 2 };
struct s all = { 1, 2, 3 };
