/**
 * A report as one HTML file that needs nothing else: no script, no network, charts as SVG. Colours follow the reader's
 * scheme. Whatever a user wrote is escaped; the policy in its head lets nothing run even if it were not.
 */
import { variables } from '../charts/theme.ts';

/** Text that has been escaped, or was written by us. */
export interface Html {
  readonly html: string;
}

/** Markup with texts, lists and other markup in it; texts are escaped. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const filled = values.map((value) => {
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string') return escaped(value);
    return 'html' in value ? value.html : value.map((one) => one.html).join('');
  });
  return { html: parts.map((part, i) => part + (filled[i] ?? '')).join('') };
}

/** Also of characters that would turn the direction of what follows, or are none. */
function escaped(text: string): string {
  const marks: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text
    .replace(/[&<>"']/g, (mark) => marks[mark])
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (char) => {
      if (char === '\n' || char === '\t') return char;
      return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
    });
}

/** Data for programs that read the page; it cannot end its element. */
export function embedded(id: string, value: unknown): Html {
  const json = JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return { html: `<script type="application/json" id="${id}">${json}</script>` };
}

/** A picture that is one of ours, as one image: its marks have no names of their own, the table below it has the numbers. */
export function drawing(svg: string, label: string): Html {
  const { html: name } = html`${label}`;
  const bare = svg.trim().replace(/(<[a-z]+\b[^>]*?)((?: (?:role|aria-[a-z]+)="[^"]*")+)/g, '$1');
  return { html: bare.replace(/^<svg\b/, `<svg role="img" aria-label="${name}"`) };
}

/** Where there is nothing to give. */
const NONE = '–';

export type TableCell = string | number | boolean | null;

export interface HtmlTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
  /** For a spreadsheet, with more rows maybe. */
  readonly csv?: string;
  /** Name of that file. */
  readonly file?: string;
}

export function table({ caption, columns, rows, csv, file }: HtmlTable): Html {
  const texts = rows.map((row) => row.map((cell) => (cell === null ? NONE : String(cell))));
  const isNumeric = columns.map(
    (_, c) => texts.length > 0 && texts.every((row) => /^(–$|[-+−]?\d)/.test(row[c])),
  );
  const head = columns.map((column, c) => {
    if (column === '') return html`<td></td>`;
    return isNumeric[c]
      ? html`<th scope="col" class="number">${column}</th>`
      : html`<th scope="col">${column}</th>`;
  });
  const body = texts.map((row) => {
    const cells = row.map((text, c) =>
      isNumeric[c] ? html`<td class="number">${text}</td>` : html`<td>${text}</td>`,
    );
    return html`<tr>${cells}</tr>`;
  });
  const download =
    csv === undefined
      ? html``
      : html`<p><a download="${file ?? 'table.csv'}" href="data:text/csv;charset=utf-8,${encodeURIComponent(csv)}">CSV: ${caption}</a></p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>${download}`;
}

export interface Page {
  readonly title: string;
  /** Below the title: what was simulated. */
  readonly lead: string;
  readonly sections: readonly Html[];
  readonly footer: string;
}

export function section(title: string, ...body: readonly Html[]): Html {
  return html`<section><h2>${title}</h2>${body}</section>`;
}

export function page({ title, lead, sections, footer }: Page): string {
  const policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${{ html: style }}</style>
</head>
<body>
<header><h1>${title}</h1><p>${lead}</p></header>
<main>${sections}</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`.html;
}

const style = `
:root{${variables('light')};color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{${variables('dark')}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem 4rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.15rem;margin:2.5rem 0 .75rem;padding-top:1rem;border-top:1px solid var(--grid)}
h3{font-size:1rem;margin:2rem 0 0}
p{margin:.25rem 0 .75rem}
header p,footer,figcaption,caption{color:var(--faint);font-size:.875rem}
footer{margin-top:3rem;border-top:1px solid var(--grid);padding-top:1rem}
a{color:var(--c1)}
.scroll{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:.25rem}
th,td{padding:.3rem 1.5rem .3rem 0;text-align:left;vertical-align:top;white-space:nowrap}
th{font-weight:600;border-bottom:1px solid var(--grid)}
tr+tr td{border-top:1px solid var(--grid)}
.number{text-align:right}
figure{margin:.5rem 0 1rem}
figure svg{max-width:100%;height:auto;display:block}
details{margin:.25rem 0 1rem}
summary{cursor:pointer;color:var(--faint);font-size:.875rem}
ul{padding-left:1.25rem;margin:.5rem 0}
.good{color:var(--good)}.bad{color:var(--bad)}
code{font:.85em/1.4 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
@media print{body{max-width:none}details{display:none}}
`;
