/** `load`: requests from outside, open (a rate) or closed (connections that wait, think, and send again). */
import { z } from 'zod';
import { bytes, count, fields, oneOf, time, unlike } from '../../yaml/fields.ts';
import { limits, line, rate, span } from './fields.ts';
import { meshMode } from './mesh.ts';
import { times } from './times.ts';

const ramp = z
  .array(
    fields({
      at: time.meta({ description: 'from then on, counted from the start of the load' }),
      rate,
    }),
  )
  .min(1);

export const load = fields({
  name: line('name of a load').optional().meta({ description: 'default: what it calls' }),
  to: z
    .string()
    .min(1)
    .meta({
      description:
        'the service it calls: namespace/service, or just service; * matches any run of characters',
      examples: ['bookinfo/productpage', 'load-*/svc-0'],
    }),
  operation: z
    .string()
    .optional()
    .meta({ description: 'what it asks for; default: the first operation of what it calls' }),
  rate: z
    .union([rate, ramp], {
      error: ({ input }) =>
        unlike(input, 'a rate such as "800/s", or a list such as [{ at: 0s, rate: 10/s }]'),
    })
    .optional()
    .meta({ description: 'arrivals of an open load, constant or piecewise' }),
  think: times
    .optional()
    .meta({ description: 'closed load: from an answer to the next request of a connection' }),
  arrivals: oneOf('kind of arrivals', ['poisson', 'constant'])
    .optional()
    .meta({ description: 'of an open load: poisson (default), or evenly spaced' }),
  connections: count({ min: 1, max: limits.connections })
    .default(8)
    .meta({ description: 'connections that its requests spread over' }),
  request: bytes.prefault('0B').meta({ description: 'size of a request' }),
  mesh: meshMode.default('none').meta({ description: "mode of the client's own pod" }),
  start: time
    .prefault('0s')
    .meta({ description: 'when it starts, counted from when its target is there' }),
  stop: span
    .nullable()
    .default(null)
    .meta({ description: 'when it stops, from the start of the simulation; null: at the end' }),
}).meta({ id: 'load', description: 'requests from outside, open or closed' });
export type LoadDraft = z.output<typeof load>;
