/**
 * Doubles that functions of the hot path hand to one another. A double that is passed to a function which V8 does not
 * inline, or returned by one, is boxed: 16 bytes of garbage each time. In a typed array it is not, so these few
 * stand there; what a function leaves in them is part of its contract. Nothing else may be kept here.
 */

/** The clock. [ns] */
export const NOW = 0;
/** What `draw` drew: a demand or a delay. [ns] */
export const TIME = 1;
/** What keeps the server when the job that is being served has left. [ns] */
export const TAIL = 2;
/** What `uniform` drew, in [0, 1). */
export const UNIFORM = 3;
export const REGISTERS = 4;
