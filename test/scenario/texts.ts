/** Scenario texts that several tests start from. */

/** All that must be there. */
export const least = `topology:
  namespaces:
    - { name: shop, services: [ { name: a } ] }
load:
  - { to: a, rate: 10/s }
`;

/** A constant time, as scenarios hold it. [ns] */
export function constant(value: number) {
  return { distribution: 'constant', parameters: { value } };
}
