import { StoreProblem } from '../store-problem.ts'
import { STORE_TABLES } from '../store-tables.ts'
import { PROTOCOL_VIOLATION, poolerRemedy } from './pooler-words.ts'

/** Our tables stand apart from those of whoever shares the database. */
export const SCHEMA = 'signalbox'

/** A server's host, port and database, without user and password. */
export function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'PostgreSQL database'
  const { host, hostname, pathname } = new URL(url)
  return `PostgreSQL database ${hostname ? host : 'on the local socket'}${pathname}`
}

/** Node's codes of a connection that cannot be made or broke. */
const CONNECTION_CODE =
  /^E(CONNREFUSED|CONNRESET|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|NETUNREACH|NETDOWN|ADDRNOTAVAIL|CONNABORTED|NOENT|PIPE)$/

const FULL = '53100'

/** Each connection writes it anew where it is missing, and says no more (XX000) where the disk is full. */
const INIT_FILE = /^could not write init file\b/

/** SQLSTATE by its class, https://www.postgresql.org/docs/15/errcodes-appendix.html. */
const REMEDIES: readonly { readonly prefix: string; readonly kind: StoreProblem['kind']; readonly remedy: string }[] = [
  {
    prefix: '28',
    kind: 'unreachable',
    remedy:
      'refused the user or the password, or requires TLS. Check DATABASE_URL; append `?sslmode=verify-full` to it for TLS.',
  },
  { prefix: '3D', kind: 'unreachable', remedy: 'does not exist. Create it, or check DATABASE_URL.' },
  {
    prefix: '42501',
    kind: 'read-only',
    remedy:
      'does not allow this user to do that. A worker needs CREATE on the database, or to own the schema signalbox; to read, USAGE on that schema and SELECT on its tables are enough.',
  },
  { prefix: '25006', kind: 'read-only', remedy: 'is read-only. Point DATABASE_URL at the primary server.' },
  {
    prefix: '25P03',
    kind: 'busy',
    remedy: 'ended a transaction that waited longer than its idle_in_transaction_session_timeout. Try again.',
  },
  { prefix: '40', kind: 'busy', remedy: 'ended a transaction that conflicted with others. Try again.' },
  { prefix: FULL, kind: 'full', remedy: 'has no space left. Free space on its disk, then go on.' },
  {
    prefix: '53300',
    kind: 'busy',
    remedy:
      'has no connection left. Raise max_connections or the connection limit of this user or database, end other clients, or put PgBouncer in front of it.',
  },
  { prefix: '53', kind: 'busy', remedy: 'does not have enough memory for that. Try again, or give it more.' },
  {
    prefix: '55P03',
    kind: 'busy',
    remedy:
      'waited longer for a lock than its lock_timeout allows. Try again; if it stays so, find out who holds the lock, or raise that limit for this user.',
  },
  {
    prefix: '57014',
    kind: 'busy',
    remedy:
      'ended a statement that took longer than its statement_timeout. Try again; if it stays so, raise that limit for this user.',
  },
  {
    prefix: '57P05',
    kind: 'unreachable',
    remedy: 'ended a connection that was idle for longer than its idle_session_timeout. Try again.',
  },
  {
    prefix: '57P01',
    kind: 'unreachable',
    remedy: 'is shutting down, or somebody ended the connection there (pg_terminate_backend). Try again when it is up.',
  },
  { prefix: '57P', kind: 'unreachable', remedy: 'is shutting down or starting. Try again when it is up.' },
  { prefix: '08', kind: 'unreachable', remedy: 'broke the connection. Check the server and try again.' },
  { prefix: 'XX001', kind: 'corrupt', remedy: 'reports damaged pages. Restore it from a backup.' },
]

/** What the server or the network said, for people; `undefined` for anything that is not theirs. */
export function postgresProblem(error: unknown, place: string): StoreProblem | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error ? String(error.code) : ''
  if (code === UNDEFINED_TABLE) return lackingProblem(error, place)
  const known = remedyOf(error, code)
  return known && new StoreProblem(known.kind, `The ${place} ${known.remedy}`, { cause: error })
}

