/**
 * An app whose module cannot be loaded: what is wrong with it, and where.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ConfigurationProblem } from '../configuration/configuration-problem.ts'
import { placeIn, placeOf } from './place-in.ts'
import { shortPath } from './short-path.ts'
import { typescriptBeside } from './typescript-beside.ts'

/**
 * Of a module that does not parse, imports what is not there, or throws while it is loaded. Where the author's own code stands in the
 * error's stack, its line is named; else it is said how to find it.
 */
export function unloadableApp(path: string, cause: unknown): ConfigurationProblem {
  const reason = cause instanceof Error ? cause.message.trimEnd() : String(cause)
  const place = placeIn((cause instanceof Error && cause.stack) || '') ?? checkedPlace(path, cause)
  const where = place ? `, at ${place}` : ''
  const message = `the app ${shortPath(path)} cannot be loaded: ${reason}${where}; ${remedyOf(cause)}`
  return new ConfigurationProblem(message, { cause })
}

/** Node runs TypeScript by taking its types away: it finds no module by another name, and knows nothing that would have to be compiled. */
function remedyOf(cause: unknown): string {
  const { code, url } = Object(cause) as { readonly code?: unknown; readonly url?: unknown }
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return 'write it without (`erasableSyntaxOnly` in tsconfig.json finds such places), or compile the app and name the JavaScript'
  if (cause instanceof SyntaxError && AS_COMMONJS.test(cause.message))
    return 'set "type": "module" in its package.json, or compile the app to CommonJS and name the JavaScript'
  if (code !== 'ERR_MODULE_NOT_FOUND') return 'correct it there'
  const beside = typeof url === 'string' && url.startsWith('file:') && typescriptBeside(fileURLToPath(url))
  if (!beside) return 'correct the import, or install the package'
  return `${beside} is there: import it by that name, with "rewriteRelativeImportExtensions": true in tsconfig.json, or compile the app and name the JavaScript`
}

/** What Node says of `import` and `export` in a file that it takes for CommonJS. */
const AS_COMMONJS = /^Cannot use import statement outside a module|^Unexpected token 'export'/

/** Of JavaScript that does not parse, Node keeps the line to itself until it ends; asked to check the file, it says so. */
function checkedPlace(path: string, error: unknown): string | undefined {
  if (!(error instanceof SyntaxError)) return undefined
  const { stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8', timeout: CHECK_TIMEOUT_MS })
  const [place] = placeOf(stderr?.split('\n', 1)[0] ?? '')
  return place && shortPath(place)
}

/** It only parses. */
const CHECK_TIMEOUT_MS = 10_000
