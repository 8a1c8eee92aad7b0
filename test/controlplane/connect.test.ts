import { expect, test } from 'vitest';
import { ConnectLimit } from '../../src/controlplane/connect.ts';

test.each([
  ['R1', 35],
  ['R2', 25],
])(
  "of a hundred new streams at once a second's worth is accepted, the rest turned away (rate_limit/%s)",
  (_, rate) => {
    const limit = new ConnectLimit(rate);
    const answers = Array.from({ length: 100 }, () => limit.accept(0));
    const accepted = answers.filter((at) => at >= 0);
    expect(accepted).toEqual(Array.from({ length: rate }, (_, i) => Math.round((i * 1e9) / rate)));
    expect(answers.slice(0, rate)).toEqual(accepted);
  },
);

test('without a limit every stream is accepted at once', () => {
  const limit = new ConnectLimit(Number.POSITIVE_INFINITY);
  expect(Array.from({ length: 50 }, () => limit.accept(7))).toEqual(Array(50).fill(7));
});
