// SPDX-License-Identifier: Apache-2.0
// intervals.mjs - the confidence intervals of the program, computed again in the plainest way: sums of
// probabilities, Simpson's rule and bisection. Slow, and nothing in common with the program's code.

const Z = 1.959963984540054; // normal quantile of 0.975
const TAIL = 0.025;

// The x in [low, high] where a rising function gets to the goal.
function solve(f, goal, low, high) {
  for (let i = 0; i < 200 && low < high; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (f(middle) < goal) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const logFactorials = [0];
function logFactorial(n) {
  for (let i = logFactorials.length; i <= n; i++) logFactorials[i] = logFactorials[i - 1] + Math.log(i);
  return logFactorials[n];
}

function poissonUpTo(k, mean) {
  let sum = 0;
  for (let i = 0; i <= k; i++) sum += Math.exp(i * Math.log(mean) - mean - logFactorial(i));
  return sum;
}

// Garwood: the means for which k or more, or k or less, have a probability of 2.5 %. Equal to half the
// quantiles of chi-square with 2k and 2k + 2 degrees of freedom.
export function poisson(k) {
  const high = 2 * k + 20;
  return [
    k === 0 ? 0 : solve((mean) => 1 - poissonUpTo(k - 1, mean), TAIL, 1e-9, high),
    solve((mean) => -poissonUpTo(k, mean), -TAIL, 1e-9, high),
  ];
}

// Wilson: the shares p with |k/n - p| = z sqrt(p (1 - p) / n).
export function wilson(k, n) {
  const middle = (k + (Z * Z) / 2) / (n + Z * Z);
  const half = (Z / (n + Z * Z)) * Math.sqrt((k * (n - k)) / n + (Z * Z) / 4);
  return [middle - half, middle + half];
}

function binomial(i, n, q) {
  if (q === 0 || q === 1) return (q === 0 ? i === 0 : i === n) ? 1 : 0;
  return Math.exp(logFactorial(n) - logFactorial(i) - logFactorial(n - i) +
    i * Math.log(q) + (n - i) * Math.log(1 - q));
}

// Ranks (from 1) of the order statistics around a quantile; 0: there is none.
export function quantileRanks(n, q) {
  let lower = 0, upper = 0;
  for (let r = 1, below = 0; r <= n; r++) { // below: P(X <= r - 1)
    below += binomial(r - 1, n, q);
    if (below <= TAIL * (1 + 1e-9)) lower = r;
  }
  for (let r = n, from = 0; r >= 1; r--) { // from: P(X >= r)
    from += binomial(r, n, q);
    if (from <= TAIL * (1 + 1e-9)) upper = r;
  }
  return [lower, upper];
}

// Student's t: tan(a) sqrt(df) where the integral of cos^(df-1) from 0 to a is 0.95 of that to pi / 2.
export function studentQuantile(df) {
  const integral = (to, steps = 4000) => {
    let sum = 0;
    for (let i = 0; i <= steps; i++)
      sum += Math.cos((to * i) / steps) ** (df - 1) * (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2);
    return (sum * to) / steps / 3;
  };
  const goal = (1 - 2 * TAIL) * integral(Math.PI / 2);
  return Math.tan(solve(integral, goal, 0, Math.PI / 2)) * Math.sqrt(df);
}

function moments(units) {
  const n = units.length;
  const mean = (f) => units.reduce((sum, u) => sum + f(u), 0) / n;
  const x = mean((u) => u.x), y = mean((u) => u.y);
  const variance = (f) => mean(f) / (n - 1); // of a mean
  return {
    n, x, y,
    xx: variance((u) => (u.x - x) ** 2),
    xy: variance((u) => (u.x - x) * (u.y - y)),
    yy: variance((u) => (u.y - y) ** 2),
  };
}

// Total y by total x over independent units {x, y}: delta method, or Fieller where x varies much.
export function ratioOverUnits(units) {
  const { n, x, y, xx, xy, yy } = moments(units);
  const ratio = y / x, t = studentQuantile(n - 1);
  const se = Math.sqrt(yy - 2 * ratio * xy + ratio * ratio * xx) / Math.abs(x);
  if (Math.sqrt(xx) / Math.abs(x) <= 0.3)
    return { method: "units", se, ci: [ratio - t * se, ratio + t * se] };
  // The ratios r with (y - r x)^2 = t^2 Var(y - r x).
  const a = x * x - t * t * xx, b = x * y - t * t * xy, c = y * y - t * t * yy;
  const root = Math.sqrt(b * b - a * c);
  return { method: "fieller", se, ci: a > 0 ? [(b - root) / a, (b + root) / a] : null };
}

// A total over a random number of units: its variance is the sum of their squares.
export function totalOverUnits(units) {
  const total = units.reduce((sum, u) => sum + u.y, 0);
  const se = Math.sqrt(units.reduce((sum, u) => sum + u.y * u.y, 0));
  return { se, ci: [total - Z * se, total + Z * se] };
}
