/**
 * The bundler's errors about modules of Node's, which Temporal's sandbox lacks: one for each module, each with every module that led to
 * it. Whoever imported the wrong thing once gets dozens of lines, of which one names their import.
 *
 * @module
 */
const LACKING = /UnhandledSchemeError: Reading from "(node:[^"]+)"/

/** A module that imports, and the line: the next of those that led to the error. Our own entry, which leads to all, is none. */
const IMPORTER = /^ @ (?!.*joined\S*\.cjs )(.+?) (\d+):/gm

/**
 * @returns the imports that lead to such modules, each once, as lines for people, and the errors that are others. Of packages only the
 * name is told: what they import is not theirs to correct.
 */
export function lackingImports(errors: readonly string[]): {
  readonly lines: readonly string[]
  readonly others: readonly string[]
} {
  const needs = new Map<string, Set<string>>()
  const others: string[] = []
  for (const error of errors) {
    const [, lacking] = LACKING.exec(error) ?? []
    const imports = lacking === undefined ? [] : importsTo(lacking, error)
    for (const { words, needed } of imports) needs.set(words, new Set([...(needs.get(words) ?? []), ...needed]))
    if (imports.length === 0) others.push(error)
  }
  const lines = [...needs].map(([words, needed]) =>
    needed.size > 0 ? `${words}, which needs ${[...needed].join(', ')}` : words,
  )
  return { lines, others }
}

/** From their first module on, down to Node's module or the first package. */
function importsTo(lacking: string, error: string) {
  const importers = [...error.matchAll(IMPORTER)].map(([, path = '', line]) => ({ path, line })).reverse()
  const imports: { readonly words: string; readonly needed: readonly string[] }[] = []
  for (const [at, { path, line }] of importers.entries()) {
    const imported = importers[at + 1]?.path ?? lacking
    const name = packageOf(imported)
    imports.push({ words: `${path}:${line} imports ${name ?? imported}`, needed: name === undefined ? [] : [lacking] })
    if (name !== undefined) break
  }
  return imports
}

function packageOf(path: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
}
