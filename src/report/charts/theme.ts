/**
 * Colours of charts: CSS variables with the light scheme's colour as their fallback, so that one drawing follows the
 * reader's scheme inside a page and stands alone as a file once its variables are replaced.
 */

/** Light and dark, by name of the variable. Contrast of ink on paper is above 7:1 in both, of faint ink above 4.5:1. */
export const colours = {
  ink: ['#1d2430', '#e6e9ee'],
  faint: ['#5c6675', '#a2acba'],
  grid: ['#e6e9ee', '#2c333e'],
  paper: ['#ffffff', '#14181f'],
  good: ['#1a7349', '#63c799'],
  bad: ['#b3261e', '#f2837a'],
  // Eight hues that stay apart for most of the colour-blind; after Okabe and Ito (2008), softened.
  c1: ['#2b6cb0', '#6aa9e6'],
  c2: ['#d1661f', '#f09b5b'],
  c3: ['#2f8f6b', '#62c29b'],
  c4: ['#b4568e', '#dc8fbc'],
  c5: ['#b98d10', '#e3c455'],
  c6: ['#4fa3d1', '#8fcdf0'],
  c7: ['#7d5fb8', '#b59be0'],
  c8: ['#717b89', '#949ead'],
  // From little to much.
  h1: ['#eef4fa', '#1c2836'],
  h2: ['#d3e3f2', '#22384f'],
  h3: ['#aecbe6', '#2a4c6e'],
  h4: ['#83afd7', '#35638f'],
  h5: ['#558fc4', '#5288ba'],
  h6: ['#2f6ca6', '#85b1da'],
  h7: ['#1b4b7d', '#bcd8f1'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;
type ColourName = keyof typeof colours;

/** As a chart names it. */
export function colour(name: ColourName): string {
  return `var(--${name}, ${colours[name][0]})`;
}

export const categories: readonly string[] = (
  ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'] as const
).map(colour);
export const heat: readonly string[] = (['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7'] as const).map(
  colour,
);

/** The drawing as a file that stands alone: in the light scheme. */
export function withoutVariables(svg: string): string {
  return svg.replaceAll(/var\(--\w+, (#\w+)\)/g, '$1');
}

/** Declarations of the variables, for a style sheet. */
export function variables(scheme: 'light' | 'dark'): string {
  const at = scheme === 'light' ? 0 : 1;
  return Object.entries(colours)
    .map(([name, pair]) => `--${name}:${pair[at]}`)
    .join(';');
}
