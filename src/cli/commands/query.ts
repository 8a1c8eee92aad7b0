/** `meshsim query`: the arguments of a query; `../query/query.ts` carries it out. */
import { type Command, InvalidArgumentError, Option } from 'commander';

export const queryOutputs = ['table', 'json', 'csv', 'ndjson'] as const;

export interface QueryArguments {
  readonly output: (typeof queryOutputs)[number];
  readonly file?: string;
  /** Rows of a table at most. */
  readonly rows: number;
}

export function addQuery(program: Command): void {
  program
    .command('query')
    .summary('ask results with SQL')
    .description(
      'Ask the results of sweeps and runs with SQL. DuckDB answers, if it is installed; it sees the files of these directories, and can neither read nor write anything else.',
    )
    .usage('[options] <sql> [dirs...]')
    .argument(
      '[words...]',
      'the SQL, then directories with results (default: the working directory)',
    )
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout')
        .choices(queryOutputs)
        .default('table'),
    )
    .option('-f, --file <file>', 'the SQL is in a file; - is standard input')
    .option('--rows <n>', 'rows of a table at most', count, 100)
    .addHelpText('after', HELP)
    .action(async (words: readonly string[], options: QueryArguments) => {
      const { queryCommand } = await import('../query/query.ts');
      process.exitCode = await queryCommand(words, options);
    });
}

function count(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

const HELP = `
Tables:
  points    of a sweep: a row a point. Axes are columns called by their path, which needs double
            quotes; metrics have their unit in their name, and _low and _high beside them:
            latency_p99_ms, overhead_share, cpu_proxies_cores, memory_per_proxy_bytes, ...
  slos      of a sweep: a row a point and threshold
  loads, services, stations, proxies, pushes, series, ...
            of a run: what is in the CSV file of that name
  Of several directories the rows of all, with a column "dir".

Examples:
  meshsim query 'select "mesh.mode", avg(latency_p99_ms) from points group by all' out/bookinfo/sweep
  meshsim query 'describe points' out/bookinfo/sweep
  meshsim query 'select service, p99_ms from services order by p99_ms desc limit 5' out/shop -o csv
  meshsim query -f question.sql out/before out/after -o ndjson`;
