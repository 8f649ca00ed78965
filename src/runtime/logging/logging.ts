/**
 * What a worker writes about itself: JSON lines, through the logger that Temporal's SDK and our activities use.
 *
 * @module
 */
import type { Logger, LogLevel, LogMetadata } from '@temporalio/common'
import { Runtime, type TelemetryOptions } from '@temporalio/worker'
import type { Logger as Pino } from 'pino'
import { changedWords } from '../temporal/changed-workflow.ts'
import { createOnceOutOfReach } from './once-out-of-reach.ts'
import { type LoggingFormat, type LoggingLevel, openLog } from './open-log.ts'
import type { Outages } from './outages.ts'
import { tellUncaught } from './tell-uncaught.ts'

const PINO_LEVEL = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<LogLevel, LoggingLevel>

/** What the SDK tells at each start of a worker that has none, as ours, and that nobody needs to know. */
const NO_NEXUS = 'No Nexus services registered, not polling for Nexus tasks'

/** A token by which anybody could complete the activity, the task with the token and all that it is given, and a time, which pino writes itself. */
const LEFT_OUT: ReadonlySet<string> = new Set(['taskToken', 'taskEncoded', 'timestampNanos'])

/** Temporal's, as an object or its text: others have tasks too. */
function isTemporalsTask(name: string, value: unknown): boolean {
  if (name !== 'task') return false
  return typeof value === 'string' ? value.includes('"taskToken"') : 'taskToken' in Object(value)
}

/**
 * Temporal's logger over pino. The metadata becomes fields of the line, so that what activities say of run, step,
 * class and endpoint can be searched for. That the server or the store is out of reach is said once a minute, and to `outages`.
 */
export function createTemporalLogger(
  log: Pino,
  now: () => number = Date.now,
  outages?: Pick<Outages, 'begun' | 'goesOn'>,
): Logger {
  const onceOutOfReach = createOnceOutOfReach(now, outages)
  const write = (level: LogLevel, text: string, fields: LogMetadata = {}) => {
    const line = onceOutOfReach({ level, message: text, metadata: fields })
    if (line) log[line.message === NO_NEXUS ? 'debug' : PINO_LEVEL[line.level]](fieldsOf(line.metadata), line.message)
  }
  return {
    log: write,
    trace: (message, metadata) => write('TRACE', message, metadata),
    debug: (message, metadata) => write('DEBUG', message, metadata),
    info: (message, metadata) => write('INFO', message, metadata),
    warn: (message, metadata) => write('WARN', message, metadata),
    error: (message, metadata) => write('ERROR', message, metadata),
  }
}

function fieldsOf(metadata: LogMetadata): Record<string, unknown> {
  const kept = Object.entries(metadata).filter(([name, value]) => !LEFT_OUT.has(name) && !isTemporalsTask(name, value))
  return Object.fromEntries(kept.map(toldField))
}

function toldField([name, value]: [string, unknown]): [string, unknown] {
  // pino spells an error out where it is called `err`.
  if (name === 'error') return ['err', value]
  const reason = name === 'failure' ? changedWords(value) : undefined
  return reason === undefined ? [name, value] : ['reason', reason]
}

/**
 * Sends what workers of this process log to standard error, from `level` on, and their metrics where they are wanted; and what ends
 * the process, if nobody caught it. To be called once, before the first connection or worker is made: Temporal's runtime is one per process.
 */
export function installLogging(
  level: LoggingLevel,
  format: LoggingFormat = 'json',
  metrics?: TelemetryOptions['metrics'],
  outages?: Outages,
): void {
  const log = openLog(level, format)
  // Not through the runtime's logger, which keeps lines back for a while.
  tellUncaught(words => log.error(words))
  Runtime.install({
    logger: createTemporalLogger(log, Date.now, outages),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: level === 'trace' ? 'DEBUG' : 'WARN', other: 'ERROR' } },
      ...(metrics && { metrics }),
    },
  })
}
