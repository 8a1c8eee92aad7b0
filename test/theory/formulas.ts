/** Exact results of queueing theory; rates per second, times in seconds. Sources stand with the rows that use them. */

/** Probability that an arrival at M/M/c waits (Erlang's C), by the recursion of Erlang's B. */
export function erlangC(servers: number, load: number): number {
  let blocking = 1;
  for (let c = 1; c <= servers; c++) blocking = (load * blocking) / (c + load * blocking);
  const rho = load / servers;
  return blocking / (1 - rho * (1 - blocking));
}

/** Mean sojourn of M/M/c. */
export function mmc(rate: number, mean: number, servers: number): number {
  return mean + (erlangC(servers, rate * mean) * mean) / (servers - rate * mean);
}

/** Mean sojourn of M/G/1 (Pollaczek and Khinchine), from the mean and the coefficient of variation of the demand. */
export function mg1(rate: number, mean: number, cv: number): number {
  return mean + (rate * mean ** 2 * (1 + cv ** 2)) / (2 * (1 - rate * mean));
}

/** M/M/c/K: the share that is turned away, and the mean sojourn of the others. */
export function mmck(rate: number, mean: number, servers: number, jobsMax: number) {
  const weights = [1];
  for (let n = 1; n <= jobsMax; n++) {
    weights.push((weights[n - 1] * rate * mean) / Math.min(n, servers));
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const blocked = weights[jobsMax] / sum;
  const present = weights.reduce((total, weight, n) => total + (n * weight) / sum, 0);
  return { blocked, sojourn: present / (rate * (1 - blocked)) };
}

/** Mean sojourn of D/M/1: the root of σ = exp(−(1 − σ) / ρ) by fixed-point iteration. */
export function dm1(rate: number, mean: number): number {
  let sigma = 0.5;
  for (let i = 0; i < 1000; i++) sigma = Math.exp(-(1 - sigma) / (rate * mean));
  return mean / (1 - sigma);
}

/** Upper bound of the mean sojourn of GI/GI/1 (Kingman), from the coefficients of variation of gap and demand. */
export function kingman(rate: number, mean: number, gapCv: number, demandCv: number): number {
  const variance = (gapCv / rate) ** 2 + (demandCv * mean) ** 2;
  return mean + (rate * variance) / (2 * (1 - rate * mean));
}

/** Mean sojourn in a closed network of single servers with think time: exact mean value analysis. */
export function mva(customers: number, think: number, demands: readonly number[]): number {
  let present = demands.map(() => 0);
  let sojourn = 0;
  for (let n = 1; n <= customers; n++) {
    const stays = demands.map((demand, s) => demand * (1 + present[s]));
    sojourn = stays.reduce((sum, stay) => sum + stay, 0);
    const throughput = n / (think + sojourn);
    present = stays.map((stay) => throughput * stay);
  }
  return sojourn;
}
