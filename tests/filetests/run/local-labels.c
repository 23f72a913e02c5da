// Labels that belong to a block: a macro may be used twice in one function.
#define FIND(array, count, value) ({                        \
    __label__ found, done;                                  \
    int at = 0;                                             \
    if ((count) > 0 && (array)[0] == (value)) goto found;   \
    at = 1;                                                 \
    if ((count) > 1 && (array)[1] == (value)) goto found;   \
    at = -1;                                                \
    goto done;                                              \
found: ;                                                    \
done:                                                       \
    at;                                                     \
})
int twice(int x) {
    int list[2] = { 3, x };
    return FIND(list, 2, 3) * 100 + FIND(list, 2, 8) * 10 + FIND(list, 2, 9);
}
// A block's own label hides the function's; a jump to a label outside works as ever.
int shadow(int x) {
    {
        __label__ out;
        if (x == 1) goto out;
        if (x == 2) goto far;
        x += 10;
    out:
        x += 1;
    }
    if (x == 2) goto out;
    x += 100;
far:
    return x;
out:
    return -x;
}
int address(int x) {
    __label__ a, b;
    goto *(x ? &&a : &&b);
a:  return 1;
b:  return 2;
}
// run: twice(8) == 9
// run: twice(9) == -9
// run: shadow(0) == 111
// run: shadow(1) == -2
// run: shadow(2) == 2
// run: address(0) == 2
/*~ tree
int twice(int)
  param int x align 4
  local int list[2] align 4
  local int at%2 align 4
  local int at%3 align 4
  local int at%4 align 4
  {
    let list = { @0: 3, @4: load(x) }
    return (((({ let at%2 = 0; if 1 && (load(*(&list)) == 3); goto found%0; at%2 = 1; if 1 && (load(*(&list + (long)1 * 4)) == 3); goto found%0; at%2 = -1; goto done%1; found%0:; ;; done%1:; load(at%2) })) * 100) + ((({ let at%3 = 0; if 1 && (load(*(&list)) == 8); goto found%2; at%3 = 1; if 1 && (load(*(&list + (long)1 * 4)) == 8); goto found%2; at%3 = -1; goto done%3; found%2:; ;; done%3:; load(at%3) })) * 10)) + (({ let at%4 = 0; if 1 && (load(*(&list)) == 9); goto found%4; at%4 = 1; if 1 && (load(*(&list + (long)1 * 4)) == 9); goto found%4; at%4 = -1; goto done%5; found%4:; ;; done%5:; load(at%4) }))
  }

int shadow(int)
  param int x align 4
  {
    {
      if load(x) == 1
        goto out%0
      if load(x) == 2
        goto far
      x += 10 as int
      out%0:
      x += 1 as int
    }
    if load(x) == 2
      goto out%2
    x += 100 as int
    far:
    return load(x)
    out%2:
    return -load(x)
  }

int address(int)
  param int x align 4
  {
    goto *(unsigned long)(load(x) ? (void *)1 : (void *)2) [1: a, 2: b]
    a:
    return 1
    b:
    return 2
  }
*/
