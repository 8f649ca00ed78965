/**
 * Exports of an app that several of its modules have, each passed on by `export *`: by the rules of the language the app then has none of
 * that name, and nothing says so.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { APP_EXPORTS } from './app.ts'

const PASSES_ON = /\bexport\s*\*\s*from\b/

/** One sentence for each, behind the name of the app. */
export async function droppedExports(
  path: string,
  exported: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  if (!PASSES_ON.test(readFileSync(path, 'utf8'))) return []
  const missing = APP_EXPORTS.filter(name => exported[name] === undefined)
  const dropped = await Promise.all(missing.map(async name => ((await isDropped(path, name)) ? [name] : [])))
  return dropped
    .flat()
    .map(name => `exports '${name}' from two modules by \`export *\`, and so from none; export one list that has both`)
}

/** A module does not tell of such a name, and an import of it is refused, with the reason in words. */
async function isDropped(path: string, name: string): Promise<boolean> {
  const importing = `import { ${name} } from ${JSON.stringify(pathToFileURL(path).href)}`
  try {
    await import(`data:text/javascript,${encodeURIComponent(importing)}`)
  } catch (error) {
    return error instanceof SyntaxError && error.message.includes('conflicting star exports')
  }
  return false
}
