/** Charts of a result as Vega-Lite specifications, and their drawing as SVG, in Node as in a browser. */
import type { Result } from '../measure/result.ts';
import { type Chart, noChart, page } from './charts/chart.ts';
import { latencyCdfChart, latencyTailChart } from './charts/latency.ts';
import { stagesChart } from './charts/stages.ts';
import { withoutVariables } from './charts/theme.ts';
import {
  clustersChart,
  clusterUpdatesChart,
  endpointsChart,
  memoryChart,
  pushTimesChart,
} from './charts/watched.ts';

/** Every chart by its name; null where the result has nothing to show in it. A new chart is one file and one line here. */
export const charts = {
  latency: latencyCdfChart,
  'latency-tail': latencyTailChart,
  memory: memoryChart,
  'cluster-updates': clusterUpdatesChart,
  clusters: clustersChart,
  endpoints: endpointsChart,
  'push-times': pushTimesChart,
  stages: stagesChart,
} satisfies Record<string, (result: Result) => Chart | null>;

/** Those that show something, by name. */
export function chartsOf(result: Result): readonly (readonly [string, Chart])[] {
  return Object.entries(charts).flatMap(([name, make]) => {
    const chart = make(result);
    return chart === null ? [] : [[name, chart] as const];
  });
}

/** Those that every run writes beside its numbers: what goes on over time, which no table shows. */
export function figuresOf(result: Result): ReturnType<typeof chartsOf> {
  return chartsOf(result).filter(([name]) => !name.startsWith('latency'));
}

/** All charts of a result in one picture, one below the other; a result without any says so. */
export function picture(result: Result): Promise<string> {
  const charts = chartsOf(result).map(([, chart]) => chart);
  if (charts.length > 0) return drawSvg(charts);
  const nothing = 'Nothing to draw: no push, and no services in measure.watch';
  return drawSvg([noChart(nothing)]);
}

/** @param isFile - with its title and in the light scheme, for a file of its own; else for a page of ours */
export async function drawSvg(charts: readonly Chart[], isFile = true): Promise<string> {
  // Loaded only where something is drawn: it takes longer than a short simulation.
  const [{ compile }, { parse, View }] = await Promise.all([import('vega-lite'), import('vega')]);
  const view = new View(parse(compile(page(charts, isFile)).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return `${isFile ? withoutVariables(svg) : svg}\n`;
}
