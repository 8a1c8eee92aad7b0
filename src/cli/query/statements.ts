/** The statements of a SQL text, each of which stays at its line and column, so that what is wrong is found there. */

/** Strings, names, comments and anything else that may hold a semicolon, then what may not. */
const token =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$[\s\S]*?\$\1\$|--.*|\/\*[\s\S]*?\*\/|;|[^;'"$\-/]+|[\s\S]/g;

/** Each with blanks in place of what stands before it; those of comments and blanks alone are left out. */
export function statementsOf(sql: string): readonly string[] {
  const statements: string[] = [];
  let start = 0;
  let isBlank = true;
  const end = (at: number) => {
    if (!isBlank) statements.push(blanks(sql.slice(0, start)) + sql.slice(start, at));
    start = at + 1;
    isBlank = true;
  };
  for (const { 0: text, index } of sql.matchAll(token)) {
    if (text === ';') end(index);
    else if (!/^(--|\/\*|\s*$)/.test(text)) isBlank = false;
  }
  end(sql.length);
  return statements;
}

function blanks(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
