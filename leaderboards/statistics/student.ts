/**
 * Student's t distribution for any number of degrees of freedom above 0, from the regularised
 * incomplete beta function (its continued fraction, NIST DLMF 8.17.22, https://dlmf.nist.gov/8.17).
 */

/** The t that Student's distribution exceeds in absolute value with probability 5 %. */
export function tQuantile(degrees: number): number {
  let low = 0;
  let high = 20;
  while (tTail(high, degrees) > 0.05) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (tTail(middle, degrees) > 0.05) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| > t): the two-sided p-value. With infinitely many degrees, the normal distribution's. */
export function tTail(t: number, degrees: number): number {
  if (t === Infinity) return 0;
  // Beyond ten million the difference to the normal distribution is below the rounding.
  const finite = Math.min(degrees, 1e7);
  return incompleteBeta(finite / (finite + t * t), finite / 2, 1 / 2);
}

/** Regularised incomplete beta function I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean; above it, I_x(a, b) = 1 − I_{1−x}(b, a).
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b),
  );
  // Lentz's method for f = 1 + 1 / (1 + t_1 / (1 + t_2 / …)).
  let [f, c, d] = [2, 2, 1];
  for (let i = 1; i <= 500; i++) {
    const m = i >> 1;
    const term =
      i % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + term * d);
    c = 1 + term / c;
    f *= c * d;
    if (Math.abs(1 - c * d) < 1e-14) break;
  }
  return (front * (f - 1)) / a;
}

/** Logarithm of the gamma function for x > 0: Stirling's series after shifting x above 10. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 10; z++) shift += Math.log(z);
  const inverse = 1 / (z * z);
  const series =
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) /
    z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift;
}