function remedyOf(error: Error, code: string): { kind: StoreProblem['kind']; remedy: string } | undefined {
  const remedy = tlsWords(error, code) ?? lostWords(error, code)
  if (remedy !== undefined) return { kind: 'unreachable', remedy }
  const told = code === PROTOCOL_VIOLATION ? poolerRemedy(error.message) : undefined
  const meant = INIT_FILE.test(error.message) ? FULL : code
  const known = told ?? REMEDIES.find(({ prefix }) => meant.startsWith(prefix))
  // It ends the connection, which no statement of ours brings about.
  return known ?? ('severity' in error && error.severity === 'FATAL' ? refusedAtStart(error, code) : undefined)
}

function lostWords({ message }: Error, code: string): string | undefined {
  if (CONNECTION_CODE.test(code) || LOST.test(message))
    return `cannot be reached${code && ` (${code})`}. Start the server, or check DATABASE_URL.`
  return message === UNANSWERED ? UNANSWERED_WORDS : undefined
}

/** A setting that there is not, or with a value that it does not take, is named in the server's words. */
function refusedAtStart(error: Error, code: string): { kind: 'unreachable'; remedy: string } {
  const [, setting] = (SETTING_CODES.has(code) && /"([\w.]+)"/.exec(error.message)) || []
  const remedy = setting
    ? `does not accept the setting ${setting} as DATABASE_URL has it. Correct it there, or remove it.`
    : `refused the connection (${code}). Check DATABASE_URL, and the server's log for the reason.`
  return { kind: 'unreachable', remedy }
}

/** There is no such parameter; its value is not one of its own. */
const SETTING_CODES = new Set(['42704', '22023'])

/** Node's and OpenSSL's codes of a certificate that is not trusted, and of a conversation that did not become TLS. */
const TLS_CODE = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_)/

/** What is the matter with TLS, and what to write into DATABASE_URL instead. */
function tlsWords(error: Error, code: string): string | undefined {
  if (TLS_CODE.test(code))
    return `has a certificate that is not trusted (${code}). Name the file of the CA in DATABASE_URL: ?sslmode=verify-full&sslrootcert=/path/to/ca.pem`
  if (error.message.startsWith('The server does not support SSL connections'))
    return 'does not speak TLS, and DATABASE_URL asks for it. Remove sslmode from that, or turn on TLS at the server.'
  // Of the files that DATABASE_URL names: a socket that is not there is not opened but connected to.
  if ('syscall' in error && error.syscall === 'open' && 'path' in error)
    return `cannot be reached over TLS: the file ${error.path} that DATABASE_URL names cannot be read (${code}). Correct sslrootcert, sslcert or sslkey there.`
  return undefined
}

const UNDEFINED_TABLE = '42P01'

/** The server tells the name only in its message, which may be in another language; another table's is a bug of ours. */
function lackingProblem(error: Error, place: string): StoreProblem | undefined {
  const [, table = ''] = new RegExp(`\\b${SCHEMA}\\.(\\w+)`).exec(error.message) ?? []
  return STORE_TABLES.has(table) ? lackingTables(place, [table], { cause: error }) : undefined
}

export function missingStore(place: string): StoreProblem {
  return new StoreProblem(
    'unreachable',
    `There is no store in the ${place}; the first \`signalbox dev\` or \`signalbox worker\` creates it. If your workers use another ` +
      'store, name that one in DATABASE_URL. Nothing was created.',
  )
}

export function lackingTables(place: string, tables: readonly string[], options?: ErrorOptions): StoreProblem {
  const names = tables.map(table => `${SCHEMA}.${table}`).join(', ')
  return new StoreProblem(
    'corrupt',
    `The ${place} is damaged: it lacks the ${tables.length === 1 ? 'table' : 'tables'} ${names}. ` +
      'Restore it from a backup, or name an empty database in DATABASE_URL.',
    options,
  )
}

/**
 * A statement that the server keeps for this connection no longer fits: another version has changed the tables
 * (0A000, "cached plan must not change result type"), or a pooler that we did not see has changed the session below us (26000, 42P05).
 * A new connection helps.
 */
export function isStale(error: unknown): boolean {
  return error instanceof Error && 'code' in error && STALE_CODES.has(String(error.code))
}

const STALE_CODES = new Set(['0A000', '26000', '42P05'])

/** Two transactions waited for each other, and the server has ended this one. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '40P01'
}

/** What `pg` says without a code when a connection ends or cannot be had in time. */
const LOST =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error)/

/** What `pg` says where a statement takes longer than the `query_timeout`. */
const UNANSWERED = 'Query read timeout'

const UNANSWERED_WORDS =
  'did not answer in time. Check the server and the network; to wait longer, append `?query_timeout=…` (in milliseconds) to DATABASE_URL.'
