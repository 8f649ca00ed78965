import type {
  AdmissionPort,
  AlertPort,
  BudgetPort,
  EventPort,
  LedgerPort,
  NoticePort,
  SharedHealthPort,
  TextPort,
  ToolRecordPort,
  TranscriptPort,
} from '../core/ports.ts'
import { createAdmissions } from './admissions/create-admissions.ts'
import { createAlerts } from './alerts/create-alerts.ts'
import { createBudgets } from './budgets/create-budgets.ts'
import type { Connection } from './connection.ts'
import { type ContentPort, createContent } from './content/create-content.ts'
import { createEvents } from './events/create-events.ts'
import { createSharedHealth } from './health/create-health.ts'
import { createLedger } from './ledger/create-ledger.ts'
import { type NewerVersion, versionBeyond } from './migrate.ts'
import { createNotices } from './notices/create-notices.ts'
import { createReports, type ReportPort } from './reports/create-reports.ts'
import { createSeals, type SealStore } from './seals/create-seals.ts'
import { createKeyRing, type KeyRing } from './seals/key-ring.ts'
import type { MasterKeys } from './seals/master-keys.ts'
import { storeAddress } from './store-address.ts'
import { StoreProblem } from './store-problem.ts'
import { createTexts } from './texts/create-texts.ts'
import { createToolRecords } from './tools/create-tool-records.ts'
import { createTranscripts } from './transcripts/create-transcripts.ts'
import { untilClosed } from './until-closed.ts'

/** Everything that outlives a process and is not Temporal's. */
export interface Store {
  readonly ledger: LedgerPort
  readonly budgets: BudgetPort
  readonly health: SharedHealthPort
  readonly admissions: AdmissionPort
  readonly alerts: AlertPort
  readonly notices: NoticePort
  readonly transcripts: TranscriptPort
  readonly tools: ToolRecordPort
  readonly texts: TextPort
  readonly events: EventPort
  readonly reports: ReportPort
  readonly seals: SealStore
  readonly content: ContentPort
  /** Where it lies, for people: a file's path, or a server's host and database; never a password. */
  readonly place: string
  /** Which version a newer Signalbox has migrated it to since it was opened; `undefined` if none has. */
  newerVersion(): Promise<NewerVersion | undefined>
  /**
   * Fails what still waits for a server, and all that would be asked of it until the function that it gives is called: for a worker that
   * has to end while the server may be gone without a word. A file answers at once, and is left alone.
   */
  abandon(): () => void
  /** Waits for what is under way. What is asked of it from then on gets a `StoreProblem` of kind `closed`. */
  close(): Promise<void>
}

export interface StoreSettings {
  /**
   * `postgres://…` or `postgresql://…`, `sqlite:path`, or a path with a folder in it or the ending `.db`, `.sqlite` or `.sqlite3`.
   * Usually `DATABASE_URL`.
   */
  readonly url?: string
  /** A SQLite file, where no `url` is given. @defaultValue `.signalbox/signalbox.db` */
  readonly path?: string
  /** A store that is not there is refused, and none is made: for who only reads. @defaultValue `false` */
  readonly existing?: boolean
  /** A store of an older version is refused, and stays as it is: for all but workers, whose start brings it up to date. @defaultValue `false` */
  readonly upToDate?: boolean
  /** The keys that wrap the keys of sealed runs, asked for when the first one is needed. @defaultValue none */
  readonly masterKeys?: () => MasterKeys | undefined
}

/**
 * Opens the store, makes it where it is missing, and brings its tables up to date; several processes may do so at once.
 *
 * @throws StoreProblem when the file or server cannot be used (damaged, not writable, out of reach, of a newer version), or when
 * `url` is the address of neither.
 */
export async function openStore(settings: StoreSettings = {}): Promise<Store> {
  const ring = createKeyRing(settings.masterKeys ?? (() => undefined), Date.now)
  const { connection, place } = await connect(settings, ring)
  return {
    ledger: createLedger(connection),
    budgets: createBudgets(connection),
    health: createSharedHealth(connection),
    admissions: createAdmissions(connection),
    alerts: createAlerts(connection),
    notices: createNotices(connection),
    transcripts: createTranscripts(connection),
    tools: createToolRecords(connection),
    texts: createTexts(connection),
    events: createEvents(connection),
    reports: createReports(connection),
    seals: createSeals(connection, ring),
    content: createContent(connection, ring),
    place,
    newerVersion: () => connection.read(versionBeyond),
    abandon: () => connection.abandon(),
    close: () => connection.close(),
  }
}

async function connect(
  { url, path, existing = false, upToDate = false }: StoreSettings,
  ring: KeyRing,
): Promise<{ connection: Connection; place: string }> {
  const opening = { existing, upToDate, nowMs: Date.now() }
  const address = storeAddress(url, path)
  // Loaded on demand: an old Node has no SQLite, and the embedded store starts without the PostgreSQL client.
  if (address.kind === 'file') {
    const { openSqlite } = await import('./sqlite/connection.ts').catch(refuseOldNode(address.path))
    const file = await openSqlite(address.path, opening, ring)
    return { connection: untilClosed(file, `store file ${address.path}`), place: address.path }
  }
  const { openPostgres } = await import('./postgres/connection.ts')
  const { connection, place } = await openPostgres(address.url, opening, ring)
  return { connection: untilClosed(connection, place), place }
}

function refuseOldNode(path: string): (error: unknown) => never {
  return error => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_BUILTIN_MODULE')) throw error
    const words = `The store ${path} needs the SQLite of Node 22.19 or later; this is Node ${process.versions.node}. Run this with one of those.`
    throw new StoreProblem('unreachable', words, { cause: error })
  }
}
