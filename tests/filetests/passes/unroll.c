// A loop that goes round a few times is written out, as often as is known when compiling; other exits stay.
int counted(int x)
{
	int s = 0;

	for (int i = 0; i < 3; i++)
		s = s * 3 + (x ^ i);
	return s;
}
// run: counted(5) == 64
int first_bit(int x)
{
	int i;

	for (i = 0; i < 2; i++)
		if (x >> i & 1)
			break;
	return i;
}
// run: first_bit(1) == 0
// run: first_bit(2) == 1
// run: first_bit(4) == 2
/*~ ir:after=unroll
fn @counted(v0: i32) -> i32 {
b0:
    v1: i32 = const 0
    v2: i32 = const 0
    v3: i32 = const 0
    v4: i32 = const 0
    v5: i32 = const 3
    v6: i32 = const 3
    v7: i32 = const 0
    v8: i32 = const 1
    v9: i32 = const 1
    v10: i32 = const 1
    v11: i32 = const 3
    v12: i32 = const 3
    v13: i32 = mul v0, v12
    v14: i32 = xor v0, v10
    v15: i32 = add v13, v14
    v16: i32 = const 1
    v17: i32 = const 2
    v18: i32 = const 2
    v19: i32 = const 3
    v20: i32 = const 3
    v21: i32 = mul v15, v20
    v22: i32 = xor v0, v18
    v23: i32 = add v21, v22
    v24: i32 = const 1
    v25: i32 = const 3
    v26: i32 = const 3
    v27: i32 = const 3
    return v23
}

fn @first_bit(v0: i32) -> i32 {
b0:
    v1: i32 = const 0
    v2: i32 = const 0
    v3: i32 = const 2
    v4: i32 = const 1
    v5: i32 = and v0, v4
    v6: i32 = const 0
    branch v5 ne v6, b3(v2), b1
b1:
    v7: i32 = const 1
    v8: i32 = const 1
    v9: i32 = const 1
    v10: i32 = const 2
    v11: i32 = arsh v0, v9
    v12: i32 = const 1
    v13: i32 = and v11, v12
    v14: i32 = const 0
    branch v13 ne v14, b3(v9), b2
b2:
    v15: i32 = const 1
    v16: i32 = const 2
    v17: i32 = const 2
    v18: i32 = const 2
    jump b3(v17)
b3(v19: i32):
    return v19
}
*/
