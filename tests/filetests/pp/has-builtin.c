// What `__has_builtin` and `__has_attribute` affirm can be used: both read the tables of the part that acts on the names.
// flags: -E
// not as GCC, which has other builtins and attributes
__has_builtin(__builtin_add_overflow) __has_builtin(__builtin_object_size) __has_builtin(__builtin_strlen)
__has_builtin(__builtin_offsetof) __has_builtin(__atomic_load) __has_builtin(__sync_fetch_and_add_4)
__has_builtin(__builtin_alloca) __has_builtin(__builtin_return_address) __has_builtin(__builtin_wrong)
__has_attribute(cold) __has_attribute(__counted_by__) __has_attribute(vector_size) __has_attribute(ms_struct)
__has_c_attribute(nodiscard) __has_c_attribute(gnu::cold) __has_c_attribute(gnu::wrong) __has_c_attribute(cold)
/*~ pp
# 4 "has-builtin.c"
1 1 1
1 1 1
0 0 0
1 1 1 0
1 1 0 0
*/
