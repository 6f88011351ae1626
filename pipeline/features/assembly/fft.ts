/** A complex number of each of four frames: the real parts in 16 bytes, the imaginary ones in the next 16. */
const COMPLEX: usize = 32;

/**
 * The complex discrete Fourier transform, unscaled, by Stockham's autosort algorithm in radix 4, with one step of radix 2
 * where log2(size) is odd: it sorts as it goes, from one place to the other and back.
 *
 * @param from (size) complex of four frames; overwritten
 * @param other as large, overwritten
 * @param roots (size) complex float32, e^(−2πik / size)
 * @param size a power of two, 4 or more
 * @returns where the result is, one of the two
 */
export function transform(from: usize, other: usize, roots: usize, size: u32): usize {
  let stride: u32 = 1;
  let length = size;
  for (; length >= 4; length >>= 2, stride <<= 2) {
    radix4(from, other, roots, length, stride);
    const result = other;
    other = from;
    from = result;
  }
  if (length === 1) return from;
  for (let q: u32 = 0; q < stride; q++) {
    const a = from + COMPLEX * q;
    const b = a + COMPLEX * stride;
    const to = other + COMPLEX * q;
    v128.store(to, f32x4.add(v128.load(a), v128.load(b)));
    v128.store(to, f32x4.add(v128.load(a, 16), v128.load(b, 16)), 16);
    const second = to + COMPLEX * stride;
    v128.store(second, f32x4.sub(v128.load(a), v128.load(b)));
    v128.store(second, f32x4.sub(v128.load(a, 16), v128.load(b, 16)), 16);
  }
  return other;
}

/**
 * One step: `stride` transforms of `length`, each split into four of length / 4. With i × (b − d) for the quarter turn,
 * y[4p + 0 … 3] = (a + c) + (b + d), w(a − c − i(b − d)), w²((a + c) − (b + d)), w³(a − c + i(b − d)), w = e^(−2πip / length).
 */
function radix4(from: usize, to: usize, roots: usize, length: u32, stride: u32): void {
  const quarter = length >> 2;
  const part = COMPLEX * stride * quarter;
  const next = COMPLEX * stride;
  for (let p: u32 = 0; p < quarter; p++) {
    const root = 8 * p * stride;
    const w1 = roots + root;
    const w2 = w1 + root;
    const w3 = w2 + root;
    const w1r = v128.load32_splat(w1);
    const w1i = v128.load32_splat(w1, 4);
    const w2r = v128.load32_splat(w2);
    const w2i = v128.load32_splat(w2, 4);
    const w3r = v128.load32_splat(w3);
    const w3i = v128.load32_splat(w3, 4);
    let a = from + next * p;
    let y = to + 4 * next * p;
    for (const end = a + next; a < end; a += COMPLEX, y += COMPLEX) {
      const b = a + part;
      const c = b + part;
      const d = c + part;
      const ar = v128.load(a);
      const ai = v128.load(a, 16);
      const br = v128.load(b);
      const bi = v128.load(b, 16);
      const cr = v128.load(c);
      const ci = v128.load(c, 16);
      const dr = v128.load(d);
      const di = v128.load(d, 16);
      const acr = f32x4.add(ar, cr);
      const aci = f32x4.add(ai, ci);
      const bdr = f32x4.add(br, dr);
      const bdi = f32x4.add(bi, di);
      const dacr = f32x4.sub(ar, cr);
      const daci = f32x4.sub(ai, ci);
      const dbdr = f32x4.sub(br, dr);
      const dbdi = f32x4.sub(bi, di);
      v128.store(y, f32x4.add(acr, bdr));
      v128.store(y, f32x4.add(aci, bdi), 16);
      const y1 = y + next;
      const y2 = y1 + next;
      const y3 = y2 + next;
      // −i(b − d) = (dbdi, −dbdr)
      const r1 = f32x4.add(dacr, dbdi);
      const i1 = f32x4.sub(daci, dbdr);
      const r2 = f32x4.sub(acr, bdr);
      const i2 = f32x4.sub(aci, bdi);
      const r3 = f32x4.sub(dacr, dbdi);
      const i3 = f32x4.add(daci, dbdr);
      if (p === 0) {
        v128.store(y1, r1);
        v128.store(y1, i1, 16);
        v128.store(y2, r2);
        v128.store(y2, i2, 16);
        v128.store(y3, r3);
        v128.store(y3, i3, 16);
      } else {
        v128.store(y1, f32x4.sub(f32x4.mul(r1, w1r), f32x4.mul(i1, w1i)));
        v128.store(y1, f32x4.add(f32x4.mul(r1, w1i), f32x4.mul(i1, w1r)), 16);
        v128.store(y2, f32x4.sub(f32x4.mul(r2, w2r), f32x4.mul(i2, w2i)));
        v128.store(y2, f32x4.add(f32x4.mul(r2, w2i), f32x4.mul(i2, w2r)), 16);
        v128.store(y3, f32x4.sub(f32x4.mul(r3, w3r), f32x4.mul(i3, w3i)));
        v128.store(y3, f32x4.add(f32x4.mul(r3, w3i), f32x4.mul(i3, w3r)), 16);
      }
    }
  }
}
