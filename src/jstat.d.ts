/** The parts of jStat that meshsim uses; the package has no types of its own. Accurate to about 1e-6. */
declare module 'jstat' {
  interface Statistics {
    readonly studentt: { inv(p: number, degreesOfFreedom: number): number };
    readonly normal: {
      inv(p: number, mean: number, deviation: number): number;
      cdf(x: number, mean: number, deviation: number): number;
    };
    readonly binomial: { cdf(successes: number, trials: number, p: number): number };
    readonly gamma: {
      inv(p: number, shape: number, scale: number): number;
      cdf(x: number, shape: number, scale: number): number;
    };
    /** The regularised incomplete beta function. */
    ibeta(x: number, a: number, b: number): number;
  }
  const jStat: Statistics;
  export default jStat;
}
