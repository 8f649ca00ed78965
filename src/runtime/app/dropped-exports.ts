/**
 * Exports of an app that several of its modules have, each passed on by `export *`: by the rules of the language the app then has none of
 * that name, and nothing says so.
 *
 * @module
 */
import { READ } from './misspelt-exports.ts'

/** One sentence for each, behind the name of the app. */
export async function droppedExports(
  url: string,
  exported: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const missing = [...READ, 'classes'].filter(name => exported[name] === undefined)
  const dropped = await Promise.all(missing.map(async name => ((await isDropped(url, name)) ? [name] : [])))
  return dropped
    .flat()
    .map(name => `exports '${name}' from two modules by \`export *\`, and so from none; export one list that has both`)
}

/** A module does not tell of such a name, and an import of it is refused, with the reason in words. */
async function isDropped(url: string, name: string): Promise<boolean> {
  const importing = `import { ${name} } from ${JSON.stringify(url)}`
  try {
    await import(`data:text/javascript,${encodeURIComponent(importing)}`)
  } catch (error) {
    return error instanceof SyntaxError && error.message.includes('conflicting star exports')
  }
  return false
}
