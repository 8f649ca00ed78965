/**
 * Where a store lies, as people write it.
 *
 * @module
 */
import { StoreProblem } from './store-problem.ts'

/** Where the store lies when nobody says. */
export const DEFAULT_STORE_PATH = '.signalbox/signalbox.db'

export type StoreAddress =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string }

/** One letter and a colon is a drive of Windows. */
const SCHEME = /^([a-z][a-z0-9+.-]+):(?:\/\/)?(.*)$/is

const POSTGRES = /^postgres(ql)?:\/\//

/** A word alone is a slip rather than the name of a file; with `sqlite:` before it, it may be one. */
const PATH = /^:memory:$|[/\\]|\.(db|sqlite|sqlite3)$/i

/** @throws StoreProblem for a `url` that is neither a server's nor a file's; it is not quoted, for it may hold a password. */
export function storeAddress(given: string | undefined, path: string | undefined): StoreAddress {
  // A secret often ends with a line break.
  const url = given?.trim()
  if (!url) return { kind: 'file', path: path || DEFAULT_STORE_PATH }
  if (POSTGRES.test(url)) return { kind: 'postgres', url: readable(url) }
  const [, scheme, rest] = SCHEME.exec(url) ?? []
  if (scheme === 'sqlite' || scheme === 'file') return { kind: 'file', path: rest || path || DEFAULT_STORE_PATH }
  if (scheme !== undefined) throw unknown(`Signalbox has no store for ${scheme}.`)
  if (url.includes('://')) throw unknown('DATABASE_URL has something before the address, such as a quote.')
  if (!PATH.test(url)) throw unknown('DATABASE_URL names neither a server nor a file.')
  return { kind: 'file', path: url }
}

/** What the client of PostgreSQL makes of it: a space is read as it stands, and without a host behind the user it names a local socket. */
function readable(url: string): string {
  const parsed = URL.parse(url.replaceAll(' ', '%20').replace('@/', '@socket/'))
  if (parsed && !parsed.hostname.includes(',')) return url
  throw unknown(
    'DATABASE_URL cannot be read: it must name one host, and in a password all but letters and digits must be percent-encoded, such as %2F for a slash.',
  )
}

function unknown(what: string): StoreProblem {
  return new StoreProblem(
    'unknown-address',
    `${what} DATABASE_URL must be postgres://… for PostgreSQL, or sqlite:signalbox.db or a path such as ./signalbox.db for a file.`,
  )
}
